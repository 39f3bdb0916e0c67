/**
 * What one wearer's fixes say of one crime, to be shown to whoever asks: a page as PDF/A-2a and PDF/UA-1 that names its coverage, with what
 * it says as data, under a manifest that is signed as a pack's is, so that `tagwatch evidence verify` answers for it.
 */
import { toCanonicalBytes } from '../canonical-json.js';
import type { SigningKey } from '../signing-key.js';
import type { CertificateAsked, MatchOutcome, MatchShown } from '../wire/crime-batch.js';
import { DEFAULT_MARKING } from '../wire/pack.js';
import { toListed } from './build-pack.js';
import { toBytes, writeContainer } from './container.js';
import { toLocalTime } from './local-time.js';
import { MANIFEST, SCHEMA, SIGNATURE } from './manifest.js';
import type { PackOrder } from './pack-model.js';
import { PARAMETERS } from './parameters.js';
import type { Manifest } from './read-manifest.js';
import { Sheet } from './report/sheet.js';
import { drawFacts } from './report/table.js';

export interface CertificateOrder extends CertificateAsked {
  readonly program: PackOrder['program'];
}

const TITLES: Readonly<Record<MatchOutcome, string>> = {
  ELIMINATED: 'Elimination',
  PRESENT: 'Match: present',
  PASSED: 'Match: passed by',
  POSSIBLE: 'Match: possible',
  'CANNOT SAY': 'No finding: the fixes do not tell',
};

const SENTENCES: Readonly<Record<MatchOutcome, (radiusMetres: number) => string>> = {
  ELIMINATED: (radius) => `was not within ${radius} m of it at any moment of that time`,
  PRESENT: (radius) => `was within ${radius} m of it for a minute or more within that time`,
  PASSED: (radius) => `passed within ${radius} m of it within that time`,
  POSSIBLE: (radius) => `may have been within ${radius} m of it within that time`,
  'CANNOT SAY': () => 'may have been there or not: the fixes do not tell',
};

const LIMITS = [
  'An outcome is about a tag’s fixes. That the tag was on this person is told by its record.',
  'Between two fixes nobody was seen: how fast somebody would have had to be is compared with the fastest that is taken to be possible.',
];

const time = (instant: string | null): string => (instant === null ? 'none' : toLocalTime(Date.parse(instant)));
const seconds = (count: number): string =>
  count < 120 ? `${Math.round(count)} s` : `${Math.floor(count / 60)} min ${Math.round(count % 60)} s`;

/** What becomes of a match within another radius: that it disappears is said as such. */
export function radiusSentences({ outcome, atRadius }: Pick<MatchShown, 'outcome' | 'atRadius'>): string[] {
  const isGone = (one: MatchOutcome) => one === 'ELIMINATED' || one === 'CANNOT SAY';
  return Object.entries(atRadius).map(([metres, other]) =>
    isGone(other) && !isGone(outcome) ? `At ${metres} m this disappears.` : `At ${metres} m: ${other.toLowerCase()}.`,
  );
}

function coverageFacts({
  coverage,
  radiusMetres,
  fastestKmh,
  longestUnseenSeconds,
  fixes,
  closestMetres,
  closestAt,
  crime,
}: MatchShown) {
  const { easiest } = coverage;
  const easiestWords =
    easiest === null
      ? 'There is no time without a good fix in which it could have been.'
      : easiest.from === null && easiest.to === null
        ? 'At any moment: there is no good fix.'
        : `Between ${time(easiest.from)} and ${time(easiest.to)}: ` +
          (easiest.neededKmh === null
            ? 'no speed would have been enough.'
            : `at ${Math.round(easiest.neededKmh)} km/h or faster; ${Math.round(fastestKmh)} km/h is taken for the fastest.`);
  return [
    ['Radius', `${radiusMetres} m`],
    ['Window', `${time(crime.from)} to ${time(crime.to)}`],
    ['Fixes within the window', `${fixes}, of which ${coverage.goodFixes} are good enough to say where somebody was`],
    ['Last good fix before it', time(coverage.lastBefore)],
    ['First good fix after it', time(coverage.firstAfter)],
    ['Longest time without a good fix', seconds(longestUnseenSeconds)],
    [
      'Nearest fix',
      closestMetres === null || closestAt === null ? 'none' : `${Math.round(closestMetres)} m, at ${time(closestAt)}`,
    ],
    [
      'Accuracy of the good fixes within',
      coverage.errorMetres === null
        ? 'there is none'
        : `error in one direction (σ): median ${coverage.errorMetres.median} m, widest ${coverage.errorMetres.widest} m; three times it counts against an elimination`,
    ],
    ['Easiest to have been there', easiestWords],
  ] as const;
}

/** The page. The same in gives the same bytes. */
export function writeCertificate(shown: MatchShown, order: CertificateOrder, keyId: string): Uint8Array {
  const { crime, batchId, place, wearerId, outcome, radiusMetres, outcomeOfRun, readAt } = shown;
  const { certificateId, name, authority, madeBy, purpose, recipient, madeAtMs, program } = order;
  const title = TITLES[outcome];
  const sheet = new Sheet({
    // No word of the file of crimes: a document's title takes fewer characters than its pages.
    title: `${title}: ${wearerId}, crime ${place} of ${batchId}`,
    author: 'Tagwatch',
    marking: DEFAULT_MARKING,
    footer: `${title} ${certificateId}`,
    madeAtMs,
  });
  sheet.heading(1, title);
  sheet.paragraph(
    `By the fixes of the tag, ${name} (${wearerId}) ${SENTENCES[outcome](radiusMetres)}: ${crime.force} ${crime.reference}, ${time(crime.from)} to ${time(crime.to)}.`,
  );
  sheet.heading(2, 'The crime');
  drawFacts(sheet, [
    ['Reference', `${crime.force} ${crime.reference}, version ${crime.version}`],
    ['Type', crime.type],
    ['Place', `${crime.latitude.toFixed(5)} ${crime.longitude.toFixed(5)} (${crime.datum})`],
    ['Authority', `${authority.reference}: ${authority.scope}`],
  ]);
  sheet.heading(2, 'What it covers');
  drawFacts(sheet, [...coverageFacts(shown)]);
  sheet.heading(2, 'At other radii');
  sheet.list(radiusSentences(shown));
  sheet.heading(2, 'What it does not tell');
  sheet.list(LIMITS);
  sheet.heading(2, 'Made');
  drawFacts(sheet, [
    ['By', madeBy],
    ['For', `${recipient}: ${purpose}`],
    ['From the record as it stood', time(readAt)],
    [
      `Run ${outcomeOfRun.run}`,
      outcomeOfRun.outcome === outcome
        ? 'says the same'
        : `said otherwise: ${outcomeOfRun.outcome.toLowerCase()}. The record has changed since.`,
    ],
    ['Program', `Tagwatch ${program.version}`],
    ['Signed by the key', keyId],
  ]);
  return sheet.finish();
}

/** The page, what it says as data, and the signed manifest over both. */
export function buildCertificate(shown: MatchShown, order: CertificateOrder, key: SigningKey): Uint8Array {
  const { certificateId, madeBy, purpose, recipient, madeAtMs, program } = order;
  const files = [
    { name: 'certificate.pdf', bytes: writeCertificate(shown, order, key.keyId) },
    { name: 'match.json', bytes: toCanonicalBytes(shown) },
  ];
  const sums = files.map((file) => `${toListed(file).sha256}  ${file.name}\n`).join('');
  files.push({ name: 'SHA256SUMS', bytes: toBytes(sums) });
  const said: Manifest = {
    schema: SCHEMA,
    packId: certificateId,
    edition: 'full',
    marking: DEFAULT_MARKING,
    madeAt: new Date(madeAtMs).toISOString(),
    madeBy,
    recipient,
    purpose,
    wearerId: shown.wearerId,
    // It is about no alert: what is repeated is none.
    alerts: [],
    period: { from: shown.crime.from, to: shown.crime.to },
    program,
    parameters: { ...PARAMETERS, radiusMetres: shown.radiusMetres, fastestKmh: shown.fastestKmh },
    counts: { pings: shown.fixes, judged: shown.coverage.goodFixes, notJudged: {}, gaps: 0 },
    withheld: [],
    files: files.map(toListed),
    keyId: key.keyId,
  };
  const manifest = toCanonicalBytes(said);
  const signature = Buffer.from(key.sign(manifest), 'base64url');
  return writeContainer(
    [...files, { name: MANIFEST, bytes: manifest }, { name: SIGNATURE, bytes: signature }],
    madeAtMs,
  );
}

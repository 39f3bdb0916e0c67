/** What the answers about a pack are called: in the terminal and on the page that verifies. */
import type { CommitmentAnswer } from './compare-commitments.js';
import type { TimeAnswer } from './time-stamp/verify-time-stamp.js';
import type { PackVerdict, RerunAnswer, VerifiedPart } from './verify-pack.js';

const SIGNATURE = {
  good: 'good: manifest.json is as it was signed',
  bad: 'BAD: manifest.json is not what this key signed',
  'not-checked': 'not checked: the public key was not given',
} as const;
const TRUST = {
  trusted: 'the key was in use when the pack says that it was made',
  'unknown-key': 'NOT TRUSTED: the key is not among those that were given',
  'not-yet-valid': 'NOT TRUSTED: the pack says that it was made before the key was',
  'no-longer-valid': 'NOT TRUSTED: the pack says that it was made when another key was in use',
  revoked: 'NOT TRUSTED: the key was revoked',
} as const;
const CONTAINER = {
  'as-made': 'as it was made, byte for byte',
  differs: 'DIFFERS, contents intact: the zip around the files is not as it was made',
  'not-checked': 'not checked: the contents are not those of the manifest',
} as const;
const RERUN = {
  same: 'the engine finds the same',
  differs: 'DIFFERS: the engine does not find the same',
  'not-run': 'not run',
  'engine-version-differs':
    'ENGINE VERSION DIFFERS: another engine made the finding, and this one does not find the same',
} as const;

export interface SaidAnswer {
  readonly question: 'Contents' | 'Signature' | 'Trust' | 'Time' | 'Container' | 'Re-run' | 'Withheld';
  readonly text: string;
  /** Null: neither good nor bad. */
  readonly isGood: boolean | null;
}

/** One by one, in the order in which they are asked; of what is no pack the first alone. */
export function answersOf(verdict: PackVerdict): SaidAnswer[] {
  const { manifest, contents, signature, trust, time, container, rerun, commitments } = verdict;
  const isWhole = contents.length === 0;
  const first: SaidAnswer = {
    question: 'Contents',
    text: isWhole ? 'every file is as the manifest says' : `NOT AS THEY WERE: ${contents.join('; ')}`,
    isGood: isWhole,
  };
  if (manifest === null) return [first];
  return [
    first,
    {
      question: 'Signature',
      text: SIGNATURE[signature],
      isGood: signature === 'not-checked' ? null : signature === 'good',
    },
    { question: 'Trust', text: `${TRUST[trust]} (key ${manifest.keyId})`, isGood: trust === 'trusted' },
    {
      question: 'Time',
      text: timeInWords(time, manifest.madeAt),
      isGood: time.outcome === 'good' ? true : time.outcome === 'bad' ? false : null,
    },
    {
      question: 'Container',
      text: CONTAINER[container],
      isGood: container === 'not-checked' ? null : container === 'as-made',
    },
    ...rerun.map(
      (one): SaidAnswer => ({
        question: 'Re-run',
        text: rerunInWords(one),
        isGood: one.outcome === 'not-run' ? null : one.outcome === 'same',
      }),
    ),
    ...(commitments === null ? [] : [withheldAnswer(commitments)]),
  ];
}

const PART = {
  contents: 'the files are compared with the manifest',
  signature: 'signature and time stamp are checked',
  container: 'the zip is built again and compared',
} as const;

/** What is being judged, for who waits. */
export function partInWords(part: VerifiedPart): string {
  if (part.part !== 'rerun') return PART[part.part];
  return `the engine repeats alert ${part.alert} of ${part.alerts}`;
}

/** What the pack says of itself; nothing where there is no manifest. */
export function saidOfItself({ manifest }: PackVerdict): string[] {
  if (manifest === null) return [];
  return [
    `Pack ${manifest.packId}, edition ${manifest.edition}, of wearer ${manifest.wearerId}`,
    `  made at ${manifest.madeAt} by ${manifest.madeBy} for ${manifest.recipient}: ${manifest.purpose}`,
    ...manifest.withheld.map(({ what, why }) => `  withheld: ${what} (${why})`),
  ];
}

export function verdictInWords(verdict: PackVerdict): string[] {
  return [
    ...saidOfItself(verdict),
    ...answersOf(verdict).map(({ question, text }) => `${`${question}:`.padEnd(11)}${text}`),
    verdict.verified ? 'VERIFIED.' : 'NOT VERIFIED.',
  ];
}

function withheldAnswer(commitments: readonly CommitmentAnswer[] | string): SaidAnswer {
  const question = 'Withheld';
  if (typeof commitments === 'string') return { question, text: `NOT COMPARED: ${commitments}`, isGood: false };
  const others = commitments.filter(({ outcome }) => outcome !== 'same');
  const names = (of: readonly CommitmentAnswer[]) => of.map(({ name }) => name).join(', ');
  return others.length === 0
    ? { question, text: `the full pack holds what is withheld here as it was: ${names(commitments)}`, isGood: true }
    : { question, text: `DIFFERS: the full pack holds something else, or nothing, as ${names(others)}`, isGood: false };
}

/** As much of each as is told by the next smaller one. */
const UNITS = [
  ['days', 86_400_000, 2],
  ['h', 3_600_000, 2],
  ['min', 60_000, 2],
  ['s', 1_000, 0],
] as const;

function lastingWords(ms: number): string {
  const [name, unitMs] = UNITS.find(([, unit, least]) => ms >= unit * least)!;
  return `${Math.round(ms / unitMs)} ${name}`;
}

/** That it was there then proves nothing of before: how long after its own time that is, is said. */
function timeInWords(time: TimeAnswer, madeAt: string): string {
  if (time.outcome === 'not-stamped') return 'no time stamp: when it was made is what the pack says itself';
  if (time.outcome === 'bad') return `NOT STAMPED: ${time.why}`;
  const afterMs = time.atMs - Date.parse(madeAt);
  const said = `it was there at ${new Date(time.atMs).toISOString()}, ${lastingWords(Math.abs(afterMs))} ${afterMs < 0 ? 'before' : 'after'} the time that it says itself: ${time.authority}, policy ${time.policy}`;
  return time.outcome === 'good'
    ? said
    : `${said}; whether that authority is one to trust was not checked: its certificate was not given`;
}

function rerunInWords({ alertId, outcome, detail }: RerunAnswer): string {
  return `alert ${alertId}: ${RERUN[outcome]}${detail.length === 0 ? '' : ` (${detail.join('; ')})`}`;
}

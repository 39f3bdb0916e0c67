/**
 * `statement.docx`: the draft of a witness statement, to be completed and signed by whoever can give it. It states what the records hold,
 * then what the program infers from it, and no opinion on what anybody meant. Nothing in it is signed, dated or counted beforehand.
 */
import { type DocxBlock, writeDocx } from '../formats/documents/docx.js';
import type { ConditionContent } from '../records/kinds/condition.js';
import { wordingWords } from '../wire/condition-words.js';
import { contentOf } from './editions.js';
import {
  bothTimes,
  CERTAINTY_WORDS,
  certaintyOf,
  DECISION_WORDS,
  strongestOf,
  summarise,
} from './finding-sentences.js';
import { deletedLimits, GENERAL_LIMITS, limitsOfAlert, limitsOfDevice, limitsOfTrack } from './limits.js';
import { gapsOf, type PackAlert, type PackModel, type PackOrder } from './pack-model.js';
import { GRID_WORDS, placeWords } from './place-words.js';
import type { Manifest } from './read-manifest.js';

/** The words of section 9 as the forms of the courts have them; the pages are counted by hand when it is signed. */
const DECLARATION =
  'This statement (consisting of ______ page(s), each signed by me) is true to the best of my knowledge and belief, and I make it knowing that, if it is tendered in evidence, I shall be liable to prosecution if I have wilfully stated in it anything which I know to be false, or do not believe to be true.';
const SIGNATURE =
  'Signature: ______________________________     Signature witnessed by: ______________________________';
const UNKNOWN_INITIALS = '[initials]';

export function writeStatement(model: PackModel, order: PackOrder, exhibits: Manifest['files']): Promise<Uint8Array> {
  const initials = initialsOf(order.madeBy);
  const numbered = (texts: readonly string[]): DocxBlock[] => texts.map((text) => ({ type: 'numbered', text }));
  return writeDocx({
    title: `Draft statement ${order.packId}`,
    marking: order.marking,
    foot: SIGNATURE,
    madeAtMs: order.madeAtMs,
    blocks: [
      { type: 'title', text: 'Witness statement' },
      { type: 'note', text: 'DRAFT – not signed' },
      { type: 'paragraph', text: 'CrimPR r.16.2; section 9 of the Criminal Justice Act 1967' },
      {
        type: 'facts',
        rows: [
          ['Statement of', ''],
          ['Age if under 18', '(if over 18 write “over 18”)'],
          ['Occupation', ''],
        ],
      },
      { type: 'paragraph', text: DECLARATION },
      {
        type: 'facts',
        rows: [
          ['Signature', ''],
          ['Date', ''],
        ],
      },
      { type: 'heading', text: 'The records' },
      ...numbered(introduce(model, order, initials)),
      ...numbered(tellRecords(model, order)),
      { type: 'heading', text: 'What the tag sent' },
      ...numbered(tellTrack(model)),
      ...model.alerts.flatMap((pack): DocxBlock[] => [
        { type: 'heading', text: `Alert ${pack.alert.alertId}` },
        ...numbered(tellAlert(pack, model)),
        ...numbered(limitsOfAlert(pack, model)),
      ]),
      { type: 'heading', text: 'What these records do not show' },
      ...numbered([...GENERAL_LIMITS, ...limitsOfDevice(model)]),
      ...numbered(['I give no opinion on why the wearer was anywhere, or on what was meant by it.']),
      { type: 'heading', text: 'Exhibits' },
      {
        type: 'facts',
        rows: exhibits.map(({ name, bytes, sha256 }, i): [string, string] => [
          exhibitOf(initials, i),
          `${name}, ${bytes} bytes\nSHA-256 ${sha256}`,
        ]),
      },
      {
        type: 'facts',
        rows: [
          ['Signature', ''],
          ['Signature witnessed by', ''],
        ],
      },
    ],
  });
}

const exhibitOf = (initials: string, i: number): string => `${initials}/${i + 1}`;

/** Of `Olga Marsh (https://idp.example#om)`: OM. Of a name of one word nobody knows them. */
function initialsOf(madeBy: string): string {
  const words = madeBy.replace(/ \(.*\)$/s, '').match(/\p{L}[\p{L}'’-]*/gu) ?? [];
  return words.length < 2 ? UNKNOWN_INITIALS : words.map((word) => [...word][0]!.toUpperCase()).join('');
}

function introduce({ wearerId, fromMs, toMs }: PackModel, order: PackOrder, initials: string): string[] {
  const { packId, program } = order;
  return [
    'I am the person named above. [My post, what I do in it, and since when. How I come to have access to these records.]',
    `I produce records that Tagwatch, version ${program.version}, holds about the wearer ${wearerId} for the time from ${isoBoth(fromMs)} to ${isoBoth(toMs)}. They were put together as evidence pack ${packId} at ${isoBoth(order.madeAtMs)}. The files of the pack are my exhibits, which are listed at the end with their hashes${initials === UNKNOWN_INITIALS ? '' : `; they bear the initials of who asked for the pack, and whoever signs this puts their own in their place`}.`,
    'Times are those of the tag’s own clock unless I say that they are of receipt. Each is given in local time with its offset to UTC, and in UTC in brackets.',
    GRID_WORDS,
  ];
}

const isoBoth = (atMs: number): string => bothTimes(new Date(atMs).toISOString());

const SAID = ['wearer', 'order', 'condition', 'zone'] as const;
const KIND_WORDS: Readonly<Record<string, string>> = {
  wearer: 'Wearer',
  order: 'Order',
  condition: 'Condition',
  zone: 'Zone',
};

/** Who it is about, and what was ordered, as it stood: in the words that were written. */
function tellRecords({ records }: PackModel, { edition }: PackOrder): string[] {
  return records.flatMap(({ kind, versions }) => {
    if (!SAID.some((name) => name === kind)) return [];
    return versions.map((version) => {
      // A zone is GeoJSON there; its corners are for zone.geojson.
      const content = kind === 'zone' ? version.content : contentOf(kind, version, edition);
      const said = Object.entries(content).flatMap(([name, value]) =>
        value === null || typeof value === 'object' || name === 'wording' ? [] : [`${name}: ${value}`],
      );
      // In one paragraph, as each has its number.
      const wording =
        kind === 'condition' ? ` ${wordingWords((content as ConditionContent).wording).replaceAll('\n', ' ')}` : '';
      const since = version.effectiveAt === null ? '' : `, in force from ${bothTimes(version.effectiveAt)}`;
      return `${KIND_WORDS[kind]} ${version.id}, version ${version.version}${since}, as it is on record. ${said.join('; ')}.${wording}`;
    });
  });
}

function tellTrack(model: PackModel): string[] {
  const { track } = model;
  const [first, last] = [track[0]?.fix, track.at(-1)?.fix];
  if (first === undefined || last === undefined)
    return ['No message of the tag is on record for this time.', ...deletedLimits(model)];
  const gaps = gapsOf(model).length;
  return [
    `${track.length} messages of the tag are on record for this time. The first was made at ${isoBoth(first.fixedAtMs)} and received at ${isoBoth(first.receivedAtMs)}, the last made at ${isoBoth(last.fixedAtMs)} and received at ${isoBoth(last.receivedAtMs)}. Between them the program told ${gaps === 0 ? 'no gap' : gaps === 1 ? 'one gap' : `${gaps} gaps`}.`,
    ...limitsOfTrack(model),
  ];
}

/** What the record holds, then what the program inferred from it, then what people decided. */
function tellAlert(pack: PackAlert, { track }: PackModel): string[] {
  const { explanation, conditionId, conditionVersion } = strongestOf(pack);
  const { fixes, rule } = explanation;
  const { disposition, disposedAt } = pack.alert;
  const [first, last] = [fixes[0], fixes.at(-1)];
  const tellPlace = (which: string, fixedAt: string) => {
    const fix = track.find(({ fix: { fixedAtMs } }) => fixedAtMs === Date.parse(fixedAt))?.fix;
    return fix === undefined ? '' : ` ${which} is recorded at ${placeWords(fix)}.`;
  };
  return [
    ...(first === undefined || last === undefined
      ? ['No position of the tag is named by this finding.']
      : [
          `The finding names ${fixes.length} ${fixes.length === 1 ? 'position' : 'positions'} of the tag, made from ${bothTimes(first.fixedAt)} to ${bothTimes(last.fixedAt)}. The report sets out each with its distance to the boundary and its accuracy.${[tellPlace('The first', first.fixedAt), fixes.length > 1 ? tellPlace('The last', last.fixedAt) : ''].join('')}`,
        ]),
    `What the program infers: ${CERTAINTY_WORDS[certaintyOf(pack)]}${conditionId === null ? '' : `, by the rule “${rule}”, about condition ${conditionId}, version ${conditionVersion}`}. ${summarise(pack).join(' ')}`,
    ...(disposition === undefined || disposedAt === undefined
      ? []
      : [`On record is that a person decided at ${bothTimes(disposedAt)}: ${DECISION_WORDS[disposition]}.`]),
  ];
}

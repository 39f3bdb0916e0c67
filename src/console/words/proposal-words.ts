/** What a proposal changes, from what to what, as who is to agree reads it. Pure. */
import { conditionWords, daysWords } from '../../wire/condition-words.js';
import { readPlaces, toDraft, type ZoneRecord } from '../model/zone-draft.js';
import { personWords } from './people-words.js';
import { dayAndTime } from './times.js';

type Body = Readonly<Record<string, unknown>>;

/** What stands in its place: a record; null: nothing; undefined: that is not known here. */
export type Stands = Body | null | undefined;

export interface Named {
  readonly wearer: (wearerId: string) => string;
  readonly zone: (zoneId: string) => string;
  /** `Adam Kerr (W-1), licence, O-1`. */
  readonly order: (orderId: string) => string;
}

/** `what` of several: `Zone Market Square (Z-1)`. */
export interface ChangeWords {
  readonly title: string;
  readonly lines: readonly string[];
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  zone: 'Zone',
  condition: 'Condition',
  order: 'Order',
  activation: 'Tag on a wearer',
  suspension: 'Suspension',
  'rag-rating': 'RAG rating',
  'legal-hold': 'Legal hold',
  grant: 'Rights',
  transfer: 'Transfer',
};

export function changeWords(kind: string, id: string, stands: Stands, body: Body, named: Named): ChangeWords {
  const now = factsOf(kind, body, named);
  const was = stands ? factsOf(kind, stands, named) : new Map<string, string>();
  const title = `${KIND_WORDS[kind] ?? kind} ${whatWords(kind, id, body, named)}`;
  if (stands === null) return { title: `${title}: new`, lines: [...now].map(([name, text]) => `${name}: ${text}.`) };
  if (stands === undefined)
    return {
      title: `${title}: what stands now is not known here`,
      lines: [...now].map(([name, text]) => `${name}: ${text}.`),
    };
  const names = [...new Set([...was.keys(), ...now.keys()])];
  const lines = names.flatMap((name) => {
    const [from, to] = [was.get(name), now.get(name)];
    if (from === to) return [];
    return [`${name}: from ${from ?? 'nothing said'} to ${to ?? 'nothing said'}.`];
  });
  const same = names.filter((name) => was.get(name) === now.get(name));
  const asBefore =
    same.length === 0 ? [] : [`As before: ${same.map((name) => `${name} ${now.get(name)}`).join('; ')}.`];
  return { title: `${title}: changed`, lines: [...(lines.length === 0 ? ['Nothing changes.'] : lines), ...asBefore] };
}

function whatWords(kind: string, id: string, body: Body, { wearer }: Named): string {
  if (kind === 'rag-rating' || kind === 'transfer') return `of ${wearer(id)}`;
  if (kind === 'grant') return `of ${personWords(id)}`;
  const { properties } = body as { readonly properties?: { readonly name?: string } };
  return properties?.name === undefined ? id : `${properties.name} (${id})`;
}

/** By what it is called, in words; what is not said is not among them. */
function factsOf(kind: string, body: Body, named: Named): Map<string, string> {
  const read = FACTS[kind] ?? plainFacts;
  const facts = read(body, named).filter(([, text]) => text !== undefined && text !== '');
  return new Map(facts as [string, string][]);
}

type Facts = readonly (readonly [name: string, text: string | undefined])[];

const instant = (value: unknown): string | undefined =>
  typeof value === 'string' ? dayAndTime(Date.parse(value)) : undefined;
const metres = (value: unknown): string | undefined => (typeof value === 'number' ? `${value} m` : undefined);

const PRIORITY_WORDS: Readonly<Record<string, string>> = {
  standard: 'standard',
  high: 'high',
  victim: 'a victim’s: one fix is enough',
};

function zoneFacts(body: Body): Facts {
  const { geometry, properties } = body as unknown as ZoneRecord & {
    readonly properties: { readonly effectiveAt?: string };
  };
  const { effectiveAt } = body as { readonly effectiveAt?: string };
  return [
    ['Name', properties.name],
    ['Priority', PRIORITY_WORDS[properties.priority ?? 'standard']],
    ['Where', whereWords({ geometry, properties })],
    ['Radius', metres(properties.radiusMetres)],
    ['Warning ring', metres(properties.bufferMetres)],
    ['In force from', instant(properties.effectiveAt ?? effectiveAt)],
  ];
}

/** Every corner of what a person draws; of more the first ones, and how many there are. */
const MAX_CORNERS = 12;
function whereWords(zone: ZoneRecord): string {
  const { shape, places } = toDraft('', zone);
  if (shape === 'circle') return `a circle round ${places}`;
  const corners = readPlaces(places).parts.flat(2);
  const told = corners.slice(0, MAX_CORNERS).map(([latitude, longitude]) => `${latitude}, ${longitude}`);
  const more = corners.length > MAX_CORNERS ? `, and ${corners.length - MAX_CORNERS} more` : '';
  return `${corners.length === 1 ? 'a corner' : `${corners.length} corners`} at ${told.join('; ')}${more}`;
}

interface Window {
  readonly days?: readonly string[];
  readonly from: string;
  readonly to: string;
}
interface ConditionBody {
  readonly kind: 'exclusion' | 'inclusion' | 'restriction' | 'curfew';
  readonly zoneId?: string;
  readonly orderId?: string;
  readonly confirmOn?: string;
  readonly graceMinutes?: number;
  readonly wording?: string;
  readonly schedule?: {
    readonly windows: readonly (Window & { readonly days: readonly string[] })[];
    readonly exceptions?: readonly { readonly date: string; readonly windows: readonly Window[] }[];
  };
}

function conditionFacts(body: Body, { zone, order }: Named): Facts {
  const { kind, zoneId, orderId, confirmOn, graceMinutes, wording, schedule } = body as unknown as ConditionBody;
  const exceptions = schedule?.exceptions?.map(({ date, windows }) => `${date} ${windowsWords(windows)}`);
  return [
    ['Of whom', orderId === undefined ? 'all wearers' : order(orderId)],
    [
      'What',
      conditionWords({ kind, ...(schedule && { schedule }) }, zoneId === undefined ? '' : zone(zoneId)).slice(0, -1),
    ],
    ['On single days', exceptions?.join('; ')],
    ['Confirmed', confirmOn],
    ['Grace', graceMinutes === undefined ? undefined : `${graceMinutes} min`],
    ['In the words of the order', wording],
    ['Begins', instant(body['startsAt'])],
    ['Ends', instant(body['endsAt'])],
    ['In force from', instant(body['effectiveAt'])],
  ];
}

const windowsWords = (windows: readonly Window[]): string =>
  windows
    .map(({ days, from, to }) => `${days === undefined ? '' : `${daysWords(days)} `}${from} to ${to}`)
    .join(' and ') || 'not at all';

function ratingFacts({ effectiveAt, ...body }: Body, named: Named): Facts {
  return [...plainFacts(body, named), ['In force from', instant(effectiveAt) ?? 'when it is agreed to']];
}

const FACTS: Readonly<Record<string, typeof plainFacts>> = {
  zone: zoneFacts,
  condition: conditionFacts,
  'rag-rating': ratingFacts,
};

/** `nextReviewAt` → `Next review`. */
const nameWords = (name: string): string => {
  const words = name
    .replace(/(At|Id|Ids)$/, '')
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function plainFacts(body: Body, { wearer }: Named): Facts {
  return Object.entries(body).map(([name, value]) => {
    if (name === 'wearerId') return ['Of whom', wearer(String(value))];
    if (name === 'isBlocked') return ['Blocked', value === true ? 'yes: it takes everything away' : 'no'];
    if (name.endsWith('At')) return [nameWords(name), instant(value)];
    return [nameWords(name), valueWords(value)];
  });
}

/** Of what a grant says: `forces all, divisions East, schemes all`. */
function valueWords(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueWords).join('; ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, text]) => `${nameWords(name).toLowerCase()} ${Array.isArray(text) ? text.join(' and ') : text}`)
      .join(', ');
  return String(value);
}

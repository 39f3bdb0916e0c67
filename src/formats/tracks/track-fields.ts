/** The fields of one fix, picked from named values by what the names mean. */
import { type FieldRole, findMeaning, findSmell, normaliseName } from './track-names.js';

/** A value and the name under which it stands in the file. */
export interface Named {
  readonly name: string;
  readonly value: unknown;
}

/** Roles of which all values count; of the others, the surest one that is there. */
const SHARED = ['time', 'hemisphere', 'fix', 'datum'] as const satisfies readonly FieldRole[];
type SharedRole = (typeof SHARED)[number];
type OwnRole = Exclude<FieldRole, SharedRole | 'offset'>;

/**
 * What a file says about one fix; `tag` is its tag's name, `time` what a format's own element says, before all columns. Values are
 * as the file has them, in the wire's units.
 */
export type Fields = { [role in OwnRole | 'tag' | 'time']?: unknown } & {
  readonly named?: Readonly<Partial<Record<SharedRole, readonly Named[]>>>;
  /** A zone in a column of its own, and the milliseconds that one of it counts (0: not said). */
  readonly offset?: Named & { readonly unitMs: number };
};

interface Column {
  readonly index: number;
  readonly name: string;
  readonly role: FieldRole;
  readonly factor: number;
}

/** What the names of a header, or of one feature's properties, mean. */
export interface Layout {
  /** The surest first. */
  readonly columns: readonly Column[];
  /** Null: no name is the tag's. */
  readonly tag: number | null;
  /** What is to be told about names that were not read. */
  readonly notes: readonly string[];
}

const show = (name: string) => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);

function tellDuplicates(names: readonly string[], isHeader: boolean): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) {
    const normal = normaliseName(name);
    if (normal === '') continue;
    if (seen.has(normal) && (isHeader || findMeaning(name) !== null || findSmell(name) !== null)) twice.add(name);
    seen.add(normal);
  }
  return [...twice].map(
    (name) => `The name ${show(name)} stands there twice, and the first that says something is read.`,
  );
}

/**
 * What names mean. `tagName`: the name that holds the tag, as it stands in the file or but for capitals and separators; null: none
 * does. `isHeader`: they are the columns of a whole file, so the same name twice is told whatever it is.
 */
export function findLayout(names: readonly string[], tagName: string | null, isHeader: boolean): Layout {
  const exact = tagName === null ? -1 : names.indexOf(tagName);
  const normalTag = tagName === null ? null : normaliseName(tagName);
  const tag = exact !== -1 || tagName === null ? exact : names.findIndex((name) => normaliseName(name) === normalTag);
  const found: (Column & { readonly rank: number })[] = [];
  const notes = tellDuplicates(names, isHeader);
  for (const [index, name] of names.entries()) {
    const meaning = findMeaning(name);
    if (meaning !== null) found.push({ index, name, ...meaning });
    else if (index !== tag) {
      const why = findSmell(name);
      if (why !== null) notes.push(`${show(name)} is not read: ${why}.`);
    }
  }
  const columns = found.sort((a, b) => a.rank - b.rank || a.index - b.index);
  return { columns, tag: tag === -1 ? null : tag, notes };
}

/** A number of a file: from text where it is written as one; undefined where there is nothing; what is no number stays. */
export function toNumber(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === '') return undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}

/** The value in the wire's unit. Products are rounded to the ninth digit, below what any receiver measures. */
export function scale(value: unknown, factor: number): unknown {
  const number = factor === 1 ? value : toNumber(value);
  return factor === 1 || typeof number !== 'number' ? value : Number((number * factor).toFixed(9));
}

const isShared = (role: FieldRole): role is SharedRole => (SHARED as readonly FieldRole[]).includes(role);

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** The fields of one fix; a value that is empty leaves its place to the next name of the same meaning. */
export function pickByLayout({ columns, tag }: Layout, values: readonly unknown[]): Fields {
  const own: { [role in OwnRole | 'tag']?: unknown } = {};
  const named: Partial<Record<SharedRole, Named[]>> = {};
  let offset: Fields['offset'];
  for (const { index, name, role, factor } of columns) {
    const value = values[index];
    if (isShared(role)) {
      if (isEmpty(value) && role !== 'hemisphere') continue;
      const before = named[role];
      if (before === undefined) named[role] = [{ name, value }];
      else before.push({ name, value });
    } else if (role === 'offset') offset ??= { name, value, unitMs: factor };
    else if (isEmpty(value)) own[role] ??= value;
    else if (isEmpty(own[role])) own[role] = scale(value, factor);
  }
  if (tag !== null) own.tag = values[tag];
  return { ...own, named, ...(offset !== undefined && { offset }) };
}

/** Layouts that are kept: files have a handful of shapes of features, and a hostile one has millions. */
const MAX_LAYOUTS = 200;

export interface FieldPicker {
  pick(entries: Iterable<readonly [string, unknown]>): Fields;
}

/** Picks fields from properties or elements; `onNote` is called once for each thing to be told about their names. */
export function createFieldPicker(tagName: string | null, onNote: (note: string) => void): FieldPicker {
  const layouts = new Map<string, Layout>();
  return {
    pick(entries) {
      const names: string[] = [];
      const values: unknown[] = [];
      for (const [name, value] of entries) {
        if (value === '' || value === null) continue;
        names.push(name);
        values.push(value);
      }
      const key = names.join('\u0000');
      let layout = layouts.get(key);
      if (layout === undefined) {
        if (layouts.size >= MAX_LAYOUTS) layouts.clear();
        layout = findLayout(names, tagName, false);
        layouts.set(key, layout);
        layout.notes.forEach(onNote);
      }
      return pickByLayout(layout, values);
    },
  };
}

/** The fields at a place that the format itself names, in degrees with their sign; columns of coordinates do not count then. */
export function placeAt({ named, ...fields }: Fields, latitude: unknown, longitude: unknown): Fields {
  return { ...fields, latitude, longitude, named: { ...named, hemisphere: [] } };
}

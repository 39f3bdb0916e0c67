/** Values by a JSON Schema as our own description writes it: valid ones, such with one thing wrong, and rubbish. */

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

export type Random = () => number;

export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

/** Few ids, so that what one request writes the next one names. */
export const IDS = ['F-1', 'F-2', 'F-3'] as const;
const INSTANTS = [
  '2026-01-01T00:00:00Z',
  '2026-11-22T18:03:11.5Z',
  '2030-02-28T23:59:60Z',
  '2026-06-01T12:00:00+05:45',
];
/** For patterns: the first that match are taken. */
const TEXTS = [
  ...IDS,
  '07:00',
  '19:30',
  '00:00',
  '2026-12-25',
  '2028-02-29',
  'Europe/London',
  'a',
  'O’Neill 🙂',
  'x'.repeat(64),
];

/** What looks as if it were nearly right somewhere. */
const STRANGE_TEXTS = [
  '',
  ' ',
  '.',
  '..',
  '../..',
  'null',
  'true',
  '0',
  '-1',
  'NaN',
  '1e1',
  '0x10',
  'BST',
  'IST',
  'London',
  '24:00',
  '2026-02-30',
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-01:00',
  '2026-11-22T18:03:11',
  '\0',
  'a\0b',
  '\ud83d',
  '\ude00\ud83d',
  '\u202e',
  '\ufeff',
  '\u2028',
  '__proto__',
  'constructor',
  '%00',
  '%',
  "'; drop table wearer; --",
  'é'.repeat(200),
  'x'.repeat(70_000),
];
const STRANGE_VALUES: readonly unknown[] = [
  ...STRANGE_TEXTS,
  null,
  true,
  false,
  0,
  -0,
  -1,
  0.1,
  1e-320,
  1e21,
  -1e308,
  2 ** 31,
  2 ** 53,
  2 ** 53 - 1,
  2 ** 63,
  [],
  {},
  [[]],
  [null],
  { a: 1 },
  { length: 1 },
  { toString: 1 },
  Array.from({ length: 600 }, () => 0),
];

export const makeStrangeText = (random: Random): string => pick(random, STRANGE_TEXTS);

function makeText(schema: JsonSchema, random: Random): string {
  if (schema.format === 'date-time') return pick(random, INSTANTS);
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const expression = new RegExp(pattern ?? '');
  const fitting = TEXTS.filter((text) => expression.test(text) && text.length >= minLength && text.length <= maxLength);
  return pick(random, fitting.length > 0 ? fitting : TEXTS);
}

function makeNumber(schema: JsonSchema, random: Random, isInteger: boolean): number {
  const low = schema.minimum ?? schema.exclusiveMinimum ?? -1_000;
  const high = schema.maximum ?? Math.max(low + 1_000, 1_000);
  const value = pick(random, [low, high, low + random() * (high - low), low + random() * Math.min(10, high - low)]);
  return isInteger ? Math.round(value) : value;
}

/** A value that the schema takes, most of the time. */
export function makeValue(schema: JsonSchema, random: Random): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(random, schema.enum);
  if (schema.anyOf !== undefined) return makeValue(pick(random, schema.anyOf), random);
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((part) => makeValue(part, random)));
  const type =
    typeof schema.type === 'string' ? schema.type : schema.type === undefined ? 'any' : pick(random, schema.type);
  switch (type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const names = Object.keys(properties).filter((name) => required.includes(name) || random() < 0.3);
      return Object.fromEntries(names.map((name) => [name, makeValue(properties[name] as JsonSchema, random)]));
    }
    case 'array': {
      const { items = {}, minItems = 0, maxItems = 3 } = schema;
      if (Array.isArray(items)) return items.map((item) => makeValue(item as JsonSchema, random));
      const length = Math.min(maxItems, minItems + Math.floor(random() * 3));
      const made = Array.from({ length }, () => makeValue(items as JsonSchema, random));
      return made;
    }
    case 'string':
      return makeText(schema, random);
    case 'integer':
    case 'number':
      return makeNumber(schema, random, type === 'integer');
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    default:
      return pick(random, STRANGE_VALUES);
  }
}

/** The value with one thing in it exchanged, left out, added or buried. */
export function spoil(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.15) return pick(random, STRANGE_VALUES);
  if (Array.isArray(value)) {
    if (value.length === 0) return [pick(random, STRANGE_VALUES)];
    const at = Math.floor(random() * value.length);
    if (random() < 0.2) return [...value, ...value];
    return value.map((part, i) => (i === at ? spoil(part, random) : part));
  }
  const names = Object.keys(value);
  const fields = value as Readonly<Record<string, unknown>>;
  const name = names.length === 0 ? 'a' : pick(random, names);
  const what = random();
  if (what < 0.15) return { ...fields, [makeStrangeText(random).slice(0, 100)]: pick(random, STRANGE_VALUES) };
  if (what < 0.3) return Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name));
  return { ...fields, [name]: spoil(fields[name], random) };
}

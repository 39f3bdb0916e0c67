/**
 * JavaScript values as PostgreSQL's text and back: one table for both databases, so that a parameter or a column means the
 * same on PostGIS and on PGlite. See `Queryable` in `ports/database.ts`. `pg-types` has other rules for most of what stands here
 * (64-bit integers and numeric as text, infinity as an instant), and PGlite does not use it.
 */
import { parse as parseArray } from 'postgres-array';

const ESCAPED = /[\\"]/;

/** In `{…}` all but numbers are quoted, so that `null`, commas and braces within a text stay what they are. */
function encodeArray(values: readonly unknown[]): string {
  let text = '{';
  for (let at = 0; at < values.length; at++) {
    if (at > 0) text += ',';
    text += encodeElement(values[at]);
  }
  return `${text}}`;
}

/** Pings come as arrays of thousands: numbers, absent ones, and texts in which nothing is to be escaped. */
function encodeElement(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return encodeArray(value);
  const text = typeof value === 'string' ? value : encodeParameter(value);
  if (text === null) return 'NULL';
  return ESCAPED.test(text) ? `"${text.replace(/[\\"]/g, '\\$&')}"` : `"${text}"`;
}

/**
 * A parameter as text. An array is a PostgreSQL array; a JSON array has to be given as `JSON.stringify(…)`. Throws for what
 * has no meaning in SQL (functions, symbols) and for numbers or dates that are not finite where they would be misread.
 */
export function encodeParameter(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 't' : 'f';
    case 'object':
      break;
    default:
      throw new TypeError(`A ${typeof value} cannot be a parameter of a statement`);
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array)
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}`;
  if (Array.isArray(value)) return encodeArray(value);
  return JSON.stringify(value);
}

function parseInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`The integer ${text} is beyond what a number can hold exactly`);
  return value;
}

/** Counts and sums come as numeric. Fractions may lose digits beyond the 15th; integers beyond 2^53 throw. */
function parseNumeric(text: string): number {
  return /^-?\d+$/.test(text) ? parseInteger(text) : Number(text);
}

const TIMESTAMP = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

/** Milliseconds; finer digits are cut off. Throws for infinity and for dates before Christ. */
function parseTimestamp(text: string): Date {
  const match = TIMESTAMP.exec(text);
  if (match === null) throw new RangeError(`The instant ${text} has no place in a Date`);
  const part = (index: number) => Number(match[index] ?? 0);
  const date = new Date(0);
  date.setUTCFullYear(part(1), part(2) - 1, part(3));
  const fractionMs = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000 + 1e-6);
  date.setUTCHours(part(4), part(5), part(6), fractionMs);
  const offsetMs = (part(9) * 3600 + part(10) * 60 + part(11)) * 1000;
  return new Date(date.getTime() - (match[8] === '-' ? -offsetMs : offsetMs));
}

function parseBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
}

const asText = (text: string): unknown => text;

/** By the type's OID. What is not here comes as text, `date` and `timestamp` too: they are no instants. */
export const elementParsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  17: parseBytes,
  20: parseInteger,
  21: parseInteger,
  23: parseInteger,
  25: asText,
  26: parseInteger,
  114: JSON.parse,
  700: Number,
  701: Number,
  1042: asText,
  1043: asText,
  1082: asText,
  1114: asText,
  1184: parseTimestamp,
  1700: parseNumeric,
  2950: asText,
  3802: JSON.parse,
};

/** OIDs of the array types whose elements are above. */
const arrayElements: Readonly<Record<number, number>> = {
  1000: 16,
  1001: 17,
  1016: 20,
  1005: 21,
  1007: 23,
  1009: 25,
  1028: 26,
  199: 114,
  1021: 700,
  1022: 701,
  1014: 1042,
  1015: 1043,
  1182: 1082,
  1115: 1114,
  1185: 1184,
  1231: 1700,
  2951: 2950,
  3807: 3802,
};

/** The parser of a type, arrays included; text where the type is not known here. */
export function parserOf(oid: number): (text: string) => unknown {
  const element = arrayElements[oid];
  if (element === undefined) return elementParsers[oid] ?? asText;
  const parse = elementParsers[element] ?? asText;
  return (text) => parseArray(text, parse);
}

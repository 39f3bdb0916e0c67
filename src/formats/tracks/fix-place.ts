/** Where one fix was, from all that a file says about it: its coordinates in any notation, and their hemispheres. */
import { textOf } from '../text-of.js';
import { type Fields, type Named, toNumber } from './track-fields.js';

type Axis = 'latitude' | 'longitude';
interface Hemisphere {
  readonly axis: Axis;
  readonly sign: 1 | -1;
}

const HEMISPHERES: ReadonlyMap<string, Hemisphere> = new Map(
  (
    [
      ['n', 'latitude', 1],
      ['s', 'latitude', -1],
      ['e', 'longitude', 1],
      ['w', 'longitude', -1],
    ] as const
  ).flatMap(([letter, axis, sign]) => {
    const word = { n: 'north', s: 'south', e: 'east', w: 'west' }[letter];
    return [letter, word].map((name): [string, Hemisphere] => [name, { axis, sign }]);
  }),
);
const SIGNS: ReadonlyMap<string, 1 | -1> = new Map([
  ['+', 1],
  ['1', 1],
  ['+1', 1],
  ['-', -1],
  ['-1', -1],
]);

/** Degrees, or degrees and minutes, or degrees, minutes and seconds, a letter before or behind them. */
const DEGREES =
  /^([nsew]|north|south|east|west)?\s*([+-]?)(\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|˚|degrees?|deg|d|:)?(?:\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:['′’‘m:]|min)?(?:\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:["″”“s]|''|′′|sec)?)?)?\s*([nsew]|north|south|east|west)?$/i;
/** Longest text that is taken for a coordinate. */
const MAX_LENGTH = 60;

interface Coordinate {
  readonly degrees: number;
  readonly hemisphere: Hemisphere | null;
}

const toDecimal = (text: string | undefined) => Number((text ?? '0').replace(',', '.'));

/** The degrees that a value says, null where it says none; `undefined`: that there is none. */
function readCoordinate(value: unknown): Coordinate | null | undefined {
  const number = toNumber(value);
  if (number === undefined) return undefined;
  if (typeof number === 'number') return { degrees: number, hemisphere: null };
  if (typeof number !== 'string' || number.length > MAX_LENGTH) return null;
  const match = DEGREES.exec(number.trim().replace(/[\u2212\u2013]/g, '-'));
  if (match === null) return null;
  const [, before, sign, degrees, minutes, seconds, after] = match;
  if (before !== undefined && after !== undefined) return null;
  // Only the last of the numbers has a fraction, and only the first may be 60 or more.
  const hasFraction = (text: string | undefined) => text !== undefined && /[.,]/.test(text);
  if ((hasFraction(degrees) && minutes !== undefined) || (hasFraction(minutes) && seconds !== undefined)) return null;
  if (toDecimal(minutes) >= 60 || toDecimal(seconds) >= 60) return null;
  const sum = toDecimal(degrees) + toDecimal(minutes) / 60 + toDecimal(seconds) / 3_600;
  const isExact = minutes === undefined;
  const letter = (before ?? after)?.toLowerCase();
  return {
    degrees: (sign === '-' ? -1 : 1) * (isExact ? sum : Number(sum.toFixed(9))),
    hemisphere: letter === undefined ? null : (HEMISPHERES.get(letter) ?? null),
  };
}

function axisOfName(name: string): Axis | null {
  if (/lat|north|^n/i.test(name)) return 'latitude';
  return /lon|lng|east|^e/i.test(name) ? 'longitude' : null;
}

/** The hemispheres of columns of their own; a text is why they cannot be had. */
function readHemispheres(named: readonly Named[]): ReadonlyMap<Axis, Hemisphere & { readonly name: string }> | string {
  const found = new Map<Axis, Hemisphere & { readonly name: string }>();
  for (const { name, value } of named) {
    const text = textOf(value ?? '')
      .trim()
      .toLowerCase();
    const axis = axisOfName(name);
    const sign = SIGNS.get(text);
    const known = HEMISPHERES.get(text) ?? (axis !== null && sign !== undefined ? { axis, sign } : undefined);
    if (known === undefined || (axis !== null && known.axis !== axis)) {
      return `The hemisphere ${JSON.stringify(name)} is ${JSON.stringify(text.slice(0, 20))}, not ${
        axis === 'latitude' ? 'N or S' : axis === 'longitude' ? 'E or W' : 'N, S, E or W'
      }.`;
    }
    const other = found.get(known.axis);
    if (other !== undefined && other.sign !== known.sign) {
      return `${JSON.stringify(other.name)} and ${JSON.stringify(name)} name different hemispheres.`;
    }
    found.set(known.axis, { ...known, name });
  }
  return found;
}

/** Degrees with their sign; a text is why there are none. */
function place(axis: Axis, value: unknown, ofColumn: Hemisphere | undefined): number | string {
  const coordinate = readCoordinate(value);
  if (coordinate === undefined || coordinate === null) return `The ${axis} is not a number.`;
  const { degrees, hemisphere } = coordinate;
  if (hemisphere !== null && hemisphere.axis !== axis) return `The ${axis} ends in a letter of the other axis.`;
  if (hemisphere !== null && ofColumn !== undefined && hemisphere.sign !== ofColumn.sign) {
    return `The ${axis} and the column of its hemisphere contradict each other.`;
  }
  const sign = (hemisphere ?? ofColumn)?.sign;
  if (sign === undefined) return degrees;
  if (degrees < 0 && sign === 1)
    return `The ${axis} is negative, and its hemisphere is ${axis === 'latitude' ? 'N' : 'E'}.`;
  return sign * Math.abs(degrees) + 0;
}

/** Degrees WGS84, or null: it says nothing about a place. A fix that has one of the two coordinates has to have both. */
export type FixPlace = { readonly latitude: number; readonly longitude: number } | { readonly fault: string } | null;

/** The coordinates that the fields of a fix name; their range is for the judge of pings. */
export function resolveFixPlace(fields: Fields): FixPlace {
  if (!('latitude' in fields) && !('longitude' in fields)) return null;
  const hemispheres = readHemispheres(fields.named?.hemisphere ?? []);
  const column = (axis: Axis) => (typeof hemispheres === 'string' ? undefined : hemispheres.get(axis));
  const latitude = place('latitude', fields.latitude, column('latitude'));
  if (typeof latitude === 'string') return { fault: latitude };
  const longitude = place('longitude', fields.longitude, column('longitude'));
  if (typeof longitude === 'string') return { fault: longitude };
  return typeof hemispheres === 'string' ? { fault: hemispheres } : { latitude, longitude };
}

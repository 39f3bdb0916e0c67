/** Whether there was a fix at all, as files say it: `valid`, `fix`, `fix_quality` and their like. */
import { textOf } from '../text-of.js';
import type { Named } from './track-fields.js';
import { normaliseName } from './track-names.js';

const NO = new Set([
  ...[
    'false',
    'f',
    'no',
    'n',
    'none',
    'nofix',
    'notfixed',
    'nogps',
    'invalid',
    'notvalid',
    'void',
    'v',
    'off',
    'lost',
    '0',
  ],
  ...['unavailable', 'nosignal', 'nolock', 'bad', 'outdated', 'searching', 'timeonly'],
]);
const YES = new Set([
  ...[
    'true',
    't',
    'yes',
    'y',
    'valid',
    'a',
    'active',
    'ok',
    'on',
    'good',
    'fix',
    'fixed',
    'gps',
    'gnss',
    'dgps',
    'dgnss',
    'pps',
  ],
  ...[
    'rtk',
    'rtkfixed',
    'rtkfloat',
    'float',
    'lock',
    'locked',
    'current',
    '2d',
    '3d',
    '2dfix',
    '3dfix',
    'gpsfix',
    'dgpsfix',
    'diff',
  ],
]);

/** True: a fix; false: none; null: the value is not known. */
function readOne({ name, value }: Named): boolean | null {
  const normal = normaliseName(name);
  const isInverse = /invalid|nofix|outdated/.test(normal);
  const text = normaliseName(textOf(value));
  if (/^\d{1,2}(?:0+)?$/.test(text) && !isInverse) {
    const number = Number(value);
    // gpsd's and NMEA's mode, and the type as autopilots have it, count "no fix" as 1.
    return /mode|type|status/.test(normal) ? number > 1 : number > 0;
  }
  const isYes = YES.has(text) || (isInverse && text === '1');
  if (!isYes && !NO.has(text)) return null;
  return isInverse ? !isYes : isYes;
}

export interface Validity {
  /** Why the position is none, as in `"fix" is "none"`; null: nothing says so. */
  readonly noFix: string | null;
  /** Names whose value is not understood, as in `"fix" is "maybe"`. */
  readonly unknown: readonly string[];
}

const tell = ({ name, value }: Named) => `${JSON.stringify(name)} is ${JSON.stringify(textOf(value).slice(0, 40))}`;

/** What all that is said about a fix comes to: one that says there was none is enough. */
export function readValidity(named: readonly Named[]): Validity {
  let noFix: string | null = null;
  const unknown: string[] = [];
  for (const each of named) {
    const isFix = readOne(each);
    if (isFix === null) unknown.push(tell(each));
    else if (!isFix) noFix ??= tell(each);
  }
  return { noFix, unknown };
}

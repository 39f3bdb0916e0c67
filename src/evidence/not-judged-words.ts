/** Why a message did not count, after "because". */
import type { NotJudged } from '../engine/types.js';

const WORDS: Readonly<Record<NotJudged, string>> = {
  'no-position': 'they carried no position',
  'zero-position': 'they told the position 0° 0°, which a receiver without a fix writes',
  'no-accuracy': 'they did not say how accurate they were',
  mechanism: 'they were not found by satellite',
  'ahead-of-clock': 'the clock of the tag was ahead of their receipt',
  'impossible-speed': 'nobody could have got there from the fix before',
  repeated: 'they said nothing new of an instant that had been judged',
  'beyond-horizon': 'they came too late for the live judgement',
  'unknown-tag': 'no such tag was on record',
  'not-fitted': 'the tag was fitted to nobody at that time',
};

export const notJudgedWords = (reason: string): string =>
  Object.entries(WORDS).find(([name]) => name === reason)?.[1] ?? `of this reason: ${reason}`;

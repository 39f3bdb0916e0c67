/** RFC 3339 instants, read by hand: it is called once for each ping, and `Date.parse` takes dates that do not exist. */

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The number that `length` digits at `at` make, or -1 where one of them is no digit (also past the end). */
function readDigits(text: string, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i++) {
    const digit = text.charCodeAt(i) - 48;
    // NaN past the end fails both comparisons, hence the negation.
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function daysIn(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

/**
 * Epoch ms of an RFC 3339 instant (`2026-11-22T18:03:11.5Z`, `2026-11-22 18:03:11+01:00`), or null where it is none: no zone,
 * a day that does not exist, anything after it. Digits below the millisecond are cut off; a leap second is the next second.
 * What files write otherwise is `file-time.ts`'s.
 */
export function parseInstant(text: string): number | null {
  const year = readDigits(text, 0, 4);
  const month = readDigits(text, 5, 2);
  const day = readDigits(text, 8, 2);
  if (year < 0 || text[4] !== '-' || month < 1 || text[7] !== '-' || day < 1 || day > daysIn(year, month)) return null;

  const separator = text[10];
  const hour = readDigits(text, 11, 2);
  const minute = readDigits(text, 14, 2);
  const second = readDigits(text, 17, 2);
  if ((separator !== 'T' && separator !== 't' && separator !== ' ') || hour < 0 || hour > 23) return null;
  if (text[13] !== ':' || minute < 0 || minute > 59 || text[16] !== ':' || second < 0 || second > 60) return null;

  let at = 19;
  let ms = 0;
  if (text[at] === '.') {
    at += 1;
    let digit = readDigits(text, at, 1);
    if (digit < 0) return null;
    for (let unit = 100; digit >= 0; digit = readDigits(text, at, 1)) {
      ms += digit * unit;
      unit = unit === 1 ? 0 : unit / 10;
      at += 1;
    }
  }
  const offsetMs = readOffset(text, at);
  return offsetMs === null ? null : Date.UTC(year, month - 1, day, hour, minute, second, ms) - offsetMs;
}

/** The zone that ends the text, as ms east of UTC. */
function readOffset(text: string, at: number): number | null {
  const sign = text[at];
  if (sign === 'Z' || sign === 'z') return text.length === at + 1 ? 0 : null;
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') return null;
  const hours = readDigits(text, at + 1, 2);
  const minutes = readDigits(text, at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

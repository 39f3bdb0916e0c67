/**
 * A tag whose clock runs ahead. One fix from the future is a mistake and carries no evidence; one after the other is a clock, and its
 * fixes are judged at their receipt, so that nobody is unmonitored because of a clock.
 */
import {
  AHEAD_LIMIT_MS,
  CLOCK_AHEAD_FIXES,
  CLOCK_AHEAD_WITHIN_MS,
  CLOCK_RIGHT_OVER_MS,
  HORIZON_FIXES,
  HORIZON_MS,
} from '../thresholds.js';
import type { Ping } from '../types.js';

/** A fix by its two times. */
export interface TimedFix {
  readonly fixedAtMs: number;
  readonly receivedAtMs: number;
}

/** How many are remembered: by its device time a fix is known to be sent again. */
const REMEMBERED = 8;

export function isAhead({ fixedAtMs, receivedAtMs }: TimedFix): boolean {
  return fixedAtMs - receivedAtMs > AHEAD_LIMIT_MS;
}

/** When a fix was made as far as is known: a clock that is ahead does not say. */
export function madeAtMs(fix: TimedFix): number {
  return isAhead(fix) ? fix.receivedAtMs : fix.fixedAtMs;
}

/**
 * Notes a fix that is not ahead, of a clock that was: null where that is right again. One from before, sent late or once more, says
 * nothing of it. `ran`: it was known to run ahead. Then one is not enough, nor are many at once: a message of a clock three minutes ahead
 * that is two minutes on its way, and a store that is sent, look like those of one that is right.
 */
export function noteRight(before: readonly TimedFix[], fix: TimedFix, ran: boolean): readonly TimedFix[] | null {
  if (fix.fixedAtMs <= madeAtMs(before.at(-1)!)) return before;
  if (!ran) return null;
  const rights = [...before.filter((each) => !isAhead(each)), fix];
  const overMs = fix.receivedAtMs - rights[0]!.receivedAtMs;
  if (rights.length >= CLOCK_AHEAD_FIXES && overMs >= CLOCK_RIGHT_OVER_MS) return null;
  return [...before.filter(isAhead), rights[0]!, ...rights.slice(1).slice(-(CLOCK_AHEAD_FIXES - 1))];
}

/** Since when a clock that is right again has been, by receipt: `before` as it was noted, and the fix that showed it. */
export function rightSinceMs(before: readonly TimedFix[], fix: TimedFix): number {
  return (before.find((each) => !isAhead(each)) ?? fix).receivedAtMs;
}

export interface AheadNoted {
  readonly fixes: readonly TimedFix[];
  readonly isRepeated: boolean;
  /** The clock runs ahead: this fix is judged at its receipt. */
  readonly runs: boolean;
}

/** Notes one more fix from the future; whatever looked right before it was late. `ran`: the clock was known to run ahead. Oldest first. */
export function noteAhead(noted: readonly TimedFix[], fix: TimedFix, ran: boolean): AheadNoted {
  const before = noted.every(isAhead) ? noted : noted.filter(isAhead);
  if (before.some(({ fixedAtMs }) => fixedAtMs === fix.fixedAtMs))
    return { fixes: before, isRepeated: true, runs: ran };
  const fixes = [...before, fix].slice(-REMEMBERED);
  const recent = fixes.filter(({ receivedAtMs }) => receivedAtMs > fix.receivedAtMs - CLOCK_AHEAD_WITHIN_MS);
  return { fixes, isRepeated: false, runs: ran || recent.length >= CLOCK_AHEAD_FIXES };
}

/** Numbers a fix of `SentAhead`: fixedAtMs, latitude, longitude, accuracyMetres (-1: it has none). */
const SENT_WIDTH = 4;

/**
 * Fixes that came dated ahead, oldest first, at most `HORIZON_FIXES`: one that is sent again once its date has come looks like any
 * other. By content, not by instant: a clock that was an hour ahead and is put right gives the same instants again.
 */
export type SentAhead = readonly number[];

export function noteSentAhead(before: SentAhead | undefined, { fixedAtMs, position }: Ping): SentAhead {
  const { latitude, longitude, accuracyMetres } = position!;
  return [...(before ?? []), fixedAtMs, latitude, longitude, accuracyMetres ?? -1].slice(-HORIZON_FIXES * SENT_WIDTH);
}

export function wasSentAhead(sent: SentAhead | undefined, { fixedAtMs, position }: Ping): boolean {
  if (sent === undefined || position === null) return false;
  for (let at = 0; at < sent.length; at += SENT_WIDTH) {
    if (
      sent[at] === fixedAtMs &&
      sent[at + 1] === position.latitude &&
      sent[at + 2] === position.longitude &&
      sent[at + 3] === (position.accuracyMetres ?? -1)
    )
      return true;
  }
  return false;
}

/** Those that could still be judged when sent again: the others are beyond the horizon of the newest fix. Undefined: none. */
export function stillAhead(sent: SentAhead, newestAtMs: number): SentAhead | undefined {
  const kept = sent.filter((_, i) => sent[i - (i % SENT_WIDTH)]! > newestAtMs - HORIZON_MS);
  return kept.length === 0 ? undefined : kept;
}

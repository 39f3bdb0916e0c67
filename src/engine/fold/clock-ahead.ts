/**
 * A tag whose clock runs ahead. One fix from the future is a mistake and carries no evidence; one after the other is a clock, and its
 * fixes are judged at their receipt, so that nobody is unmonitored because of a clock.
 */
import { AHEAD_LIMIT_MS, CLOCK_AHEAD_FIXES, CLOCK_AHEAD_WITHIN_MS, HORIZON_FIXES, HORIZON_MS } from '../thresholds.js';
import type { Ping } from '../types.js';

/** A fix that was dated ahead of its receipt. */
export interface AheadFix {
  readonly fixedAtMs: number;
  readonly receivedAtMs: number;
}

/** How many are remembered: by its device time a fix is known to be sent again. */
const REMEMBERED = 8;

export function isAhead({ fixedAtMs, receivedAtMs }: AheadFix): boolean {
  return fixedAtMs - receivedAtMs > AHEAD_LIMIT_MS;
}

/** When a fix was made as far as is known: a clock that is ahead does not say. */
export function madeAtMs(fix: AheadFix): number {
  return isAhead(fix) ? fix.receivedAtMs : fix.fixedAtMs;
}

/** Whether a fix shows that a clock that was ahead is right again: one from before, sent late or once more, says nothing of it. */
export function showsRight(before: readonly AheadFix[], fix: AheadFix): boolean {
  return !isAhead(fix) && fix.fixedAtMs > before.at(-1)!.receivedAtMs;
}

export interface AheadNoted {
  readonly fixes: readonly AheadFix[];
  readonly isRepeated: boolean;
  /** The clock runs ahead: this fix is judged at its receipt. */
  readonly runs: boolean;
}

/** Notes one more fix from the future. `ran`: the clock was known to run ahead. Oldest first. */
export function noteAhead(before: readonly AheadFix[], fix: AheadFix, ran: boolean): AheadNoted {
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

/**
 * Tags whose clocks are wrong. Ahead: one fix from the future is a mistake and carries no evidence; one after the other is a clock, and its
 * fixes are judged at their receipt, so that nobody is unmonitored because of a clock. Behind, perhaps: every message that it has not sent
 * before comes by the same time too late, while those of the others of its supplier do not. A store that is sent gets less late, a
 * network's delay comes and goes. A tag that sends its store oldest first as fast as it fills it looks the same: hence a question.
 */
import type { LateRun } from '../device/device-state.js';
import type { UsualLateness } from '../inputs.js';
import type { ActivationState, SentAhead, TimedFix } from '../state.js';
import { endNotice, noticeOf, raiseNotice } from '../tell/notices.js';
import {
  AHEAD_LIMIT_MS,
  CLOCK_AHEAD_FIXES,
  CLOCK_AHEAD_WITHIN_MS,
  CLOCK_BEHIND_MESSAGES,
  CLOCK_BEHIND_MS,
  CLOCK_BEHIND_STEADY_MS,
  CLOCK_BEHIND_WINDOW_MS,
  CLOCK_NOT_BEHIND_MS,
  CLOCK_RIGHT_OVER_MS,
  HORIZON_FIXES,
  HORIZON_MS,
} from '../thresholds.js';
import type { EngineEvent, Ping } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';

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

const NO_EVENTS: readonly EngineEvent[] = [];

/** Takes in how late a message came that was made after all others. Changes the state in place. */
export function hearLateness(
  state: ActivationState,
  latenessMs: number,
  receivedAtMs: number,
  usual: UsualLateness | undefined,
  own: CompiledOwn,
): readonly EngineEvent[] {
  const { device } = state;
  if (state.notices !== undefined && noticeOf(state, 'clock-behind') !== undefined)
    return hearWhetherRight(state, latenessMs - (usual?.lowMs ?? 0), receivedAtMs, own);
  if (latenessMs < CLOCK_BEHIND_MS) {
    if (device.late !== undefined) delete device.late;
    return NO_EVENTS;
  }
  const run = withMessage(device.late, latenessMs, receivedAtMs);
  const { sinceMs, fromMs, messages, leastMs, beforeMs } = run;
  if (messages < CLOCK_BEHIND_MESSAGES || receivedAtMs - fromMs < CLOCK_BEHIND_WINDOW_MS) {
    device.late = run;
    return NO_EVENTS;
  }
  const isSteady = beforeMs !== null && Math.abs(leastMs - beforeMs) <= CLOCK_BEHIND_STEADY_MS;
  const beforehandMs = isSteady ? Math.min(leastMs, beforeMs) : leastMs;
  // What was less or more late before is another thing: it begins anew with this window.
  const next = { sinceMs: isSteady ? sinceMs : fromMs, fromMs: receivedAtMs, messages: 0, leastMs, beforeMs: leastMs };
  device.late = next;
  // The others are to have been heard in the same time, or it may be the supplier that is late.
  if (!isSteady || usual === undefined || usual.sinceMs < sinceMs) return NO_EVENTS;
  const clockBehindMs = beforehandMs - usual.highMs;
  if (clockBehindMs < CLOCK_BEHIND_MS) return NO_EVENTS;
  delete device.late;
  return raiseNotice(state, 'clock-behind', sinceMs, receivedAtMs, own, { clockBehindMs });
}

function withMessage(run: LateRun | undefined, latenessMs: number, receivedAtMs: number): LateRun {
  if (run === undefined)
    return { sinceMs: receivedAtMs, fromMs: receivedAtMs, messages: 1, leastMs: latenessMs, beforeMs: null };
  const leastMs = run.messages === 0 ? latenessMs : Math.min(run.leastMs, latenessMs);
  return { ...run, messages: run.messages + 1, leastMs };
}

/** No message of a clock that is behind comes in time; one alone may be garbled. */
function hearWhetherRight(
  state: ActivationState,
  overUsualMs: number,
  receivedAtMs: number,
  own: CompiledOwn,
): readonly EngineEvent[] {
  const { device } = state;
  if (overUsualMs >= CLOCK_NOT_BEHIND_MS) {
    if (device.right !== undefined) delete device.right;
    return NO_EVENTS;
  }
  const { sinceMs, messages } = device.right ?? { sinceMs: receivedAtMs, messages: 0 };
  if (messages + 1 < CLOCK_BEHIND_MESSAGES) {
    device.right = { sinceMs, messages: messages + 1 };
    return NO_EVENTS;
  }
  delete device.right;
  return endNotice(state, 'clock-behind', { atMs: sinceMs, because: 'restored' }, receivedAtMs, own);
}

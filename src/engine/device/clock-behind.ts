/**
 * A tag whose clock may run behind: every message that it has not sent before comes by the same time too late, while those of the others
 * of its supplier do not. A store that is sent gets less late, a network's delay comes and goes. A tag that sends its store oldest first as
 * fast as it fills it looks the same: hence a question.
 */
import type { ActivationState } from '../state.js';
import type { UsualLateness } from '../suppliers/usual-lateness.js';
import { endNotice, noticeOf, raiseNotice } from '../tell/notices.js';
import {
  CLOCK_BEHIND_MESSAGES,
  CLOCK_BEHIND_MS,
  CLOCK_BEHIND_STEADY_MS,
  CLOCK_BEHIND_WINDOW_MS,
  CLOCK_NOT_BEHIND_MS,
} from '../thresholds.js';
import type { EngineEvent } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import type { LateRun } from './device-state.js';

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

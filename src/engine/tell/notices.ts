/**
 * What is to be said about the watching itself, not about a place: that the tag's clock is wrong, that a schedule has run out and
 * nothing can be judged by it. One alert of a kind at a time, beside the fold and never a part of it.
 */

import type { ActivationState, Notice } from '../state.js';
import { AHEAD_LIMIT_MS, CLOCK_BEHIND_MS } from '../thresholds.js';
import type { EndedBecause, EngineEvent, Explanation, NoticeKind } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import { noticeEvent } from './event.js';
import { noticeIdOf } from './ids.js';

const NONE: readonly Notice[] = [];

export function noticeOf({ notices = NONE }: ActivationState, kind: NoticeKind): Notice | undefined {
  return notices.find((each) => each.kind === kind);
}

/** Says that something is so from an instant on; nothing where that was said. Changes the state in place. */
export function raiseNotice(
  state: ActivationState,
  kind: NoticeKind,
  startedAtMs: number,
  nowMs: number,
  own: CompiledOwn,
  clock: Pick<EngineEvent, 'clockAheadMs' | 'clockBehindMs'> = {},
): EngineEvent[] {
  if (noticeOf(state, kind) !== undefined) return [];
  const notice: Notice = { kind, alertId: noticeIdOf(kind, own.activationId, startedAtMs), startedAtMs };
  state.notices = [...(state.notices ?? NONE), notice];
  return [{ ...eventOf(notice, null, nowMs, own), ...clock }];
}

/** Says that it is over. */
export function endNotice(
  state: ActivationState,
  kind: NoticeKind,
  end: { readonly atMs: number; readonly because: EndedBecause },
  nowMs: number,
  own: CompiledOwn,
): EngineEvent[] {
  const notice = noticeOf(state, kind);
  if (notice === undefined) return [];
  const others = state.notices!.filter((each) => each !== notice);
  if (others.length > 0) state.notices = others;
  else delete state.notices;
  return [eventOf(notice, end, nowMs, own)];
}

/** What time and the watch make of it: schedules that run out or are expanded anew, tags that are removed. */
export function noticeByTime(state: ActivationState, nowMs: number, own: CompiledOwn): EngineEvent[] {
  const events: EngineEvent[] = [];
  const isRemoved = own.removedAtMs <= nowMs;
  const ranOutAtMs = isRemoved ? Infinity : ranOutAtMsOf(own, nowMs);
  const told = noticeOf(state, 'schedule-ran-out');
  const removal = { atMs: own.removedAtMs, because: 'tag-removed' } as const;
  if (told !== undefined && ranOutAtMs > nowMs)
    events.push(...endNotice(state, told.kind, isRemoved ? removal : endOfRunOut(own, nowMs), nowMs, own));
  if (ranOutAtMs <= nowMs) events.push(...raiseNotice(state, 'schedule-ran-out', ranOutAtMs, nowMs, own));
  if (isRemoved) {
    events.push(...endNotice(state, 'clock-ahead', removal, nowMs, own));
    events.push(...endNotice(state, 'clock-behind', removal, nowMs, own));
    delete state.ahead;
    delete state.device.late;
    delete state.device.right;
  }
  return events;
}

/** When time alone may change one; Infinity: never. */
export function noticeDueAtMs(state: ActivationState, nowMs: number, own: CompiledOwn): number {
  const removedAtMs = state.notices === undefined || own.removedAtMs <= nowMs ? Infinity : own.removedAtMs;
  if (own.removedAtMs <= nowMs || own.expandedUntilMs === Infinity) return removedAtMs;
  if (nowMs < own.expandedUntilMs) return Math.min(removedAtMs, own.expandedUntilMs);
  // It has run out, and is over with the last term that had.
  let dueAtMs = removedAtMs;
  for (const { term, endsAtMs } of own.terms) {
    if (term.windowsUntilMs === null || endsAtMs <= nowMs) continue;
    dueAtMs = Math.min(dueAtMs, term.windowsUntilMs > nowMs ? term.windowsUntilMs : endsAtMs);
  }
  return dueAtMs;
}

/** By a watch that is expanded further; or by the last of the terms that ran out having ended. */
function endOfRunOut(own: CompiledOwn, nowMs: number): { readonly atMs: number; readonly because: EndedBecause } {
  let endedAtMs = -Infinity;
  for (const { term, endsAtMs } of own.terms) {
    if (term.windowsUntilMs !== null && term.windowsUntilMs < endsAtMs && endsAtMs <= nowMs)
      endedAtMs = Math.max(endedAtMs, endsAtMs);
  }
  return endedAtMs === -Infinity ? { atMs: nowMs, because: 'restored' } : { atMs: endedAtMs, because: 'order-ended' };
}

/** Since when a term that still stands has no edges any more; Infinity: they all have. */
function ranOutAtMsOf(own: CompiledOwn, nowMs: number): number {
  if (nowMs < own.expandedUntilMs) return Infinity;
  let atMs = Infinity;
  for (const { term, endsAtMs } of own.terms) {
    if (term.windowsUntilMs === null || endsAtMs <= nowMs) continue;
    if (term.windowsUntilMs <= nowMs) atMs = Math.min(atMs, Math.max(term.windowsUntilMs, own.fittedAtMs));
  }
  return atMs;
}

function explain({ kind, startedAtMs }: Notice): Explanation {
  if (kind === 'schedule-ran-out') return { rule: 'edge', fixes: [], edgeAtMs: startedAtMs, thresholds: {} };
  const thresholds = kind === 'clock-ahead' ? { aheadLimitMs: AHEAD_LIMIT_MS } : { behindLimitMs: CLOCK_BEHIND_MS };
  return { rule: 'device', fixes: [], thresholds };
}

function eventOf(
  notice: Notice,
  end: { readonly atMs: number; readonly because: EndedBecause } | null,
  nowMs: number,
  own: CompiledOwn,
): EngineEvent {
  const { kind, alertId, startedAtMs } = notice;
  const endedAtMs = end === null ? null : Math.max(end.atMs, startedAtMs);
  const strength = kind === 'clock-behind' ? 'suspected' : 'confirmed';
  return noticeEvent(
    {
      type: end === null ? strength : 'ended',
      kind,
      alertId,
      // Raised once and ended once.
      revision: end === null ? 1 : 2,
      strength,
      startedAtMs,
      endedAtMs,
      foundAtMs: endedAtMs ?? nowMs,
      delayedByMs: 0,
      ...(end === null ? {} : { endedBecause: end.because }),
      explanation: explain(notice),
    },
    nowMs,
    own,
  );
}

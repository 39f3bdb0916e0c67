/** From when on what was found may be told: grace, absences, suspensions and settling hold it back. */

import { tickJudgesFromMs } from '../fold/episode.js';
import type { Finding, Told } from '../state.js';
import { unreasonableMs } from '../watch/absences.js';
import { suspendedUntilMs } from '../watch/wearer-periods.js';
import type { Telling } from './telling.js';

function graceOf(finding: Finding, telling: Telling): number {
  return finding.kind === 'unknown-at-edge' ? 0 : (telling.termOf(finding.termKey)?.term.graceMs ?? 0);
}

/** Over before it had lasted as long as its grace: it is never raised, and taken back where a tick did. */
export function isOverInGrace(finding: Finding, telling: Telling): boolean {
  return finding.end !== null && finding.end.atMs - finding.startedAtMs < graceOf(finding, telling);
}

/** Over, and reasonable for as long as it lasted: it is not raised. */
export function isAuthorised(finding: Finding, telling: Telling): boolean {
  const absences = telling.termOf(finding.termKey)?.term.absences;
  if (absences === undefined || finding.end === null || finding.kind === 'unknown-at-edge') return false;
  return unreasonableMs(absences, finding.startedAtMs, finding.end.atMs) === 0;
}

/** Until when what was found may not be raised; null: it may be. */
export function suspensionOf(finding: Finding, telling: Telling): number | null {
  const term = telling.termOf(finding.termKey);
  return term === undefined ? null : suspendedUntilMs(telling.own, term.term.conditionId, telling.nowMs);
}

/** From when on a finding that was not told may be: when it is due, and when its grace has passed by fix or by tick. */
export function raiseFromMs(finding: Finding, telling: Telling): number {
  const graceMs = graceOf(finding, telling);
  const fullAtMs = finding.startedAtMs + graceMs;
  const isFull = graceMs === 0 || finding.settled || (finding.lastViolating?.fixedAtMs ?? -Infinity) >= fullAtMs;
  return isFull ? finding.dueAtMs : Math.max(finding.dueAtMs, tickJudgesFromMs(fullAtMs, telling.backlogMs));
}

export function isEndTold(finding: Finding, before: Told | null, nowMs: number): boolean {
  const told = before !== null && !before.withdrawn && before.endedAtMs === finding.end!.atMs;
  return told || finding.settled || finding.end!.dueAtMs <= nowMs;
}

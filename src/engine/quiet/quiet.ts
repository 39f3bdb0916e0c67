/**
 * The quiet path, the one shortcut: nothing goes on, no edge is passed or waited for, and the fix means nothing to any term. Then it is
 * kept, and that is all. Most fixes are such. With `plain` they take the long path, to the same bytes.
 */

import { backlogOf, noteReceipt, remember } from '../fold/horizon.js';
import { mayMatter, termsConcerned } from '../near/concerned.js';
import type { ActivationState, KeptFix } from '../state.js';
import { GAP_LIMIT_MS, SETTLE_MS } from '../thresholds.js';
import type { CompiledActivation } from '../watch/compile.js';

/** Keeps a fix that is newer than all and at a possible speed; false, and nothing is changed, where it may mean something. */
export function keepQuietly(
  state: ActivationState,
  last: KeptFix | undefined,
  fix: KeptFix,
  receivedAtMs: number,
  watch: CompiledActivation,
): boolean {
  if (watch.plain || !isAtRest(state, fix, receivedAtMs)) return false;
  for (const term of termsConcerned(watch, last ?? null, fix, state.open, null)) {
    if (mayMatter(term, last, fix)) return false;
  }
  noteReceipt(state, fix, receivedAtMs);
  remember(state, fix);
  state.nextDueAtMs = dueAfter(state, receivedAtMs);
  return true;
}

/** Whether nothing is open or told and no edge was passed or is waited for. */
function isAtRest(state: ActivationState, fix: KeptFix, receivedAtMs: number): boolean {
  if (state.open.length > 0 || state.told.length > 0 || state.heldBack !== undefined) return false;
  if (state.ahead !== undefined || state.sentAhead !== undefined) return false;
  if (state.nextEdgeAtMs !== null && fix.fixedAtMs >= state.nextEdgeAtMs) return false;
  const tickEdge = state.nextTickEdgeAtMs;
  return tickEdge === null || receivedAtMs < tickEdge || tickEdge - fix.fixedAtMs > GAP_LIMIT_MS;
}

/** When a tick may find something after a fix that changed nothing. At an edge to come: a switch-on is judged at once, without settling. */
function dueAfter(state: ActivationState, receivedAtMs: number): number | null {
  const edge = state.nextTickEdgeAtMs;
  if (edge === null || receivedAtMs < edge) return edge;
  return Math.max(edge, backlogOf(state)) + SETTLE_MS;
}

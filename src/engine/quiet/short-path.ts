/** The short path: fixes that change nothing but that they are kept. Most are, and most of those lie in the safe disc. */

import { backlogOf, noteReceipt, remember } from '../fold/horizon.js';
import { shrinkAt } from '../geometry/metres-per-degree.js';
import type { EngineInput } from '../inputs.js';
import type { SharedIndex } from '../near/shared-index.js';
import { surveyAround } from '../near/survey.js';
import type { ActivationState, KeptFix } from '../state.js';
import { GAP_LIMIT_MS, SETTLE_MS } from '../thresholds.js';
import type { CompiledActivation } from '../watch/compile.js';
import { holds, isAwaited, keep, moveDisc, newestIn, placeDisc } from './safe-disc.js';

/**
 * Folds a ping that only is to be kept, where that is seen without a way to the tag's watch: the state is quiet, and the fix lies in the
 * disc, or violates and crosses nothing when it is looked at; then the disc moves there. Most pings are of that kind. False, and nothing
 * is changed, where `advance` must see to it. `number` is `CompiledActivation.disc` of the watch by which the state was last advanced:
 * who keeps it and the state of each tag asks here first.
 */
export function passAtOnce(
  state: ActivationState,
  { ping, receivedAtMs }: Extract<EngineInput, { type: 'ping' }>,
  shared: SharedIndex,
  number: number,
): boolean {
  const { discs, version } = shared;
  if (!isAwaited(discs, number, state, ping, receivedAtMs, version)) return false;
  const { fixedAtMs } = ping;
  const position = ping.position!;
  if (!holds(discs, number, position)) {
    const { latitude, longitude } = position;
    const shrink = shrinkAt(latitude);
    const fix = { fixedAtMs, latitude, longitude };
    const clear = surveyAround(shared, number, newestIn(discs, number), fix, shrink, true);
    if (clear < 0) return false;
    moveDisc(discs, number, position, shrink, clear);
  }
  keep(discs, number, state, position, fixedAtMs, receivedAtMs);
  return true;
}

/** Whether nothing is open or told and no edge was passed or is waited for: where the fix violates nothing, nothing happens. */
export function mayBeUneventful(state: ActivationState, fix: KeptFix, receivedAtMs: number): boolean {
  if (state.open.length > 0 || state.told.length > 0 || state.heldBack !== undefined) return false;
  if (state.ahead !== undefined) return false;
  if (state.nextEdgeAtMs !== null && fix.fixedAtMs >= state.nextEdgeAtMs) return false;
  const tickEdge = state.nextTickEdgeAtMs;
  return tickEdge === null || receivedAtMs < tickEdge || tickEdge - fix.fixedAtMs > GAP_LIMIT_MS;
}

/**
 * Looks at every zone about a fix of which `mayBeUneventful` is so; keeps it, and places the disc around it, where it violates
 * and crosses nothing. False, and nothing is changed, where it may.
 */
export function passAfterLook(
  state: ActivationState,
  last: KeptFix | undefined,
  fix: KeptFix,
  receivedAtMs: number,
  watch: CompiledActivation,
): boolean {
  const shrink = shrinkAt(fix.latitude);
  const { own, shared, disc } = watch;
  const clear = surveyAround(shared, disc, last, fix, shrink, false);
  if (clear < 0) return false;
  noteReceipt(state, fix, receivedAtMs);
  remember(state, fix);
  state.nextDueAtMs = dueAfter(state, receivedAtMs);
  placeDisc(shared.discs, disc, state, fix, {
    receivedAtMs,
    shrink,
    clear,
    removedAtMs: own.removedAtMs,
    accuracyConvention: own.accuracyConvention,
    sharedVersion: shared.version,
  });
  return true;
}

/** When a tick may find something after a fix that changed nothing. At an edge to come: a switch-on is judged at once, without settling. */
function dueAfter(state: ActivationState, receivedAtMs: number): number | null {
  const edge = state.nextTickEdgeAtMs;
  if (edge === null || receivedAtMs < edge) return edge;
  return Math.max(edge, backlogOf(state)) + SETTLE_MS;
}

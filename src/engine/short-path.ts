/** The short path: fixes outside the safe disc that change nothing but that they are kept. */
import type { CompiledActivation } from './compile.js';
import { shrinkAt } from './geometry/metres-per-degree.js';
import { backlogOf, noteReceipt, remember } from './horizon.js';
import { placeDisc } from './safe-disc.js';
import type { ActivationState, KeptFix } from './state.js';
import { surveyAround } from './survey.js';
import { GAP_LIMIT_MS, SETTLE_MS } from './thresholds.js';

/** Whether nothing is open or told and no edge was passed or is waited for: where the fix violates nothing, nothing happens. */
export function mayBeUneventful(state: ActivationState, fix: KeptFix, receivedAtMs: number): boolean {
  if (state.open.length > 0 || state.told.length > 0 || state.heldBack !== undefined) return false;
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
  const clear = surveyAround(watch, last, fix, shrink);
  if (clear < 0) return false;
  noteReceipt(state, fix, receivedAtMs);
  remember(state, fix);
  state.nextDueAtMs = dueAfter(state, receivedAtMs);
  const { own, shared, disc } = watch;
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

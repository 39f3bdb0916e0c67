/** The short path: fixes that change nothing but that they are kept. Most are, and most of those lie in the safe disc. */
import type { CompiledActivation } from './compile.js';
import { shrinkAt } from './geometry/metres-per-degree.js';
import { backlogOf, noteReceipt, remember, rememberAtOnce } from './horizon.js';
import { holds, placeDisc, type Unchanged } from './safe-disc.js';
import type { ActivationState, KeptFix } from './state.js';
import { surveyAround } from './survey.js';
import { AHEAD_LIMIT_MS, DELAYED_AFTER_MS, GAP_LIMIT_MS, SETTLE_MS } from './thresholds.js';
import type { Ping } from './types.js';

/**
 * Folds a ping whose fix is evidence, newer than all, at a possible speed and in the disc of the state: it is kept, and nothing
 * else changes. Null, and nothing is changed, where it is not. Allocates nothing.
 */
export function passInDisc(
  state: ActivationState,
  { position, fixedAtMs }: Ping,
  receivedAtMs: number,
  { disc, own, shared }: CompiledActivation,
): Unchanged | null {
  if (disc.state !== state || position === null) return null;
  if (!holds(disc, position, fixedAtMs, receivedAtMs, shared.version)) return null;
  if (position.mechanism !== 'GPS' && position.mechanism !== 'RF') return null;
  const accuracyMetres = position.accuracyMetres ?? own.defaultAccuracyMetres;
  if (accuracyMetres === null || fixedAtMs - receivedAtMs > AHEAD_LIMIT_MS) return null;
  const { latitude, longitude } = position;
  if (!rememberAtOnce(state, fixedAtMs, latitude, longitude, accuracyMetres, own.accuracyConvention)) return null;
  // The tick edge lies after its receipt, so that what is due stays due.
  const isDelayed = receivedAtMs - fixedAtMs > DELAYED_AFTER_MS;
  if (isDelayed || state.backlogAtMs !== null) state.backlogAtMs = isDelayed ? receivedAtMs : null;
  return disc.answer;
}

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
  placeDisc(watch.disc, state, fix, receivedAtMs, shrink, clear, watch.own.removedAtMs, watch.shared.version);
  return true;
}

/** When a tick may find something after a fix that changed nothing. At an edge to come: a switch-on is judged at once, without settling. */
function dueAfter(state: ActivationState, receivedAtMs: number): number | null {
  const edge = state.nextTickEdgeAtMs;
  if (edge === null || receivedAtMs < edge) return edge;
  return Math.max(edge, backlogOf(state)) + SETTLE_MS;
}

/** The fold of one activation: a state and an input give the next state and what is to be said. Pure and synchronous. */
import type { CompiledActivation } from './compile.js';
import { whyNotJudged } from './evidence.js';
import type { ActivationState, KeptFix } from './state.js';
import { KEPT_FIXES } from './thresholds.js';
import type { EngineEvent, EngineInput, NotJudged } from './types.js';

export type { ActivationState } from './state.js';
export { initialState } from './state.js';

export interface Advance {
  /** The next state; the one given may have been changed and must be dropped. */
  readonly state: ActivationState;
  readonly events: readonly EngineEvent[];
  /** When the next tick could change anything, epoch ms; null: never. */
  readonly nextDueAtMs: number | null;
  /** Why a ping did not count; null for one that did, and for the other inputs. */
  readonly notJudged: NotJudged | null;
}

const NO_EVENTS: readonly EngineEvent[] = [];

/**
 * Folds one input. `watch` is what applies now; a change of it, own or shared, is told by a `watch` input before any ping is
 * judged by it. When it throws (a broken invariant), the given state is as it was.
 */
export function advance(state: ActivationState, input: EngineInput, watch: CompiledActivation): Advance {
  if (input.type !== 'ping') return { state, events: NO_EVENTS, nextDueAtMs: state.nextDueAtMs, notJudged: null };
  const newest = state.fixes.at(-1)?.fixedAtMs ?? -Infinity;
  const notJudged = whyNotJudged(input.ping, input.receivedAtMs, newest, watch.own);
  if (notJudged === null) {
    const position = input.ping.position!;
    const fix: KeptFix = {
      fixedAtMs: input.ping.fixedAtMs,
      receivedAtMs: input.receivedAtMs,
      latitude: position.latitude,
      longitude: position.longitude,
      accuracyMetres: position.accuracyMetres ?? watch.own.defaultAccuracyMetres!,
    };
    state.fixes.push(fix);
    if (state.fixes.length > KEPT_FIXES) state.fixes.shift();
  }
  return { state, events: NO_EVENTS, nextDueAtMs: state.nextDueAtMs, notJudged };
}

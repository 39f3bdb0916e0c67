/**
 * Which of few paths a fix takes, and when: the table that SPEC opens with. What is asked first stands first. And the quiet path, the one
 * shortcut: nothing goes on, no edge is passed or waited for, and the fix means nothing to any term. Then it is kept, and that is all. Most
 * fixes are such. With `plain` they take the long path, to the same bytes.
 */
import { backlogOf, noteReceipt, remember } from './fold/horizon.js';
import { mayMatter, termsConcerned } from './near/concerned.js';
import type { ActivationState, KeptFix } from './state.js';
import { GAP_LIMIT_MS, SETTLE_MS } from './thresholds.js';
import type { CompiledActivation } from './watch/compile.js';

/** What is asked of a fix. One of a clock that runs ahead is asked as if made when it was received, the first time. */
export type Question =
  /** It may be evidence at all: `whyNotJudged` finds nothing against it. */
  | 'evidence'
  /** It is newer than every fix that is kept. */
  | 'newest'
  /** A fix of its instant is kept that counts instead of it. */
  | 'repeats'
  /** The live fold reaches back to it. */
  | 'in-horizon'
  /** The watch is the one that the state was last advanced with. */
  | 'same-watch'
  /** It is reachable from the newest, and none waits for others to agree. */
  | 'plausible'
  /** Nothing is open, told, held back; no edge was passed or is waited for; no clock is ahead, or what it sent may still come again. */
  | 'at-rest'
  /** It violates no active term, is near none that warns, and the step to it may cross none. */
  | 'means-nothing';

export type Path =
  /** Nothing changes; the answer says why. */
  | 'refused'
  /** The record is asked to judge its time again; nothing changes. */
  | 'record'
  /** It is kept, and that is all. */
  | 'quiet'
  /** Folded into every term that it concerns; what stands is found; the difference is told. */
  | 'judged'
  /** The same, from the snapshot before it. */
  | 'late';

type Answers = Readonly<Record<Question, boolean | null>>;

/** The answers that lead to each path; null: it is not asked, or does not matter. Rows of one path are alternatives. */
export const PATHS: Readonly<Record<Path, readonly Answers[]>> = {
  refused: [
    answers(false, null, null, null, null, null, null, null),
    answers(true, false, true, null, null, null, null, null),
  ],
  record: [answers(true, false, false, false, null, null, null, null)],
  late: [answers(true, false, false, true, null, null, null, null)],
  quiet: [answers(true, true, null, null, true, true, true, true)],
  judged: [
    answers(true, true, null, null, false, null, null, null),
    answers(true, true, null, null, true, false, null, null),
    answers(true, true, null, null, true, true, false, null),
    answers(true, true, null, null, true, true, true, false),
  ],
};

function answers(
  evidence: boolean,
  newest: boolean | null,
  repeats: boolean | null,
  inHorizon: boolean | null,
  sameWatch: boolean | null,
  plausible: boolean | null,
  atRest: boolean | null,
  meansNothing: boolean | null,
): Answers {
  return {
    evidence,
    newest,
    repeats,
    'in-horizon': inHorizon,
    'same-watch': sameWatch,
    plausible,
    'at-rest': atRest,
    'means-nothing': meansNothing,
  };
}

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

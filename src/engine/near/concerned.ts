/**
 * Which terms concern a step: the one place that says so. A term that is left out is one that the step means nothing to; with `plain`
 * none is left out, and what is found must be the same.
 */
import type { BBox } from 'rbush';
import { someViolates, violates } from '../fold/belief.js';
import { mayCross } from '../fold/between.js';
import { boxOfKept } from '../fold/horizon.js';
import { turnOfStep } from '../geometry/exact.js';
import { boxOf as boxOfZone } from '../geometry/zone.js';
import type { ActivationState, KeptFix, Sighting } from '../state.js';
import { GAP_LIMIT_MS } from '../thresholds.js';
import type { CompiledActivation, CompiledOwn } from '../watch/compile.js';
import { isActive, outerShape, type PreparedTerm, zoneTermKey } from '../watch/terms.js';
import { addExclusionsIn, exclusionsOpening, type SharedIndex } from './shared-index.js';

type Named = readonly { readonly termKey: string }[];

/** A time in which edges lie, and the fixes that tell of the state at them. */
export interface EdgeSpan {
  readonly afterMs: number;
  readonly untilMs: number;
  readonly fixes: readonly Sighting[];
}

/**
 * The terms that the step from `last` to `fix` concerns, each once: those whose boxes it meets, those that are violated outside their
 * zone, those under which something is open (`named`), and where it passes edges, all of the wearer's own and the shared ones that
 * begin to apply there. Longer than the gap limit it is no step, and the fix is asked alone. Without a fix only what stands is asked.
 */
export function termsConcerned(
  watch: CompiledActivation,
  last: Sighting | null,
  fix: Sighting | null,
  named: Named,
  edges: EdgeSpan | null,
): PreparedTerm[] {
  const { own, shared } = watch;
  if (watch.plain) return [...own.terms, ...shared.everywhere, ...sharedExclusions(shared)];
  const box = fix === null ? null : boxOf(last === null || isGap(last, fix) ? fix : last, fix);
  const found: PreparedTerm[] = edges === null ? ownIn(own, box) : [...own.terms];
  for (const term of shared.everywhere) found.push(term);
  if (box !== null) addExclusionsIn(shared, box, found);
  for (const { termKey } of named) addOnce(found, termOf(watch, zoneTermKey(termKey)));
  if (edges === null) return found;
  for (const term of exclusionsOpening(shared, edges.afterMs, edges.untilMs)) {
    if (someViolates(term.buffer ?? term, edges.fixes)) addOnce(found, term);
  }
  return found;
}

/** Whether a fix or the step to it may mean something to a term under which nothing is open: the fix violates it or is near it, or the step may cross it. */
export function mayMatter(term: PreparedTerm, last: Sighting | undefined, fix: Sighting): boolean {
  return (isActive(term, fix.fixedAtMs) && violates(term.buffer ?? term, fix)) || mayCross(term, last, fix);
}

/** The term with a key, own or shared; undefined: it is gone. */
export function termOf({ own, shared }: CompiledActivation, termKey: string): PreparedTerm | undefined {
  for (const term of own.terms) {
    if (term.key === termKey) return term;
    if (term.buffer?.key === termKey) return term.buffer;
  }
  return shared.terms.get(termKey);
}

/** Shared terms that were published after an instant and that the fixes of a state may mean something to. */
export function newSharedTerms(watch: CompiledActivation, afterMs: number, fixes: readonly KeptFix[]): PreparedTerm[] {
  const { shared } = watch;
  const box = watch.plain ? EVERYWHERE : boxAround(fixes);
  const about = box === null ? shared.everywhere : addExclusionsIn(shared, box, [...shared.everywhere]);
  return about.filter((term) => term.term.publishedAtMs > afterMs);
}

/**
 * Whether a shared condition that has changed may mean something to a state before its next fix comes: something is open or told of it,
 * or the fixes that the state knows lie about its zone. `terms`: those of before and of now. Where it does not, the change may be adopted
 * with the next input, to the same outcome.
 */
export function isConcernedNow(state: ActivationState, conditionId: string, terms: readonly PreparedTerm[]): boolean {
  const { open, told, heldBack, waiting } = state;
  if (waiting.length > 0) return true;
  if (open.length > 0 && open.some(({ termKey }) => termKey.startsWith(`${conditionId}@`))) return true;
  if (told.length > 0 && told.some((each) => each.conditionId === conditionId)) return true;
  if (heldBack?.some((each) => each.told.conditionId === conditionId)) return true;
  if (terms.some((term) => !term.violatedInside)) return true;
  const box = terms.length === 0 ? null : boxOfKept(state);
  return box !== null && terms.some((term) => meets(term, box));
}

function sharedExclusions(shared: SharedIndex): PreparedTerm[] {
  return shared.exclusions.all().map((item) => item.term);
}

/** Of the wearer's own terms those that are violated outside their zone, and those whose boxes meet another one. */
function ownIn({ everywhere, exclusions, boxes }: CompiledOwn, box: BBox | null): PreparedTerm[] {
  const found = everywhere.slice();
  if (box === null) return found;
  for (let i = 0; i < exclusions.length; i++) {
    const at = 4 * i;
    if (box.maxX < boxes[at]! || box.maxY < boxes[at + 1]!) continue;
    if (box.minX > boxes[at + 2]! || box.minY > boxes[at + 3]!) continue;
    found.push(exclusions[i]!);
  }
  return found;
}

function addOnce(terms: PreparedTerm[], term: PreparedTerm | undefined): void {
  if (term !== undefined && !terms.includes(term)) terms.push(term);
}

function isGap(last: Sighting, fix: Sighting): boolean {
  return fix.fixedAtMs - last.fixedAtMs > GAP_LIMIT_MS;
}

const EVERYWHERE: BBox = { minX: -180, minY: -90, maxX: 180, maxY: 90 };

/** The box of a step; across the antimeridian it lies on both sides of it. */
function boxOf(from: Sighting, to: Sighting): BBox {
  const isTurned = turnOfStep(from, to) !== 0;
  return {
    minX: isTurned ? EVERYWHERE.minX : Math.min(from.longitude, to.longitude),
    minY: Math.min(from.latitude, to.latitude),
    maxX: isTurned ? EVERYWHERE.maxX : Math.max(from.longitude, to.longitude),
    maxY: Math.max(from.latitude, to.latitude),
  };
}

/** The box of all steps between fixes; null where there is none. */
function boxAround(fixes: readonly Sighting[]): BBox | null {
  if (fixes.length === 0) return null;
  const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  for (let i = 0; i < fixes.length; i++) {
    const step = boxOf(fixes[Math.max(0, i - 1)]!, fixes[i]!);
    box.minX = Math.min(box.minX, step.minX);
    box.minY = Math.min(box.minY, step.minY);
    box.maxX = Math.max(box.maxX, step.maxX);
    box.maxY = Math.max(box.maxY, step.maxY);
  }
  return box;
}

function meets(term: PreparedTerm, box: BBox): boolean {
  const { west, south, east, north } = boxOfZone(outerShape(term));
  return box.maxX >= west && box.minX <= east && box.maxY >= south && box.minY <= north;
}

/** Which part of an activation's past a change of the records is about: the live fold judges from when it was published. */

import { liveBaseMs, newestAtMsOf, newestEvidenceAtMsOf } from '../fold/horizon.js';
import type { ActivationState } from '../state.js';
import { SETTLE_MS } from '../thresholds.js';
import type { Absence, ReconcileRequest, Term } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import { termKey } from '../watch/terms.js';

type Fitted = Pick<CompiledOwn, 'fittedAtMs' | 'removedAtMs'>;

/**
 * The first instant that two lists of terms are of two minds about; Infinity: none. What was published in time is not of the past: a
 * term's publication stands on record before the log has it, `publishedAtMs` is that of the watch that tells of it.
 */
export function firstChangeMs(before: readonly Term[], after: readonly Term[], publishedAtMs: number): number {
  const known = new Map(before.map((term) => [termKey(term), term]));
  let firstMs = Infinity;
  for (const term of after) {
    const old = known.get(termKey(term));
    if (old === undefined) {
      const knownFromMs = Math.max(term.publishedAtMs, publishedAtMs);
      if (!isPublishedInTime({ ...term, publishedAtMs: knownFromMs })) firstMs = Math.min(firstMs, term.startsAtMs);
      continue;
    }
    firstMs = Math.min(
      firstMs,
      earlierOf(old.startsAtMs, term.startsAtMs),
      earlierOf(old.endsAtMs ?? Infinity, term.endsAtMs ?? Infinity),
      firstWindowChangeMs(old.windows, term.windows),
      ...newAbsences(old, term).map(({ startsAtMs }) => startsAtMs),
      ...movedEnds(old, term),
    );
  }
  return firstMs;
}

/** The first instant from which an absence covers less, or more, than was known of it; Infinity: none. */
export function firstAbsenceMovedMs(before: readonly Term[], after: readonly Term[]): number {
  const known = new Map(before.map((term) => [termKey(term), term]));
  return Math.min(...after.flatMap((term) => movedEnds(known.get(termKey(term)) ?? term, term)), Infinity);
}

/** Where absences that both have end otherwise: the earlier of both ends. */
function movedEnds({ absences: before = [] }: Term, { absences = [] }: Term): number[] {
  return absences.map((one) => {
    const old = before.find((each) => isSameAbsence(each, one)) ?? one;
    return earlierOf(old.endsAtMs, one.endsAtMs);
  });
}

/** One version of one absence. */
function isSameAbsence(a: Absence, b: Absence): boolean {
  return a.absenceId === b.absenceId && a.startsAtMs === b.startsAtMs && a.knownFromMs === b.knownFromMs;
}

/** A record takes a moment to be published; a term that began so shortly before is judged from its publication. */
export function isPublishedInTime({ startsAtMs, publishedAtMs }: Pick<Term, 'startsAtMs' | 'publishedAtMs'>): boolean {
  return publishedAtMs <= startsAtMs + SETTLE_MS;
}

/** The first edge of a schedule that was expanded differently, or no further. */
function firstWindowChangeMs(before: Term['windows'], after: Term['windows']): number {
  const [old, now] = [before ?? [], after ?? []];
  for (let i = 0; i < Math.max(old.length, now.length); i++) {
    if (old[i] !== now[i]) return Math.min(old[i] ?? Infinity, now[i] ?? Infinity);
  }
  return Infinity;
}

/** The earlier of two that differ; Infinity where they do not. */
function earlierOf(a: number, b: number): number {
  return a === b ? Infinity : Math.min(a, b);
}

/** Those that cover a time before they were known. */
function newAbsences({ absences: before = [] }: Term, { absences = [] }: Term): Absence[] {
  return absences.filter((one) => one.startsAtMs < one.knownFromMs && !before.some((old) => isSameAbsence(old, one)));
}

/**
 * What a tag sent before an activation of it, or what applies to it, was known, where the live fold has no fix of it: nobody judged that.
 * `atMs`: when it became known. Null: nothing can have been sent then that was not judged.
 */
function unclaimedOf(
  changedMs: number,
  before: Fitted | undefined,
  after: Fitted,
  atMs: number,
): ReconcileRequest | null {
  const isLonger =
    before === undefined || after.fittedAtMs < before.fittedAtMs || after.removedAtMs > before.removedAtMs;
  const fromMs = isLonger ? after.fittedAtMs : Math.max(after.fittedAtMs, changedMs);
  const toMs = Math.min(after.removedAtMs, atMs);
  return fromMs < toMs ? { fromMs, toMs, baseAtMs: toMs, unclaimed: true } : null;
}

/**
 * Up to when it is the wearer's now and was nobody's, or the other way round, because another removal is on record; -Infinity: at no time
 * before that was known. The live fold has judged the time between as of the first of the two, or not at all, and will not judge it again.
 */
function reownedUntil(before: Fitted, after: Fitted, atMs: number): number {
  const untilMs = Math.min(Math.max(before.removedAtMs, after.removedAtMs), atMs);
  return earlierOf(before.removedAtMs, after.removedAtMs) < untilMs ? untilMs : -Infinity;
}

/**
 * What a change that begins to tell at `changedMs` asks to be judged again, of an activation in this state (after it has taken
 * the change over; or `closes`: it is yet to do so, and its horizon will be closed then). `before`: how it was fitted, where that is
 * known; `atMs`: when the change became known (of what concerns everybody: -Infinity, because it asks for what the live fold has alone).
 * `absenceMovedMs` (`firstAbsenceMovedMs`): the live fold looks at no fix up to the newest again, so what begins with that is the record's, too.
 * Null: nothing that fixes tell about.
 */
export function pastOf(
  state: ActivationState,
  changedMs: number,
  before: Fitted | undefined,
  after: Fitted,
  atMs: number,
  closes = false,
  absenceMovedMs = Infinity,
): ReconcileRequest | null {
  const newestAtMs = newestEvidenceAtMsOf(state);
  if (newestAtMs === null) return unclaimedOf(changedMs, before, after, atMs);
  const refittedMs =
    before === undefined
      ? Infinity
      : Math.min(earlierOf(before.fittedAtMs, after.fittedAtMs), earlierOf(before.removedAtMs, after.removedAtMs));
  const fittedAtMs = Math.min(before?.fittedAtMs ?? Infinity, after.fittedAtMs);
  const fromMs = Math.max(fittedAtMs, Math.min(changedMs, refittedMs));
  const reownedUntilMs = before === undefined ? -Infinity : reownedUntil(before, after, atMs);
  if (reownedUntilMs > -Infinity) {
    const toMs = Math.max(newestAtMs, reownedUntilMs);
    const baseAtMs = Math.max(newestAtMsOf(state) + 1, reownedUntilMs);
    return { fromMs, toMs, baseAtMs, ...(fromMs >= newestAtMs ? { unclaimed: true } : {}) };
  }
  if (absenceMovedMs <= newestAtMs && fromMs <= newestAtMs)
    return { fromMs, toMs: newestAtMs, baseAtMs: newestAtMsOf(state) + 1 };
  if (fromMs >= newestAtMs) return null;
  return { fromMs, toMs: newestAtMs, baseAtMs: closes ? newestAtMsOf(state) : liveBaseMs(state) };
}

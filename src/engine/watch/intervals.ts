/** When a term is active: [startsAt, endsAt) ∩ [fittedAt, removedAt) ∩ its windows, without its absences. Instants are whole milliseconds. */
import type { PreparedTerm } from './prepared-term.js';

/** While the tag is on the wearer. */
export interface Fitted {
  readonly fittedAtMs: number;
  /** Infinity while it is. */
  readonly removedAtMs: number;
}

export interface ActiveInterval {
  readonly startsAtMs: number;
  /** Infinity where no end is known. */
  readonly endsAtMs: number;
  readonly endsBecause: 'window-closed' | 'absence-began' | 'version-changed' | 'order-ended' | 'tag-removed';
  /** The window it lies in, as scheduled; null where the term has none. */
  readonly window: { readonly opensAtMs: number; readonly closesAtMs: number } | null;
  readonly startsAfterAbsence: boolean;
}

/** When a term and a tag that is fitted end, whatever the windows, and why. */
export function endOfTerm(
  term: PreparedTerm,
  fitted: Fitted,
): { atMs: number; because: ActiveInterval['endsBecause'] } {
  if (fitted.removedAtMs <= term.endsAtMs) return { atMs: fitted.removedAtMs, because: 'tag-removed' };
  return { atMs: term.endsAtMs, because: term.term.endsBecause ?? 'order-ended' };
}

/** Position of the first window that closes after the instant; the number of windows where none does. */
function windowClosingAfter(windows: Float64Array, atMs: number): number {
  let [low, high] = [0, windows.length >> 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (windows[2 * middle + 1]! > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether a term is active; the tag is fitted at that instant. Allocates nothing: it is asked for every fix. */
export function isActive(term: PreparedTerm, atMs: number): boolean {
  if (atMs < term.startsAtMs || atMs >= term.endsAtMs) return false;
  if (term.windows === null) return true;
  const at = 2 * windowClosingAfter(term.windows, atMs);
  return at < term.windows.length && term.windows[at]! <= atMs;
}

/** The active interval that holds the instant; null where there is none. */
export function activeIntervalAt(term: PreparedTerm, fitted: Fitted, atMs: number): ActiveInterval | null {
  if (atMs < fitted.fittedAtMs || atMs >= fitted.removedAtMs || !isActive(term, atMs)) return null;
  return intervalOfWindow(term, fitted, term.windows === null ? 0 : windowClosingAfter(term.windows, atMs));
}

/** The first active interval that starts after the instant; null where there is none. */
export function nextIntervalAfter(term: PreparedTerm, fitted: Fitted, atMs: number): ActiveInterval | null {
  const startsAtMs = Math.max(term.startsAtMs, fitted.fittedAtMs);
  if (term.windows === null) {
    const only = intervalOfWindow(term, fitted, 0);
    return only !== null && startsAtMs > atMs ? only : null;
  }
  for (let i = windowClosingAfter(term.windows, Math.max(atMs, startsAtMs)); 2 * i < term.windows.length; i++) {
    const interval = intervalOfWindow(term, fitted, i);
    if (interval === null) return null;
    if (interval.startsAtMs > atMs) return interval;
  }
  return null;
}

/** A window, or the whole term, clipped to what stands; null where nothing is left. */
function intervalOfWindow(term: PreparedTerm, fitted: Fitted, index: number): ActiveInterval | null {
  const startsAtMs = Math.max(term.startsAtMs, fitted.fittedAtMs);
  const end = endOfTerm(term, fitted);
  if (term.windows === null) {
    if (startsAtMs >= end.atMs) return null;
    return { startsAtMs, endsAtMs: end.atMs, endsBecause: end.because, window: null, startsAfterAbsence: false };
  }
  const active = { opensAtMs: term.windows[2 * index]!, closesAtMs: term.windows[2 * index + 1]! };
  const piece = term.pieces?.[index];
  const window = piece === undefined ? active : piece.window;
  const opensAtMs = Math.max(startsAtMs, active.opensAtMs);
  if (opensAtMs >= Math.min(end.atMs, active.closesAtMs)) return null;
  const startsAfterAbsence = piece?.startsAfterAbsence === true && opensAtMs === active.opensAtMs;
  const endsInTime = active.closesAtMs <= end.atMs && active.closesAtMs < Infinity;
  return endsInTime
    ? {
        startsAtMs: opensAtMs,
        endsAtMs: active.closesAtMs,
        endsBecause: piece?.endsBecause ?? 'window-closed',
        window,
        startsAfterAbsence,
      }
    : { startsAtMs: opensAtMs, endsAtMs: end.atMs, endsBecause: end.because, window, startsAfterAbsence };
}

/** An edge at which a term begins to be judged. */
export interface Opening {
  readonly atMs: number;
  readonly interval: ActiveInterval;
  /** The term was published inside the interval, and the edge is its publication. */
  readonly switchOn: boolean;
}

/**
 * Openings in (afterMs, untilMs]. A term that was published inside an interval opens at its publication, unless all that is
 * known (`knownUntilMs`, the newest fix) lies before it: then only the times of old count.
 */
export function openingsBetween(
  term: PreparedTerm,
  fitted: Fitted,
  afterMs: number,
  untilMs: number,
  knownUntilMs: number,
): Opening[] {
  const publishedAtMs = term.term.publishedAtMs;
  const openings: Opening[] = [];
  const current = activeIntervalAt(term, fitted, afterMs);
  if (current !== null && publishedAtMs > afterMs && publishedAtMs < current.endsAtMs && publishedAtMs <= untilMs) {
    openings.push({ atMs: publishedAtMs, interval: current, switchOn: true });
  }
  let next = nextIntervalAfter(term, fitted, afterMs);
  while (next !== null && next.startsAtMs <= untilMs) {
    const switchOn = publishedAtMs >= next.startsAtMs && publishedAtMs < next.endsAtMs && publishedAtMs <= knownUntilMs;
    const atMs = switchOn ? publishedAtMs : next.startsAtMs;
    if (atMs <= untilMs) openings.push({ atMs, interval: next, switchOn });
    next = nextIntervalAfter(term, fitted, next.startsAtMs);
  }
  return openings;
}

/**
 * The first edge after the instant: an opening, the publication inside an interval, and for curfews a window's close.
 * Infinity where there is none.
 */
export function nextEdgeAfter(
  term: PreparedTerm,
  fitted: Fitted,
  atMs: number,
  publishedAtMs = term.term.publishedAtMs,
): number {
  let edge = nextIntervalAfter(term, fitted, atMs)?.startsAtMs ?? Infinity;
  if (publishedAtMs > atMs && publishedAtMs < edge && activeIntervalAt(term, fitted, publishedAtMs) !== null) {
    edge = publishedAtMs;
  }
  if (term.term.kind !== 'curfew' || term.windows === null) return edge;
  const lowest = Math.max(atMs, term.startsAtMs, fitted.fittedAtMs);
  let closing = windowClosingAfter(term.windows, lowest);
  // Nothing is asked of whoever is allowed to leave: where an absence begins is no edge to be unknown at.
  while (term.pieces?.[closing]?.endsBecause === 'absence-began') closing++;
  const close = term.windows[2 * closing + 1] ?? Infinity;
  return close < edge && close < endOfTerm(term, fitted).atMs ? close : edge;
}

/** The first edge after the instant that a tick may judge: none before the term's publication. Infinity: none. */
export function nextTickEdgeAfter(term: PreparedTerm, fitted: Fitted, atMs: number): number {
  const fromMs = askedFromMs(term);
  return nextEdgeAfter(term, fitted, Math.max(atMs, fromMs - 1), fromMs);
}

function askedFromMs({ term }: PreparedTerm): number {
  return term.askedFromMs ?? term.publishedAtMs;
}

/** The last edge in (afterMs, latestMs] that a tick may judge; null where there is none. */
export function lastTickEdge(term: PreparedTerm, fitted: Fitted, afterMs: number, latestMs: number): number | null {
  let last: number | null = null;
  const untilMs = Math.min(latestMs, endOfTerm(term, fitted).atMs);
  // Two windows a day are two steps a day; looking back from the end keeps a silence of months as cheap as one of hours.
  const askedMs = askedFromMs(term);
  let from = Math.max(afterMs, askedMs - 1);
  if (term.windows !== null) {
    const before = windowClosingAfter(term.windows, untilMs) - 2;
    if (before >= 0) from = Math.max(from, term.windows[2 * before]! - 1);
  }
  const after = (atMs: number) => nextEdgeAfter(term, fitted, atMs, askedMs);
  for (let edge = after(from); edge <= untilMs; edge = after(edge)) last = edge;
  return last;
}

/**
 * A term as the fold asks it: with its zone prepared and its absent ends made infinite, and when it is active: [startsAt, endsAt) ∩
 * [fittedAt, removedAt) ∩ its windows, without its absences. Instants are whole milliseconds.
 */
import { type PreparedZone, prepareZone, widenZone } from '../geometry/zone.js';
import type { Absence, ConditionKind, EngineEvent, Term, Zone } from '../types.js';

/** A zone without its shape, which is prepared: what came over the wire is 100 small objects for 60 vertices. */
export type NamedZone = Omit<Zone, 'shape'>;

export interface PreparedTerm {
  readonly key: string;
  readonly kind: ConditionKind | 'buffer';
  readonly term: Term;
  readonly zone: NamedZone;
  /** What it is judged by: the zone, or the zone with its buffer. */
  readonly shape: PreparedZone;
  /** The zone itself: distances are told to its boundary. */
  readonly zoneShape: PreparedZone;
  /** What warns before an exclusion is violated; null: nothing does, or this is it. */
  readonly buffer: PreparedTerm | null;
  readonly startsAtMs: number;
  /** Infinity where the term is open. */
  readonly endsAtMs: number;
  /** Without its absences; where there are none, those of the term. */
  readonly windows: readonly number[] | null;
  /** What each window is a part of; null where there are no absences. */
  readonly pieces: readonly Piece[] | null;
  /** Exclusion is violated inside, the others outside. */
  readonly violatedInside: boolean;
}

/** One version of a condition with one version of a zone. */
export function termKey({ conditionId, conditionVersion, zoneKey }: Term): string {
  // A template would be held as the tree of its parts, three times as large, for each tag and term.
  return [conditionId, '@', conditionVersion, '/', zoneKey].join('');
}

const BUFFER_SUFFIX = '+buffer';

/** The key of a term's buffer. */
export const bufferKey = (key: string): string => key + BUFFER_SUFFIX;

/** The key of the term that an event is about; null where it is about none. */
export function termKeyOf(
  event: Pick<EngineEvent, 'kind' | 'conditionId' | 'conditionVersion' | 'zoneId' | 'zoneVersion'>,
): string | null {
  const { kind, conditionId, conditionVersion, zoneId, zoneVersion } = event;
  if (conditionId === null) return null;
  const key = `${conditionId}@${conditionVersion}/${zoneId}@${zoneVersion}`;
  return kind === 'buffer' ? bufferKey(key) : key;
}

/** The key of the zone's own term, of that or of its buffer's. */
export const zoneTermKey = (key: string): string =>
  key.endsWith(BUFFER_SUFFIX) ? key.slice(0, -BUFFER_SUFFIX.length) : key;

/** By their keys, with their buffers. */
export function termsByKey(terms: readonly PreparedTerm[]): Map<string, PreparedTerm> {
  const all = terms.flatMap((term) => (term.buffer === null ? [term] : [term, term.buffer]));
  return new Map(all.map((term) => [term.key, term]));
}

/** Beyond this shape a fix tells nothing about a term that is violated inside. */
export function outerShape({ shape, buffer }: PreparedTerm): PreparedZone {
  return buffer === null ? shape : buffer.shape;
}

/**
 * Prepares terms with the zones they name. Zone versions never change, so shapes prepared before are taken from `prepared`,
 * which is added to. Throws where a zone is missing: the publisher sends them together.
 */
export function prepareTerms(
  terms: readonly Term[],
  zones: Readonly<Record<string, Zone | NamedZone>>,
  prepared: Map<string, PreparedZone>,
): PreparedTerm[] {
  return terms.map((term) => {
    const zone = zones[term.zoneKey];
    if (zone === undefined)
      throw new Error(`Condition ${term.conditionId} names zone ${term.zoneKey}, which is not there.`);
    let shape = prepared.get(term.zoneKey);
    if (shape === undefined) {
      if (!('shape' in zone)) throw new Error(`Zone ${term.zoneKey} has no shape, and none was prepared.`);
      shape = prepareZone(zone.shape);
      prepared.set(term.zoneKey, shape);
    }
    const cut = cutAbsences(term);
    const one = {
      key: termKey(term),
      kind: term.kind,
      term,
      zone: 'shape' in zone ? nameOf(zone) : zone,
      shape,
      zoneShape: shape,
      buffer: null,
      startsAtMs: term.startsAtMs,
      endsAtMs: term.endsAtMs ?? Infinity,
      windows: cut?.windows ?? term.windows,
      pieces: cut?.pieces ?? null,
      violatedInside: term.kind === 'exclusion',
    };
    // The others are violated outside their zone, and a ring within it would warn whoever is where he has to be.
    const bufferMetres = term.kind === 'exclusion' ? (zone.bufferMetres ?? 0) : 0;
    if (bufferMetres === 0) return one;
    const near = { ...one, key: bufferKey(one.key), kind: 'buffer' as const, shape: widenZone(shape, bufferMetres) };
    return { ...one, buffer: near };
  });
}

function nameOf({ shape: _, ...named }: Zone): NamedZone {
  return named;
}

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
function windowClosingAfter(windows: readonly number[], atMs: number): number {
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

/** A part of a window (or of all time) that no absence takes away. */
export interface Piece {
  /** The window as scheduled; null where the term has none. */
  readonly window: { readonly opensAtMs: number; readonly closesAtMs: number } | null;
  readonly endsBecause: 'window-closed' | 'absence-began';
  readonly startsAfterAbsence: boolean;
}

export interface CutWindows {
  /** Flat, sorted, disjoint, like a term's windows; infinite at the ends of a term without any. */
  readonly windows: readonly number[];
  /** One for each of them. */
  readonly pieces: readonly Piece[];
}

/**
 * The windows of a term without its absences, each from when it was known: what came before is judged as it stood. Null where
 * there are no absences.
 */
function cutAbsences({ windows, absences = [] }: Term): CutWindows | null {
  const live = absences
    .map(({ startsAtMs, endsAtMs, knownFromMs }) => ({ fromMs: Math.max(startsAtMs, knownFromMs), untilMs: endsAtMs }))
    .filter(({ fromMs, untilMs }) => fromMs < untilMs)
    .sort((a, b) => a.fromMs - b.fromMs);
  if (live.length === 0) return null;
  const flat: number[] = [];
  const pieces: Piece[] = [];
  const whole = windows ?? [-Infinity, Infinity];
  for (let i = 0; i < whole.length; i += 2) {
    const [opensAtMs, closesAtMs] = [whole[i]!, whole[i + 1]!];
    const window = windows === null ? null : { opensAtMs, closesAtMs };
    let fromMs = opensAtMs;
    let startsAfterAbsence = false;
    for (const absence of live) {
      if (absence.untilMs <= fromMs || absence.fromMs >= closesAtMs) continue;
      if (absence.fromMs > fromMs) {
        flat.push(fromMs, absence.fromMs);
        pieces.push({ window, endsBecause: 'absence-began', startsAfterAbsence });
      }
      fromMs = absence.untilMs;
      startsAfterAbsence = true;
    }
    if (fromMs >= closesAtMs) continue;
    flat.push(fromMs, closesAtMs);
    pieces.push({ window, endsBecause: 'window-closed', startsAfterAbsence });
  }
  return { windows: flat, pieces };
}

/** How much of a time no absence covers, whenever it was recorded; ms. */
export function unreasonableMs(absences: readonly Absence[], fromMs: number, untilMs: number): number {
  let leftMs = Math.max(0, untilMs - fromMs);
  let coveredUntilMs = fromMs;
  for (const { startsAtMs, endsAtMs } of [...absences].sort((a, b) => a.startsAtMs - b.startsAtMs)) {
    const [start, end] = [Math.max(startsAtMs, coveredUntilMs), Math.min(endsAtMs, untilMs)];
    if (end <= start) continue;
    leftMs -= end - start;
    coveredUntilMs = end;
  }
  return leftMs;
}

/** The first absence that covers some of a time, or begins where it ends; null where none does. */
export function absenceAbout(absences: readonly Absence[], fromMs: number, untilMs: number): string | null {
  const found = absences.find(({ startsAtMs, endsAtMs, knownFromMs }) => {
    const overlaps = startsAtMs < untilMs && endsAtMs > fromMs;
    return overlaps || (Math.max(startsAtMs, knownFromMs) === untilMs && endsAtMs > untilMs);
  });
  return found?.absenceId ?? null;
}

/**
 * The conditions that apply to all wearers, one index per partition. Exclusions stand in an R-tree with single insertions and
 * removals; the other kinds are violated outside their zone, where no box helps, so every fix meets them.
 */
import RBush, { type BBox } from 'rbush';
import { boxOf as boxOfZone, type PreparedZone } from '../geometry/zone.js';
import type { EngineOptions, SharedWatch } from '../types.js';
import { outerShape, type PreparedTerm, prepareTerms, termsByKey } from '../watch/terms.js';

interface Item extends BBox {
  readonly term: PreparedTerm;
}

/** An instant of a shared term. */
export interface SharedInstant {
  readonly atMs: number;
  readonly term: PreparedTerm;
}

export interface SharedIndex {
  readonly plain: boolean;
  readonly conditions: Map<string, { sequence: number; items: Item[]; shapes: Map<string, PreparedZone> }>;
  /** By their keys, with their buffers. */
  readonly terms: Map<string, PreparedTerm>;
  readonly exclusions: RBush<Item>;
  /** Kinds that are violated outside. */
  everywhere: PreparedTerm[];
  /** When exclusions may begin to apply (start, a window's opening, publication), sorted by time. */
  readonly openings: SharedInstant[];
  /** Those of the openings that a tick may judge: none before the term's publication. */
  readonly tickOpenings: SharedInstant[];
  /** The newest publication there has been: a state that knows less has terms to be switched on. */
  newestPublishedAtMs: number;
}

export function createSharedIndex(options: EngineOptions = {}): SharedIndex {
  return {
    plain: options.plain ?? false,
    conditions: new Map(),
    terms: new Map(),
    exclusions: new RBush(),
    everywhere: [],
    openings: [],
    tickOpenings: [],
    newestPublishedAtMs: -1,
  };
}

/**
 * Puts one shared condition with all its versions into the index, instead of what was there of it. False, and nothing is
 * changed, when its sequence is not higher than the one held. Afterwards every activation wants a `watch` input: at once where it is
 * concerned (`isConcernedNow`), or something is due; the others before their next input.
 */
export function applyShared(index: SharedIndex, watch: SharedWatch): boolean {
  const held = index.conditions.get(watch.conditionId);
  if (held !== undefined && watch.sequence <= held.sequence) return false;
  const shapes = new Map<string, PreparedZone>();
  for (const key of Object.keys(watch.zones)) {
    const shape = held?.shapes.get(key);
    if (shape !== undefined) shapes.set(key, shape);
  }
  const terms = prepareTerms(watch.terms, watch.zones, shapes);
  for (const item of held?.items ?? []) {
    if (item.term.violatedInside) index.exclusions.remove(item);
    for (const key of termsByKey([item.term]).keys()) index.terms.delete(key);
    forInstants(index, item.term, remove);
  }
  const items = terms.map(toItem);
  for (const item of items) {
    for (const [key, term] of termsByKey([item.term])) index.terms.set(key, term);
    if (item.term.violatedInside) index.exclusions.insert(item);
    forInstants(index, item.term, insert);
    index.newestPublishedAtMs = Math.max(index.newestPublishedAtMs, item.term.term.publishedAtMs);
  }
  index.conditions.set(watch.conditionId, { sequence: watch.sequence, items, shapes });
  index.everywhere = [...index.everywhere.filter((term) => term.term.conditionId !== watch.conditionId)];
  index.everywhere.push(...terms.filter((term) => !term.violatedInside));
  return true;
}

function toItem(term: PreparedTerm): Item {
  const { west, south, east, north } = boxOfZone(outerShape(term));
  return { minX: west, minY: south, maxX: east, maxY: north, term };
}

/** The terms of one shared condition, as it stands. */
export function termsOfCondition({ conditions }: SharedIndex, conditionId: string): readonly PreparedTerm[] {
  return conditions.get(conditionId)?.items.map((item) => item.term) ?? [];
}

/** Adds the exclusions whose box meets another one, and answers the list. */
export function addExclusionsIn({ exclusions }: SharedIndex, box: BBox, found: PreparedTerm[]): PreparedTerm[] {
  for (const { term } of exclusions.search(box)) found.push(term);
  return found;
}

type Change = (list: SharedInstant[], instant: SharedInstant) => void;

/** Puts a term's instants into the sorted lists of the index, or takes them out. */
function forInstants(index: SharedIndex, term: PreparedTerm, change: Change): void {
  const publishedAtMs = term.term.publishedAtMs;
  if (!term.violatedInside) return;
  const openings = new Set([term.startsAtMs, publishedAtMs]);
  for (let i = 0; i < (term.windows?.length ?? 0); i += 2) openings.add(term.windows![i]!);
  for (const atMs of openings) {
    change(index.openings, { atMs, term });
    if (atMs >= publishedAtMs) change(index.tickOpenings, { atMs, term });
  }
}

function insert(list: SharedInstant[], instant: SharedInstant): void {
  list.splice(firstAfter(list, instant.atMs), 0, instant);
}

function remove(list: SharedInstant[], instant: SharedInstant): void {
  for (let i = firstAfter(list, instant.atMs) - 1; i >= 0 && list[i]!.atMs === instant.atMs; i--) {
    if (list[i]!.term === instant.term) {
      list.splice(i, 1);
      return;
    }
  }
}

/** Position of the first instant after a time, in a sorted list. */
export function firstAfter(list: readonly SharedInstant[], atMs: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.atMs > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Exclusions that may begin to apply in (afterMs, untilMs]. */
export function exclusionsOpening(index: SharedIndex, afterMs: number, untilMs: number): ReadonlySet<PreparedTerm> {
  const terms = new Set<PreparedTerm>();
  for (let i = firstAfter(index.openings, afterMs); i < index.openings.length; i++) {
    if (index.openings[i]!.atMs > untilMs) break;
    terms.add(index.openings[i]!.term);
  }
  return terms;
}

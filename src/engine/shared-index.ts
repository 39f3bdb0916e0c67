/**
 * The conditions that apply to all wearers, one index per partition. Exclusions stand in an R-tree with single insertions and
 * removals; the other kinds are violated outside their zone, where no box helps, so every fix meets them.
 */
import RBush from 'rbush';
import type { PreparedZone } from './geometry/zone.js';
import { type PreparedTerm, prepareTerms } from './prepared-term.js';
import type { SharedWatch } from './types.js';

interface Item {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly term: PreparedTerm;
}

/** An instant at which a shared term may begin to apply: its start, a window's opening, or its publication. */
export interface SharedOpening {
  readonly atMs: number;
  readonly term: PreparedTerm;
}

export interface SharedIndex {
  readonly conditions: Map<string, { sequence: number; items: Item[]; shapes: Map<string, PreparedZone> }>;
  readonly terms: Map<string, PreparedTerm>;
  readonly exclusions: RBush<Item>;
  /** Kinds that are violated outside. */
  everywhere: PreparedTerm[];
  /** Openings of exclusions, sorted by time; made when first asked for. */
  openings: SharedOpening[] | null;
  /** The newest publication among the terms: a state that knows less has terms to be switched on. */
  newestPublishedAtMs: number;
}

export function createSharedIndex(): SharedIndex {
  return {
    conditions: new Map(),
    terms: new Map(),
    exclusions: new RBush(),
    everywhere: [],
    openings: null,
    newestPublishedAtMs: -1,
  };
}

/**
 * Puts one shared condition with all its versions into the index, instead of what was there of it. False, and nothing is
 * changed, when its sequence is not higher than the one held. Afterwards every activation wants a `watch` input.
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
    index.exclusions.remove(item);
    index.terms.delete(item.term.key);
  }
  const items = terms.map(toItem);
  for (const item of items) {
    index.terms.set(item.term.key, item.term);
    if (item.term.violatedInside) index.exclusions.insert(item);
    index.newestPublishedAtMs = Math.max(index.newestPublishedAtMs, item.term.term.publishedAtMs);
  }
  index.conditions.set(watch.conditionId, { sequence: watch.sequence, items, shapes });
  index.everywhere = [...index.everywhere.filter((term) => term.term.conditionId !== watch.conditionId)];
  index.everywhere.push(...terms.filter((term) => !term.violatedInside));
  index.openings = null;
  return true;
}

function toItem(term: PreparedTerm): Item {
  const { west, south, east, north } = term.shape;
  return { minX: west, minY: south, maxX: east, maxY: north, term };
}

/** Shared exclusions whose box holds the point, in the order of their keys, so that the result does not depend on the tree. */
export function exclusionsNear(index: SharedIndex, latitude: number, longitude: number): PreparedTerm[] {
  const box = { minX: longitude, minY: latitude, maxX: longitude, maxY: latitude };
  if (!index.exclusions.collides(box)) return NONE;
  const found = index.exclusions.search(box).map((item) => item.term);
  return found.length === 1 ? found : found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

const NONE: PreparedTerm[] = [];

/** Openings of shared exclusions, sorted by time. */
export function sharedOpenings(index: SharedIndex): readonly SharedOpening[] {
  if (index.openings !== null) return index.openings;
  const openings: SharedOpening[] = [];
  for (const term of index.terms.values()) {
    if (!term.violatedInside) continue;
    openings.push({ atMs: term.startsAtMs, term }, { atMs: term.term.publishedAtMs, term });
    for (let i = 0; i < (term.windows?.length ?? 0); i += 2) openings.push({ atMs: term.windows![i]!, term });
  }
  index.openings = openings.sort((a, b) => a.atMs - b.atMs || (a.term.key < b.term.key ? -1 : 1));
  return index.openings;
}

/** Position of the first opening after an instant. */
export function firstOpeningAfter(openings: readonly SharedOpening[], atMs: number): number {
  let [low, high] = [0, openings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (openings[middle]!.atMs > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

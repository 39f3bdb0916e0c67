/**
 * The conditions that apply to all wearers, one index per partition. Exclusions stand in an R-tree with single insertions and
 * removals; the other kinds are violated outside their zone, where no box helps, so every fix meets them.
 */
import RBush, { type BBox } from 'rbush';
import { UNITS_PER_DEGREE } from '../geometry/orientation.js';
import type { Place } from '../geometry/step.js';
import type { PreparedZone } from '../geometry/zone.js';
import { createDiscs, type Discs } from '../quiet/safe-disc.js';
import type { Sighting } from '../state.js';
import { GAP_LIMIT_MS } from '../thresholds.js';
import type { EngineOptions, SharedWatch } from '../types.js';
import { outerShape, type PreparedTerm, prepareTerms, termsByKey } from '../watch/prepared-term.js';
import { endIn, firstIn, isPassedBy, STRIDE, termAt } from './cells.js';
import {
  addToGrid,
  cellsBefore,
  createGrid,
  GRID_REACH_UNITS,
  type Grid,
  removeFromGrid,
  rowAround,
  rowBefore,
} from './grid.js';

interface Item {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly term: PreparedTerm;
}

/** An instant of a shared term. */
export interface SharedInstant {
  readonly atMs: number;
  readonly term: PreparedTerm;
}

export interface SharedIndex {
  readonly plain: boolean;
  /** Of all activations that were joined with this index. */
  readonly discs: Discs;
  readonly conditions: Map<string, { sequence: number; items: Item[]; shapes: Map<string, PreparedZone> }>;
  readonly terms: Map<string, PreparedTerm>;
  /** All exclusions. */
  readonly exclusions: RBush<Item>;
  exclusionCount: number;
  /** Exclusions by cells, but for those that are too large. */
  readonly grid: Grid;
  readonly large: RBush<Item>;
  largeCount: number;
  /** Kinds that are violated outside. */
  everywhere: PreparedTerm[];
  /** When exclusions may begin to apply (start, a window's opening, publication), sorted by time. */
  readonly openings: SharedInstant[];
  /** Those of the openings that a tick may judge: none before the term's publication. */
  readonly tickOpenings: SharedInstant[];
  /** When each term was published, sorted by time. */
  readonly publications: SharedInstant[];
  /** How often it has changed. */
  version: number;
  /** The newest publication there has been: a state that knows less has terms to be switched on. */
  newestPublishedAtMs: number;
}

export function createSharedIndex(options: EngineOptions = {}): SharedIndex {
  return {
    plain: options.plain ?? false,
    discs: createDiscs(),
    conditions: new Map(),
    terms: new Map(),
    exclusions: new RBush(),
    exclusionCount: 0,
    grid: createGrid(),
    large: new RBush(),
    largeCount: 0,
    everywhere: [],
    openings: [],
    tickOpenings: [],
    publications: [],
    version: 0,
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
  index.version++;
  const shapes = new Map<string, PreparedZone>();
  for (const key of Object.keys(watch.zones)) {
    const shape = held?.shapes.get(key);
    if (shape !== undefined) shapes.set(key, shape);
  }
  const terms = prepareTerms(watch.terms, watch.zones, shapes);
  for (const item of held?.items ?? []) {
    if (item.term.violatedInside) removeExclusion(index, item);
    for (const key of termsByKey([item.term]).keys()) index.terms.delete(key);
    forInstants(index, item.term, remove);
  }
  const items = terms.map(toItem);
  for (const item of items) {
    for (const [key, term] of termsByKey([item.term])) index.terms.set(key, term);
    if (item.term.violatedInside) addExclusion(index, item);
    forInstants(index, item.term, insert);
    index.newestPublishedAtMs = Math.max(index.newestPublishedAtMs, item.term.term.publishedAtMs);
  }
  index.conditions.set(watch.conditionId, { sequence: watch.sequence, items, shapes });
  index.everywhere = [...index.everywhere.filter((term) => term.term.conditionId !== watch.conditionId)];
  index.everywhere.push(...terms.filter((term) => !term.violatedInside));
  return true;
}

function toItem(term: PreparedTerm): Item {
  const { west, south, east, north } = outerShape(term);
  return { minX: west, minY: south, maxX: east, maxY: north, term };
}

function addExclusion(index: SharedIndex, item: Item): void {
  index.exclusions.insert(item);
  index.exclusionCount++;
  if (addToGrid(index.grid, item.term)) return;
  index.large.insert(item);
  index.largeCount++;
}

function removeExclusion(index: SharedIndex, item: Item): void {
  index.exclusions.remove(item);
  index.exclusionCount--;
  if (removeFromGrid(index.grid, item.term)) return;
  index.large.remove(item);
  index.largeCount--;
}

/** Longer steps (over 8 km) are searched for in the R-tree: so many cells would cost as much. */
const MOST_CELLS_ALONG = 16;

/**
 * Shared exclusions whose box the step to a fix meets (after the gap limit: the fix alone), and perhaps others whose box meets
 * that of the step. In the order of their keys, so that the result does not depend on the way they were found.
 */
export function exclusionsAlong(index: SharedIndex, last: Sighting | undefined, fix: Sighting): PreparedTerm[] {
  const from = last === undefined || fix.fixedAtMs - last.fixedAtMs > GAP_LIMIT_MS ? fix : last;
  const more = index.plain ? Infinity : cellsBefore(from, fix);
  const found = more <= MOST_CELLS_ALONG ? searchGrid(index, from, fix, more) : search(index.exclusions, from, fix);
  return found.length < 2 ? found : found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** By the cell of the fix and `more` before it. */
function searchGrid(index: SharedIndex, from: Place, fix: Place, more: number): PreparedTerm[] {
  const found = index.largeCount === 0 ? [] : search(index.large, from, fix);
  addMet(found, index.grid, rowAround(index.grid, fix.latitude, fix.longitude), from, fix);
  for (let number = 1; number <= more; number++) {
    addMet(found, index.grid, rowBefore(index.grid, from, fix, number, more), from, fix);
  }
  return found;
}

/** Adds the terms of a cell whose boxes meet that of a step, but those that another cell has told. */
function addMet(found: PreparedTerm[], grid: Grid, row: number, from: Place, to: Place): void {
  const end = endIn(grid, row);
  for (let at = firstIn(row); at < end; at += STRIDE) {
    if (isPassedBy(grid, at, from, to)) continue;
    const term = termAt(grid, at);
    if (found.length === 0 || !found.includes(term)) found.push(term);
  }
}

/** Those whose boxes meet that of a step. */
function search(tree: RBush<Item>, from: Place, to: Place): PreparedTerm[] {
  return searchBox(tree, {
    minX: Math.min(from.longitude, to.longitude),
    minY: Math.min(from.latitude, to.latitude),
    maxX: Math.max(from.longitude, to.longitude),
    maxY: Math.max(from.latitude, to.latitude),
  });
}

function searchBox(tree: RBush<Item>, box: BBox): PreparedTerm[] {
  return tree.collides(box) ? tree.search(box).map((item) => item.term) : [];
}

const LARGE_NONE: readonly PreparedTerm[] = [];

/** Shared exclusions that are too large for the grid, whose box comes within the grid's reach of the point. In no order. */
export function largeExclusionsAround(
  index: SharedIndex,
  latitude: number,
  longitude: number,
  shrink: number,
): readonly PreparedTerm[] {
  if (index.largeCount === 0) return LARGE_NONE;
  const reachY = GRID_REACH_UNITS / UNITS_PER_DEGREE;
  const reachX = reachY / shrink;
  const box = {
    minX: longitude - reachX,
    minY: latitude - reachY,
    maxX: longitude + reachX,
    maxY: latitude + reachY,
  };
  return searchBox(index.large, box);
}

type Change = (list: SharedInstant[], instant: SharedInstant) => void;

/** Puts a term's instants into the sorted lists of the index, or takes them out. */
function forInstants(index: SharedIndex, term: PreparedTerm, change: Change): void {
  const publishedAtMs = term.term.publishedAtMs;
  change(index.publications, { atMs: publishedAtMs, term });
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
export function exclusionsOpening(index: SharedIndex, afterMs: number, untilMs: number): PreparedTerm[] {
  const terms = new Set<PreparedTerm>();
  for (let i = firstAfter(index.openings, afterMs); i < index.openings.length; i++) {
    if (index.openings[i]!.atMs > untilMs) break;
    terms.add(index.openings[i]!.term);
  }
  return [...terms];
}

/** Terms published after an instant. */
export function publishedAfter(index: SharedIndex, afterMs: number): PreparedTerm[] {
  return index.publications.slice(firstAfter(index.publications, afterMs)).map((instant) => instant.term);
}

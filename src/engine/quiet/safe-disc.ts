/**
 * The safe disc: around a fix at which nothing was open and nothing violated, the distance to the nearest boundary of any zone
 * that concerns the wearer. A later fix in that disc violates nothing either, and no step between two fixes in it crosses a
 * boundary, so it costs a dozen operations instead of a look at the zones. A cache: it follows from the state and the watch.
 */

import { sigmaMetres } from '../fold/belief.js';
import { remember, writeFix } from '../fold/horizon.js';
import { isSurelyReachable } from '../fold/speed.js';
import { isZeroPosition } from '../fold/zero-position.js';
import { ROUNDING_UNITS, UNITS_PER_DEGREE } from '../geometry/orientation.js';
import { addToCells, type Cells, createCells, removeFromCells, rowOf, termsAlong } from '../near/cells.js';
import type { ActivationState, KeptFix, Sighting } from '../state.js';
import { AHEAD_LIMIT_MS, DELAYED_AFTER_MS } from '../thresholds.js';
import type { AccuracyConvention, Ping, Position } from '../types.js';
import { outerShape, type PreparedTerm } from '../watch/prepared-term.js';

/**
 * The discs of one partition, by number: a row of 64 bytes each in one block of memory, so that those of twenty thousand tags fill
 * little more than a megabyte. A row holds all that the next fix asks: nothing else in memory is waited for.
 */
export interface Discs {
  count: number;
  /** Numbers below `count` that nobody has. */
  readonly free: number[];
  /** Sixteen a row. Both views are of the same memory: the first three doubles of a row lie where its first six integers do. */
  integers: Int32Array;
  /** Eight a row. */
  doubles: Float64Array;
  /** The very state that only quiet fixes have changed since the disc was placed; null: there is no disc. */
  readonly states: (ActivationState | null)[];
  /** The own terms of the activation with each number. */
  readonly terms: Cells;
}

const INTEGERS = 16;
const DOUBLES = INTEGERS / 2;
const FIRST_ROWS = 64;

/** Places among a row's doubles: the newest fix. */
const AT_MS = 0;
const LATITUDE = 1;
const LONGITUDE = 2;

/**
 * Places among a row's integers. Lengths are units of 1e-7 degree of latitude; one of longitude is `SHRINK` of it, in parts of 2^-30.
 * In that plane the edges of polygons are straight as they are in degrees, so the distance to them is exact whatever the latitude.
 */
const Y = 6;
const X = 7;
const RADIUS = 8;
const SHRINK = 9;
/** Seconds after `EPOCH_MS`: fixes from then on meet another set of active terms. */
const UNTIL_S = 10;
/** Seconds after `EPOCH_MS`: a fix received from then on may find that an edge is due. */
const RECEIVED_UNTIL_S = 11;
/** `SharedIndex.version` when it was placed. */
const SHARED_VERSION = 12;
/** How many fixes it takes before the horizon asks for a snapshot, and seconds after `EPOCH_MS` from when on it does. */
const ROOM = 13;
const SNAPSHOT_S = 14;
const FLAGS = 15;

/** The tag's accuracies are r68. */
const IS_R68 = 1;
/** The newest fix came delayed. */
const IS_BACKLOG = 2;

/** 2020, so that 31 bits of seconds reach 2088. */
const EPOCH_MS = 1_577_836_800_000;
const LARGEST = 2_147_483_647;
const SHRINK_SCALE = 1_073_741_824;

export function createDiscs(): Discs {
  const integers = new Int32Array(FIRST_ROWS * INTEGERS);
  return { count: 0, free: [], integers, doubles: new Float64Array(integers.buffer), states: [], terms: createCells() };
}

/** Adds a row without a disc, for an activation with these own terms; returns its number. */
export function addDisc(discs: Discs, terms: readonly PreparedTerm[]): number {
  const freed = discs.free.pop();
  const number = freed ?? discs.count++;
  discs.states[number] = null;
  addTerms(discs, number, terms);
  if (freed !== undefined) return number;
  if (discs.count * INTEGERS > discs.integers.length) {
    const integers = new Int32Array(2 * discs.integers.length);
    integers.set(discs.integers);
    discs.integers = integers;
    discs.doubles = new Float64Array(integers.buffer);
  }
  return number;
}

/** Gives up the row of an activation with these own terms: another one may have it from now on. */
export function removeDisc(discs: Discs, number: number, terms: readonly PreparedTerm[]): void {
  discs.states[number] = null;
  for (const term of terms) removeFromCells(discs.terms, [number], term);
  discs.free.push(number);
}

export function clearDisc({ states }: Discs, number: number): void {
  states[number] = null;
}

/** The row is another watch's of the same activation from now on. */
export function handOver(
  discs: Discs,
  number: number,
  before: readonly PreparedTerm[],
  now: readonly PreparedTerm[],
): void {
  discs.states[number] = null;
  for (const term of before) removeFromCells(discs.terms, [number], term);
  addTerms(discs, number, now);
}

/** No fix is outside it. */
const EVERYWHERE = { west: -200, south: -100, east: 200, north: 100 } as const;

function addTerms({ terms }: Discs, number: number, own: readonly PreparedTerm[]): void {
  for (const term of own) addToCells(terms, [number], term, term.violatedInside ? outerShape(term) : EVERYWHERE);
}

/** Of an activation's own terms those whose boxes a step meets; of kinds that are violated outside their zone, all. */
export function ownAlong({ terms }: Discs, number: number, from: Sighting, to: Sighting): PreparedTerm[] {
  return termsAlong(terms, rowOf(terms, number), from, to);
}

/**
 * Whether the ping's fix is evidence, newer than all, surely at a possible speed, and meets the state as the disc was placed for it:
 * nothing open, no edge passed.
 */
export function isAwaited(
  { states, integers, doubles }: Discs,
  number: number,
  state: ActivationState,
  { position, fixedAtMs }: Ping,
  receivedAtMs: number,
  sharedVersion: number,
): boolean {
  if (states[number] !== state || position === null) return false;
  const at = number * INTEGERS;
  if (integers[at + SHARED_VERSION] !== sharedVersion) return false;
  if (fixedAtMs >= integers[at + UNTIL_S]! * 1_000 + EPOCH_MS) return false;
  if (receivedAtMs >= integers[at + RECEIVED_UNTIL_S]! * 1_000 + EPOCH_MS) return false;
  if (position.mechanism !== 'GPS' && position.mechanism !== 'RF') return false;
  if (position.accuracyMetres === null || fixedAtMs - receivedAtMs > AHEAD_LIMIT_MS || isZeroPosition(position))
    return false;
  const last = number * DOUBLES;
  const apartMs = fixedAtMs - doubles[last + AT_MS]!;
  const { latitude, longitude } = position;
  return (
    apartMs > 0 &&
    isSurelyReachable(doubles[last + LATITUDE]!, doubles[last + LONGITUDE]!, latitude, longitude, apartMs)
  );
}

/** Whether a place lies in the disc. */
export function holds({ integers }: Discs, number: number, { latitude, longitude }: Position): boolean {
  const at = number * INTEGERS;
  const dy = latitude * UNITS_PER_DEGREE - integers[at + Y]!;
  const dx = (longitude * UNITS_PER_DEGREE - integers[at + X]!) * (integers[at + SHRINK]! / SHRINK_SCALE);
  const radius = integers[at + RADIUS]!;
  return dx * dx + dy * dy <= radius * radius;
}

/** The newest fix of the state. */
export function newestIn({ doubles }: Discs, number: number): Sighting {
  const last = number * DOUBLES;
  return {
    fixedAtMs: doubles[last + AT_MS]!,
    latitude: doubles[last + LATITUDE]!,
    longitude: doubles[last + LONGITUDE]!,
  };
}

/** Keeps a fix that is awaited and means nothing to any term. Allocates nothing but at a snapshot. */
export function keep(
  { integers, doubles }: Discs,
  number: number,
  state: ActivationState,
  { latitude, longitude, accuracyMetres }: Position,
  fixedAtMs: number,
  receivedAtMs: number,
): void {
  const at = number * INTEGERS;
  const last = number * DOUBLES;
  doubles[last + AT_MS] = fixedAtMs;
  doubles[last + LATITUDE] = latitude;
  doubles[last + LONGITUDE] = longitude;
  const flags = integers[at + FLAGS]!;
  const convention = (flags & IS_R68) === 0 ? 'r95' : 'r68';
  if (integers[at + ROOM]! > 0 && fixedAtMs < integers[at + SNAPSHOT_S]! * 1_000 + EPOCH_MS) {
    integers[at + ROOM]!--;
    writeFix(state, fixedAtMs, latitude, longitude, accuracyMetres!, convention);
  } else {
    const sigma = sigmaMetres(accuracyMetres!, convention);
    remember(state, { fixedAtMs, latitude, longitude, accuracyMetres: accuracyMetres!, sigmaMetres: sigma });
    noteSnapshot(integers, at, state);
  }
  // The tick edge lies after its receipt, so that what is due stays due.
  const isDelayed = receivedAtMs - fixedAtMs > DELAYED_AFTER_MS;
  if (isDelayed || (flags & IS_BACKLOG) !== 0) {
    state.backlogAtMs = isDelayed ? receivedAtMs : null;
    integers[at + FLAGS] = isDelayed ? flags | IS_BACKLOG : flags & ~IS_BACKLOG;
  }
}

function noteSnapshot(integers: Int32Array, at: number, state: ActivationState): void {
  integers[at + ROOM] = state.snapshotDueCount - state.ringCount - 1;
  integers[at + SNAPSHOT_S] = secondsOf(state.snapshotDueAtMs ?? Infinity);
}

/** Moves the disc to another fix, so many units from the nearest boundary: 0 where that is nearer than rounding. */
export function moveDisc(
  { integers }: Discs,
  number: number,
  { latitude, longitude }: Position | KeptFix,
  shrink: number,
  clear: number,
): void {
  const at = number * INTEGERS;
  integers[at + Y] = Math.round(latitude * UNITS_PER_DEGREE);
  integers[at + X] = Math.round(longitude * UNITS_PER_DEGREE);
  integers[at + RADIUS] = Math.max(0, Math.floor(clear) - ROUNDING_UNITS);
  integers[at + SHRINK] = Math.round(shrink * SHRINK_SCALE);
}

export interface Placing {
  readonly receivedAtMs: number;
  readonly shrink: number;
  /** How far it is to the nearest boundary, units. */
  readonly clear: number;
  readonly removedAtMs: number;
  readonly accuracyConvention: AccuracyConvention;
  readonly sharedVersion: number;
}

/** Places the disc around a fix that the short path has just folded into `state`, until the next edge or the end of the activation. */
export function placeDisc(discs: Discs, number: number, state: ActivationState, fix: KeptFix, placing: Placing): void {
  const { receivedAtMs, shrink, clear, removedAtMs, accuracyConvention, sharedVersion } = placing;
  const untilS = secondsOf(Math.min(state.nextEdgeAtMs ?? Infinity, removedAtMs));
  const tickEdgeAtMs = state.nextTickEdgeAtMs ?? Infinity;
  const receivedUntilS = secondsOf(tickEdgeAtMs);
  if (untilS <= 0 || receivedUntilS <= 0 || receivedAtMs >= tickEdgeAtMs) return;
  const { integers, doubles } = discs;
  discs.states[number] = state;
  const last = number * DOUBLES;
  doubles[last + AT_MS] = fix.fixedAtMs;
  doubles[last + LATITUDE] = fix.latitude;
  doubles[last + LONGITUDE] = fix.longitude;
  const at = number * INTEGERS;
  integers[at + UNTIL_S] = untilS;
  integers[at + RECEIVED_UNTIL_S] = receivedUntilS;
  integers[at + SHARED_VERSION] = sharedVersion;
  integers[at + FLAGS] = (accuracyConvention === 'r68' ? IS_R68 : 0) | (state.backlogAtMs === null ? 0 : IS_BACKLOG);
  noteSnapshot(integers, at, state);
  moveDisc(discs, number, fix, shrink, clear);
}

/** Whole seconds up to an instant, never more than there are. */
function secondsOf(atMs: number): number {
  return Math.min(LARGEST, Math.floor((atMs - EPOCH_MS) / 1_000));
}

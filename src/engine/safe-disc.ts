/**
 * The safe disc: around a fix at which nothing was open and nothing violated, the distance to the nearest boundary of any zone
 * that concerns the wearer. A later fix in that disc violates nothing either, and no step between two fixes in it crosses a
 * boundary, so it costs a dozen operations instead of a look at the zones. A cache: it follows from the state and the watch.
 */
import { UNITS_PER_DEGREE } from './geometry/orientation.js';
import type { ActivationState } from './state.js';
import type { NotJudged, Position } from './types.js';

/**
 * All numbers are integers of 31 bits, which an engine keeps in the object itself: a tag's disc is two lines of a cache. Lengths
 * are units of 1e-7 degree of latitude; one of longitude is `shrink` of it. In that plane the edges of polygons are straight as
 * they are in degrees, so the distance to them is exact whatever the latitude.
 */
/** What an input that changed nothing but the state's fixes yields: `Advance` without events. */
export interface Unchanged {
  readonly state: ActivationState;
  readonly events: readonly never[];
  readonly nextDueAtMs: number | null;
  readonly notJudged: NotJudged | null;
  readonly reconcile: null;
}

const NO_EVENTS: readonly never[] = [];

export function unchanged(state: ActivationState, notJudged: NotJudged | null): Unchanged {
  return { state, events: NO_EVENTS, nextDueAtMs: state.nextDueAtMs, notJudged, reconcile: null };
}

export interface SafeDisc {
  /** The very state that only fixes in the disc have changed since it was placed; null: there is no disc. */
  state: ActivationState | null;
  /** What a fix in the disc is answered. */
  answer: Unchanged | null;
  /** `SharedIndex.version` when it was placed. */
  sharedVersion: number;
  y: number;
  x: number;
  radius: number;
  /** In parts of 2^-30. */
  shrink: number;
  /** Seconds after `EPOCH_MS`: fixes from then on meet another set of active terms. */
  untilS: number;
  /** Seconds after `EPOCH_MS`: a fix received from then on may find that an edge is due. */
  receivedUntilS: number;
}

/** 2020, so that 31 bits of seconds reach 2088. */
const EPOCH_MS = 1_577_836_800_000;
const LARGEST = 2 ** 31 - 1;
const SHRINK_SCALE = 2 ** 30;

/** The fix, the centre and the coordinates of zones are rounded to units: 4 cm. */
export const ROUNDING_UNITS = 4;
/** A disc smaller than the noise of fixes (about 10 m) is not worth its placing. */
const LEAST_RADIUS_UNITS = 900;

export function createDisc(): SafeDisc {
  return {
    state: null,
    answer: null,
    sharedVersion: 0,
    y: 0,
    x: 0,
    radius: 0,
    shrink: 0,
    untilS: 0,
    receivedUntilS: 0,
  };
}

/** Whether a fix lies in a disc that stands. Allocates nothing. */
export function holds(
  disc: SafeDisc,
  position: Position,
  fixedAtMs: number,
  receivedAtMs: number,
  sharedVersion: number,
): boolean {
  if (disc.sharedVersion !== sharedVersion) return false;
  if (fixedAtMs >= disc.untilS * 1_000 + EPOCH_MS) return false;
  if (receivedAtMs >= disc.receivedUntilS * 1_000 + EPOCH_MS) return false;
  const dy = position.latitude * UNITS_PER_DEGREE - disc.y;
  const dx = (position.longitude * UNITS_PER_DEGREE - disc.x) * (disc.shrink / SHRINK_SCALE);
  return dx * dx + dy * dy <= disc.radius * disc.radius;
}

/**
 * Places the disc around a fix that the short path has just folded into `state`, `clear` units round, until whatever comes first: an
 * edge, the end of the activation, the next snapshot of the horizon.
 */
export function placeDisc(
  disc: SafeDisc,
  state: ActivationState,
  position: Pick<Position, 'latitude' | 'longitude'>,
  receivedAtMs: number,
  shrink: number,
  clear: number,
  removedAtMs: number,
  sharedVersion: number,
): void {
  const radius = Math.floor(clear) - ROUNDING_UNITS;
  const untilS = secondsOf(Math.min(state.nextEdgeAtMs ?? Infinity, removedAtMs, state.snapshotDueAtMs ?? Infinity));
  const tickEdgeAtMs = state.nextTickEdgeAtMs ?? Infinity;
  const receivedUntilS = secondsOf(tickEdgeAtMs);
  if (radius < LEAST_RADIUS_UNITS || untilS <= 0 || receivedUntilS <= 0 || receivedAtMs >= tickEdgeAtMs) return;
  disc.state = state;
  disc.answer = unchanged(state, null);
  disc.sharedVersion = sharedVersion;
  disc.y = Math.round(position.latitude * UNITS_PER_DEGREE);
  disc.x = Math.round(position.longitude * UNITS_PER_DEGREE);
  disc.radius = radius;
  disc.shrink = Math.round(shrink * SHRINK_SCALE);
  disc.untilS = untilS;
  disc.receivedUntilS = receivedUntilS;
}

/** Whole seconds up to an instant, never more than there are. */
function secondsOf(atMs: number): number {
  return Math.min(LARGEST, Math.floor((atMs - EPOCH_MS) / 1_000));
}

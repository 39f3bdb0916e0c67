/** Everybody's newest place in typed arrays, as the map draws twelve thousand of them; and which of them are one cluster. Pure. */
import type { AlertItem } from '../../alerts/alert.js';
import type { PositionItem } from '../../wire/feed-messages.js';
import { rankOf, STALE_MS } from './map-data.js';

/** What a point looks like, by its number. */
export const POINT_STATES = { heard: 0, stale: 1, alert: 2, hidden: 3 } as const;

export interface WearerPoints {
  readonly count: number;
  /** By their place in the arrays. */
  readonly items: readonly PositionItem[];
  /** Web Mercator, 0 to 1, the north at 0. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly fixedAtMs: Float64Array;
  readonly state: Uint8Array;
}

export const mercatorX = (longitude: number): number => (longitude + 180) / 360;
export function mercatorY(latitude: number): number {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}
export const longitudeOf = (x: number): number => x * 360 - 180;
export const latitudeOf = (y: number): number => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

const FIRST_ROOM = 1_024;

export interface PointStore {
  readonly points: WearerPoints;
  /** Takes whoever has another position than before; an object that is the same is passed over. */
  take(items: Iterable<PositionItem>): void;
  /** Whether somebody is drawn as a part of a cluster. */
  isHidden(wearerId: string): boolean;
}

export function createPointStore(): PointStore {
  const slots = new Map<string, number>();
  const items: PositionItem[] = [];
  let x = new Float64Array(FIRST_ROOM);
  let y = new Float64Array(FIRST_ROOM);
  let fixedAtMs = new Float64Array(FIRST_ROOM);
  let state = new Uint8Array(FIRST_ROOM);
  const grow = () => {
    const room = x.length * 2;
    const wider = (from: Float64Array) => {
      const to = new Float64Array(room);
      to.set(from);
      return to;
    };
    [x, y, fixedAtMs] = [wider(x), wider(y), wider(fixedAtMs)];
    const states = new Uint8Array(room);
    states.set(state);
    state = states;
  };
  return {
    isHidden(wearerId) {
      const slot = slots.get(wearerId);
      return slot !== undefined && state[slot] === POINT_STATES.hidden;
    },
    get points() {
      return { count: items.length, items, x, y, fixedAtMs, state };
    },
    take(given) {
      for (const item of given) {
        let slot = slots.get(item.wearerId);
        if (slot !== undefined && items[slot] === item) continue;
        if (slot === undefined) {
          slot = items.length;
          slots.set(item.wearerId, slot);
          if (slot >= x.length) grow();
        }
        items[slot] = item;
        x[slot] = mercatorX(item.longitude);
        y[slot] = mercatorY(item.latitude);
        fixedAtMs[slot] = Date.parse(item.fixedAt);
      }
    },
  };
}

/** Above this zoom everybody is drawn alone. */
const CLUSTERS_BELOW_ZOOM = 15.5;
const CELL_PIXELS = 84;
const TILE_PIXELS = 512;
/** Fewer are drawn alone: one can tell them apart. */
const CLUSTER_LEAST = 8;
const CELLS_ACROSS = 2 ** 21;

export interface Cluster {
  readonly count: number;
  readonly x: number;
  readonly y: number;
  /** The worst open alert in it; null: none. */
  readonly worst: AlertItem | null;
  readonly alerts: number;
}

/** By which zooms the same clusters stand: half a step. */
export const clusterZoomOf = (zoom: number): number => Math.floor(zoom * 2) / 2;

/** Sets the state of every point, and answers the clusters: cells of the ground in which many are. */
export function clusterPoints(
  { count, items, x, y, fixedAtMs, state }: WearerPoints,
  open: ReadonlyMap<string, AlertItem>,
  zoom: number,
  nowMs: number,
): Cluster[] {
  const cells = new Map<number, number[]>();
  const across = (TILE_PIXELS * 2 ** clusterZoomOf(zoom)) / CELL_PIXELS;
  const isClustered = zoom < CLUSTERS_BELOW_ZOOM;
  for (let i = 0; i < count; i++) {
    const isAlert = open.size > 0 && open.has(items[i]!.wearerId);
    const isStale = nowMs - fixedAtMs[i]! > STALE_MS;
    state[i] = isAlert ? POINT_STATES.alert : isStale ? POINT_STATES.stale : POINT_STATES.heard;
    if (!isClustered) continue;
    const cell = Math.floor(x[i]! * across) * CELLS_ACROSS + Math.floor(y[i]! * across);
    const members = cells.get(cell);
    if (members === undefined) cells.set(cell, [i]);
    else members.push(i);
  }
  const clusters: Cluster[] = [];
  for (const members of cells.values()) {
    if (members.length < CLUSTER_LEAST) continue;
    let [sumX, sumY, alerts] = [0, 0, 0];
    let worst: AlertItem | null = null;
    for (const i of members) {
      sumX += x[i]!;
      sumY += y[i]!;
      if (state[i] === POINT_STATES.alert) {
        alerts += 1;
        const item = open.get(items[i]!.wearerId)!;
        if (worst === null || rankOf(item) > rankOf(worst)) worst = item;
      }
      state[i] = POINT_STATES.hidden;
    }
    clusters.push({ count: members.length, x: sumX / members.length, y: sumY / members.length, worst, alerts });
  }
  return clusters;
}

/** Whoever is nearest to a place of the map, within so many pixels; null: nobody that is drawn alone. */
export function pickPoint(
  { count, items, x, y, state }: WearerPoints,
  at: { readonly x: number; readonly y: number },
  zoom: number,
  reachPixels: number,
): PositionItem | null {
  const reach = reachPixels / (TILE_PIXELS * 2 ** zoom);
  let nearest = reach * reach;
  let found: PositionItem | null = null;
  for (let i = 0; i < count; i++) {
    if (state[i] === POINT_STATES.hidden) continue;
    const [dx, dy] = [x[i]! - at.x, y[i]! - at.y];
    const square = dx * dx + dy * dy;
    if (square > nearest) continue;
    nearest = square;
    found = items[i]!;
  }
  return found;
}

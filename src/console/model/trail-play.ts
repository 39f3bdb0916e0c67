/** A trail over time: where somebody was at an instant, and where they stayed. Pure. */
import type { Feature, FeatureCollection } from 'geojson';
import { circleRing, distanceMetres } from './map-data.js';
import { GAP_MS, type TrailPoint } from './trail-line.js';

export type PlacedPoint = TrailPoint & { readonly at: readonly [longitude: number, latitude: number] };

/** Those that say where the wearer was; in order. */
export const listPlaced = (points: readonly TrailPoint[]): PlacedPoint[] =>
  points.filter((point): point is PlacedPoint => point.at !== null && point.notJudged === null);

export interface Moment {
  /** The newest fix at or before the instant; null: none of this stretch. */
  readonly last: PlacedPoint | null;
  /** Nobody knows: within a gap, after the last fix for too long, or before the first. */
  readonly isUnknown: boolean;
  /** When the next fix came; null: none did. */
  readonly nextMs: number | null;
}

export function momentAt(placed: readonly PlacedPoint[], atMs: number): Moment {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placed[middle]!.atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  const last = placed[low - 1] ?? null;
  const next = placed[low] ?? null;
  if (last === null) return { last, isUnknown: true, nextMs: next?.atMs ?? null };
  const isGap = next !== null && next.atMs - last.atMs > GAP_MS;
  const isUnknown = isGap ? atMs > last.atMs : atMs - last.atMs > GAP_MS;
  return { last, isUnknown, nextMs: next?.atMs ?? null };
}

/** Somebody stayed within so far of where they were on average. */
const STOP_METRES = 60;
export const STOP_MS = 10 * 60_000;

export interface Stop {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly at: readonly [longitude: number, latitude: number];
}

/** Where somebody stayed for ten minutes or more; a gap ends a stop, because nobody knows. */
export function findStops(placed: readonly PlacedPoint[]): Stop[] {
  const stops: Stop[] = [];
  let run: PlacedPoint[] = [];
  let sum = [0, 0] as [number, number];
  const close = () => {
    const [first, last] = [run[0], run.at(-1)];
    if (first !== undefined && last !== undefined && last.atMs - first.atMs >= STOP_MS)
      stops.push({ fromMs: first.atMs, untilMs: last.atMs, at: [sum[0] / run.length, sum[1] / run.length] });
  };
  for (const point of placed) {
    const last = run.at(-1);
    const reach = Math.max(STOP_METRES, point.accuracyMetres ?? 0);
    const isOn =
      last !== undefined &&
      point.atMs - last.atMs <= GAP_MS &&
      distanceMetres([sum[0] / run.length, sum[1] / run.length], point.at) <= reach;
    if (!isOn) {
      close();
      run = [];
      sum = [0, 0];
    }
    run.push(point);
    sum = [sum[0] + point.at[0], sum[1] + point.at[1]];
  }
  close();
  return stops;
}

/** What the map draws of an instant: the fix with its circle, hollow where nobody knows; and the stops, numbered. */
export function playFeatures({ last, isUnknown }: Moment, stops: readonly Stop[]): FeatureCollection {
  const features: Feature[] = stops.map(({ at }, index) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [...at] },
    properties: { part: 'stop', number: String(index + 1) },
  }));
  if (last === null) return { type: 'FeatureCollection', features };
  const part = isUnknown ? 'lost' : 'now';
  if (last.accuracyMetres !== null) {
    const ring = circleRing(last.at, last.accuracyMetres);
    features.push({
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [ring] },
      properties: { part: 'circle' },
    });
  }
  features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [...last.at] }, properties: { part } });
  return { type: 'FeatureCollection', features };
}

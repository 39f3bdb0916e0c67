/** A trail over time: where somebody was at an instant, and where they stayed. Pure. */
import type { Feature, FeatureCollection } from 'geojson';
import { inOrder, sigmaAsTold } from '../../patterns/pattern-fix.js';
import { DEFAULT_STOP_RULE, findStops as findPatternStops } from '../../patterns/stops.js';
import { circleRing } from './map-data.js';
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

export interface Stop {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly at: readonly [longitude: number, latitude: number];
}

/** Where somebody stayed, by the rule that patterns have; accuracies as most tags tell them. */
export function findStops(placed: readonly PlacedPoint[]): Stop[] {
  const fixes = placed.flatMap(({ atMs, at: [longitude, latitude], accuracyMetres }) =>
    accuracyMetres === null ? [] : [{ atMs, latitude, longitude, sigmaMetres: sigmaAsTold(accuracyMetres) }],
  );
  const span = { fromMs: placed[0]?.atMs ?? 0, untilMs: placed.at(-1)?.atMs ?? 0 };
  return findPatternStops(inOrder(fixes), span, DEFAULT_STOP_RULE).map(({ fromMs, untilMs, longitude, latitude }) => ({
    fromMs,
    untilMs,
    at: [longitude, latitude],
  }));
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

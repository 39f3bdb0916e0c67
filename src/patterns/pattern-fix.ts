/** Fixes as patterns are found in them: where somebody was at an instant, and how far off that may be. Pure. */
import { wrapLongitude } from '../engine/geometry/antimeridian.js';
import { metresPerDegreeLatitude, metresPerDegreeLongitude } from '../engine/geometry/metres-per-degree.js';
import { type Intervals, intersect, subtract, unite } from '../schemes/intervals.js';

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface PatternFix extends Place {
  readonly atMs: number;
  /** Of its error in one direction. */
  readonly sigmaMetres: number;
}

/** From the first instant until before the second. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** In order of time, whatever order they came in; of several of one instant the most accurate. */
export function inOrder(fixes: readonly PatternFix[]): readonly PatternFix[] {
  const sorted = [...fixes].sort(
    (a, b) => a.atMs - b.atMs || a.sigmaMetres - b.sigmaMetres || a.latitude - b.latitude || a.longitude - b.longitude,
  );
  return sorted.filter(({ atMs }, i) => i === 0 || sorted[i - 1]!.atMs !== atMs);
}

export interface Metres {
  readonly east: number;
  readonly north: number;
}

/** As seen from a place, on the plane that touches there: within kilometres of it exact to centimetres. */
export function metresFrom(from: Place): (to: Place) => Metres {
  const perLatitude = metresPerDegreeLatitude(from.latitude);
  const perLongitude = metresPerDegreeLongitude(from.latitude);
  return ({ latitude, longitude }) => ({
    east: wrapLongitude(longitude - from.longitude) * perLongitude,
    north: (latitude - from.latitude) * perLatitude,
  });
}

export function distanceMetres(from: Place, to: Place): number {
  const { east, north } = metresFrom(from)(to);
  return Math.sqrt(east * east + north * north);
}

/** The place so many metres east and north. */
export function placeAt(from: Place, { east, north }: Metres): Place {
  return {
    latitude: from.latitude + north / metresPerDegreeLatitude(from.latitude),
    longitude: wrapLongitude(from.longitude + east / metresPerDegreeLongitude(from.latitude)),
  };
}

/** When they were seen: between fixes that lie no further apart than `gapMs`, and up to the bounds of the span where those are as near. */
export function listSeen(fixes: readonly PatternFix[], span: Span, gapMs: number): Intervals {
  const instants = [span.fromMs, ...fixes.map(({ atMs }) => atMs), span.untilMs];
  if (fixes.length === 0) return [];
  const steps = instants.slice(1).map((atMs, i) => [instants[i]!, atMs] as const);
  return intersect(unite(steps.filter(([fromMs, untilMs]) => untilMs - fromMs <= gapMs)), [
    [span.fromMs, span.untilMs],
  ]);
}

export const listUnseen = (seen: Intervals, { fromMs, untilMs }: Span): Intervals =>
  subtract([[fromMs, untilMs]], seen);

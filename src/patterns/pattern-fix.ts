/** Fixes as patterns are found in them: where somebody was at an instant, and how far off that may be. Pure. */
import { sigmaMetres } from '../engine/fold/evidence.js';
import { metresPerDegreeLatitude, metresPerDegreeLongitude, wrapLongitude } from '../engine/geometry/exact.js';
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

/** Of an accuracy as most tags tell it: 68 of a hundred fixes lie within. */
export const sigmaAsTold = (accuracyMetres: number): number => sigmaMetres(accuracyMetres, 'r68');

/** From the first instant until before the second. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** More often nobody learns more of where somebody stays, and a month of a fix a second would hold up everybody. */
const TURN_MS = 10_000;
const turnOf = ({ atMs }: PatternFix): number => Math.floor(atMs / TURN_MS);

/** In order of time, whatever order they came in; of several within ten seconds of the clock the most accurate. */
export function inOrder(fixes: readonly PatternFix[]): readonly PatternFix[] {
  const sorted = [...fixes].sort(
    (a, b) =>
      turnOf(a) - turnOf(b) ||
      a.sigmaMetres - b.sigmaMetres ||
      a.atMs - b.atMs ||
      a.latitude - b.latitude ||
      a.longitude - b.longitude,
  );
  return sorted.filter((fix, i) => i === 0 || turnOf(sorted[i - 1]!) !== turnOf(fix));
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

/**
 * When they were seen: between fixes that lie no further apart than `gapMs`. `fixes` are in order, with those before and after the span that are
 * as near; `isNow`: nothing can have come after it yet, so that the newest fix holds until its end.
 */
export function listSeen(fixes: readonly PatternFix[], span: Span, gapMs: number, isNow: boolean): Intervals {
  const instants = fixes.map(({ atMs }) => atMs);
  if (isNow && fixes.length > 0) instants.push(span.untilMs);
  const steps = instants.slice(1).map((atMs, i) => [instants[i]!, atMs] as const);
  return intersect(unite(steps.filter(([fromMs, untilMs]) => untilMs - fromMs <= gapMs)), [
    [span.fromMs, span.untilMs],
  ]);
}

export const listUnseen = (seen: Intervals, { fromMs, untilMs }: Span): Intervals =>
  subtract([[fromMs, untilMs]], seen);

/**
 * Judges what a zone file holds: what the front door would refuse (errors), and what it would take although nobody meant it or GPS
 * cannot judge it (warnings). Pure; the rules are those of `validateZone` and, beyond them, the ones documented here.
 */
import type { Zone } from '../../engine/types.js';
import { type Bbox, type ValidZone, validateZone } from './zone.js';
import { type LonLat, makeFinding, type ZoneFeature, type ZoneFinding } from './zone-file-item.js';
import { findDeepest } from './zone-inradius.js';
import { GRID_PER_DEGREE } from './zone-rings.js';
import { findSpikes } from './zone-spikes.js';

/** The 95 % radius of a fix in the open with today's tags; in streets it is more. */
export const TYPICAL_R95_METRES = 10;
/** Findings of one kind told for one feature. */
const MAX_OF_A_KIND = 5;

export interface CheckOptions {
  readonly serviceArea: Bbox | null;
  /** What GPS is taken to be good for: {@link TYPICAL_R95_METRES}. */
  readonly r95Metres: number;
}

/** A feature that may be imported. */
export interface CheckedZone {
  readonly number: number;
  readonly line: number | null;
  /** Null: it has none, which is an error among the findings. */
  readonly id: string | null;
  readonly valid: ValidZone;
}

type Shape = Zone['shape'];

const isPosition = (value: unknown): value is [number, number] =>
  Array.isArray(value) && value.length >= 2 && value.slice(0, 2).every((part) => typeof part === 'number');

/** The position that a pointer into a feature names, or the first one below it; null where there is none. */
export function findPosition(feature: unknown, pointer: string): LonLat | null {
  let value: unknown = feature;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  while (Array.isArray(value) && Array.isArray(value[0])) value = value[0];
  return isPosition(value) && value.every(Number.isFinite) ? [value[0], value[1]] : null;
}

/** The rings of a feature as they stand in the file, with their pointers; none where it has no polygons of positions. */
function listRawRings(feature: unknown): { ring: unknown[]; pointer: string; index: number }[] {
  const geometry = (feature as { geometry?: { type?: unknown; coordinates?: unknown } } | null)?.geometry;
  const at = '/geometry/coordinates';
  const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const ringsOf = (polygon: unknown, pointer: string) =>
    listOf(polygon).map((ring, index) => ({ ring: listOf(ring), pointer: `${pointer}/${index}`, index }));
  if (geometry?.type === 'Polygon') return ringsOf(geometry.coordinates, at);
  if (geometry?.type !== 'MultiPolygon') return [];
  return listOf(geometry.coordinates).flatMap((polygon, part) => ringsOf(polygon, `${at}/${part}`));
}

/** Twice the area, positive where the ring runs counter-clockwise; from its first position, so that digits are not lost. */
function signedArea(ring: readonly (readonly number[])[]): number {
  const [originX, originY] = [ring[0]![0]!, ring[0]![1]!];
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1]!, ring[i]!];
    sum += (a[0]! - originX) * (b[1]! - originY) - (b[0]! - originX) * (a[1]! - originY);
  }
  return sum;
}

/** What validation mends without a word, put into words. */
function tellRepairs({ feature, ...about }: ZoneFeature, isValid: boolean): ZoneFinding[] {
  const findings: ZoneFinding[] = [];
  for (const { ring, pointer, index } of listRawRings(feature)) {
    const positions = ring.filter(isPosition);
    if (positions.length !== ring.length || ring.length < 4) continue;
    const onGrid = positions.map(([x, y]) => `${Math.round(x * GRID_PER_DEGREE)} ${Math.round(y * GRID_PER_DEGREE)}`);
    const repeated = onGrid.flatMap((place, i) => (i > 0 && place === onGrid[i - 1] ? [i] : []));
    if (repeated.length > 0) {
      const [first] = repeated;
      const more = repeated.length > 1 ? `, and so do ${repeated.length - 1} more in this ring` : '';
      findings.push(
        makeFinding(about, {
          severity: 'warning',
          check: 'duplicate-position',
          position: [positions[first!]![0], positions[first!]![1]],
          pointer: `${pointer}/${first}`,
          detail: `The position repeats the one before it${more}: dropped.`,
          isRepaired: true,
        }),
      );
    }
    if (isValid && signedArea(positions) > 0 !== (index === 0)) {
      const [runs, should] = index === 0 ? ['clockwise', 'counter-clockwise'] : ['counter-clockwise', 'clockwise'];
      findings.push(
        makeFinding(about, {
          severity: 'warning',
          check: 'winding',
          position: [positions[0]![0], positions[0]![1]],
          pointer,
          detail: `${index === 0 ? 'The outer ring' : `Hole ${index}`} runs ${runs}, not ${should} (RFC 7946, 3.1.6): turned round.`,
          isRepaired: true,
        }),
      );
    }
  }
  return findings;
}

function tellSpikes(shape: Shape, about: Partial<ZoneFinding>): ZoneFinding[] {
  if (shape.type === 'circle') return [];
  const spikes = shape.polygons.flatMap((rings) => rings.flatMap(findSpikes));
  return spikes.slice(0, MAX_OF_A_KIND).map(({ longitude, latitude, angleDegrees, lengthMetres, widthMetres }) => {
    const figures = `${angleDegrees.toFixed(1)}° sharp, ${lengthMetres.toFixed(0)} m long, ${widthMetres.toFixed(1)} m wide`;
    const detail = `A spike, ${figures}: take its tip out, unless it is meant.`;
    return makeFinding(about, { severity: 'warning', check: 'spike', position: [longitude, latitude], detail });
  });
}

/**
 * Says where GPS cannot judge a part: where its deepest point is nearer to the boundary than a typical r95. A fix from there, with
 * the error of a two-dimensional normal distribution (σ = r95 / 2.45), then falls into the largest circle with a probability of
 * 1 − exp(−3 (radius / r95)²), which is under 95 %, the belief at which the engine confirms.
 */
function tellSmall(shape: Shape, about: Partial<ZoneFinding>, r95Metres: number): ZoneFinding[] {
  const parts = shape.type === 'circle' ? [shape] : shape.polygons.map((rings) => findDeepest(rings, r95Metres));
  const small = parts.flatMap((deepest, part) => (deepest.radiusMetres < r95Metres ? [{ ...deepest, part }] : []));
  return small.slice(0, MAX_OF_A_KIND).map(({ longitude, latitude, radiusMetres, part }) => {
    const chance = Math.floor(100 * (1 - Math.exp(-3 * (radiusMetres / r95Metres) ** 2)));
    const what = parts.length > 1 ? `Part ${part}` : 'The zone';
    const detail =
      `${what} is too small for GPS to judge: its deepest point is ${radiusMetres.toFixed(1)} m from the boundary, and a typical ` +
      `fix is good to ${r95Metres} m (r95). A fix from there falls into its largest circle in ${chance} % of cases, under 95 %.`;
    const position: LonLat = [round(longitude), round(latitude)];
    return makeFinding(about, { severity: 'warning', check: 'too-small-for-gps', position, detail });
  });
}

const round = (degrees: number) => Math.round(degrees * GRID_PER_DEGREE) / GRID_PER_DEGREE;

/** Judges one feature by itself. */
export function checkZone(
  item: ZoneFeature,
  options: CheckOptions,
): { zone: CheckedZone | null; findings: ZoneFinding[] } {
  const { number, id, line, feature } = item;
  const about = { number, id, line };
  const result = validateZone(feature, options.serviceArea);
  const repairs = tellRepairs(item, result.ok);
  if (!result.ok) {
    const errors = result.errors.map(({ pointer, detail, fault }) =>
      makeFinding(about, {
        severity: 'error',
        check: fault ?? 'not-a-zone',
        position: findPosition(feature, pointer),
        pointer,
        detail,
      }),
    );
    return { zone: null, findings: [...errors, ...repairs] };
  }
  const { shape } = result.zone;
  const findings = [...repairs, ...tellSpikes(shape, about), ...tellSmall(shape, about, options.r95Metres)];
  return { zone: { number, line, id, valid: result }, findings };
}

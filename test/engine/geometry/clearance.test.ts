import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clearanceUnits, contains, prepareZone, widenZone } from '../../../src/engine/geometry/zone.js';
import type { Zone } from '../../../src/engine/types.js';

const RADIANS = Math.PI / 180;
const METRES_PER_DEGREE = 111_200;
/** Coordinates are rounded to a unit: what lies nearer to the line than this may be on the other side of it. */
const ROUNDING_UNITS = 4;

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const size = between(Math.log(5), Math.log(60_000)).map(Math.exp);
const at = fc.record({ latitude: between(-75, 75), longitude: between(-179, 179) });
const radii = fc.array(between(0.4, 1), { minLength: 3, maxLength: 90 });

function ring(centre: { latitude: number; longitude: number }, metres: number, shares: readonly number[]) {
  const points = shares.map((share, i): [number, number] => {
    const angle = (2 * Math.PI * i) / shares.length;
    const perLongitude = METRES_PER_DEGREE * Math.cos(centre.latitude * RADIANS);
    return [
      centre.longitude + (share * metres * Math.cos(angle)) / perLongitude,
      centre.latitude + (share * metres * Math.sin(angle)) / METRES_PER_DEGREE,
    ];
  });
  return [...points, points[0]!];
}

/** A third of them with a buffer about their size or a small one. */
const buffer = fc.constantFrom(0, 0, 0, 0, 0.05, 1);
const zones = fc.record({ at, size, outer: radii, hole: radii, circle: fc.boolean(), buffer }).map((made) => {
  const shape: Zone['shape'] = made.circle
    ? { type: 'circle', ...made.at, radiusMetres: made.size }
    : {
        type: 'polygons',
        polygons: [[ring(made.at, made.size, made.outer), ring(made.at, made.size * 0.3, made.hole)]],
      };
  const zone = prepareZone(shape);
  const widened = made.buffer === 0 ? zone : widenZone(zone, Math.min(5_000, made.buffer * made.size));
  return { zone: widened, at: made.at, size: made.size };
});

/** Of a zone's size: in it, beside it and well away from it. */
const offset = fc.record({ east: between(-1.6, 1.6), north: between(-1.6, 1.6) });
const steps = fc.array(fc.record({ bearing: between(0, 2 * Math.PI), share: between(0.5, 1) }), {
  minLength: 30,
  maxLength: 30,
});

test('within the clearance of a point a zone contains all or nothing, at any latitude up to 75°', () => {
  let inside = 0;
  fc.assert(
    fc.property(zones, offset, steps, fc.boolean(), ({ zone, at, size }, { east, north }, walked, isCapped) => {
      const latitude = at.latitude + (north * size) / METRES_PER_DEGREE;
      const longitude = at.longitude + (east * size) / (METRES_PER_DEGREE * Math.cos(at.latitude * RADIANS));
      const shrink = Math.cos(latitude * RADIANS);
      const cap = isCapped ? 22_500 : 1_800_000;
      const clear = clearanceUnits(zone, latitude, longitude, shrink, cap);
      expect(clear).toBeGreaterThanOrEqual(0);
      expect(clear).toBeLessThanOrEqual(cap);
      const radius = clear - ROUNDING_UNITS;
      if (radius <= 0) return;
      const isIn = contains(zone, latitude, longitude);
      if (isIn) inside++;
      for (const { bearing, share } of walked) {
        const dy = (share * radius * Math.sin(bearing)) / 1e7;
        const dx = (share * radius * Math.cos(bearing)) / shrink / 1e7;
        expect(contains(zone, latitude + dy, longitude + dx)).toBe(isIn);
      }
    }),
    { numRuns: 2000 },
  );
  expect(inside).toBeGreaterThan(100);
});

test('the clearance of a circle and of a square is nearly all there is', () => {
  const place = { latitude: 51.5, longitude: -0.1 };
  const circle = prepareZone({ type: 'circle', ...place, radiusMetres: 500 });
  const metres = (units: number) => units * 0.01112;
  expect(metres(clearanceUnits(circle, 51.5, -0.1, Math.cos(51.5 * RADIANS), 1e6))).toBeCloseTo(500, -1);
  const square = prepareZone({ type: 'polygons', polygons: [[ring(place, 500, [1, 1, 1, 1])]] });
  expect(metres(clearanceUnits(square, 51.5, -0.1, Math.cos(51.5 * RADIANS), 1e6))).toBeCloseTo(500 / Math.SQRT2, -1);
});

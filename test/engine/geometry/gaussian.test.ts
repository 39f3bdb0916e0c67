import { booleanPointInPolygon, multiPolygon } from '@turf/turf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metresPerDegreeLatitude, metresPerDegreeLongitude, toUnits } from '../../../src/engine/geometry/exact.js';
import { probabilityInside } from '../../../src/engine/geometry/gaussian.js';
import { prepareZone } from '../../../src/engine/geometry/zone.js';
import { runs } from '../../support/random.js';

type Ring = [number, number][];

const CENTRE = { latitude: 51.2787, longitude: 1.0803 };
// Distances have their own oracle (`zone.test.ts`); here the two sides are to mean the same metres.
const METRES_NORTH = metresPerDegreeLatitude(CENTRE.latitude);
const METRES_EAST = metresPerDegreeLongitude(CENTRE.latitude);
const degrees = (east: number, north: number): [number, number] => [
  toUnits(CENTRE.longitude + east / METRES_EAST) / 1e7,
  toUnits(CENTRE.latitude + north / METRES_NORTH) / 1e7,
];

function star(radii: readonly number[], sizeMetres: number, east = 0): Ring {
  const points = radii.map((radius, i) => {
    const angle = (2 * Math.PI * i) / radii.length;
    return degrees(east + radius * sizeMetres * Math.cos(angle), radius * sizeMetres * Math.sin(angle));
  });
  return [...points, points[0]!];
}

function rectangle(west: number, south: number, east: number, north: number): Ring {
  return [degrees(west, south), degrees(east, south), degrees(east, north), degrees(west, north), degrees(west, south)];
}

/** Quantiles of the normal distribution in equal shares, for a grid that integrates the bell with no chance in it. */
const SIDE = 150;
const quantilesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const target = (i + 0.5) / count;
    let [low, high] = [-6, 6];
    for (let step = 0; step < 50; step++) {
      const middle = (low + high) / 2;
      if (normal(middle) < target) low = middle;
      else high = middle;
    }
    return low;
  });
const quantiles = quantilesOf(SIDE);
const fine = quantilesOf(1_000);

/** Φ by Simpson's rule: the oracle shares nothing with the engine. */
function normal(x: number): number {
  if (x > 8) return 1;
  const steps = 400;
  const width = x / steps;
  let sum = 1 + Math.exp((-x * x) / 2);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * Math.exp(-((i * width) ** 2) / 2);
  return 0.5 + (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

/** The share of 22,500 equally likely true positions that Turf finds inside; off by 0.01 at most for these zones. */
function oracle(polygons: Ring[][], east: number, north: number, sigma: number): number {
  const zone = multiPolygon(polygons);
  let inside = 0;
  for (const x of quantiles) {
    for (const y of quantiles) {
      if (booleanPointInPolygon(degrees(east + x * sigma, north + y * sigma), zone)) inside++;
    }
  }
  return inside / SIDE ** 2;
}

const found = (polygons: Ring[][], east: number, north: number, sigma: number): number => {
  const [longitude, latitude] = degrees(east, north);
  return probabilityInside(prepareZone({ type: 'polygons', polygons }), latitude, longitude, sigma);
};

const radii = fc.array(fc.double({ min: 0.4, max: 1, noNaN: true }), { minLength: 3, maxLength: 20 });

describe('the probability of being inside', () => {
  test('agrees with a grid of true positions to 0.012, with holes, two parts, rings either way round', () => {
    const world = fc.record({
      outer: radii,
      hole: radii,
      beside: radii,
      size: fc.double({ min: Math.log(10), max: Math.log(2_000), noNaN: true }).map(Math.exp),
      sigma: fc.double({ min: Math.log(5), max: Math.log(200), noNaN: true }).map(Math.exp),
      east: fc.double({ min: -1.5, max: 3.5, noNaN: true }),
      north: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
      reversed: fc.boolean(),
    });
    fc.assert(
      fc.property(world, ({ outer, hole, beside, size, sigma, east, north, reversed }) => {
        const polygons = [[star(outer, size), star(hole, size * 0.15)], [star(beside, size, 2.2 * size)]];
        const given = reversed ? polygons.map((rings) => rings.map((ring) => [...ring].reverse())) : polygons;
        const expected = oracle(polygons, east * size, north * size, sigma);
        expect(Math.abs(found(given, east * size, north * size, sigma) - expected)).toBeLessThan(0.012);
      }),
      { numRuns: runs(60) },
    );
  });

  test('is the half-plane beside a long straight edge, 20 m to 50 km, to 0.0001', () => {
    for (const size of [200, 2_000, 50_000]) {
      for (const sigma of [5, 20]) {
        for (const inSigmas of [-4, -2, -1, -0.3, -0.01, 0.01, 0.3, 1, 2, 4]) {
          const probability = found([[rectangle(0, -size, size, size)]], -inSigmas * sigma, 0, sigma);
          // Corners and fixes are rounded to a centimetre.
          expect(Math.abs(probability - normal(-inSigmas))).toBeLessThan(0.0001 + 0.005 / sigma);
        }
      }
    }
  });

  test('is a product in a rectangle, wherever its corners lie, to 0.0001', () => {
    // Half a tenth off: a fix too near to a line is looked at 6 cm beside it.
    const metres = fc.integer({ min: -1_200, max: 1_200 }).map((tenths) => tenths / 10 + 0.05);
    const side = fc.integer({ min: 10, max: 4_000 }).map((tenths) => tenths / 10);
    const sigmas = fc.integer({ min: 5, max: 60 });
    fc.assert(
      fc.property(metres, metres, side, side, sigmas, (west, south, x, y, sigma) => {
        const share = (from: number, to: number): number => normal(to / sigma) - normal(from / sigma);
        const probability = found([[rectangle(west, south, west + x, south + y)]], 0, 0, sigma);
        const error = Math.abs(probability - share(west, west + x) * share(south, south + y));
        // Corners are rounded to a centimetre.
        expect(error).toBeLessThan(0.0001 + 0.02 / sigma);
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('is a quarter at a corner, a half on an edge, three quarters at a reflex corner', () => {
    const square = [[rectangle(0, 0, 1_000, 1_000)]];
    expect(found(square, 0, 0, 10)).toBeCloseTo(0.25, 2);
    expect(found(square, 500, 0, 10)).toBeCloseTo(0.5, 2);
    const hole = [[rectangle(-1_000, -1_000, 1_000, 1_000), rectangle(0, 0, 500, 500)]];
    expect(found(hole, 0, 0, 10)).toBeCloseTo(0.75, 2);
  });

  test('is small in the middle of a zone that is small against the error, and large in a small hole', () => {
    expect(found([[rectangle(-5, -5, 5, 5)]], 0, 0, 20)).toBeCloseTo((2 * normal(0.25) - 1) ** 2, 2);
    const hole = [[rectangle(-500, -500, 500, 500), rectangle(-5, -5, 5, 5)]];
    expect(found(hole, 0, 0, 20)).toBeCloseTo(1 - (2 * normal(0.25) - 1) ** 2, 2);
  });

  test('of a circle agrees with a grid to 0.004', () => {
    fc.assert(
      fc.property(
        fc.double({ min: Math.log(10), max: Math.log(5_000), noNaN: true }).map(Math.exp),
        fc.double({ min: Math.log(5), max: Math.log(100), noNaN: true }).map(Math.exp),
        fc.double({ min: -4, max: 4, noNaN: true }),
        (radiusMetres, sigma, inSigmas) => {
          const distance = Math.max(0, radiusMetres + inSigmas * sigma);
          // Of every chord the share is known, so that only one direction is a grid.
          let inside = 0;
          for (const x of fine) {
            const chord = Math.sqrt(Math.max(0, radiusMetres ** 2 - (distance + x * sigma) ** 2));
            inside += 2 * normal(chord / sigma) - 1;
          }
          const zone = prepareZone({ type: 'circle', ...CENTRE, radiusMetres });
          const [longitude, latitude] = degrees(distance, 0);
          const probability = probabilityInside(zone, latitude, longitude, sigma);
          expect(Math.abs(probability - inside / fine.length)).toBeLessThan(0.004);
        },
      ),
      { numRuns: runs(100) },
    );
  });

  test('never is less farther in, beside a straight edge', () => {
    let before = 0;
    for (let metres = -60; metres <= 60; metres += 0.5) {
      const probability = found([[rectangle(0, -5_000, 5_000, 5_000)]], metres, 0, 10);
      expect(probability).toBeGreaterThanOrEqual(before - 0.0001);
      before = probability;
    }
    expect(before).toBeGreaterThan(0.999);
  });
});

import { booleanPointInPolygon, distance, lineChunk, lineString, multiPolygon, pointToLineDistance } from '@turf/turf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orientation, toUnits } from '../../../src/engine/geometry/exact.js';
import { contains, prepareZone, signedDistanceMetres } from '../../../src/engine/geometry/zone.js';
import { geodesicMetres, geodesicMetresToEdge } from '../../support/geodesic.js';
import { runs } from '../../support/random.js';

const EARTH_METRES = 6_371_009;
const RADIANS = Math.PI / 180;

type Ring = [number, number][];

/** A star-shaped ring: no two edges cross, whatever the radii. */
function ring(at: { latitude: number; longitude: number }, radii: readonly number[], sizeMetres: number): Ring {
  const points = radii.map((radius, i): [number, number] => {
    const angle = (2 * Math.PI * i) / radii.length;
    const north = (radius * sizeMetres * Math.sin(angle)) / 111_200;
    const east = (radius * sizeMetres * Math.cos(angle)) / (111_200 * Math.cos(at.latitude * RADIANS));
    // On whole units, so that the oracle sees the very same zone.
    return [toUnits(at.longitude + east) / 1e7, toUnits(at.latitude + north) / 1e7];
  });
  return [...points, points[0]!];
}

const place = fc.record({
  latitude: fc.double({ min: -70, max: 70, noNaN: true }),
  longitude: fc.double({ min: -170, max: 170, noNaN: true }),
});
/** 20 m to 50 km across. */
const size = fc.double({ min: Math.log(10), max: Math.log(25_000), noNaN: true }).map(Math.exp);
const radii = fc.array(fc.double({ min: 0.55, max: 1, noNaN: true }), { minLength: 3, maxLength: 60 });
const offset = fc.record({
  east: fc.double({ min: -1.3, max: 1.3, noNaN: true }),
  north: fc.double({ min: -1.3, max: 1.3, noNaN: true }),
});

/** A zone with a hole, and a second part beside it. */
const world = fc.record({ place, size, outer: radii, hole: radii, beside: radii, offset }).map((made) => {
  const { latitude, longitude } = made.place;
  const eastDegrees = made.size / (111_200 * Math.cos(latitude * RADIANS));
  const polygons: Ring[][] = [
    [ring(made.place, made.outer, made.size), ring(made.place, made.hole, made.size * 0.2)],
    [ring({ latitude, longitude: longitude + 3 * eastDegrees }, made.beside, made.size)],
  ];
  return {
    polygons,
    sizeMetres: made.size,
    latitude: latitude + (made.offset.north * made.size) / 111_200,
    longitude: longitude + (made.offset.east * 2 + 1) * eastDegrees,
  };
});

const edgesOf = (polygons: Ring[][]) =>
  polygons.flatMap((rings) => rings.flatMap((each) => each.slice(1).map((point, i) => [each[i]!, point] as const)));

describe('polygons', () => {
  test('contain what Turf says they contain, away from the boundary', () => {
    fc.assert(
      fc.property(world, ({ polygons, latitude, longitude }) => {
        const zone = prepareZone({ type: 'polygons', polygons });
        // A fix is rounded to 1e-7 degree, about 1 cm.
        fc.pre(Math.abs(signedDistanceMetres(zone, latitude, longitude)) > 0.02);
        const inside = booleanPointInPolygon([longitude, latitude], multiPolygon(polygons));
        expect(contains(zone, latitude, longitude)).toBe(inside);
        expect(signedDistanceMetres(zone, latitude, longitude) < 0).toBe(inside);
      }),
      { numRuns: runs(2000) },
    );
  });

  test('distances agree with Vincenty’s geodesic, whatever the size of the zone', () => {
    fc.assert(
      fc.property(world, ({ polygons, latitude, longitude }) => {
        const measured = Math.abs(
          signedDistanceMetres(prepareZone({ type: 'polygons', polygons }), latitude, longitude),
        );
        fc.pre(measured <= 2000);
        const exact = Math.min(...edgesOf(polygons).map(([a, b]) => geodesicMetresToEdge(latitude, longitude, a, b)));
        // The longitude's scale changes over the distance: the error is 0.19 d² tan φ / R, and the rounding of units.
        const boundMetres = 0.02 + (0.22 * exact * exact * Math.tan(Math.abs(latitude) * RADIANS)) / EARTH_METRES;
        expect(Math.abs(measured - exact)).toBeLessThan(boundMetres);
      }),
      { numRuns: runs(300) },
    );
  });

  test('distances agree with Turf’s sphere within 0.6 %', () => {
    fc.assert(
      fc.property(world, ({ polygons, latitude, longitude, sizeMetres }) => {
        // Turf's edges are great circles: on larger zones they are other edges than those of RFC 7946.
        fc.pre(sizeMetres < 2000);
        const measured = Math.abs(
          signedDistanceMetres(prepareZone({ type: 'polygons', polygons }), latitude, longitude),
        );
        const lines = polygons.flat().flatMap((each) => lineChunk(lineString(each), 100, { units: 'meters' }).features);
        const turf = Math.min(
          ...lines.map((line) => pointToLineDistance([longitude, latitude], line, { units: 'meters' })),
        );
        expect(Math.abs(measured - turf)).toBeLessThan(0.006 * turf + 0.05 + sizeMetres * 0.001);
      }),
      { numRuns: runs(100) },
    );
  });

  test('the boundary belongs to the zone, also that of a hole; the hole does not', () => {
    const outer: Ring = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ];
    const hole: Ring = [
      [0.4, 0.4],
      [0.4, 0.6],
      [0.6, 0.6],
      [0.6, 0.4],
      [0.4, 0.4],
    ];
    const zone = prepareZone({ type: 'polygons', polygons: [[outer, hole]] });
    for (const [x, y] of [
      [0, 0],
      [1, 1],
      [0.5, 0],
      [1, 0.3],
      [0.4, 0.4],
      [0.5, 0.6],
      [0.6, 0.5],
    ] as const) {
      expect(contains(zone, y, x), `${x} ${y}`).toBe(true);
      expect(signedDistanceMetres(zone, y, x)).toBeCloseTo(0, 6);
    }
    for (const [x, y] of [
      [0.5, 0.5],
      [0.4000001, 0.4000001],
      [-0.0000001, 0.5],
      [1.0000001, 0.5],
    ] as const) {
      expect(contains(zone, y, x), `${x} ${y}`).toBe(false);
    }
    expect(contains(zone, 0.3999999, 0.5)).toBe(true);
    expect(signedDistanceMetres(zone, 0.5, 0.5)).toBeGreaterThan(11_000);
  });

  test('every vertex and every point of an edge on whole units is inside, and parts that touch have no seam', () => {
    fc.assert(
      fc.property(world, ({ polygons }) => {
        const zone = prepareZone({ type: 'polygons', polygons });
        for (const [[x, y]] of edgesOf(polygons)) expect(contains(zone, y, x)).toBe(true);
      }),
      { numRuns: runs(200) },
    );
    const left: Ring = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ];
    const right: Ring = [
      [1, 0],
      [2, 0],
      [2, 1],
      [1, 1],
      [1, 0],
    ];
    const zone = prepareZone({ type: 'polygons', polygons: [[left], [right]] });
    for (const y of [0, 0.25, 0.5, 1]) expect(contains(zone, y, 1)).toBe(true);
  });

  test('a zone of 10,000 vertices answers as Turf does', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => 0.8 + 0.2 * Math.sin(i * 0.37));
    const polygons = [[ring({ latitude: 52, longitude: -1 }, many, 5_000)]];
    const zone = prepareZone({ type: 'polygons', polygons });
    const oracle = multiPolygon(polygons);
    for (let i = 0; i < 300; i++) {
      const [longitude, latitude] = [-1 + 0.08 * Math.sin(i * 1.7), 52 + 0.05 * Math.cos(i * 2.3)];
      expect(contains(zone, latitude, longitude)).toBe(booleanPointInPolygon([longitude, latitude], oracle));
    }
  });
});

describe('the side of an edge', () => {
  test('is exact for any integers of 32 bits', () => {
    const unit = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.tuple(unit, unit, unit, unit, unit, unit), fc.boolean(), ([ax, ay, bx, by, x, y], onLine) => {
        // Half of the points lie on the line or next to it, where doubles are in doubt.
        const [px, py] = onLine ? [Math.trunc((ax + bx) / 2), Math.trunc((ay + by) / 2)] : [x, y];
        const exact = BigInt(bx - ax) * BigInt(py - ay) - BigInt(by - ay) * BigInt(px - ax);
        const sign = exact > 0n ? 1 : exact < 0n ? -1 : 0;
        expect(Math.sign(orientation(ax, ay, bx, by, px, py)) + 0).toBe(sign);
      }),
      { numRuns: runs(5000) },
    );
  });
});

describe('circles', () => {
  test('distances agree with Vincenty’s geodesic', () => {
    fc.assert(
      fc.property(place, size, fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }), (centre, radiusMetres, angle) => {
        const zone = prepareZone({ type: 'circle', ...centre, radiusMetres });
        const latitude = centre.latitude + (radiusMetres * Math.sin(angle)) / 111_200;
        const longitude =
          centre.longitude + (radiusMetres * Math.cos(angle)) / (111_200 * Math.cos(latitude * RADIANS));
        const exact = geodesicMetres(centre.latitude, centre.longitude, latitude, longitude) - radiusMetres;
        const boundMetres = Math.max(0.01, 0.01 * (radiusMetres / 5_000) ** 3);
        const measured = signedDistanceMetres(zone, latitude, longitude);
        expect(Math.abs(measured - exact)).toBeLessThan(boundMetres);
        if (Math.abs(exact) > boundMetres) expect(contains(zone, latitude, longitude)).toBe(exact < 0);
      }),
      { numRuns: runs(2000) },
    );
  });

  test('agree with Turf’s sphere within 0.6 %', () => {
    const zone = prepareZone({ type: 'circle', latitude: 52, longitude: 0, radiusMetres: 500 });
    const metres = distance([0, 52], [0.02, 52.01], { units: 'meters' });
    expect(Math.abs(signedDistanceMetres(zone, 52.01, 0.02) + 500 - metres)).toBeLessThan(0.006 * metres);
  });
});

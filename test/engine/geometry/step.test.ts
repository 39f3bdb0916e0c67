import { booleanPointInPolygon, lineIntersect, lineString, multiPolygon } from '@turf/turf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toUnits } from '../../../src/engine/geometry/exact.js';
import { mayPass, type Place, passageThrough, stepMetres } from '../../../src/engine/geometry/step.js';
import { contains, prepareZone, signedDistanceMetres } from '../../../src/engine/geometry/zone.js';
import { geodesicMetres } from '../../support/geodesic.js';
import { runs } from '../../support/random.js';

const RADIANS = Math.PI / 180;

type Ring = [number, number][];

/** A star-shaped ring on whole units, so that the oracle sees the very same zone. */
function ring(at: Place, radii: readonly number[], sizeMetres: number): Ring {
  const points = radii.map((radius, i): [number, number] => {
    const { longitude, latitude } = placeBeside(at, (2 * Math.PI * i) / radii.length, radius * sizeMetres);
    return [toUnits(longitude) / 1e7, toUnits(latitude) / 1e7];
  });
  return [...points, points[0]!];
}

function placeBeside(at: Place, angle: number, metres: number): Place {
  return {
    latitude: at.latitude + (metres * Math.sin(angle)) / 111_200,
    longitude: at.longitude + (metres * Math.cos(angle)) / (111_200 * Math.cos(at.latitude * RADIANS)),
  };
}

const centre = fc.record({
  latitude: fc.double({ min: -70, max: 70, noNaN: true }),
  longitude: fc.double({ min: -170, max: 170, noNaN: true }),
});
/** 20 m to 50 km across. */
const size = fc.double({ min: Math.log(10), max: Math.log(25_000), noNaN: true }).map(Math.exp);
const radii = fc.array(fc.double({ min: 0.55, max: 1, noNaN: true }), { minLength: 3, maxLength: 60 });
const angle = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
const reach = fc.double({ min: 0, max: 3, noNaN: true });

/** A zone with a hole and a second part beside it, and a step somewhere about them. */
const world = fc
  .record({ centre, size, outer: radii, hole: radii, beside: radii, from: angle, to: angle, near: reach, far: reach })
  .map((made) => {
    const eastDegrees = made.size / (111_200 * Math.cos(made.centre.latitude * RADIANS));
    const other = { latitude: made.centre.latitude, longitude: made.centre.longitude + 3 * eastDegrees };
    const polygons: Ring[][] = [
      [ring(made.centre, made.outer, made.size), ring(made.centre, made.hole, made.size * 0.2)],
      [ring(other, made.beside, made.size)],
    ];
    return {
      polygons,
      from: placeBeside(made.centre, made.from, made.near * made.size),
      to: placeBeside(made.centre, made.to, made.far * made.size),
    };
  });

const on = (from: Place, to: Place, share: number): Place => ({
  latitude: from.latitude + (to.latitude - from.latitude) * share,
  longitude: from.longitude + (to.longitude - from.longitude) * share,
});
const point = (at: Place): [number, number] => [at.longitude, at.latitude];

describe('a step through polygons', () => {
  test('enters and leaves where Turf meets the edges, to 2 cm', () => {
    let passages = 0;
    fc.assert(
      fc.property(world, ({ polygons, from, to }) => {
        const zone = prepareZone({ type: 'polygons', polygons });
        const turf = multiPolygon(polygons);
        const length = stepMetres(from, to);
        fc.pre(length > 1);
        const cuts = polygons
          .flat()
          .flatMap((each) => lineIntersect(lineString(each), lineString([point(from), point(to)])).features)
          .map(({ geometry }) =>
            geodesicMetres(from.latitude, from.longitude, geometry.coordinates[1]!, geometry.coordinates[0]!),
          )
          .sort((a, b) => a - b);
        const passage = passageThrough(zone, from, to);
        const inside = [from, to].map((each) => booleanPointInPolygon(point(each), turf));
        if (passage === null) {
          // Rounding may hide a corner that is cut by less than that.
          if (cuts.length > 0) expect(cuts.at(-1)! - cuts[0]!).toBeLessThan(0.1 + length * 1e-3);
          return;
        }
        passages++;
        if (!inside[0] && !inside[1]) expect(mayPass(zone, from, to)).toBe(true);
        const entry = on(from, to, passage.enters);
        const exit = on(from, to, passage.leaves);
        const metresTo = (at: Place) => geodesicMetres(from.latitude, from.longitude, at.latitude, at.longitude);
        expect(Math.abs(metresTo(entry) - (inside[0] ? 0 : cuts[0]!))).toBeLessThan(0.02);
        expect(Math.abs(metresTo(exit) - (inside[1] ? metresTo(to) : cuts.at(-1)!))).toBeLessThan(0.02);
      }),
      { numRuns: runs(1000) },
    );
    expect(passages).toBeGreaterThan(300);
  });

  test('is as deep and as long inside as a dense walk along it finds', () => {
    fc.assert(
      fc.property(world, ({ polygons, from, to }) => {
        const zone = prepareZone({ type: 'polygons', polygons });
        const passage = passageThrough(zone, from, to);
        fc.pre(passage !== null && stepMetres(from, to) > 1 && stepMetres(from, to) < 20_000);
        const steps = 1000;
        let [depth, inside] = [0, 0];
        for (let i = 0; i <= steps; i++) {
          const at = on(from, to, i / steps);
          if (!contains(zone, at.latitude, at.longitude)) continue;
          inside++;
          depth = Math.max(depth, -signedDistanceMetres(zone, at.latitude, at.longitude));
        }
        const spacing = stepMetres(from, to) / steps;
        // The depth is found to 0.25 m or a 200th of the chord; the walk misses it by half its spacing.
        expect(passage!.depthMetres).toBeGreaterThan(depth - 0.3 - passage!.chordMetres / 200);
        expect(passage!.depthMetres).toBeLessThan(depth + 0.3 + spacing);
        expect(Math.abs(passage!.chordMetres - inside * spacing)).toBeLessThan(
          0.002 * passage!.chordMetres + 8 * spacing,
        );
      }),
      { numRuns: runs(300) },
    );
  });

  test('is as deep as without a least depth that it reaches, and under one that it does not', () => {
    let [reached, missed] = [0, 0];
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 200 }), ({ polygons, from, to }, percent) => {
        const zone = prepareZone({ type: 'polygons', polygons });
        const passage = passageThrough(zone, from, to);
        fc.pre(passage !== null && stepMetres(from, to) < 20_000);
        const deepMetres = (passage!.depthMetres * percent) / 100;
        const asked = passageThrough(zone, from, to, deepMetres)!;
        if (passage!.depthMetres >= deepMetres) {
          expect(asked).toEqual(passage);
          reached++;
        } else {
          expect({ ...asked, depthMetres: passage!.depthMetres }).toEqual(passage);
          expect(asked.depthMetres).toBeLessThan(deepMetres);
          missed++;
        }
      }),
      { numRuns: runs(1000) },
    );
    expect(Math.min(reached, missed)).toBeGreaterThan(100);
  });

  test('along an edge, through a vertex and over a hole', () => {
    const square = (west: number, east: number): Ring => [
      [west, west],
      [east, west],
      [east, east],
      [west, east],
      [west, west],
    ];
    const zone = prepareZone({ type: 'polygons', polygons: [[square(0, 0.01), square(0.004, 0.006).reverse()]] });
    const step = (fromX: number, fromY: number, toX: number, toY: number) =>
      passageThrough(zone, { longitude: fromX, latitude: fromY }, { longitude: toX, latitude: toY });
    expect(step(-0.01, 0, 0.02, 0)!.depthMetres).toBeLessThan(0.01);
    expect(step(-0.005, 0.005, 0.005, -0.005)).toBeNull();
    expect(step(-0.01, -0.01, -0.005, 0.02)).toBeNull();
    const over = step(-0.01, 0.005, 0.02, 0.005)!;
    expect(over.enters).toBeCloseTo(1 / 3, 6);
    expect(over.leaves).toBeCloseTo(2 / 3, 6);
    // 0.01° less the hole's 0.002°, and half of the 0.004° between the two boundaries.
    expect(over.chordMetres).toBeCloseTo(890.6, 0);
    expect(over.depthMetres).toBeCloseTo(222.6, 0);
  });
});

describe('a step through a circle', () => {
  test('enters and leaves on its line, and is as deep as it gets', () => {
    let passages = 0;
    fc.assert(
      fc.property(world, size, ({ from, to }, radiusMetres) => {
        const at = on(from, to, 0.4);
        const centreAt = placeBeside(at, 1, radiusMetres * 0.7);
        const zone = prepareZone({ type: 'circle', ...centreAt, radiusMetres });
        const signedAt = (share: number) => {
          const { latitude, longitude } = on(from, to, share);
          return signedDistanceMetres(zone, latitude, longitude);
        };
        const passage = passageThrough(zone, from, to);
        const steps = 500;
        const depth = Math.max(...Array.from({ length: steps + 1 }, (_, i) => -signedAt(i / steps)));
        if (depth > 0.01) expect(passage).not.toBeNull();
        if (passage === null) return;
        passages++;
        expect(mayPass(zone, from, to)).toBe(true);
        expect(passage.depthMetres).toBeGreaterThanOrEqual(depth - 0.001);
        expect(passage.depthMetres).toBeLessThan(depth + 0.01 + stepMetres(from, to) / steps);
        if (passage.enters > 0) expect(Math.abs(signedAt(passage.enters))).toBeLessThan(0.01);
        if (passage.leaves < 1) expect(Math.abs(signedAt(passage.leaves))).toBeLessThan(0.01);
      }),
      { numRuns: runs(500) },
    );
    expect(passages).toBeGreaterThan(100);
  });
});

/** Signed distances against GeographicLib: 20 m to 50 km across, up to 70° north and south, near the boundary and far from it. */
import { booleanPointInPolygon, multiPolygon } from '@turf/turf';
import { describe, expect, test } from 'vitest';
import { metresPerDegreeLatitude, metresPerDegreeLongitude } from '../../../src/engine/geometry/exact.js';
import { contains, prepareZone, signedDistanceMetres, widenZone } from '../../../src/engine/geometry/zone.js';
import { geodesicMetres, geodesicMetresToEdge } from '../../support/geodesic.js';
import { karneyMetres, karneyMetresToEdges } from '../../support/geographiclib.js';
import { seededRandom } from '../../support/random.js';
import {
  circleBoundMetres,
  edgesOf,
  fixNear,
  generateZone,
  moved,
  type Point,
  polygonBoundMetres,
} from './generated-zones.js';

const { random, seed } = seededRandom();
const again = `TAGWATCH_SEED=${seed}`;
const LATITUDES = 70;

/** What the bounds come to, as SPEC.md and the docstrings say it. */
describe('bounds', () => {
  test.each([
    [1_000, 52, 0.041],
    [1_000, 60, 0.055],
    [1_000, 70, 0.086],
    [10_000, 70, 8.5],
    [50_000, 60, 135],
    [50_000, 70, 215],
  ])('of polygons at %i m and %i°: %d m', (metres, latitude, bound) => {
    expect(polygonBoundMetres(metres, latitude)).toBeLessThan(bound);
  });

  test.each([
    [5_000, 70, 0.0013],
    [50_000, 60, 0.6],
    [50_000, 70, 1.2],
  ])('of circles at %i m and %i°: %d m', (metres, latitude, bound) => {
    expect(circleBoundMetres(metres, latitude)).toBeLessThan(bound);
  });
});

describe(`GeographicLib (${again})`, () => {
  test('metres per degree are off by less than a millimetre', () => {
    for (let latitude = -89; latitude <= 89; latitude += 0.5) {
      const [south, north] = [latitude - 0.001, latitude + 0.001];
      const perLatitude = karneyMetres(south, 0, north, 0) / 0.002;
      expect(Math.abs(metresPerDegreeLatitude(latitude) - perLatitude)).toBeLessThan(0.001);
      const radians = latitude * (Math.PI / 180);
      const sine = 0.0818191908426215 * Math.sin(radians);
      const perLongitude = ((6_378_137 * Math.PI) / 180) * (Math.cos(radians) / Math.sqrt(1 - sine * sine));
      expect(Math.abs(metresPerDegreeLongitude(latitude) - perLongitude)).toBeLessThan(0.001);
    }
  });

  test('and Vincenty, the other oracle, differ by less than 2 µm up to 100 km, 0.1 mm along an edge', () => {
    for (let n = 0; n < 500; n++) {
      const at: Point = [random() * 340 - 170, (2 * random() - 1) * LATITUDES];
      const to = moved(at, (random() - 0.5) * 140_000, (random() - 0.5) * 140_000);
      const metres = karneyMetres(at[1], at[0], to[1], to[0]);
      expect(Math.abs(geodesicMetres(at[1], at[0], to[1], to[0]) - metres), again).toBeLessThan(2e-6);
      if (n % 5 > 0) continue;
      const end = moved(to, (random() - 0.5) * 20_000, (random() - 0.5) * 20_000);
      const vincenty = geodesicMetresToEdge(at[1], at[0], to, end);
      expect(Math.abs(vincenty - karneyMetresToEdges(at, [[to, end]])), again).toBeLessThan(1e-4);
    }
  });

  test.each([
    ['200 m', 200, 600],
    ['1 km', 1_000, 900],
    ['10 km', 10_000, 400],
    ['50 km', 50_000, 300],
  ])('polygons, fixes up to %s from the boundary', (_, farthestMetres, runs) => {
    let sides = 0;
    let measured = 0;
    for (let n = 0; n < runs; n++) {
      const { polygons, sizeMetres } = generateZone(random);
      const [longitude, latitude] = fixNear(random, polygons, farthestMetres);
      if (Math.abs(latitude) > LATITUDES) continue;
      const zone = prepareZone({ type: 'polygons', polygons });
      const signed = signedDistanceMetres(zone, latitude, longitude);
      const exact = karneyMetresToEdges([longitude, latitude], edgesOf(polygons));
      const told = `${again} run ${n}, ${sizeMetres.toFixed(0)} m at ${latitude.toFixed(2)}°: ${signed} of ${exact}`;
      expect(Math.abs(Math.abs(signed) - exact), told).toBeLessThan(polygonBoundMetres(exact, latitude));
      measured++;
      // A fix is rounded to 1e-7 degree, about 1 cm.
      if (exact < 0.02) continue;
      const inside = booleanPointInPolygon(
        [longitude, latitude],
        multiPolygon(polygons.map((rings) => rings.map((ring) => ring.map(([x, y]) => [x, y])))),
      );
      expect(signed < 0, told).toBe(inside);
      expect(contains(zone, latitude, longitude), told).toBe(inside);
      if (inside) sides++;
    }
    expect(measured, again).toBeGreaterThan(runs * 0.8);
    expect(sides, again).toBeGreaterThan(0);
  });

  test('a zone with its buffer reaches exactly so far, 10 m to 2 km, polygons with holes and circles', () => {
    let near = 0;
    for (let n = 0; n < 800; n++) {
      const { polygons, sizeMetres } = generateZone(random);
      const bufferMetres = 10 * 200 ** random();
      const [longitude, latitude] = fixNear(random, polygons, 1.8 * bufferMetres);
      if (Math.abs(latitude) > LATITUDES) continue;
      const [x, y] = polygons[0]![0]![0]!;
      const isCircle = n % 4 === 0;
      const zone = prepareZone(
        isCircle
          ? { type: 'circle', longitude: x, latitude: y, radiusMetres: sizeMetres / 2 }
          : { type: 'polygons', polygons },
      );
      const fromCentre = karneyMetres(y, x, latitude, longitude);
      const exact = isCircle
        ? fromCentre - sizeMetres / 2
        : karneyMetresToEdges([longitude, latitude], edgesOf(polygons)) *
          (contains(zone, latitude, longitude) ? -1 : 1);
      const bound = isCircle
        ? circleBoundMetres(fromCentre, Math.max(Math.abs(y), Math.abs(latitude)))
        : polygonBoundMetres(Math.abs(exact), latitude);
      const widened = widenZone(zone, bufferMetres);
      const told = `${again} run ${n}, ${sizeMetres.toFixed(0)} m and ${bufferMetres.toFixed(1)} m at ${latitude.toFixed(2)}°: ${exact}`;
      const signed = signedDistanceMetres(widened, latitude, longitude);
      expect(Math.abs(signed - (exact - bufferMetres)), told).toBeLessThan(bound);
      // A fix on the boundary is rounded to 1e-7 degree, about 1 cm.
      if (Math.abs(exact - bufferMetres) < bound + 0.02) continue;
      expect(contains(widened, latitude, longitude), told).toBe(exact < bufferMetres);
      if (exact > 0 && exact < bufferMetres) near++;
    }
    expect(near, again).toBeGreaterThan(100);
  });

  test('circles, fixes up to 50 km from the line', () => {
    for (let n = 0; n < 4_000; n++) {
      const centre: Point = [random() * 340 - 170, (2 * random() - 1) * LATITUDES];
      const radiusMetres = 10 * 2_500 ** random();
      const fromLine = [200, 1_000, 10_000, 50_000][n % 4]! * random();
      const reach = random() < 0.5 ? radiusMetres + fromLine : Math.max(0, radiusMetres - fromLine);
      const angle = 2 * Math.PI * random();
      const [longitude, latitude] = moved(centre, reach * Math.cos(angle), reach * Math.sin(angle));
      if (Math.abs(latitude) > LATITUDES) continue;
      const zone = prepareZone({ type: 'circle', longitude: centre[0], latitude: centre[1], radiusMetres });
      const fromCentre = karneyMetres(centre[1], centre[0], latitude, longitude);
      const exact = fromCentre - radiusMetres;
      const signed = signedDistanceMetres(zone, latitude, longitude);
      const bound = circleBoundMetres(fromCentre, Math.max(Math.abs(centre[1]), Math.abs(latitude)));
      const told = `${again} run ${n}, ${radiusMetres.toFixed(0)} m at ${latitude.toFixed(2)}°: ${signed} of ${exact}`;
      expect(Math.abs(signed - exact), told).toBeLessThan(bound);
      if (Math.abs(exact) > bound) expect(contains(zone, latitude, longitude), told).toBe(exact < 0);
    }
  });
});

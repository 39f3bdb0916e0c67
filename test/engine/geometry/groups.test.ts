import fc from 'fast-check';
import { expect, test } from 'vitest';
import { probabilityInside } from '../../../src/engine/geometry/gaussian.js';
import { boxesAt, chunksOf, GROUP, GROUPS_AT } from '../../../src/engine/geometry/polygon.js';
import { mayPass, passageThrough } from '../../../src/engine/geometry/step.js';
import { contains, type PreparedZone, prepareZone, signedDistanceMetres } from '../../../src/engine/geometry/zone.js';
import { runs } from '../../support/random.js';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const METRES_PER_DEGREE = 111_200;

/** The same zone whose groups are everywhere, so that none is passed over. */
function withoutGroups(zone: PreparedZone): PreparedZone {
  const outline = zone.polygons!.outline.slice();
  for (let g = GROUPS_AT; g < boxesAt(chunksOf(outline)); g += 4) {
    outline.set([-(2 ** 31), -(2 ** 31), 2 ** 31 - 1, 2 ** 31 - 1], g);
  }
  return { ...zone, polygons: { outline, measured: outline } };
}

function ringOf(corners: number, metres: number, seed: number): [number, number][] {
  const points = Array.from({ length: corners }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / corners;
    const radius = (metres / METRES_PER_DEGREE) * (0.8 + 0.2 * Math.sin(angle * 7 + seed));
    return [0.7 + (radius * Math.cos(angle)) / 0.62, 51.6 + radius * Math.sin(angle)];
  });
  return [...points, points[0]!];
}

test('groups of chunks change no bit of what is found of a zone of up to 5,000 edges', () => {
  const place = fc.record({ east: between(-1.3, 1.3), north: between(-1.3, 1.3) });
  const zones = fc.record({
    corners: fc.integer({ min: 3, max: 5_000 }),
    metres: between(50, 20_000),
    seed: between(0, 6),
    hole: fc.boolean(),
  });
  let groups = 0;
  fc.assert(
    fc.property(zones, place, place, between(5, 500), ({ corners, metres, seed, hole }, from, to, sigma) => {
      const rings = [ringOf(corners, metres, seed), ...(hole ? [ringOf(corners, metres / 3, seed)] : [])];
      const zone = prepareZone({ type: 'polygons', polygons: [rings] });
      const all = withoutGroups(zone);
      groups += Math.ceil(chunksOf(zone.polygons!.outline) / GROUP);
      const [a, b] = [from, to].map(({ east, north }) => ({
        latitude: 51.6 + (north * metres) / METRES_PER_DEGREE,
        longitude: 0.7 + (east * metres) / METRES_PER_DEGREE / 0.62,
      })) as [Place, Place];
      expect(contains(zone, a.latitude, a.longitude)).toBe(contains(all, a.latitude, a.longitude));
      expect(signedDistanceMetres(zone, a.latitude, a.longitude)).toBe(
        signedDistanceMetres(all, a.latitude, a.longitude),
      );
      expect(probabilityInside(zone, a.latitude, a.longitude, sigma)).toBe(
        probabilityInside(all, a.latitude, a.longitude, sigma),
      );
      expect(mayPass(zone, a, b)).toBe(mayPass(all, a, b));
      expect(passageThrough(zone, a, b)).toEqual(passageThrough(all, a, b));
    }),
    { numRuns: runs(150) },
  );
  expect(groups).toBeGreaterThan(1_000);
});

type Place = { latitude: number; longitude: number };

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { squaredUnitsToBox } from '../../src/engine/boxed-terms.js';
import { shrinkAt } from '../../src/engine/geometry/metres-per-degree.js';
import { addToGrid, createGrid, GRID_REACH_UNITS, removeFromGrid, termsAround } from '../../src/engine/grid.js';
import { prepareTerms } from '../../src/engine/prepared-term.js';
import { circle, term, zoneKey } from '../scenarios/world.js';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const centre = fc.record({ latitude: between(-85, 85), longitude: fc.constantFrom(-179.99, -0.001, 0, 77.7, 179.98) });
const offset = fc.record({ north: between(-0.03, 0.03), east: between(-0.03, 0.03) });
const zones = fc.array(fc.record({ at: offset, radius: between(Math.log(1), Math.log(9_000)).map(Math.exp) }), {
  minLength: 1,
  maxLength: 40,
});

test('a cell lists all that stands within the reach of every point of it, while zones come and go', () => {
  let listed = 0;
  let large = 0;
  fc.assert(
    fc.property(
      centre,
      zones,
      fc.array(offset, { minLength: 20, maxLength: 20 }),
      fc.integer(),
      (around, made, points, keep) => {
        const place = ({ north, east }: { north: number; east: number }) => ({
          latitude: around.latitude + north,
          longitude: around.longitude + east / shrinkAt(around.latitude),
        });
        const grid = createGrid();
        const terms = made.map(({ at, radius }, i) => {
          const zone = circle(`Z-${i}`, place(at), radius);
          return prepareTerms([term('exclusion', zone)], { [zoneKey(zone)]: zone }, new Map())[0]!;
        });
        const inGrid = terms.filter((each) => addToGrid(grid, each));
        large += terms.length - inGrid.length;
        const stays = inGrid.filter((each, i) => {
          const isKept = ((keep >> (i % 31)) & 1) === 1;
          if (!isKept) expect(removeFromGrid(grid, each)).toBe(true);
          return isKept;
        });
        for (const point of points) {
          const { latitude, longitude } = place(point);
          const found = termsAround(grid, latitude, longitude)?.terms ?? [];
          expect(new Set(found).size).toBe(found.length);
          for (const each of found) expect(stays).toContain(each);
          for (const each of stays) {
            const box = [each.shape.west, each.shape.south, each.shape.east, each.shape.north];
            const squared = squaredUnitsToBox(box, 0, latitude, longitude, shrinkAt(latitude));
            if (squared > GRID_REACH_UNITS * GRID_REACH_UNITS) continue;
            listed++;
            expect(found).toContain(each);
          }
        }
        for (const each of stays) removeFromGrid(grid, each);
        expect(grid.cells.size).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
  expect(listed).toBeGreaterThan(1_000);
  expect(large).toBeGreaterThan(0);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrinkAt } from '../../src/engine/geometry/metres-per-degree.js';
import { UNITS_PER_DEGREE } from '../../src/engine/geometry/orientation.js';
import type { Place } from '../../src/engine/geometry/step.js';
import type { PreparedZone } from '../../src/engine/geometry/zone.js';
import { endIn, firstIn, STRIDE, termAt } from '../../src/engine/near/cells.js';
import {
  addToGrid,
  createGrid,
  GRID_REACH_UNITS,
  type Grid,
  removeFromGrid,
  rowAround,
} from '../../src/engine/near/grid.js';
import { applyShared, createSharedIndex, exclusionsAlong } from '../../src/engine/near/shared-index.js';
import { type PreparedTerm, prepareTerms } from '../../src/engine/watch/prepared-term.js';
import { circle, shared, term, zoneKey } from '../scenarios/world.js';

/** Evenly: `fc.double` mostly gives numbers next to 0. */
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => min + (max - min) * (millionths / 1_000_000));
const centre = fc.record({ latitude: between(-85, 85), longitude: fc.constantFrom(-179.99, -0.001, 0, 77.7, 179.98) });
const offset = fc.record({ north: between(-0.02, 0.02), east: between(-0.02, 0.02) });
const zones = fc.array(fc.record({ at: offset, radius: between(Math.log(1), Math.log(9_000)).map(Math.exp) }), {
  minLength: 1,
  maxLength: 40,
});

function listedAround(grid: Grid, latitude: number, longitude: number): PreparedTerm[] {
  const listed: PreparedTerm[] = [];
  const row = rowAround(grid, latitude, longitude);
  for (let at = firstIn(row); at < endIn(grid, row); at += STRIDE) listed.push(termAt(grid, at));
  return listed;
}

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
          const found = listedAround(grid, latitude, longitude);
          expect(new Set(found).size).toBe(found.length);
          for (const each of found) expect(stays).toContain(each);
          for (const each of stays) {
            if (unitsToBox(each.shape, latitude, longitude) > GRID_REACH_UNITS) continue;
            listed++;
            expect(found).toContain(each);
          }
        }
        for (const each of stays) removeFromGrid(grid, each);
        expect(grid.terms.every((each) => each === null)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
  expect(listed).toBeGreaterThan(1_000);
  expect(large).toBeGreaterThan(0);
});

function unitsToBox({ west, south, east, north }: PreparedZone, latitude: number, longitude: number): number {
  const x = Math.max(west - longitude, 0, longitude - east) * shrinkAt(latitude);
  const y = Math.max(south - latitude, 0, latitude - north);
  return Math.hypot(x, y) * UNITS_PER_DEGREE;
}

/** Whether a straight step meets a box; Liang and Barsky's clipping, in degrees. */
function meets(from: Place, to: Place, { west, south, east, north }: PreparedZone): boolean {
  let [enters, leaves] = [0, 1];
  for (const [at, by, least, most] of [
    [from.longitude, to.longitude - from.longitude, west, east],
    [from.latitude, to.latitude - from.latitude, south, north],
  ] as const) {
    if (by === 0 && (at < least || at > most)) return false;
    if (by === 0) continue;
    const [a, b] = [(least - at) / by, (most - at) / by];
    enters = Math.max(enters, Math.min(a, b));
    leaves = Math.min(leaves, Math.max(a, b));
  }
  return enters <= leaves;
}

const latitudes = fc.constantFrom(-85, -70, -33.9, -0.002, 0.003, 51.5, 70, 89);
const metres = fc.record({ north: between(-1, 1), east: between(-1, 1) });

test('every zone that a step meets is told by the cells on its way, once, whatever the length of the step', () => {
  let [cells, tree] = [0, 0];
  fc.assert(
    fc.property(
      fc.record({ latitude: latitudes, longitude: fc.constantFrom(-179.9, -0.1, 0, 0.02, 77.7, 179.8) }),
      fc.array(fc.record({ at: metres, radius: between(0, Math.log(4_000)).map(Math.exp) }), {
        minLength: 40,
        maxLength: 60,
      }),
      fc.array(fc.record({ from: metres, to: metres, reach: between(Math.log(400), Math.log(15_000)).map(Math.exp) }), {
        minLength: 20,
        maxLength: 20,
      }),
      (around, made, steps) => {
        const place = ({ north, east }: { north: number; east: number }, reach: number) => ({
          latitude: around.latitude + (north * reach) / 111_200,
          longitude: around.longitude + (east * reach) / (111_200 * shrinkAt(around.latitude)),
        });
        const index = createSharedIndex();
        const plain = createSharedIndex({ plain: true });
        made.forEach(({ at, radius }, i) => {
          const zone = circle(`Z-${i}`, place(at, 5_000), radius);
          const watch = shared([zone], [term('exclusion', zone, { conditionId: `C-${i}` })]);
          for (const each of [index, plain]) applyShared(each, watch);
        });
        for (const { from, to, reach } of steps) {
          const [last, fix] = [from, to].map((at, i) => ({
            ...place(at, reach),
            fixedAtMs: i * 60_000,
            accuracyMetres: 5,
            sigmaMetres: 5,
          }));
          const keys = exclusionsAlong(index, last, fix!).map(({ key }) => key);
          const boxed = exclusionsAlong(plain, last, fix!);
          const met = boxed.filter(({ shape }) => meets(last!, fix!, shape)).map(({ key }) => key);
          expect([...new Set(keys)].sort()).toEqual(keys);
          expect(boxed.map(({ key }) => key)).toEqual(expect.arrayContaining(keys));
          expect(keys).toEqual(expect.arrayContaining(met));
          if (keys.length < boxed.length) cells++;
          else if (reach > 12_000 && boxed.length > met.length) tree++;
        }
      },
    ),
    { numRuns: 150 },
  );
  // Both ways were gone.
  expect(cells).toBeGreaterThan(100);
  expect(tree).toBeGreaterThan(100);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addToCells,
  createCells,
  endIn,
  firstIn,
  removeFromCells,
  rowOf,
  STRIDE,
  squaredUnitsTo,
  termAt,
} from '../../src/engine/near/cells.js';
import { type PreparedTerm, prepareTerms } from '../../src/engine/watch/prepared-term.js';
import { circle, place, term, zoneKey } from '../scenarios/world.js';

const TERMS = Array.from({ length: 40 }, (_, i): PreparedTerm => {
  const zone = circle(`Z-${i}`, place(40 * i, -90 * i), 10 + i);
  return prepareTerms([term('exclusion', zone)], { [zoneKey(zone)]: zone }, new Map())[0]!;
});

/** Few keys, so that lists are long, and among them keys whose slots are the same until there are very many. */
const keys = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constantFrom(7, 7 + 2 ** 20, 7 + 2 ** 29)), {
  minLength: 1,
  maxLength: 5,
});

test('cells list what was put into them and not taken out, with its box, while lists and their number grow', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ index: fc.nat({ max: TERMS.length - 1 }), keys }), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 3_000 }),
      (changes, others) => {
        const cells = createCells();
        const held = new Map<PreparedTerm, readonly number[]>();
        for (const { index, keys } of changes) {
          const each = TERMS[index]!;
          const before = held.get(each);
          if (before === undefined) {
            addToCells(cells, keys, each, each.shape);
            held.set(each, keys);
          } else {
            removeFromCells(cells, before, each);
            held.delete(each);
          }
        }
        const crowd = Array.from({ length: others }, (_, i) => 100 + 7_919 * i);
        const last = TERMS.at(-1)!;
        if (!held.has(last)) {
          addToCells(cells, crowd, last, last.shape);
          expect(crowd.every((key) => termAt(cells, firstIn(rowOf(cells, key))) === last)).toBe(true);
          removeFromCells(cells, crowd, last);
        }
        for (const key of [0, 1, 2, 3, 4, 5, 6, 7, 7 + 2 ** 20, 7 + 2 ** 29, 99]) {
          const listed = listOf(cells, key);
          expect(new Set(listed).size).toBe(listed.length);
          expect(new Set(listed)).toEqual(new Set([...held.keys()].filter((each) => held.get(each)!.includes(key))));
        }
        expect(cells.terms.filter((each) => each !== null)).toHaveLength(held.size);
        expect(cells.terms.length).toBeLessThanOrEqual(TERMS.length);
      },
    ),
    { numRuns: 100 },
  );
});

function listOf(cells: ReturnType<typeof createCells>, key: number): PreparedTerm[] {
  const listed: PreparedTerm[] = [];
  const row = rowOf(cells, key);
  for (let at = firstIn(row); at < endIn(cells, row); at += STRIDE) {
    const each = termAt(cells, at);
    listed.push(each);
    // Its own box: nothing from a corner of it to it, and rounded outwards by less than a unit.
    const { west, south, east, north } = each.shape;
    expect(squaredUnitsTo(cells, at, { latitude: south, longitude: west }, 1)).toBe(0);
    expect(squaredUnitsTo(cells, at, { latitude: north, longitude: east }, 1)).toBe(0);
    expect(squaredUnitsTo(cells, at, { latitude: north + 3e-7, longitude: east }, 1)).toBeGreaterThan(1);
    expect(squaredUnitsTo(cells, at, { latitude: south, longitude: west - 3e-7 }, 1)).toBeGreaterThan(1);
  }
  return listed;
}

test('lists that come and go again and again take no more memory', () => {
  const cells = createCells();
  const all = [1, 2, 3];
  const comeAndGo = () => {
    for (const each of TERMS) addToCells(cells, all, each, each.shape);
    for (const each of TERMS) removeFromCells(cells, all, each);
  };
  comeAndGo();
  const { end, taken } = cells;
  for (let i = 0; i < 50; i++) comeAndGo();
  expect([cells.end, cells.taken]).toEqual([end, taken]);
});

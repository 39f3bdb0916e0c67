import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Zone } from '../../src/engine/types.js';
import { holdWatch, watchOf } from '../../src/roles/engine/held-watch.js';
import { createWorld } from '../engine/shortcut-worlds.js';
import { watch, zone } from '../scenarios/world.js';

const inUnits = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

function rounded(of: Zone): Zone {
  const { shape } = of;
  if (shape.type === 'circle') return of;
  const polygons = shape.polygons.map((rings) =>
    rings.map((ring) => ring.map(([x, y]): [number, number] => [inUnits(x), inUnits(y)])),
  );
  return { ...of, shape: { type: 'polygons', polygons } };
}

it('is held as it came, to the last digit: circles, rings, holes and parts, of seven digits or more', () => {
  let asIntegers = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0 }), fc.boolean(), (seed, isRounded) => {
      const { first } = createWorld(String(seed));
      const zones = Object.values(first.zones).map((each) => (isRounded ? rounded(each) : each));
      const given = { ...watch(zones, []), activations: first.activations, overUntilMs: 5 };
      const held = holdWatch(given);
      if (held.coordinates instanceof Int32Array && held.coordinates.length > 0) asIntegers++;
      expect(watchOf(held)).toEqual(given);
      expect(JSON.parse(JSON.stringify(watchOf(held)))).toEqual(JSON.parse(JSON.stringify(given)));
    }),
    { numRuns: 100 },
  );
  expect(asIntegers).toBeGreaterThan(10);
});

it('keeps the order of the zones’ keys, parts and rings', () => {
  const square = (x: number): [number, number][] => [
    [x, 50],
    [x + 1, 50],
    [x + 1, 51],
    [x, 50],
  ];
  const parts: Zone = zone({
    zoneId: 'b',
    shape: { type: 'polygons', polygons: [[square(1), square(1.5)], [square(4)]] },
  });
  const other: Zone = zone({ zoneId: 'a', shape: { type: 'polygons', polygons: [[square(179)]] } });
  const given = watch([parts, other], []);
  expect(JSON.stringify(watchOf(holdWatch(given)).zones)).toBe(JSON.stringify(given.zones));
});

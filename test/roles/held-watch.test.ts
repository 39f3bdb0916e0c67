import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prepareZone } from '../../src/engine/geometry/zone.js';
import type { Zone } from '../../src/engine/types.js';
import { compileHeld, holdWatch, preparedZonesOf, watchOf } from '../../src/roles/engine/held-watch.js';
import { createWorld } from '../engine/shortcut-worlds.js';
import { term, watch, zone } from '../scenarios/world.js';
import { runs } from '../support/random.js';

const inUnits = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

function rounded(of: Zone): Zone {
  const { shape } = of;
  if (shape.type === 'circle') return of;
  const polygons = shape.polygons.map((rings) =>
    rings.map((ring) => ring.map(([x, y]): [number, number] => [inUnits(x), inUnits(y)])),
  );
  return { ...of, shape: { type: 'polygons', polygons } };
}

function reversed(of: Zone): Zone {
  const { shape } = of;
  if (shape.type === 'circle') return of;
  return {
    ...of,
    shape: { type: 'polygons', polygons: shape.polygons.map((rings) => rings.map((ring) => ring.toReversed())) },
  };
}

it('is held as it came, to the last digit: circles, rings, holes and parts, of seven digits or more', () => {
  let asIntegers = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0 }), fc.boolean(), (seed, isRounded) => {
      const { first } = createWorld(String(seed));
      const zones = Object.values(first.zones).map((each) => (isRounded ? rounded(each) : each));
      const given = { ...watch(zones, []), activations: first.activations, overUntilMs: 5 };
      const held = holdWatch(given);
      const shapes = held.zones.flatMap((each) => ('lengths' in each.held ? [each.held] : []));
      if (shapes.length > 0 && shapes.every(({ coordinates }) => coordinates instanceof Int32Array)) asIntegers++;
      expect(watchOf(held)).toEqual(given);
      expect(JSON.parse(JSON.stringify(watchOf(held)))).toEqual(JSON.parse(JSON.stringify(given)));
    }),
    { numRuns: runs(100) },
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

it('is held as it came also once it is prepared, whichever way its rings run, and prepared as if it had come so', () => {
  let turned = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0 }), fc.boolean(), fc.boolean(), (seed, isRounded, isReversed) => {
      const { first } = createWorld(String(seed));
      const zones = Object.values(first.zones)
        .map((each) => (isRounded ? rounded(each) : each))
        .map((each) => (isReversed ? reversed(each) : each));
      const given = watch(zones, []);
      const held = holdWatch(given);
      const prepared = preparedZonesOf(held);
      for (const [key, { shape }] of Object.entries(given.zones)) expect(prepared.get(key)).toEqual(prepareZone(shape));
      for (const each of held.zones) if ('lengths' in each.held && each.held.turned !== null) turned++;
      expect(JSON.stringify(watchOf(held))).toBe(JSON.stringify(given));
    }),
    { numRuns: runs(100) },
  );
  expect(turned).toBeGreaterThan(10);
});

it('is held once for all who have it: a zone by its version, its polygons by what they are, prepared once', () => {
  const square = (side: number): Zone['shape'] => ({
    type: 'polygons',
    polygons: [
      [
        [
          [1, 50],
          [1 + side, 50],
          [1 + side, 51],
          [1, 50],
        ],
      ],
    ],
  });
  const zoneOf = (zoneId: string, shape: Zone['shape'], priority: Zone['priority'] = 'standard') =>
    holdWatch(watch([zone({ zoneId, shape, priority })], [])).zones[0]!;
  const one = zoneOf('a', square(1));
  expect(zoneOf('a', square(1))).toBe(one);
  const other = zoneOf('b', square(1));
  expect(other.held).toBe(one.held);
  // The record was put back to an earlier day: the same version, and another zone.
  expect(zoneOf('a', square(2)).held).not.toBe(one.held);
  expect(zoneOf('a', square(1), 'victim')).toMatchObject({ priority: 'victim' });
  const shapes = [one, other].map((each) => [
    ...preparedZonesOf({ ...holdWatch(watch([], [])), zones: [each] }).values(),
  ]);
  expect(shapes[0]![0]).toBe(shapes[1]![0]);
  expect(zoneOf('c', square(1)).held).toBe(one.held);
});

it('windows are held once for all terms that have the same, and the words of a term are as they came', () => {
  const edges = (fromMs: number): number[] => Array.from({ length: 70 }, (_, i) => fromMs + i * 43_200_000);
  const held = (fromMs: number, conditionId: string) => {
    const home = zone({});
    const given = watch([home], [term('curfew', home, { conditionId, windows: edges(fromMs), windowsUntilMs: 9e15 })]);
    // As it comes over the wire, of which nothing is shared.
    const made = holdWatch(JSON.parse(JSON.stringify(given)));
    expect(watchOf(made)).toEqual(given);
    return { windows: made.activations[0]!.terms[0]!.windows, compiled: compileHeld(made) };
  };
  const [one, other, later] = [held(1.7e12, 'a'), held(1.7e12, 'b'), held(1.8e12, 'c')];
  expect(other.windows).toBe(one.windows);
  expect(later.windows).not.toBe(one.windows);
  expect(one.compiled.newest!.terms[0]!.windows).toBe(one.windows);
});

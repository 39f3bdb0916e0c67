import {
  area,
  booleanClockwise,
  buffer,
  difference,
  featureCollection,
  kinks,
  point,
  polygon,
  union,
} from '@turf/turf';
import fc from 'fast-check';
import type { Feature, MultiPolygon, Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { doubledArea, orient } from '../../src/formats/zones/planar.js';
import { validateZone } from '../../src/formats/zones/zone.js';
import { MAX_ZONE_VERTICES } from '../../src/formats/zones/zone-rings.js';
import { runs } from '../support/random.js';

type Ring = [number, number][];

/** A closed rectangle, counter-clockwise. */
const box = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const feature = (geometry: unknown, properties: object = { name: 'Town centre' }) => ({
  type: 'Feature',
  properties,
  geometry,
});
const onePolygon = (...rings: unknown[]) => feature({ type: 'Polygon', coordinates: rings });
const manyPolygons = (...polygons: unknown[]) => feature({ type: 'MultiPolygon', coordinates: polygons });
const KENT = { west: 0, south: 50.8, east: 1.6, north: 51.6 };

function errorsOf(raw: unknown, serviceArea: Parameters<typeof validateZone>[1] = null) {
  const result = validateZone(raw, serviceArea);
  return result.ok ? [] : result.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe('validateZone accepts', () => {
  it('a polygon, with its area and its defaults', () => {
    const result = validateZone(onePolygon(box(1.07, 51.27, 1.09, 51.28)), KENT);
    if (!result.ok) throw new Error(JSON.stringify(result.errors));
    expect(result.zone).toEqual({
      priority: 'standard',
      bufferMetres: null,
      shape: { type: 'polygons', polygons: [[box(1.07, 51.27, 1.09, 51.28)]] },
    });
    expect(result.properties).toEqual({
      name: 'Town centre',
      priority: 'standard',
      bufferMetres: null,
      effectiveAt: null,
    });
    expect(result.vertices).toBe(4);
    expect(result.areaSquareMetres).toBeCloseTo(area(polygon([box(1.07, 51.27, 1.09, 51.28)])), 3);
  });

  it('a circle', () => {
    const properties = { name: 'School', radiusMetres: 200, priority: 'victim', bufferMetres: 50 };
    const result = validateZone(feature({ type: 'Point', coordinates: [1.08, 51.28, 30] }, properties), KENT);
    expect(result).toMatchObject({
      ok: true,
      zone: {
        priority: 'victim',
        bufferMetres: 50,
        shape: { type: 'circle', longitude: 1.08, latitude: 51.28, radiusMetres: 200 },
      },
      vertices: 1,
    });
  });

  it('and mends winding, repeated positions and altitudes', () => {
    const outer = box(0, 0, 3, 3).reverse();
    const hole = box(1, 1, 2, 2);
    const noisy = outer.flatMap(([x, y]) => [
      [x, y, 12],
      [x, y],
    ]);
    const result = validateZone(onePolygon(noisy, hole), null);
    if (!result.ok || result.zone.shape.type !== 'polygons') throw new Error(JSON.stringify(result));
    const [rings] = result.zone.shape.polygons;
    expect(result.vertices).toBe(8);
    expect(rings!.map((ring) => booleanClockwise(ring.map(([x, y]) => [x, y])))).toEqual([false, true]);
  });

  it('parts that touch in a point, an island in a hole, a hole that touches its outer ring once', () => {
    expect(errorsOf(manyPolygons([box(0, 0, 1, 1)], [box(1, 1, 2, 2)]))).toEqual([]);
    expect(errorsOf(manyPolygons([box(0, 0, 9, 9), box(1, 1, 8, 8)], [box(2, 2, 3, 3)]))).toEqual([]);
    expect(
      errorsOf(
        onePolygon(box(0, 0, 9, 9), [
          [0, 4],
          [2, 3],
          [2, 5],
          [0, 4],
        ]),
      ),
    ).toEqual([]);
  });
});

describe('validateZone refuses', () => {
  it.each<[string, unknown, RegExp]>([
    ['no object', 7, /^\/type .*Feature/],
    ['a bare geometry', { type: 'Polygon', coordinates: [box(0, 0, 1, 1)] }, /^\/type .*Feature/],
    ['no geometry', feature(null), /^\/geometry A geometry is required/],
    ['a line', feature({ type: 'LineString', coordinates: box(0, 0, 1, 1) }), /^\/geometry\/type /],
    ['no name', feature({ type: 'Polygon', coordinates: [box(0, 0, 1, 1)] }, {}), /^\/properties\/name /],
    [
      'an unknown property',
      feature({ type: 'Polygon', coordinates: [box(0, 0, 1, 1)] }, { name: 'x', buffer: 5 }),
      /^\/properties\/buffer Unknown field/,
    ],
    [
      'another priority',
      feature({ type: 'Polygon', coordinates: [box(0, 0, 1, 1)] }, { name: 'x', priority: 'urgent' }),
      /^\/properties\/priority /,
    ],
    [
      'a buffer too wide',
      feature({ type: 'Polygon', coordinates: [box(0, 0, 1, 1)] }, { name: 'x', bufferMetres: 1e6 }),
      /^\/properties\/bufferMetres /,
    ],
    [
      'a time without a zone',
      feature({ type: 'Polygon', coordinates: [box(0, 0, 1, 1)] }, { name: 'x', effectiveAt: '2026-11-22T18:00:00' }),
      /^\/properties\/effectiveAt /,
    ],
    ['a point without a radius', feature({ type: 'Point', coordinates: [0, 0] }), /^\/properties\/radiusMetres /],
    [
      'a radius of nothing',
      feature({ type: 'Point', coordinates: [0, 0] }, { name: 'x', radiusMetres: 0 }),
      /^\/properties\/radiusMetres /,
    ],
    [
      'a polygon with a radius',
      feature({ type: 'Polygon', coordinates: [box(0, 0, 1, 1)] }, { name: 'x', radiusMetres: 9 }),
      /^\/properties\/radiusMetres /,
    ],
    [
      'a circle over a pole',
      feature({ type: 'Point', coordinates: [0, 89.9999] }, { name: 'x', radiusMetres: 500 }),
      /pole/,
    ],
    [
      'a circle over the antimeridian',
      feature({ type: 'Point', coordinates: [179.9999, 60] }, { name: 'x', radiusMetres: 500 }),
      /antimeridian/,
    ],
    ['no ring', onePolygon(), /^\/geometry\/coordinates A polygon is a list of rings/],
    ['no polygon', manyPolygons(), /^\/geometry\/coordinates .*at least one polygon/],
    [
      'three positions',
      onePolygon([
        [0, 0],
        [1, 0],
        [0, 0],
      ]),
      /^\/geometry\/coordinates\/0 .*four positions/,
    ],
    [
      'an open ring',
      onePolygon([
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ]),
      /^\/geometry\/coordinates\/0\/3 .*not closed/,
    ],
    [
      'one place four times',
      onePolygon([
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
      /^\/geometry\/coordinates\/0 .*no area/,
    ],
    [
      'a line there and back',
      onePolygon([
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 0],
      ]),
      /^\/geometry\/coordinates\/0 .*no area/,
    ],
    [
      'NaN',
      onePolygon([
        [0, 0],
        [1, Number.NaN],
        [1, 1],
        [0, 0],
      ]),
      /^\/geometry\/coordinates\/0\/1 .*finite/,
    ],
    [
      'strings',
      onePolygon([
        [0, 0],
        ['1', 0],
        [1, 1],
        [0, 0],
      ]),
      /^\/geometry\/coordinates\/0\/1 .*finite/,
    ],
    ['a longitude beyond 180', onePolygon(box(170, 0, 190, 1)), /^\/geometry\/coordinates\/0\/1 .*±180/],
    ['swapped axes', onePolygon(box(51, 120, 52, 121)), /swapped it would fit/],
    [
      'a bow tie',
      onePolygon([
        [0, 0],
        [2, 2],
        [2, 0],
        [0, 2],
        [0, 0],
      ]),
      /^\/geometry\/coordinates\/0\/2 The ring crosses itself at \[1, 1\]/,
    ],
    [
      'a spike',
      onePolygon([
        [0, 0],
        [4, 0],
        [4, 4],
        [4, 2],
        [0, 4],
        [0, 0],
      ]),
      /turns back on itself/,
    ],
    [
      'a ring that touches itself',
      onePolygon([
        [0, 0],
        [2, 0],
        [1, 1],
        [2, 2],
        [0, 2],
        [1, 1],
        [0, 0],
      ]),
      /touches itself at \[1, 1\]/,
    ],
    [
      'a ring across the antimeridian',
      onePolygon([
        [179, 0],
        [-179, 0],
        [-179, 1],
        [179, 1],
        [179, 0],
      ]),
      /^\/geometry\/coordinates\/0\/0 .*antimeridian/,
    ],
    [
      'a ring around the pole',
      onePolygon([
        [0, 80],
        [120, 80],
        [-120, 80],
        [0, 80],
      ]),
      /pole/,
    ],
    ['a box up to the pole', onePolygon(box(-10, 80, 10, 90)), /pole/],
    [
      'parts that overlap',
      manyPolygons([box(0, 0, 2, 2)], [box(1, 1, 3, 3)]),
      /^\/geometry\/coordinates\/1\/0\/\d Parts 0 and 1 .* cross at/,
    ],
    [
      'a part within another',
      manyPolygons([box(0, 0, 9, 9)], [box(2, 2, 3, 3)]),
      /^\/geometry\/coordinates\/1\/0 Part 1 .* lies in part 0/,
    ],
    ['the same part twice', manyPolygons([box(0, 0, 1, 1)], [box(0, 0, 1, 1)]), /share an edge/],
    ['parts with a common edge', manyPolygons([box(0, 0, 1, 1)], [box(1, 0, 2, 1)]), /share an edge .*merge/],
    [
      'a hole beside its outer ring',
      onePolygon(box(0, 0, 1, 1), box(5, 5, 6, 6)),
      /^\/geometry\/coordinates\/1 Hole 1 lies outside/,
    ],
    ['a hole across its outer ring', onePolygon(box(0, 0, 4, 4), box(3, 1, 5, 2)), /outer ring and hole 1 cross at/],
    [
      'a hole outside that touches',
      onePolygon(box(0, 0, 4, 4), [
        [4, 2],
        [6, 1],
        [6, 3],
        [4, 2],
      ]),
      /Hole 1 lies outside/,
    ],
    [
      'a hole in a hole',
      onePolygon(box(0, 0, 9, 9), box(1, 1, 8, 8), box(2, 2, 3, 3)),
      /^\/geometry\/coordinates\/2 Hole 2 lies in hole 1/,
    ],
    [
      'a hole that cuts the area in two',
      onePolygon(box(0, 0, 4, 4), [
        [0, 2],
        [2, 1],
        [4, 2],
        [2, 3],
        [0, 2],
      ]),
      /cut the area in two/,
    ],
    ['an area of millimetres', onePolygon(box(0, 0, 0.000001, 0.000001)), /under 1 square metre/],
  ])('%s', (_what, raw, message) => {
    expect(errorsOf(raw).join('\n')).toMatch(message);
  });

  it('what lies outside the service area, and says whether swapped axes would fit', () => {
    expect(errorsOf(onePolygon(box(2, 51, 3, 51.2)), KENT)).toEqual([
      '/geometry/coordinates/0/0 This position and 3 more are outside the service area (west 0, south 50.8, east 1.6, north 51.6).',
    ]);
    expect(errorsOf(onePolygon(box(51.2, 1, 51.3, 1.1)), KENT).join()).toMatch(/swapped it would fit/);
    const circle = feature({ type: 'Point', coordinates: [51.2, 1] }, { name: 'x', radiusMetres: 9 });
    expect(errorsOf(circle, KENT).join()).toMatch(/^\/geometry\/coordinates .*swapped it would fit/);
  });

  it('several things at once, each with its place', () => {
    const raw = {
      ...onePolygon([
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ]),
      properties: { nmae: 'x' },
      colour: 1,
    };
    expect(errorsOf(raw).map((error) => error.split(' ')[0])).toEqual([
      '/colour',
      '/properties/nmae',
      '/properties/name',
      '/geometry/coordinates/0/3',
    ]);
  });

  it('more than the vertices that a zone may have', () => {
    const ring = circleRing(MAX_ZONE_VERTICES + 1);
    expect(errorsOf(onePolygon(ring)).join()).toMatch(/at most 10000 vertices; this one has 10001/);
    expect(errorsOf(onePolygon(circleRing(MAX_ZONE_VERTICES)))).toEqual([]);
  });
});

/** A round ring of `count` vertices. */
function circleRing(count: number): Ring {
  const ring = Array.from({ length: count }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / count;
    return [1 + 0.5 * Math.cos(angle), 51 + 0.3 * Math.sin(angle)];
  });
  return [...ring, ring[0]!];
}

describe('validateZone and Turf agree', () => {
  /** On a coarse grid, so that touches, shared edges and repeated points come often. */
  const coarsePoint = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }));

  it('on whether a ring of random points crosses itself', () => {
    const finePoint = fc.tuple(
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.double({ min: 50, max: 53, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(finePoint, { minLength: 3, maxLength: 7 }), (points) => {
        const snapped = points.map(([x, y]): [number, number] => [
          Math.round(x * 1e7) / 1e7,
          Math.round(y * 1e7) / 1e7,
        ]);
        fc.pre(new Set(snapped.map(String)).size === snapped.length);
        const ring = [...snapped, snapped[0]!];
        const crosses = errorsOf(onePolygon(ring)).some((error) => / itself /.test(error));
        const byTurf = kinks(polygon([ring])).features.length > 0;
        // Turf finds proper crossings of edges; what touches without crossing is ours alone to find.
        if (byTurf) expect(crosses).toBe(true);
        else if (crosses) expect(errorsOf(onePolygon(ring)).join()).not.toMatch(/crosses itself/);
      }),
      { numRuns: runs(500) },
    );
  });

  it('on unions and differences of boxes: what Turf makes of them is valid', () => {
    const rectangle = fc
      .tuple(coarsePoint, coarsePoint)
      .filter(([a, b]) => a[0] !== b[0] && a[1] !== b[1])
      .map(([a, b]) =>
        polygon([box(Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1]))]),
      );
    let holes = 0;
    fc.assert(
      fc.property(fc.array(rectangle, { minLength: 2, maxLength: 6 }), rectangle, (rectangles, cut) => {
        const merged = union(featureCollection<Polygon | MultiPolygon>(rectangles)) as Feature<Polygon | MultiPolygon>;
        const shape = difference(featureCollection([merged, cut]));
        fc.pre(shape !== null);
        holes += JSON.stringify(shape.geometry.coordinates).includes(']],[[') ? 1 : 0;
        // Turf ties rings that touch in corners into one ring that touches itself, which OGC refuses.
        const errors = errorsOf(feature(shape.geometry)).filter((error) => !/touches itself|cut the area/.test(error));
        expect(errors).toEqual([]);
      }),
      { numRuns: runs(300) },
    );
    expect(holes).toBeGreaterThan(10);
  });

  it('on the parts of a MultiPolygon: boxes that share more than points are refused, others are not', () => {
    const square = coarsePoint.map(([x, y]) => box(x, y, x + 2, y + 3));
    fc.assert(
      fc.property(square, square, (one, other) => {
        const [a, b] = [one[0]!, other[0]!];
        const [dx, dy] = [Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])];
        const sharesMore = dx <= 2 && dy <= 3 && !(dx === 2 && dy === 3);
        expect(errorsOf(manyPolygons([one], [other])).length > 0).toBe(sharesMore);
      }),
    );
  });

  it('on the area of a buffered point, whichever way it is wound', () => {
    const round = buffer(point([1.08, 51.28]), 500, { units: 'meters', steps: 64 })!;
    const result = validateZone(onePolygon(...round.geometry.coordinates.map((ring) => [...ring].reverse())), null);
    if (!result.ok) throw new Error(JSON.stringify(result.errors));
    expect(result.areaSquareMetres / area(round)).toBeCloseTo(1, 5);
  });

  it('never throws, whatever the JSON', () => {
    const shaped = fc.record({
      type: fc.constant('Feature'),
      properties: fc.oneof(fc.jsonValue(), fc.constant({ name: 'x', radiusMetres: 5 })),
      geometry: fc.record({
        type: fc.constantFrom('Polygon', 'MultiPolygon', 'Point', 'x'),
        coordinates: fc.oneof(fc.jsonValue(), fc.array(fc.array(fc.array(fc.oneof(fc.double(), fc.jsonValue()))))),
      }),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), shaped), (raw) => {
        const result = validateZone(raw, KENT);
        if (!result.ok) expect(result.errors.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('whole numbers of the grid', () => {
  /** Rings from a house to the whole earth, many of them with points on one line. */
  const ring = fc
    .tuple(fc.constantFrom(3, 1_000, 10_000_000, 90_000_000, 1_800_000_000), fc.integer({ min: 1, max: 7 }))
    .chain(([most, step]) =>
      fc.array(
        fc.tuple(fc.integer({ min: -most, max: most }), fc.integer({ min: -most, max: most })).map(([x, y]) =>
          // As far as doubles are whole: 1,800,000,000 × 7 is below 2^52.
          ({ x: x * step, y: y * step }),
        ),
        { minLength: 3, maxLength: 40 },
      ),
    );
  const times = (a: number, b: number) => BigInt(a) * BigInt(b);

  it('are told exactly, however far apart: on which side a point is, and what a ring holds', () => {
    fc.assert(
      fc.property(ring, fc.boolean(), (points, isStraight) => {
        const places = isStraight ? points.map(({ x }) => ({ x, y: 3 * x })) : points;
        const [a, b, c] = places as [(typeof places)[0], (typeof places)[0], (typeof places)[0]];
        const side = times(b.x - a.x, c.y - a.y) - times(b.y - a.y, c.x - a.x);
        expect(orient(a.x, a.y, b.x, b.y, c.x, c.y)).toBe(side > 0n ? 1 : side < 0n ? -1 : 0);
        const next = (i: number) => places[(i + 1) % places.length]!;
        const doubled = places.reduce((sum, { x, y }, i) => sum + times(x, next(i).y) - times(next(i).x, y), 0n);
        expect(doubledArea({ xs: places.map(({ x }) => x), ys: places.map(({ y }) => y) })).toBe(doubled);
      }),
      { numRuns: runs(2_000) },
    );
  });
});

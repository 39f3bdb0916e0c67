/** A zone that is cut at the antimeridian is measured as the same zone elsewhere, where nothing cuts it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probabilityInside } from '../../../src/engine/geometry/gaussian.js';
import { mayPass, passageThrough } from '../../../src/engine/geometry/step.js';
import { contains, prepareZone, signedDistanceMetres, widenZone } from '../../../src/engine/geometry/zone.js';
import { runs } from '../../support/random.js';

type Point = readonly [longitude: number, latitude: number];
const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

/** A convex ring around 0 of longitude; counter-clockwise, not closed. */
function ringAround(latitude: number, radiusDegrees: number, corners: readonly number[]): Point[] {
  const angles = [...new Set(corners)].sort((a, b) => a - b);
  return angles.map((angle) => [
    round(2 * radiusDegrees * Math.cos((angle * Math.PI) / 180)),
    round(latitude + radiusDegrees * Math.sin((angle * Math.PI) / 180)),
  ]);
}

/** The part of a convex ring on one side of the meridian 0. */
function cut(ring: readonly Point[], side: 1 | -1): Point[] {
  const part: Point[] = [];
  ring.forEach(([x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length]!;
    if (side * x >= 0) part.push([x, y]);
    if (x * nextX < 0) part.push([0, round(y + ((nextY - y) * -x) / (nextX - x))]);
  });
  return part;
}

const closed = (ring: readonly Point[]): Point[] => [...ring, ring[0]!];
const polygons = (rings: readonly (readonly Point[])[]) =>
  prepareZone({ type: 'polygons', polygons: rings.map((ring) => [closed(ring)]) });
/** East of the meridian 0 is west of the antimeridian's other side. */
const moved = (x: number): number => round(x < 0 ? x + 180 : x - 180);

const world = fc
  .record({
    latitude: fc.double({ min: -70, max: 70, noNaN: true }),
    radius: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
    corners: fc.array(fc.integer({ min: 0, max: 359 }), { minLength: 8, maxLength: 20 }),
    at: fc.tuple(fc.double({ min: -1.5, max: 1.5, noNaN: true }), fc.double({ min: -1.5, max: 1.5, noNaN: true })),
    to: fc.tuple(fc.double({ min: -1.5, max: 1.5, noNaN: true }), fc.double({ min: -1.5, max: 1.5, noNaN: true })),
    sigma: fc.double({ min: 5, max: 3_000, noNaN: true }),
  })
  .map(({ latitude, radius, corners, at, to, sigma }) => {
    const ring = ringAround(latitude, radius, corners);
    const west = cut(ring, -1).map(([x, y]): Point => [round(x + 180), y]);
    const east = cut(ring, 1).map(([x, y]): Point => [round(x - 180), y]);
    const whole = polygons([ring]);
    const isCut = west.length > 2 && east.length > 2;
    const split = isCut ? polygons([west, east]) : null;
    const placeOf = ([x, y]: readonly [number, number]) => ({
      latitude: round(latitude + y * radius),
      longitude: round(2 * x * radius),
    });
    return { whole, split, at: placeOf(at), to: placeOf(to), sigma };
  })
  .filter(({ split, at, to }) => split !== null && at.longitude !== 0 && to.longitude !== 0);

const beyond = ({ latitude, longitude }: { latitude: number; longitude: number }) => ({
  latitude,
  longitude: moved(longitude),
});

describe('a zone that is cut at the antimeridian', () => {
  it('has the distances and probabilities of the whole one', () => {
    fc.assert(
      fc.property(world, ({ whole, split, at, sigma }) => {
        const there = beyond(at);
        const distance = signedDistanceMetres(whole, at.latitude, at.longitude);
        expect(signedDistanceMetres(split!, there.latitude, there.longitude)).toBeCloseTo(distance, 1);
        // Where the cut was made vertices are rounded to a centimetre.
        if (Math.abs(distance) < 0.05) return;
        expect(contains(split!, there.latitude, there.longitude)).toBe(distance < 0);
        expect(probabilityInside(split!, there.latitude, there.longitude, sigma)).toBeCloseTo(
          probabilityInside(whole, at.latitude, at.longitude, sigma),
          2,
        );
      }),
      { numRuns: runs(200) },
    );
  });

  it('is passed through as the whole one is, also by steps across the antimeridian', () => {
    let passed = 0;
    fc.assert(
      fc.property(world, ({ whole, split, at, to }) => {
        const expected = passageThrough(whole, at, to);
        const found = passageThrough(split!, beyond(at), beyond(to));
        const chord = expected?.chordMetres ?? 0;
        expect(Math.abs((found?.chordMetres ?? 0) - chord)).toBeLessThan(0.5 + chord * 0.001);
        if (chord < 1) return;
        passed++;
        expect(
          mayPass(split!, beyond(at), beyond(to)) || contains(split!, beyond(at).latitude, beyond(at).longitude),
        ).toBe(true);
        expect(Math.abs(found!.depthMetres - expected!.depthMetres)).toBeLessThan(1 + chord * 0.006);
        expect(found!.enters).toBeCloseTo(expected!.enters, 3);
        expect(found!.leaves).toBeCloseTo(expected!.leaves, 3);
      }),
      { numRuns: runs(150) },
    );
    expect(passed).toBeGreaterThan(10);
  });

  it('a kilometre inside it a good fix is surely inside', () => {
    const west: Point[] = [
      [179.9, -17.1],
      [180, -17.1],
      [180, -16.9],
      [179.9, -16.9],
    ];
    const east: Point[] = [
      [-180, -17.1],
      [-179.9, -17.1],
      [-179.9, -16.9],
      [-180, -16.9],
    ];
    const zone = polygons([west, east]);
    for (const longitude of [179.9999, -179.9999]) {
      expect(probabilityInside(zone, -17, longitude, 20)).toBeGreaterThan(0.999);
      expect(signedDistanceMetres(zone, -17, longitude)).toBeLessThan(-10_000);
    }
  });

  it('that reaches it on one side only ends there', () => {
    const west: Point[] = [
      [179.9, -17.1],
      [180, -17.1],
      [180, -16.9],
      [179.9, -16.9],
    ];
    const zone = polygons([west]);
    expect(signedDistanceMetres(zone, -17, 179.9999)).toBeCloseTo(-10.65, 0);
    const narrow: Point[] = [
      [-180, -17.1],
      [-179.9, -17.1],
      [-179.9, -17.05],
      [-180, -17.05],
    ];
    expect(signedDistanceMetres(polygons([west, narrow]), -17, 179.9999)).toBeCloseTo(-10.65, 0);
  });
});

describe('a circle beside the antimeridian, which may not reach over it', () => {
  it('is measured from beyond the antimeridian, widened over it by a buffer, and passed, as one elsewhere is', () => {
    const near = fc.record({
      latitude: fc.double({ min: -70, max: 70, noNaN: true }),
      radiusMetres: fc.double({ min: 25, max: 5_000, noNaN: true }),
      gapMetres: fc.double({ min: 1, max: 500, noNaN: true }),
      at: fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true })),
      to: fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true })),
    });
    fc.assert(
      fc.property(near, ({ latitude, radiusMetres, gapMetres, at, to }) => {
        const perLongitude = 111_195 * Math.cos((latitude * Math.PI) / 180);
        const longitude = round(-(radiusMetres + gapMetres) / perLongitude);
        const circle = (x: number) =>
          prepareZone({ type: 'circle', latitude: round(latitude), longitude: x, radiusMetres });
        const [here, there] = [circle(longitude), circle(moved(longitude))];
        const [a, b] = [at, to].map(([east, north]) => ({
          latitude: round(latitude + (north * radiusMetres) / 111_195),
          longitude: round(longitude + (east * radiusMetres) / perLongitude),
        })) as [{ latitude: number; longitude: number }, { latitude: number; longitude: number }];
        const [movedA, movedB] = [beyond(a), beyond(b)];
        for (const [one, other] of [
          [here, there],
          [widenZone(here, 300), widenZone(there, 300)],
        ] as const) {
          const wanted = signedDistanceMetres(one, a.latitude, a.longitude);
          expect(signedDistanceMetres(other, movedA.latitude, movedA.longitude)).toBeCloseTo(wanted, 1);
          if (Math.abs(wanted) < 0.1) continue;
          expect(contains(other, movedA.latitude, movedA.longitude)).toBe(contains(one, a.latitude, a.longitude));
        }
        expect(mayPass(there, movedA, movedB)).toBe(mayPass(here, a, b));
      }),
      { numRuns: runs(500) },
    );
  });
});

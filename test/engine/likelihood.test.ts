/** The evidence of a fix, against both likelihoods by counting: a grid of true positions, and for each of them how well it foresees the fix. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evidenceOf, isEnoughAlone, likelihoodRatioOf } from '../../src/engine/fold/belief.js';
import type { KeptFix } from '../../src/engine/state.js';
import { GAP_LIMIT_MS } from '../../src/engine/thresholds.js';
import type { ConditionKind, Zone } from '../../src/engine/types.js';
import { compileTag } from '../../src/engine/watch/compile.js';
import type { PreparedTerm } from '../../src/engine/watch/terms.js';
import { circle, middle, place, squareRing, term, watch, zone } from '../scenarios/world.js';
import { runs } from '../support/random.js';

const START_MS = Date.parse('2026-06-10T12:00:00Z');
const MOST = Math.log(0.945 / 0.055);

const prepared = (kind: ConditionKind, of: Zone): PreparedTerm =>
  compileTag(watch([of], [term(kind, of)])).activations[0]!.terms[0]!;

const square = (half: number) => zone({ shape: { type: 'polygons', polygons: [[squareRing(half)]] } });

function fixAt(east: number, north: number, sigmaMetres: number, atMs = START_MS): KeptFix {
  return { fixedAtMs: atMs, ...place(east, north), accuracyMetres: sigmaMetres, sigmaMetres };
}

/** Metres from the boundary of a square, negative inside. */
function distanceTo(half: number, east: number, north: number): number {
  const [x, y] = [Math.abs(east) - half, Math.abs(north) - half];
  return x <= 0 && y <= 0 ? Math.max(x, y) : Math.hypot(Math.max(x, 0), Math.max(y, 0));
}

/** Means of the bell over a square, over what lies within 200 m of it, and what of it lies outside the square, by a grid of places. */
function countReading(half: number, east: number, north: number, sigma: number): number {
  const reach = half + 210;
  const step = Math.min(sigma / 3, half / 20, 4);
  let [inside, around, insideArea, aroundArea] = [0, 0, 0, 0];
  const density = (x: number, y: number) => Math.exp(-((x - east) ** 2 + (y - north) ** 2) / (2 * sigma * sigma));
  for (let x = -reach; x < reach; x += step) {
    for (let y = -reach; y < reach; y += step) {
      const [cx, cy] = [x + step / 2, y + step / 2];
      const metres = distanceTo(half, cx, cy);
      if (metres > 200) continue;
      const value = (density(cx, cy) * step * step) / (2 * Math.PI * sigma * sigma);
      if (metres <= 0) [inside, insideArea] = [inside + value, insideArea + step * step];
      else [around, aroundArea] = [around + value, aroundArea + step * step];
    }
  }
  const any = 0.11 / (100 * aroundArea);
  const smaller = Math.min(insideArea, aroundArea);
  const outside = 0.89 * ((0.8 * around) / aroundArea + (0.2 * (1 - inside)) / (10 * aroundArea)) + any;
  return Math.log((0.89 * inside) / smaller + any) - Math.log(outside);
}

const size = fc.constantFrom(15, 50, 150, 400);
const sigma = fc.constantFrom(5, 8, 20, 40, 60);

describe('the evidence of a fix', () => {
  test('is the weaker of both readings for a violation, the normalised one against it, to a quarter', () => {
    const world = fc.record({
      half: size,
      sigma,
      x: fc.double({ min: 0, max: 2, noNaN: true }),
      y: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(world, ({ half, sigma: s, x, y }) => {
        const [east, north] = [x * (half + s), y * (half + s)];
        const metres = distanceTo(half, east, north);
        // Beside the line the side of a fix is a matter of centimetres.
        fc.pre(Math.abs(metres) > 0.5);
        const counted = countReading(half, east, north, s) * -1;
        const best = (metres * metres) / (2 * s * s);
        const wanted = counted > 0 ? (metres > 0 ? Math.min(counted, best, MOST) : 0) : Math.max(counted, -MOST);
        const found = evidenceOf(prepared('curfew', square(half)), undefined, fixAt(east, north, s), false);
        expect(Math.abs(found - wanted)).toBeLessThan(0.25);
      }),
      { numRuns: runs(60) },
    );
  });

  test('is none where the accuracy is poor against zone and distance, and never against the centre', () => {
    for (const kind of ['curfew', 'exclusion'] as const) {
      for (const of of [square(50), square(500), circle('Z-1', middle, 60)]) {
        const one = prepared(kind, of);
        for (const east of [0, 30, 70, 300]) {
          const fix = fixAt(east, 0, 13_000);
          expect(Math.max(0, evidenceOf(one, undefined, fix, false)), `${kind} ${east}`).toBe(0);
          expect(Math.abs(evidenceOf(one, undefined, fix, true))).toBe(0);
          expect(likelihoodRatioOf(one, fix)).toBe(1);
        }
      }
    }
  });

  test('is on average no reason against who is in the middle of it: the wrong side’s expected ratio is at most one', () => {
    for (const half of [15, 50, 150]) {
      for (const s of [5, 20, 60, 150]) {
        const one = prepared('curfew', square(half));
        let [sum, weight] = [0, 0];
        for (let x = -4; x <= 4; x += 0.25) {
          for (let y = -4; y <= 4; y += 0.25) {
            const density = Math.exp(-(x * x + y * y) / 2);
            sum += density * Math.exp(evidenceOf(one, undefined, fixAt(x * s, y * s, s), false));
            weight += density;
          }
        }
        expect(sum / weight, `${half} m, σ ${s} m`).toBeLessThanOrEqual(1.001);
      }
    }
  });

  test('shrinks with the time since the fix before, the more the poorer both are', () => {
    const one = prepared('curfew', square(50));
    const following = (sigmaMetres: number, apartMs: number) =>
      evidenceOf(
        one,
        fixAt(50 + 4 * sigmaMetres, 0, sigmaMetres),
        fixAt(50 + 4 * sigmaMetres, 0, sigmaMetres, START_MS + apartMs),
        false,
      );
    const alone = (sigmaMetres: number) =>
      evidenceOf(one, undefined, fixAt(50 + 4 * sigmaMetres, 0, sigmaMetres), false);
    expect(following(5, 60_000)).toBe(alone(5));
    expect(following(40, 60_000)).toBeLessThan(alone(40) / 1.5);
    expect(following(40, 10_000)).toBeLessThan(following(40, 60_000));
    expect(following(40, 5_000)).toBeCloseTo(following(40, 10_000) / 2, 9);
    expect(following(200, 2 * GAP_LIMIT_MS)).toBe(alone(200));
  });

  test('does not count a hole as a small part of what is around: who lives in it is not in the zone', () => {
    const rings = [squareRing(600), [...squareRing(50)].reverse()];
    const holed = prepared('exclusion', zone({ shape: { type: 'polygons', polygons: [rings] } }));
    const inHole = evidenceOf(holed, undefined, fixAt(0, 0, 40), false);
    const beside = evidenceOf(holed, undefined, fixAt(80, 0, 40), false);
    const deep = evidenceOf(holed, undefined, fixAt(300, 0, 40), false);
    expect(inHole).toBeLessThan(-1);
    expect(beside).toBeLessThan(0.3);
    expect(deep).toBeCloseTo(MOST, 6);
  });

  test('of one good fix is enough for a first-fix condition, of a poor one at the same place not', () => {
    const one = prepared('exclusion', square(100));
    expect(isEnoughAlone(one, fixAt(80, 0, 8))).toBe(true);
    expect(isEnoughAlone(one, fixAt(80, 0, 40))).toBe(false);
    expect(isEnoughAlone(one, fixAt(120, 0, 8))).toBe(false);
  });
});

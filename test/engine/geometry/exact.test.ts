/** The engine's own functions are as near to the true ones as they claim, and say the same bits on every runtime. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { asin, atan2, cos, erf, exp, ln, normal, sin } from '../../../src/engine/geometry/exact.js';

/** Numbers from a congruential generator, so that the table is the same everywhere. */
function table(from: number, to: number, count: number): number[] {
  let seed = 42;
  return Array.from({ length: count }, (_, i) => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return i === 0 ? from : i === 1 ? to : from + ((to - from) * seed) / 4_294_967_296;
  });
}

const COUNT = 20_000;
const EXPONENTS = table(-700, 700, COUNT);
const SMALL = table(-3, 3, COUNT);
/** Over six hundred octaves, by doubling and halving: exact. */
const POSITIVE = SMALL.map((x, i) => {
  let value = 1 + Math.abs(x);
  for (let n = (i % 600) - 300; n !== 0; n -= Math.sign(n)) value *= n > 0 ? 2 : 0.5;
  return value;
});
const ANGLES = table(-7, 7, COUNT);
const SHARES = table(-1, 1, COUNT);

/** The greatest of the errors, each of the value itself or of 1, whichever is more. */
function worst(inputs: readonly number[], own: (x: number) => number, known: (x: number) => number): number {
  return inputs.reduce((most, x) => {
    const right = known(x);
    return Math.max(most, Math.abs(own(x) - right) / Math.max(1, Math.abs(right)));
  }, 0);
}

test('they are as near to those of the runtime as they say', () => {
  expect(EXPONENTS.reduce((most, x) => Math.max(most, Math.abs(exp(x) / Math.exp(x) - 1)), 0)).toBeLessThan(6e-16);
  expect(worst(SMALL, exp, Math.exp)).toBeLessThan(6e-16);
  expect(worst(POSITIVE, ln, Math.log)).toBeLessThan(6e-16);
  expect(worst(table(0.5, 2, COUNT), ln, Math.log)).toBeLessThan(6e-16);
  expect(worst(ANGLES, cos, Math.cos)).toBeLessThan(6e-16);
  expect(worst(ANGLES, sin, Math.sin)).toBeLessThan(6e-16);
  expect(worst(SHARES, asin, Math.asin)).toBeLessThan(9e-16);
  const points = ANGLES.map((y, i) => [y, SMALL[i]!] as const);
  const furthest = points.reduce((most, [y, x]) => Math.max(most, Math.abs(atan2(y, x) - Math.atan2(y, x))), 0);
  expect(furthest).toBeLessThan(9e-16);
});

test('at their limits they say what is so', () => {
  expect([exp(0), exp(-1e9), exp(1e9), ln(1), ln(0), ln(-1), cos(0), sin(0)]).toEqual([
    1,
    0,
    Infinity,
    0,
    -Infinity,
    -Infinity,
    1,
    0,
  ]);
  expect([atan2(0, 0), atan2(0, 1), atan2(1, 0), atan2(0, -1), atan2(-1, 0)]).toEqual([
    0,
    0,
    Math.PI / 2,
    Math.PI,
    -Math.PI / 2,
  ]);
  expect([asin(1), asin(-1)]).toEqual([Math.PI / 2, -Math.PI / 2]);
  expect(normal(0)).toBeCloseTo(0.5, 7);
  expect(normal(1.959963985)).toBeCloseTo(0.975, 6);
});

test('their bits are those on record, whatever the runtime', () => {
  const values = [
    ...EXPONENTS.map(exp),
    ...POSITIVE.map(ln),
    ...ANGLES.flatMap((x) => [cos(x), sin(x)]),
    ...SHARES.flatMap((x) => [asin(x), erf(4 * x), normal(5 * x)]),
    ...ANGLES.map((y, i) => atan2(y, SMALL[i]!)),
  ];
  const digest = createHash('sha256')
    .update(new Uint8Array(Float64Array.from(values).buffer))
    .digest('hex');
  expect(digest).toBe('3cdb01c8120c9c40f2f8c5f538ec831a5c2488bfbafc122945047be9eff185cb');
});

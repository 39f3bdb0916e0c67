import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type RecorderLag, watchRecorderLag } from '../../src/views/recorder-lag.js';

let nowMs: number;
let places: ReadonlyMap<number, number> | Error;
let lag: RecorderLag;
const EVERY_MS = 5_000;

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 1_000_000;
  places = new Map([
    [0, 0],
    [1, 0],
  ]);
});
afterEach(() => {
  lag.stop();
  vi.useRealTimers();
});

function watch(): void {
  const readPlaces = async () => {
    if (places instanceof Error) throw places;
    return places;
  };
  lag = watchRecorderLag({ readPlaces, clock: { nowMs: () => nowMs }, everyMs: EVERY_MS });
}

async function pass(ms: number): Promise<void> {
  nowMs += ms;
  await vi.advanceTimersByTimeAsync(ms);
}

it('is the age of the oldest input that is not in the database', async () => {
  watch();
  await pass(0);
  expect(lag.read()).toBe(0);
  lag.note(0, 10, nowMs);
  lag.note(1, 3, nowMs + 2_000);
  await pass(EVERY_MS);
  expect(lag.read()).toBe(5_000);
  places = new Map([
    [0, 11],
    [1, 3],
  ]);
  await pass(EVERY_MS);
  expect(lag.read()).toBe(8_000);
  places = new Map([
    [0, 11],
    [1, 4],
  ]);
  await pass(EVERY_MS);
  expect(lag.read()).toBe(0);
});

it('grows while the database is away, from where it had got; nobody knows before it was there', async () => {
  places = new Error('away');
  watch();
  lag.note(0, 0, nowMs);
  await pass(EVERY_MS);
  expect(lag.read()).toBeNull();
  places = new Map([[0, 1]]);
  await pass(EVERY_MS);
  expect(lag.read()).toBe(0);
  places = new Error('away');
  await pass(EVERY_MS);
  lag.note(0, 1, nowMs);
  expect(lag.read()).toBe(0);
  await pass(3 * EVERY_MS);
  expect(lag.read()).toBe(3 * EVERY_MS);
  await pass(1_000);
  expect(lag.read()).toBe(3 * EVERY_MS + 1_000);
});

it('keeps a bound however long the database is away, and never says less than it is', async () => {
  watch();
  await pass(0);
  places = new Error('away');
  const beganAtMs = nowMs;
  for (let second = 0; second < 10_000; second++) lag.note(0, second, beganAtMs + second * 1_000);
  await pass(10_000_000);
  expect(lag.read()).toBe(nowMs - beganAtMs);
  places = new Map([[0, 9_999]]);
  await pass(EVERY_MS);
  expect(lag.read()).toBe(EVERY_MS + 1_000);
});

/** The order of deliveries, and how often what fails is tried. */
import { expect, test, vi } from 'vitest';
import { createLanes, type LanesOptions } from '../../../src/roles/handoff/lanes.js';

const clock = { ms: 0, nowMs: () => clock.ms };
const OPTIONS: LanesOptions = { atOnce: 4, retryFirstMs: 1, retryMaxMs: 20, awayAfter: 5 };

function collect(deliver: (item: string) => Promise<void>, options = OPTIONS) {
  const done: string[] = [];
  const lanes = createLanes<string>({
    async deliver(items) {
      const told = items.join('+');
      await deliver(told);
      done.push(told);
    },
    clock,
    onDelivered() {},
    onHeldUp() {},
    options,
  });
  return { lanes, done };
}

test('what one wearer is refused holds up that wearer alone, and the position', async () => {
  let isFixed = false;
  const { lanes, done } = collect(async (item) => {
    if (item === 'a1' && !isFixed) throw new Error('answered 400');
  });
  for (const [seq, item] of ['a1', 'b2', 'a3', 'b4', 'c5'].entries()) lanes.add(item[0]!, seq, item);
  await expect.poll(() => done).toEqual(['b2', 'c5', 'b4']);
  expect([...lanes.waiting()]).toEqual([0, 2]);
  expect([lanes.size(), lanes.moving()]).toEqual([2, 0]);
  clock.ms += 60_000;
  expect(lanes.failing(60_000)).toMatchObject({ since: new Date(0).toISOString(), error: 'answered 400' });
  expect(lanes.failing(60_001)).toBeNull();
  isFixed = true;
  await expect.poll(() => done.slice(3)).toEqual(['a1', 'a3']);
  expect([[...lanes.waiting()], lanes.failing(0), lanes.moving()]).toEqual([[], null, 0]);
});

test('a receiver that is away is asked with one delivery at a time, later each time, and told at once when it is back', async () => {
  let isBack = false;
  let underWay = 0;
  const most: number[] = [];
  const { lanes, done } = collect(async () => {
    most.push(++underWay);
    await new Promise((resolve) => setTimeout(resolve, 1));
    underWay--;
    if (!isBack) throw new Error('ECONNREFUSED');
  });
  for (let n = 0; n < 1_000; n++) lanes.add(`w${n}`, n, `w${n}`);
  await expect.poll(() => most.length).toBeGreaterThan(15);
  // Five until it is known to be away, and the others of those four at once.
  expect(most.slice(8).every((count) => count === 1)).toBe(true);
  isBack = true;
  await vi.waitFor(() => expect(done).toHaveLength(1_000), { timeout: 60_000 });
  expect(lanes.size()).toBe(0);
});

test('what is under way together counts once for how long a receiver is left alone', async () => {
  let isBack = false;
  const options = { ...OPTIONS, atOnce: 16, awayAfter: 1, retryFirstMs: 5, retryMaxMs: 3_600_000 };
  const { lanes, done } = collect(async () => {
    if (!isBack) throw new Error('ECONNREFUSED');
  }, options);
  for (let n = 0; n < 16; n++) lanes.add(`w${n}`, n, `w${n}`);
  await new Promise((resolve) => setTimeout(resolve, 5));
  isBack = true;
  await vi.waitFor(() => expect(done).toHaveLength(16), { timeout: 60_000 });
});

test('nothing is delivered after a stop', async () => {
  const { lanes } = collect(async () => {
    throw new Error('answered 503');
  });
  lanes.add('a', 0, 'a');
  await lanes.stop();
  lanes.add('b', 1, 'b');
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(lanes.size()).toBe(2);
});

test('a lane that rests tells its first at once, what comes meanwhile as one in its order, and of what failed all that waits', async () => {
  const fails = new Set(['d3', 'e4']);
  const { lanes, done } = collect(
    async (told) => {
      if ([...fails].some((item) => told.startsWith(item)) && fails.delete(told)) throw new Error('answered 451');
    },
    { ...OPTIONS, restMs: 50 },
  );
  for (const [seq, item] of ['a0', 'b1', 'c2'].entries()) lanes.add('box', seq, item);
  await expect.poll(() => done).toEqual(['a0']);
  // What waits for its turn is not what moves: reading goes on.
  expect([lanes.size(), lanes.moving()]).toEqual([2, 0]);
  await expect.poll(() => done).toEqual(['a0', 'b1+c2']);
  // Rested, and nothing waits: the next goes at once, and is tried again together with what came since.
  await new Promise((resolve) => setTimeout(resolve, 100));
  lanes.add('box', 3, 'd3');
  lanes.add('box', 4, 'e4');
  expect(lanes.failing(0)).toBeNull();
  await expect.poll(() => done.slice(2)).toEqual(['d3+e4']);
  expect([[...lanes.waiting()], lanes.size(), lanes.moving()]).toEqual([[], 0, 0]);
  await lanes.stop();
});

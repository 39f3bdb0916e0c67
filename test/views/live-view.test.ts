import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ping, TagWatch } from '../../src/engine/types.js';
import { encodeJson, INPUTS, inputRecord, STATES } from '../../src/ports/topics.js';
import { type LivePosition, type LiveView, startLiveView } from '../../src/views/live-view.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { pingAt, TEST_START_MS, watchOf } from '../support/pings.js';
import { createRememberingLog } from '../support/silent-log.js';

let opened: TestLog;
let running: LiveView[];
const logger = createRememberingLog();
const fitted = TEST_START_MS - 3_600_000;

beforeEach(async () => {
  opened = await openTestLog();
  running = [];
  logger.entries.length = 0;
});
afterEach(async () => {
  for (const view of running) await view.stop();
  await opened.dispose();
});

async function start(): Promise<LiveView> {
  const view = await startLiveView({ log: opened.log, logger, positionsIntervalMs: 5 });
  running.push(view);
  await view.caughtUp;
  return view;
}

const send = (...inputs: readonly (Ping | TagWatch)[]) =>
  opened.log.append(
    INPUTS,
    inputs.map((input) =>
      inputRecord(
        'activations' in input
          ? { type: 'watch', watch: input }
          : { type: 'ping', ping: input, receivedAtMs: input.fixedAtMs + 500 },
      ),
    ),
  );
const store = (partition: number, ...states: readonly (readonly [key: string, state: object])[]) =>
  opened.log.append(
    STATES,
    states.map(([key, state]) => ({ key, value: encodeJson(state), partition })),
  );
/** Of the test, at which the fix was made. */
const secondOf = (position: LivePosition | null) => position && (position.ping.fixedAtMs - TEST_START_MS) / 1_000;
/** Resolves when the view tells of a position that fits. */
const told = (view: LiveView, fits: (position: LivePosition) => boolean) =>
  new Promise<LivePosition>((resolve) => {
    const end = view.subscribe((changed) => {
      const found = changed.find(fits);
      if (found === undefined) return;
      end();
      resolve(found);
    });
  });

describe('catching up', () => {
  test('on an empty log is done at once', async () => {
    expect([...(await start()).positions()]).toEqual([]);
  });

  test('reads states, then the inputs after them, and no input before', async () => {
    const watch = watchOf('T-1', [['W-1', fitted, null]], { defaultAccuracyMetres: 12 });
    const [at] = await send(pingAt('T-1', 50), pingAt('T-1', 20));
    await store(
      at!.partition,
      [
        'activation/T-1/W-1',
        {
          type: 'activation',
          tagId: 'T-1',
          lastPing: { ping: pingAt('T-1', 10), receivedAtMs: TEST_START_MS + 10_500 },
        },
      ],
      ['watch/T-1', { type: 'watch', watch }],
      ['shared/C', { type: 'shared' }],
      ['epoch', { type: 'epoch', epoch: 'e' }],
      ['through', { type: 'through', offset: at!.offset + 1 }],
    );
    const view = await start();
    expect(view.position('W-1')).toMatchObject({
      activationId: 'T-1/W-1',
      ping: { fixedAtMs: TEST_START_MS + 20_000 },
    });
    expect(view.defaultAccuracy('T-1')).toBe(12);
    expect(view.defaultAccuracy('T-2')).toBeNull();
  });

  test('without states reads all inputs, and skips what it cannot read', async () => {
    await send(watchOf('T-1', [['W-1', fitted, null]]), pingAt('T-1', 1));
    await opened.log.append(INPUTS, [{ key: 'T-1', value: new TextEncoder().encode('{') }]);
    await send(pingAt('T-1', 2));
    const view = await start();
    expect(secondOf(view.position('W-1'))).toBe(2);
    expect(logger.entries.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('positions', () => {
  test('are of the wearer who had the tag on at the time of the fix', async () => {
    const moved = TEST_START_MS + 60_000;
    await send(
      watchOf('T-1', [
        ['W-1', fitted, moved],
        ['W-2', moved + 5_000, null],
      ]),
      pingAt('T-1', 30),
      pingAt('T-1', 62),
      pingAt('T-1', 70),
      pingAt('T-9', 70),
    );
    const view = await start();
    expect(secondOf(view.position('W-1'))).toBe(30);
    expect(secondOf(view.position('W-2'))).toBe(70);
    expect(view.activationAt('T-1', moved - 1)).toMatchObject({ wearerId: 'W-1' });
    expect(view.activationAt('T-1', moved)).toBe('not-fitted');
    expect(view.activationAt('T-9', moved)).toBe('unknown-tag');
  });

  test('go forward in device time only, never ahead of the clock, and need a position', async () => {
    await send(
      watchOf('T-1', [['W-1', fitted, null]]),
      pingAt('T-1', 100),
      pingAt('T-1', 40),
      pingAt('T-1', 110, { position: null }),
    );
    const ahead = pingAt('T-1', 500);
    await opened.log.append(INPUTS, [
      inputRecord({ type: 'ping', ping: ahead, receivedAtMs: ahead.fixedAtMs - 60_001 }),
      // Sent again when its date has come.
      inputRecord({ type: 'ping', ping: ahead, receivedAtMs: ahead.fixedAtMs + 500 }),
    ]);
    expect(secondOf((await start()).position('W-1'))).toBe(100);
  });

  test('that were of somebody else after all are taken away', async () => {
    await send(watchOf('T-1', [['W-1', fitted, null]]), pingAt('T-1', 1));
    const view = await start();
    expect(view.position('W-1')).not.toBeNull();
    await send(
      watchOf('T-1', [['W-0', fitted, null]]),
      watchOf('T-1', [['W-2', fitted, null]], { sequence: 2 }),
      pingAt('T-1', 2),
    );
    await told(view, ({ wearerId }) => wearerId === 'W-2');
    expect([...view.positions()].map(({ wearerId }) => wearerId)).toEqual(['W-2']);
  });

  test('are told coalesced: the newest of each wearer', async () => {
    await send(watchOf('T-1', [['W-1', fitted, null]]));
    const view = await start();
    const heard: number[] = [];
    view.subscribe((changed) => heard.push(...changed.map((position) => secondOf(position) ?? -1)));
    const newest = told(view, (position) => secondOf(position) === 500);
    await send(...Array.from({ length: 500 }, (_, i) => pingAt('T-1', i + 1)));
    await newest;
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(heard.length).toBeLessThan(500);
  });
});

/** Clocks of workers that are not right, and workers that have lost their session: over the embedded log. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ConsumerHandler, EventLog, PartitionControl } from '../../src/ports/event-log.js';
import { type StateRecord, stateRecord } from '../../src/ports/states.js';
import { decodeJson, INPUTS, type InputRecord, inputRecord, STATES } from '../../src/ports/topics.js';
import { type EngineOptions, type EngineWorker, startEngine } from '../../src/roles/engine/engine-worker.js';
import { noEngineCounters } from '../support/counters.js';
import { openTestLog } from '../support/embedded-log.js';
import { watchOf } from '../support/pings.js';
import { silentLog } from '../support/silent-log.js';

const DAY_MS = 86_400_000;
const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function openLog(): Promise<EventLog> {
  const opened = await openTestLog();
  ending.push(opened.dispose);
  return opened.log;
}

async function start(log: EventLog, skewMs: number, options: Partial<EngineOptions> = {}): Promise<EngineWorker> {
  const clock = { nowMs: () => Date.now() + skewMs };
  const all = { tickEveryMs: 20, sessionMs: 10 * DAY_MS, ...options };
  const engine = await startEngine({ log, clock, logger: silentLog, counters: noEngineCounters, options: all });
  ending.push(engine.stop);
  return engine;
}

async function read<T>(log: EventLog, topic: string): Promise<{ value: T; appendedAtMs: number }[]> {
  const found: { value: T; appendedAtMs: number }[] = [];
  const all = Array.from({ length: 12 }, (_, partition) => ({ topic, partition }));
  await log.readToEnd(all, ({ records }) => {
    for (const { value, appendedAtMs } of records) if (value) found.push({ value: decodeJson<T>(value), appendedAtMs });
  });
  return found;
}
const ticksIn = async (log: EventLog) =>
  (await read<InputRecord>(log, INPUTS)).flatMap(({ value, appendedAtMs }) =>
    value.type === 'tick' ? [{ atMs: value.atMs, appendedAtMs }] : [],
  );

describe('a clock that is not right', () => {
  it('a day ahead: no time is believed that the log has not reached', async () => {
    const log = await openLog();
    const engine = await start(log, DAY_MS);
    await expect.poll(async () => (await ticksIn(log)).length).toBeGreaterThan(24);
    await engine.stop();
    const throughs = (await read<{ type: string; tickAtMs: number }>(log, STATES)).filter(
      ({ value }) => value.type === 'through',
    );
    expect(throughs.length).toBeGreaterThan(0);
    for (const { value, appendedAtMs } of throughs) expect(value.tickAtMs).toBeLessThanOrEqual(appendedAtMs);
  });

  it('a day behind: time goes on with the log, from the first record on that was read', async () => {
    const log = await openLog();
    await log.append(INPUTS, [inputRecord({ type: 'watch', watch: watchOf('T-1', [['W-1', 0, null]]) })]);
    const { appendedAtMs } = (await read<InputRecord>(log, INPUTS))[0]!;
    await start(log, -DAY_MS);
    await expect.poll(async () => (await ticksIn(log)).some(({ atMs }) => atMs >= appendedAtMs)).toBe(true);
  });
});

describe('an owner', () => {
  /** The log with what the worker gives it and is given looked at. */
  function watched(log: EventLog, over: Partial<EventLog>, control: Partial<PartitionControl> = {}) {
    const seen: { handler: ConsumerHandler | null; control: PartitionControl | null } = {
      handler: null,
      control: null,
    };
    const through = (given: PartitionControl): PartitionControl => {
      seen.control = { ...given, ...control };
      return seen.control;
    };
    const wrapped: EventLog = {
      ...log,
      ...over,
      consume: (options) => {
        const { handler } = options;
        seen.handler = handler;
        return log.consume({
          ...options,
          handler: {
            onAssigned: (at, given) => handler.onAssigned(at, through(given)),
            onBatch: (batch, given) => handler.onBatch(batch, through(given)),
            onRevoked: async (at, given, how) => await handler.onRevoked?.(at, through(given), how),
          },
        });
      },
    };
    return { wrapped, seen };
  }

  it('that has not been heard for a session tells no time: its partitions may be others’', async () => {
    const log = await openLog();
    let heardAtMs = Date.now();
    const { wrapped } = watched(log, {}, { lastHeartbeatAtMs: () => heardAtMs });
    await start(wrapped, 0, { sessionMs: 10_000 });
    await expect.poll(async () => (await ticksIn(log)).length).toBeGreaterThan(0);
    heardAtMs = Date.now() - 10_001;
    // One may be under way.
    let before = 0;
    const more = async () => {
      const known = before;
      before = (await ticksIn(log)).length;
      return before - known;
    };
    await expect.poll(more, { interval: 200 }).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await ticksIn(log)).length).toBe(before);
    heardAtMs = Date.now();
    await expect.poll(async () => (await ticksIn(log)).length).toBeGreaterThan(before);
  });

  it('whose checkpoint hangs writes no other one of that partition: the second would say that the first is there', async () => {
    const log = await openLog();
    const states: string[][] = [];
    let release = () => {};
    const append: EventLog['append'] = async (topic, records) => {
      if (topic !== STATES || records[0]?.partition !== 3) return await log.append(topic, records);
      states.push(records.map(({ key }) => key!));
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return await log.append(topic, records);
    };
    const { wrapped, seen } = watched(log, { append });
    ending.push(async () => release());
    const engine = await start(wrapped, 0, { checkpointEveryMs: 50 });
    await expect.poll(() => states).toHaveLength(1);
    await seen.handler!.onRevoked!([{ topic: INPUTS, partition: 3 }], seen.control!, 'given-up');
    expect(states).toHaveLength(1);
    release();
    await engine.stop();
  });

  it('does not read its own checkpoints, sees what another wrote between them, and writes over what is older', async () => {
    const log = await openLog();
    const watch = (sequence: number) => watchOf('T-1', [['W-1', 0, null]], { sequence });
    const tag = inputRecord({ type: 'watch', watch: watch(2) });
    const { partition } = (await log.append(INPUTS, [tag]))[0]!;
    const watches = async () =>
      (await read<StateRecord>(log, STATES)).flatMap(({ value }) =>
        value.type === 'watch' ? [value.watch.sequence] : [],
      );
    const delivered: string[] = [];
    const consume: EventLog['consume'] = (options) =>
      log.consume({
        ...options,
        handler: {
          ...options.handler,
          async onBatch(batch, control) {
            if (batch.topic === STATES) delivered.push(...batch.records.map(({ key }) => key!));
            await options.handler.onBatch(batch, control);
          },
        },
      });
    await start({ ...log, consume }, 0, { checkpointEveryMs: 50 });
    await expect.poll(async () => await watches()).toEqual([2]);
    expect(delivered).toEqual([]);
    const older = { type: 'watch', appliedOffset: -1, watch: watch(1) } as const;
    await log.append(STATES, [stateRecord(older, partition)]);
    // The embedded log keeps the newest of a key alone.
    await expect.poll(() => delivered[0]).toBe('watch/T-1');
    await expect.poll(async () => await watches()).toEqual([2]);
  });

  it('checkpoints its partitions one after the other', async () => {
    const log = await openLog();
    const writes: number[] = [];
    const append: EventLog['append'] = async (topic, records) => {
      if (topic === STATES) writes.push(records[0]!.partition!);
      return await log.append(topic, records);
    };
    const { wrapped } = watched(log, { append });
    await start(wrapped, 0, { checkpointEveryMs: 2_400 });
    await expect.poll(() => new Set(writes).size).toBe(12);
    // The last partition's turn comes first; neighbours may overtake each other where the machine is busy.
    const first = [...new Set(writes)];
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
    expect(sum(first.slice(0, 6))).toBeGreaterThan(sum(first.slice(6)));
  });
});

/** A partition that comes and goes while something is slow, broken or too late: no alert is lost by it, and none of what is written lies. */
import { expect, it } from 'vitest';
import {
  type ConsumerHandler,
  type EventLog,
  type LogBatch,
  LogUnavailable,
  type NewRecord,
  type PartitionControl,
} from '../../src/ports/event-log.js';
import { stateRecord } from '../../src/ports/states.js';
import { ALERTS, INPUTS, type InputRecord, REJECTED, STATES } from '../../src/ports/topics.js';
import { createCheckpointWriter } from '../../src/roles/engine/checkpoint-writer.js';
import { startEngine } from '../../src/roles/engine/engine-worker.js';
import { forgetOrphans } from '../../src/roles/engine/forget.js';
import { emptyFold, foldInput } from '../../src/roles/engine/partition-fold.js';
import { createStatesRestore } from '../../src/roles/engine/states-restore.js';
import { noEngineCounters } from '../support/counters.js';
import { pingAt, TEST_START_MS, watchOf } from '../support/pings.js';
import { silentLog } from '../support/silent-log.js';

const MINUTE_MS = 60_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));
const onFault = ({ error }: { readonly error: unknown }) => {
  throw error;
};
const tamper = (tagId: string, second: number): InputRecord => ({
  type: 'ping',
  ping: pingAt(tagId, second, { deviceEvents: ['strap-tamper'] }),
  receivedAtMs: TEST_START_MS + second * 1_000 + 1_000,
});
const WORN = [['W-1', TEST_START_MS - MINUTE_MS, null]] as const;
const unreadable = (record: NewRecord): NewRecord => ({ ...record, value: new Uint8Array([1]) });

function restoreFrom(topic: readonly NewRecord[]) {
  const fold = emptyFold(0);
  const states = createStatesRestore();
  topic.forEach(({ key, value, headers = {} }, offset) => {
    states.take({ topic: STATES, partition: 0, offset, appendedAtMs: 0, key, value, headers });
  });
  states.finish(fold);
  forgetOrphans(fold);
  return fold;
}

function writerOf(fold: ReturnType<typeof emptyFold>, append: EventLog['append'], nowMs: () => number) {
  const writer = createCheckpointWriter(
    {
      log: { append } as EventLog,
      clock: { nowMs },
      logger: silentLog,
      counters: noEngineCounters,
      checkpointEveryMs: 10,
      sessionMs: 10_000,
    },
    fold,
    { lastHeartbeatAtMs: nowMs } as PartitionControl,
    0,
  );
  writer.beginBehind(0);
  return writer;
}

it('a state that is written while the fold goes on holds nothing of after the offset that it says', async () => {
  const inputs: InputRecord[] = [];
  const fold = emptyFold(0);
  const events: unknown[] = [];
  const take = (input: InputRecord) => {
    events.push(...foldInput(fold, input, inputs.length, onFault).events);
    inputs.push(input);
  };
  const twice = [['W-0', TEST_START_MS - 120 * MINUTE_MS, TEST_START_MS - 60 * MINUTE_MS], ...WORN] as const;
  // A tag with two states lies across the end of a piece of a thousand.
  take({ type: 'watch', watch: watchOf('X', twice) });
  for (let n = 0; n < 1_997; n++) take({ type: 'watch', watch: watchOf(`T-${n}`, []) });
  take({ type: 'ping', ping: pingAt('X', 10), receivedAtMs: TEST_START_MS + 11_000 });
  const topic: NewRecord[] = [];
  const waiting: (() => void)[] = [];
  const append: EventLog['append'] = (_, records) =>
    new Promise((resolve) => {
      waiting.push(() => {
        const offset = topic.length;
        topic.push(...records);
        resolve(records.map((_record, n) => ({ partition: 0, offset: offset + n })));
      });
    });
  let isSettled = true;
  const ahead = writerOf(fold, append, () => TEST_START_MS).writeAhead(() => isSettled);
  const arrived = async () => {
    while (waiting.length === 0) await turn();
  };
  const step = async () => {
    await arrived();
    waiting.shift()!();
    await turn();
  };
  await arrived();
  take({ type: 'watch', watch: watchOf('X', twice, { sequence: 2, publishedAtMs: TEST_START_MS + 20_000 }) });
  await step();
  await arrived();
  const before = events.length;
  take(tamper('X', 70));
  const told = events.slice(before);
  // Its alert is not in the log yet.
  isSettled = false;
  while (waiting.length > 0) await step();
  await ahead;
  const again = restoreFrom(topic);
  const foldedAgain = inputs.flatMap((input, offset) => foldInput(again, input, offset, onFault).events);
  expect(told).toHaveLength(1);
  expect(foldedAgain).toEqual(told);
});

/** An engine over topics in memory of one partition; `before` is awaited by every append. */
async function engineOver(before: (topic: string) => Promise<void>) {
  const topics = new Map<string, NewRecord[]>([INPUTS, STATES, ALERTS, REJECTED].map((topic) => [topic, []]));
  let handler!: ConsumerHandler;
  const append: EventLog['append'] = async (topic, records) => {
    await before(topic);
    const all = topics.get(topic)!;
    const offset = all.length;
    all.push(...records);
    return records.map((_, n) => ({ partition: 0, offset: offset + n }));
  };
  const log = {
    append,
    async consume(options: { readonly handler: ConsumerHandler }) {
      handler = options.handler;
      return { stop: async () => {} };
    },
  } as unknown as EventLog;
  const control: PartitionControl = {
    seek() {},
    pause() {},
    resume() {},
    bounds: async ({ topic }) => ({ startOffset: 0, endOffset: topics.get(topic)!.length }),
    lastHeartbeatAtMs: () => Date.now(),
  };
  const batch = (): LogBatch => {
    const all = topics.get(INPUTS)!;
    const records = all.map(({ key, value, headers = {} }, offset) => ({
      topic: INPUTS,
      partition: 0,
      offset,
      appendedAtMs: TEST_START_MS,
      key,
      value,
      headers,
    }));
    return { topic: INPUTS, partition: 0, nextOffset: all.length, endOffset: all.length, records };
  };
  const clock = { nowMs: () => Date.now() };
  const options = { tickEveryMs: 1_000_000_000 };
  const engine = await startEngine({ log, clock, logger: silentLog, counters: noEngineCounters, options });
  const both = [INPUTS, STATES].map((topic) => ({ topic, partition: 0 }));
  return {
    engine,
    written: (topic: string) => topics.get(topic)!,
    say: (value: InputRecord | string) =>
      void topics.get(INPUTS)!.push({
        key: null,
        value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
        headers: {},
      }),
    assign: () => handler.onAssigned(both, control),
    deliver: () => handler.onBatch(batch(), control),
    giveUp: () => handler.onRevoked!(both, control, 'given-up'),
  };
}

it('a partition that came back while its last states were written goes on', async () => {
  let hang: Promise<void> | null = null;
  const { engine, written, say, assign, deliver, giveUp } = await engineOver(async (topic) => {
    if (topic === STATES) await hang;
  });
  say({ type: 'watch', watch: watchOf('T-1', WORN) });
  await assign();
  await deliver();
  let release = () => {};
  hang = new Promise((resolve) => {
    release = resolve;
  });
  const given = giveUp();
  await turn();
  hang = null;
  written(STATES).length = 0;
  await assign();
  release();
  await given;
  say(tamper('T-1', 5));
  await deliver();
  expect([engine.status().partitions, written(ALERTS).length]).toEqual([1, 1]);
  await engine.stop();
});

it('what cannot be used is in tagwatch.rejected before a state says that its offset is done', async () => {
  let isAway = true;
  const { engine, written, say, assign, deliver, giveUp } = await engineOver(async (topic) => {
    if (topic === REJECTED && isAway) throw new LogUnavailable('the log is away');
  });
  await assign();
  say({ type: 'watch', watch: watchOf('T-1', WORN) });
  await deliver();
  say('rubbish');
  await expect(deliver()).rejects.toThrow('away');
  // It goes while what it could not use is still on its way: whoever comes next reads it again.
  await giveUp();
  expect([written(STATES).length, written(REJECTED).length]).toEqual([0, 0]);

  await assign();
  await expect(deliver()).rejects.toThrow('away');
  isAway = false;
  await deliver();
  await giveUp();
  expect(written(REJECTED)).toHaveLength(1);
  expect(written(STATES).length).toBeGreaterThan(0);
  await engine.stop();
});

it('a stored watch that cannot be read is none to a newer one, and stays unwritten with all that it stands beside', async () => {
  const watch = watchOf('T-1', WORN);
  const stored = [
    unreadable(stateRecord({ type: 'watch', appliedOffset: 3, watch, forgetAtMs: Number.POSITIVE_INFINITY }, 0)),
    stateRecord({ type: 'through', offset: 4, tickAtMs: 0 }, 0),
  ];
  const faults: unknown[] = [];
  const healed = restoreFrom(stored);
  const newer = { ...watch, sequence: 9, publishedAtMs: TEST_START_MS + 1 };
  foldInput(healed, { type: 'watch', watch: newer }, 5, (fault) => faults.push(fault));
  expect(foldInput(healed, tamper('T-1', 5), 6, onFault).events).toHaveLength(1);
  expect(faults.length).toBeGreaterThan(0);

  const fold = restoreFrom(stored);
  // Somebody else wrote an older one over it.
  fold.tags.get('T-1')!.dirty = true;
  foldInput(fold, { type: 'watch', watch: watchOf('T-2', WORN) }, 4, onFault);
  foldInput(fold, tamper('T-2', 5), 5, onFault);
  const written: (string | null)[] = [];
  let nowMs = TEST_START_MS;
  const append: EventLog['append'] = async (_, records) => {
    written.push(...records.map(({ key }) => key));
    return records.map((_record, n) => ({ partition: 0, offset: written.length + n }));
  };
  const writer = writerOf(fold, append, () => nowMs);
  for (let n = 0; n < 6; n++) {
    nowMs += 2_000;
    await writer.goOn().catch(() => {});
  }
  // What is not in the topic is not said to be.
  expect(written).not.toContain('through');
});

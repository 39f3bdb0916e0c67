/** Tags that are fitted and removed, on a real broker: what is over leaves `tagwatch.states` by tombstones, and a worker starts from these. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import type { TagWatch } from '../../src/engine/types.js';
import { connectKafka } from '../../src/log/kafka.js';
import { withTopicPrefix } from '../../src/log/prefixed.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { decodeJson, INPUTS, inputRecord, OWN_TOPICS, STATES } from '../../src/ports/topics.js';
import { startEngine } from '../../src/roles/engine/engine-worker.js';
import { pingAt, watch as watchOf } from '../scenarios/world.js';
import { noEngineCounters } from '../support/counters.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

const DAY_MS = 86_400_000;
const TAGS = 30;
const LIMIT = { timeout: 120_000, interval: 500 };

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

function watch(tag: number, sequence: number, nowMs: number, removedAtMs: number | null): TagWatch {
  const [activation] = watchOf([], []).activations;
  const worn = {
    ...activation!,
    activationId: `A-${tag}`,
    wearerId: `W-${tag}`,
    fittedAtMs: nowMs - 6 * DAY_MS,
    removedAtMs,
  };
  return { ...watchOf([], []), tagId: `T-${tag}`, sequence, publishedAtMs: nowMs, activations: [worn] };
}

/** By key what stands last: null is a tombstone. */
async function readStates(log: EventLog): Promise<Map<string, { type: string } | null>> {
  const newest = new Map<string, { type: string } | null>();
  const count = await log.partitionCount(STATES);
  const all = Array.from({ length: count }, (_, partition) => ({ topic: STATES, partition }));
  await log.readToEnd(all, ({ records }) => {
    for (const { key, value } of records) newest.set(key!, value === null ? null : decodeJson(value));
  });
  return newest;
}

it('thirty tags worn and removed leave tombstones alone, and the next worker begins without them', {
  timeout: 240_000,
}, async () => {
  const prefix = `${randomUUID()}.`;
  const log = withTopicPrefix(
    connectKafka({ brokers: sharedKafkaBrokers(), clientId: 'turnover', log: silentLog }),
    prefix,
  );
  ending.push(() => log.close());
  await log.ensureTopics(OWN_TOPICS);
  const clock = { nowMs: () => Date.now() };
  const options = { tickEveryMs: 500, checkpointEveryMs: 1_000 };
  const start = () => startEngine({ log, clock, logger: silentLog, counters: noEngineCounters, options });
  const engine = await start();
  ending.push(() => engine.stop());

  const nowMs = Date.now();
  const tags = Array.from({ length: TAGS }, (_, tag) => tag);
  await log.append(
    INPUTS,
    tags.flatMap((tag) => [
      inputRecord({ type: 'watch', watch: watch(tag, 1, nowMs, null) }),
      inputRecord({
        type: 'ping',
        ping: { ...pingAt(nowMs - 5 * DAY_MS, { latitude: 51.28, longitude: 1.08 }), tagId: `T-${tag}` },
        receivedAtMs: nowMs,
      }),
    ]),
  );
  const alive = async (type: string) =>
    [...(await readStates(log)).values()].filter((state) => state?.type === type).length;
  await vi.waitFor(async () => expect(await alive('activation')).toBe(TAGS), LIMIT);

  await log.append(
    INPUTS,
    tags.map((tag) => inputRecord({ type: 'watch', watch: watch(tag, 2, nowMs, nowMs - 4 * DAY_MS) })),
  );
  await vi.waitFor(async () => expect(await alive('activation')).toBe(0), LIMIT);
  const tombstones = [...(await readStates(log)).values()].filter((state) => state === null).length;
  expect(tombstones).toBeGreaterThanOrEqual(TAGS);

  await engine.stop();
  const next = await start();
  ending.push(() => next.stop());
  await vi.waitFor(() => expect(next.isReady()).toBe(true), LIMIT);
  // What was removed does not come back: it writes no state of it.
  await log.append(INPUTS, [inputRecord({ type: 'watch', watch: watch(TAGS, 1, nowMs, null) })]);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(await alive('activation')).toBeLessThanOrEqual(1);
});

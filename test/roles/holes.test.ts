/** A log whose last offsets hold nothing: who waits for the end of it is not kept waiting. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openEmbeddedLog } from '../../src/log/embedded.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { stateRecord } from '../../src/ports/states.js';
import { OWN_TOPICS, STATES } from '../../src/ports/topics.js';
import { startEngine } from '../../src/roles/engine/engine-worker.js';
import { noEngineCounters } from '../support/counters.js';
import { watchOf } from '../support/pings.js';
import { silentLog } from '../support/silent-log.js';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

it('the engine restores a partition whose states end with a tombstone that is gone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tagwatch-holes-'));
  ending.push(() => rm(directory, { recursive: true, force: true }));
  let nowMs = Date.UTC(2026, 10, 22);
  const open = (): EventLog =>
    openEmbeddedLog({ directory, log: silentLog, nowMs: () => nowMs, tombstoneRetentionMs: 1_000 });
  const first = open();
  await first.ensureTopics(OWN_TOPICS);
  const watch = { type: 'watch', appliedOffset: 0, watch: watchOf('T-1', [['W-1', 0, null]]) } as const;
  await first.append(STATES, [
    stateRecord(watch, 3),
    stateRecord({ type: 'gone', key: 'watch/T-2', appliedOffset: 0 }, 3),
    // A partition of which nothing is left at all.
    stateRecord({ type: 'gone', key: 'watch/T-1', appliedOffset: 0 }, 5),
  ]);
  await first.close();
  nowMs += 1_001;
  await open().close();

  const log = open();
  ending.push(() => log.close());
  const clock = { nowMs: () => nowMs };
  const options = { tickEveryMs: 60_000 };
  const engine = await startEngine({ log, clock, logger: silentLog, counters: noEngineCounters, options });
  ending.push(() => engine.stop());
  await expect.poll(() => engine.isReady()).toBe(true);
  expect(engine.status()).toMatchObject({ partitions: 12, restored: 12, lag: 0 });
});

/** A supplier that was heard and is not any more: over the embedded log. */
import { afterEach, expect, it } from 'vitest';
import type { EventLog } from '../../src/ports/event-log.js';
import { type SupplierWatch, watchSuppliers } from '../../src/roles/intake/supplier-watch.js';
import { openTestLog } from '../support/embedded-log.js';

const SILENT_AFTER_MS = 300_000;
const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

it('tells topics that had a message once and none for long, by when the last one was appended', async () => {
  const opened = await openTestLog();
  ending.push(opened.dispose);
  const { log } = opened;
  const topics = ['busy', 'ceased', 'never'];
  await log.ensureTopics(topics.map((topic) => ({ topic, partitions: 2, cleanup: 'delete', fixedPartitions: false })));
  const send = (topic: string, partition: number) =>
    log.append(topic, [{ key: null, value: Buffer.from('x'), partition }]);
  for (let i = 0; i < 5; i++) await send('ceased', 0);
  await send('ceased', 1);
  await send('busy', 0);
  let delivered = 0;
  const counting: EventLog = {
    ...log,
    consume: (options) =>
      log.consume({
        ...options,
        handler: {
          ...options.handler,
          async onBatch(batch, control) {
            delivered += batch.records.length;
            await options.handler.onBatch(batch, control);
          },
        },
      }),
  };
  let skewMs = 0;
  const clock = { nowMs: () => Date.now() + skewMs };
  const watch: SupplierWatch = await watchSuppliers({
    log: counting,
    topics,
    clock,
    silentAfterMs: SILENT_AFTER_MS,
    everyMs: 10,
  });
  ending.push(watch.stop);
  // Of each partition that has anything, its last record alone.
  await expect.poll(() => delivered).toBe(3);
  expect(watch.silent()).toEqual([]);
  skewMs = SILENT_AFTER_MS + 60_000;
  await expect.poll(() => watch.silent().map(({ topic }) => topic)).toEqual(['busy', 'ceased']);
  expect(Math.abs(watch.silent()[0]!.lastAtMs - Date.now())).toBeLessThan(60_000);
  // Heard again: the log stamps with the time of now, so the clock is put right.
  skewMs = 0;
  await send('busy', 1);
  await expect.poll(() => delivered).toBe(4);
  await expect.poll(() => watch.silent()).toEqual([]);
});

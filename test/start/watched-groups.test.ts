import { describe, expect, it } from 'vitest';
import type { ConsumerHandler, EventLog, LogBatch, PartitionControl } from '../../src/ports/event-log.js';
import { REJECTED } from '../../src/ports/topics.js';
import { watchGroups } from '../../src/start/watched-groups.js';
import { openTestLog } from '../support/embedded-log.js';

const record = (text: string) => ({ key: null, value: Buffer.from(text) });

describe('watched groups', () => {
  it('counts assignments of groups, and how far they are behind', async () => {
    const opened = await openTestLog();
    const assigned: string[] = [];
    const { log, behind } = watchGroups(opened.log, { partitionsAssigned: (group) => void assigned.push(group) });
    expect(behind('readers')).toBeNull();
    await log.append(REJECTED, [record('a'), record('b'), record('c')]);
    let handled = 0;
    let goOn: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const handler = {
      onAssigned: async () => {},
      onBatch: async ({ records }: { records: readonly unknown[] }) => {
        await held;
        handled += records.length;
      },
    };
    const grouped = await log.consume({ group: 'readers', topics: [REJECTED], commit: true, handler });
    const alone = await log.consume({
      group: null,
      topics: [REJECTED],
      commit: false,
      handler: { onAssigned: async () => {}, onBatch: async () => {} },
    });
    await expect.poll(() => behind('readers')).toBe(3);
    goOn();
    await expect.poll(() => handled).toBe(3);
    await expect.poll(() => behind('readers')).toBe(0);
    expect(assigned).toEqual(['readers']);
    await Promise.all([grouped.stop(), alone.stop()]);
    await opened.dispose();
  });

  it('are told of batches that hold nothing, and of partitions that go', async () => {
    const seen: { handler: ConsumerHandler | null } = { handler: null };
    const consume: EventLog['consume'] = async (options) => {
      seen.handler = options.handler;
      return { stop: async () => {} };
    };
    const { log, behind } = watchGroups({ consume } as EventLog, { partitionsAssigned: () => {} });
    const batches: LogBatch[] = [];
    const handler = { onAssigned: async () => {}, onBatch: async (batch: LogBatch) => void batches.push(batch) };
    await log.consume({ group: 'readers', topics: ['t'], commit: false, handler });
    const control = {} as PartitionControl;
    const places = [0, 1].map((partition) => ({ topic: 't', partition }));
    await seen.handler!.onAssigned(places, control);
    await seen.handler!.onBatch({ ...places[0]!, records: [], nextOffset: 5, endOffset: 9 }, control);
    await seen.handler!.onBatch({ ...places[1]!, records: [], nextOffset: 5, endOffset: 8 }, control);
    expect(batches).toHaveLength(2);
    expect(behind('readers')).toBe(7);
    await seen.handler!.onRevoked!([places[0]!], control, 'given-up');
    expect(behind('readers')).toBe(3);
  });
});

import { describe, expect, it, vi } from 'vitest';
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
    await vi.waitFor(() => expect(behind('readers')).toBe(3));
    goOn();
    await vi.waitFor(() => expect(handled).toBe(3));
    await vi.waitFor(() => expect(behind('readers')).toBe(0));
    expect(assigned).toEqual(['readers']);
    await Promise.all([grouped.stop(), alone.stop()]);
    await opened.dispose();
  });
});

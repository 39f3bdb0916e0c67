/** A log with a prefix is the same log: whatever a reader asks for reaches it. */
import { describe, expect, it } from 'vitest';
import { withTopicPrefix } from '../../src/log/prefixed.js';
import type { ConsumeOptions, EventLog } from '../../src/ports/event-log.js';
import { INPUTS } from '../../src/ports/topics.js';

describe('a log with a prefix', () => {
  it('hands every option of a reader on, its topics and group named anew', async () => {
    const asked: ConsumeOptions[] = [];
    const inner = {
      async consume(options: ConsumeOptions) {
        asked.push(options);
        return { async stop() {} };
      },
    } as Partial<EventLog> as EventLog;
    const handler = { async onAssigned() {}, async onBatch() {} };
    // Required: an option that is added has to stand here.
    const options: Required<ConsumeOptions> = {
      group: 'tagwatch-engine',
      topics: [INPUTS, 'supplier.pings'],
      commit: true,
      patienceMs: 7,
      handler,
    };
    await withTopicPrefix(inner, 'force.').consume(options);
    const [{ handler: _, ...others } = options] = asked;
    expect(others).toEqual({
      group: 'force.tagwatch-engine',
      topics: [`force.${INPUTS}`, 'supplier.pings'],
      commit: true,
      patienceMs: 7,
    });
  });
});

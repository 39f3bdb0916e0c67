import { describe, expect, it } from 'vitest';
import type { LogBatch } from '../../src/ports/event-log.js';
import { INPUTS, STATES } from '../../src/ports/topics.js';
import { createRetentionAlarm } from '../../src/roles/retention-alarm.js';

const DAY_MS = 86_400_000;

function batch(topic: string, appendedAtMs: number): LogBatch {
  const record = { topic, partition: 3, offset: 7, appendedAtMs, key: null, value: null, headers: {} };
  return { topic, partition: 3, nextOffset: 8, endOffset: 8, records: [record] };
}

describe('the alarm of a reader that falls behind', () => {
  it('is told at half the retention, once a minute, and not before', () => {
    let nowMs = 100 * DAY_MS;
    const told: object[] = [];
    const quiet = () => {};
    const logger = { debug: quiet, info: quiet, warn: quiet, error: (fields: object) => void told.push(fields) };
    const alarm = createRetentionAlarm('recorder', { nowMs: () => nowMs }, logger);
    alarm(batch(INPUTS, nowMs - 6.9 * DAY_MS));
    alarm(batch(STATES, 0));
    expect(told).toEqual([]);
    alarm(batch(INPUTS, nowMs - 7 * DAY_MS));
    alarm(batch(INPUTS, nowMs - 8 * DAY_MS));
    expect(told).toEqual([
      { reader: 'recorder', topic: INPUTS, partition: 3, ageMs: 7 * DAY_MS, retentionMs: 14 * DAY_MS },
    ]);
    nowMs += 60_000;
    alarm(batch(INPUTS, nowMs - 8 * DAY_MS));
    expect(told.length).toBe(2);
  });
});

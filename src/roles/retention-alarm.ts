/** Tells when a reader is halfway to what retention drops: from there on somebody must act, or records are lost to it. */
import type { Clock } from '../ports/clock.js';
import type { LogBatch } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { OWN_TOPICS } from '../ports/topics.js';

/** How often one partition's alarm is repeated while it lasts, ms. */
const REPEAT_EVERY_MS = 60_000;

/** Give it every batch before it is handled; it looks at the age of the batch's first record. */
export function createRetentionAlarm(reader: string, clock: Clock, logger: Log): (batch: LogBatch) => void {
  const toldAtMs = new Map<string, number>();
  return ({ topic, partition, records }) => {
    const retentionMs = OWN_TOPICS.find((spec) => spec.topic === topic)?.retentionMs;
    const nowMs = clock.nowMs();
    const ageMs = nowMs - (records[0]?.appendedAtMs ?? nowMs);
    if (retentionMs === undefined || ageMs < retentionMs / 2) return;
    const place = `${topic}/${partition}`;
    if (nowMs - (toldAtMs.get(place) ?? Number.NEGATIVE_INFINITY) < REPEAT_EVERY_MS) return;
    toldAtMs.set(place, nowMs);
    logger.error(
      { reader, topic, partition, ageMs, retentionMs },
      'a reader is more than halfway to what retention drops: give it room, or raise the retention',
    );
  };
}

/**
 * Whether the hand-off goes through, as every api reads it from `tagwatch.handoff`: receivers that fail, and those that nobody tells
 * although there is something to tell. From the log alone, so that it shows wherever the sender is, and when it is dead.
 */
import type { FailingHandoff } from '../alerts/standing.js';
import type { Clock } from '../ports/clock.js';
import type { EventLog } from '../ports/event-log.js';
import { HANDOFF_PARTITION, type HandoffRecord, readHandoffRecord } from '../ports/handoff.js';
import { HANDOFF } from '../ports/topics.js';

/** A sender stores its position each second, and a failure each minute: who is silent for so long, ms, is not there. */
export const SENDER_SILENT_AFTER_MS = 180_000;

export interface HandoffView {
  /** Sorted by id; empty: everything goes through, or nobody is told. */
  failing(): readonly FailingHandoff[];
  stop(): Promise<void>;
}

interface Seen {
  readonly record: HandoffRecord;
  /** Since when there is something to tell and nothing is heard of the sender, epoch ms. */
  behindSinceMs: number | null;
}

export async function startHandoffView(deps: {
  readonly log: EventLog;
  readonly epoch: string;
  readonly clock: Clock;
  /** The next offset of the alert log, as far as it was read. */
  readonly alertsEnd: () => number;
  readonly everyMs: number;
}): Promise<HandoffView> {
  const { log, epoch, clock, alertsEnd, everyMs } = deps;
  const seen = new Map<string, Seen>();
  const behindOf = ({ record }: Seen) => Math.max(0, alertsEnd() - (record.epoch === epoch ? record.nextSeq : 0));

  const look = () => {
    for (const one of seen.values())
      one.behindSinceMs = behindOf(one) === 0 ? null : (one.behindSinceMs ?? clock.nowMs());
  };
  const timer = setInterval(look, everyMs);
  timer.unref();

  const consumer = await log.consume({
    group: null,
    topics: [HANDOFF],
    commit: false,
    handler: {
      async onAssigned(_added, control) {
        const { startOffset } = await control.bounds(HANDOFF_PARTITION);
        control.seek(HANDOFF_PARTITION, startOffset);
      },
      async onBatch({ records }) {
        for (const { value } of records) {
          const record = value === null ? null : readHandoffRecord(value);
          if (record === null) continue;
          if (record.removed) seen.delete(record.receiverId);
          else seen.set(record.receiverId, { record, behindSinceMs: null });
        }
      },
    },
  });

  function failingOf(one: Seen): FailingHandoff | null {
    const { receiverId, failing } = one.record;
    const behind = behindOf(one);
    const { behindSinceMs } = one;
    if (behindSinceMs !== null && clock.nowMs() - behindSinceMs >= SENDER_SILENT_AFTER_MS) {
      const since = new Date(behindSinceMs).toISOString();
      return { receiverId, why: 'no-sender', since, tries: null, error: null, behind };
    }
    return failing === null ? null : { receiverId, why: 'not-delivered', ...failing, behind };
  }

  return {
    failing: () =>
      [...seen.values()].flatMap((one) => failingOf(one) ?? []).sort((a, b) => (a.receiverId < b.receiverId ? -1 : 1)),
    async stop() {
      clearInterval(timer);
      await consumer.stop();
    },
  };
}

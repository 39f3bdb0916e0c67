/**
 * Which suppliers have sent nothing for long, as each of them seems to whoever looks at its topic: the end of each partition now and
 * then, and when its last record was appended. None of what stands in it is read.
 */
import type { Clock } from '../../ports/clock.js';
import type { EventLog, PartitionControl, TopicPartition } from '../../ports/event-log.js';

export interface SilentSupplier {
  readonly topic: string;
  /** When its last message was appended, epoch ms. */
  readonly lastAtMs: number;
}

export interface SupplierWatch {
  /** Topics that had a message once, and none for `silentAfterMs`; sorted. */
  silent(): readonly SilentSupplier[];
  stop(): Promise<void>;
}

interface Seen {
  readonly at: TopicPartition;
  readonly control: PartitionControl;
  endOffset: number;
  lastAtMs: number | null;
}

export async function watchSuppliers(deps: {
  readonly log: EventLog;
  readonly topics: readonly string[];
  readonly clock: Clock;
  readonly silentAfterMs: number;
  readonly everyMs: number;
}): Promise<SupplierWatch> {
  const { log, topics, clock, silentAfterMs, everyMs } = deps;
  const seen = new Map<string, Seen>();
  const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;
  /** While the log does not answer, nobody can say who is silent: as of then. */
  let lookedAtMs = 0;

  /** Reads the last record where there is a new one. */
  async function look({ at, control, ...before }: Seen): Promise<void> {
    const { startOffset, endOffset } = await control.bounds(at);
    if (endOffset === before.endOffset) return;
    seen.get(nameOf(at))!.endOffset = endOffset;
    if (endOffset === startOffset) return;
    control.seek(at, endOffset - 1);
    control.resume(at);
  }

  let isLooking = false;
  const lookAtAll = async () => {
    if (isLooking) return;
    isLooking = true;
    const startedAtMs = clock.nowMs();
    try {
      await Promise.all([...seen.values()].map(look));
      lookedAtMs = startedAtMs;
    } catch {
      // The log is away, which is told elsewhere; the next look tells more.
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void lookAtAll(), everyMs);
  timer.unref();

  const consumer = await log.consume({
    group: null,
    topics,
    commit: false,
    handler: {
      async onAssigned(added, control) {
        for (const at of added) {
          control.pause(at);
          seen.set(nameOf(at), { at, control, endOffset: -1, lastAtMs: null });
        }
        void lookAtAll();
      },
      async onBatch(batch, control) {
        const own = seen.get(nameOf(batch));
        control.pause(batch);
        if (!own) return;
        // The end of a transaction is no record, and tells that there was one.
        const atMs = batch.records.at(-1)?.appendedAtMs ?? clock.nowMs();
        own.lastAtMs = Math.max(own.lastAtMs ?? 0, atMs);
      },
    },
  });

  return {
    silent() {
      const lastAtMs = new Map<string, number>();
      for (const own of seen.values()) {
        if (own.lastAtMs === null) continue;
        lastAtMs.set(own.at.topic, Math.max(lastAtMs.get(own.at.topic) ?? 0, own.lastAtMs));
      }
      return [...lastAtMs]
        .flatMap(([topic, atMs]) => (lookedAtMs - atMs > silentAfterMs ? [{ topic, lastAtMs: atMs }] : []))
        .sort((a, b) => (a.topic < b.topic ? -1 : 1));
    },
    async stop() {
      clearInterval(timer);
      await consumer.stop();
    },
  };
}

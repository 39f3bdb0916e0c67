/**
 * Suppliers' topics → `tagwatch.inputs`, keyed by tag. What cannot be used goes to `tagwatch.rejected` with its reason and its
 * bytes, is counted, and the partition goes on. The group's offset moves after the log has both (`architecture.md`,
 * guarantees 1 and 6); what a crash repeats has the same identity and changes nothing.
 */
import type { Ping } from '../../engine/types.js';
import type { Clock } from '../../ports/clock.js';
import type { EventLog, LogBatch, LogRecord, NewRecord } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { appendPings, type InputFormat, type ReceivedPing } from '../../ports/ping-records.js';
import { INPUTS, inputRecord, OWN_TOPICS, rejectedRecord } from '../../ports/topics.js';
import { asRejected, keepRejected } from '../appending.js';
import { createSupplierReading } from './supplier-reading.js';

export const INTAKE_GROUP = 'tagwatch-intake';

/** How often it is told how far suppliers have been read, ms. */
export const TELL_SUPPLIERS_EVERY_MS = 30_000;

/** One ping of a message, or what could not be used of it. */
export type IntakeResult =
  | {
      readonly ok: true;
      readonly ping: Ping;
      /** What was left out; `keep`: the message is kept as rejected for it, though its ping is used. */
      readonly ignored: readonly { reason: string; detail: string; keep?: true }[];
    }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly detail: string;
      readonly tagId: string | null;
      /** The bytes at fault; null: the whole message. */
      readonly payload: Uint8Array | null;
    };

/** Counts for the metrics. */
export interface IntakeCounters {
  pingsTaken(count: number): void;
  /** Also for what was left out of a ping that was taken, where its bytes were kept. */
  pingRejected(reason: string): void;
}

export interface IntakeDeps<Format extends string> {
  readonly log: EventLog;
  /** The topics have to be there. */
  readonly topics: readonly { readonly topic: string; readonly format: Format }[];
  /** Reads one message in a supplier's format. */
  readonly parse: (format: Format, value: Uint8Array, receivedAtMs: number) => readonly IntakeResult[];
  readonly clock: Clock;
  readonly logger: Log;
  readonly counters: IntakeCounters;
  readonly inputFormat?: InputFormat;
  readonly tellSuppliersEveryMs?: number;
}

interface Sorted {
  readonly pings: ReceivedPing[];
  readonly rejected: NewRecord[];
  readonly reasons: string[];
}

const NO_BYTES = new Uint8Array();

/** Starts reading; resolves when the consumer has started. Several processes share the topics' partitions. */
export async function startIntake<Format extends string>(deps: IntakeDeps<Format>): Promise<{ stop(): Promise<void> }> {
  const { log, topics, clock, logger, counters } = deps;
  const formats = new Map(topics.map(({ topic, format }) => [topic, format]));
  for (const { topic } of OWN_TOPICS) {
    if (formats.has(topic))
      throw new Error(`${topic} is Tagwatch's own topic: what intake writes would come back to it`);
  }

  /** The parser's results; what it throws is a defect of ours that must not stop the partition. */
  function parseRecord(record: LogRecord, receivedAtMs: number): readonly IntakeResult[] {
    const { topic, partition, offset, value } = record;
    const refuse = (reason: string, detail: string): readonly IntakeResult[] => [
      { ok: false, reason, detail, tagId: null, payload: null },
    ];
    if (value === null) return refuse('empty', 'The message has no value.');
    try {
      return deps.parse(formats.get(topic)!, value, receivedAtMs);
    } catch (error) {
      const { name, stack } = error instanceof Error ? error : new Error('not an Error');
      // The stack without its first line: a message may quote the ping.
      const frames = stack?.split('\n').slice(1, 6);
      logger.error({ topic, partition, offset, name, frames }, 'A parser failed; the message was kept as rejected');
      return refuse('parser-failed', 'The parser failed; it is in the log.');
    }
  }

  function sortRecord(record: LogRecord, receivedAtMs: number, sorted: Sorted): void {
    const { topic, partition, offset } = record;
    const whole = record.value ?? NO_BYTES;
    const reject = (reason: string, detail: string, tagId: string | null, bytes: Uint8Array) => {
      const rejectedAt = new Date(receivedAtMs).toISOString();
      const from = { topic, partition, offset };
      sorted.rejected.push(rejectedRecord({ reason, detail, rejectedAt, from, tagId }, bytes));
      sorted.reasons.push(reason);
    };
    for (const result of parseRecord(record, receivedAtMs)) {
      if (!result.ok) {
        reject(result.reason, result.detail, result.tagId, result.payload ?? whole);
        continue;
      }
      sorted.pings.push({ receivedAtMs, ping: result.ping, source: topic });
      const kept = result.ignored.find(({ keep }) => keep);
      if (kept) reject(kept.reason, kept.detail, result.ping.tagId, whole);
    }
  }

  const reading = createSupplierReading(deps);

  async function onBatch(batch: LogBatch): Promise<void> {
    reading.began(batch);
    const receivedAtMs = clock.nowMs();
    const sorted: Sorted = { pings: [], rejected: [], reasons: [] };
    for (const record of batch.records) sortRecord(record, receivedAtMs, sorted);
    const refused = await appendPings(log, sorted.pings, deps.inputFormat ?? 'columns');
    for (const { ping } of refused) {
      logger.error(
        { tagId: ping.tagId, fixedAtMs: ping.fixedAtMs },
        'the log does not take a ping: it is kept as rejected',
      );
    }
    const records = refused.map((one) => inputRecord({ type: 'ping', ...one }));
    await keepRejected(deps, [...sorted.rejected, ...asRejected(INPUTS, records, receivedAtMs)]);
    counters.pingsTaken(sorted.pings.length);
    for (const reason of sorted.reasons) counters.pingRejected(reason);
    reading.ended(batch);
  }

  const consumer = await log.consume({
    group: INTAKE_GROUP,
    topics: topics.map(({ topic }) => topic),
    commit: true,
    handler: {
      onAssigned: async (added, control) => reading.assigned(added, control),
      onBatch,
      onRevoked: async (gone) => reading.revoked(gone),
    },
  });
  // An older program, beside which this one runs for the time of an upgrade, would not go past what it does not know.
  if (deps.inputFormat === 'single') return consumer;
  let telling: Promise<void> | null = null;
  const teller = setInterval(() => {
    telling ??= reading.tell().finally(() => {
      telling = null;
    });
  }, deps.tellSuppliersEveryMs ?? TELL_SUPPLIERS_EVERY_MS);
  teller.unref();
  return {
    async stop() {
      clearInterval(teller);
      await telling;
      await consumer.stop();
    },
  };
}

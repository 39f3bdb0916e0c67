/**
 * Appends to one topic of Kafka: calls that come while a request is under way go together into the next one, and there is
 * never more than one, so that no retry overtakes what came before it.
 */
import type { Message, Producer } from 'kafkajs';
import { LogDenied, LogUnavailable, type NewRecord, RecordsRefused } from '../ports/event-log.js';
import { partitionOfKey } from '../ports/murmur2.js';
import { settlesWithin } from './backoff.js';
import { brokerErrorType, DefaultPartitioner, type KafkaContext, toUnavailable } from './kafka-client.js';

/** One request carries at most so much (a broker takes batches of 1 MB unless told otherwise), and at least one record. */
const REQUEST_BYTES = 900_000;
const REQUEST_RECORDS = 5_000;

/** What a record adds to its key, value and headers, at most, in bytes. */
const RECORD_OVERHEAD_BYTES = 70;

/** More than this waiting for one topic is refused at once. */
const WAITING_BYTES = 128 * 1024 * 1024;

/** The broker's words for a batch that is larger than the topic, or it itself, takes. */
const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** The longest pause between tries within one append. */
const RETRY_MAX_MS = 500;

type Place = { readonly partition: number; readonly offset: number };

interface Call {
  readonly records: readonly NewRecord[];
  /** Where the records that have been sent stand, in order. */
  readonly places: Place[];
  /** Which of the records the broker will never take. */
  readonly refused: number[];
  /** How many have been taken into requests. */
  taken: number;
  bytes: number;
  settled: boolean;
  settle(error?: Error): void;
}

interface Taken {
  readonly call: Call;
  readonly message: Message;
  readonly bytes: number;
}

export interface Appender {
  append(records: readonly NewRecord[]): Promise<readonly Place[]>;
  /** Lets what is under way come to its end, and refuses the rest. */
  close(): Promise<void>;
}

/** `countPartitions` is asked before each request; it remembers. */
export function createAppender(context: KafkaContext, topic: string, countPartitions: () => Promise<number>): Appender {
  const { kafka, log, timings } = context;
  const calls: Call[] = [];
  let waitingBytes = 0;
  let draining = false;
  let drained = Promise.resolve();
  let producer: Promise<Producer> | null = null;
  let closed = false;
  let requestBytes = REQUEST_BYTES;
  let onePartition = false;
  let toldDenied = false;

  /** Idempotent: a request that is sent again after its answer was lost is in the log once. */
  async function createProducer(): Promise<Producer> {
    const created = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: DefaultPartitioner,
      retry: {
        retries: Math.max(5, Math.ceil(timings.appendLimitMs / RETRY_MAX_MS)),
        initialRetryTime: timings.retryFirstMs,
        maxRetryTime: RETRY_MAX_MS,
      },
    });
    await created.connect();
    return created;
  }

  /**
   * After a request that failed for good, the producer is thrown away: nobody knows whether the broker has its sequence
   * numbers, and a next request with the same ones would be acknowledged as a repeat without being written.
   */
  function discardProducer(): void {
    producer?.then((old) => old.disconnect()).catch(() => {});
    producer = null;
  }

  async function drain(): Promise<void> {
    draining = true;
    while (calls.length > 0) {
      const taken: Taken[] = [];
      try {
        const partitions = await countPartitions();
        producer ??= createProducer();
        const sender = await producer;
        takeNext(taken, partitions);
        if (taken.length > 0) await send(sender, taken);
        toldDenied = false;
      } catch (error) {
        discardProducer();
        if (taken.length > 0 && TOO_LARGE.has(brokerErrorType(error))) {
          setAside(taken, error);
          continue;
        }
        tellDenied(error);
        const failed = taken.length > 0 ? new Set(taken.map(({ call }) => call)) : calls.slice(0, 1);
        for (const call of failed) call.settle(toUnavailable(`append to ${topic}`, error));
      }
      dropSettled();
    }
    // In the same turn as the last look at the queue, so that no call falls in between.
    draining = false;
  }

  function dropSettled(): void {
    while (calls[0] && (calls[0].settled || calls[0].taken === calls[0].records.length)) calls.shift();
  }

  /** A single record that is too large is left out; of several it is found by sending them again in smaller requests. */
  function setAside(taken: readonly Taken[], error: unknown): void {
    const [only] = taken;
    if (taken.length === 1 && only !== undefined) {
      const { call, message } = only;
      call.refused.push(call.places.length);
      call.places.push({ partition: message.partition!, offset: -1 });
      settleWhole(call, error);
      dropSettled();
      return;
    }
    // Which of its partitions has taken its part is not told: from now on a request has one, so that nothing more comes twice.
    if (new Set(taken.map(({ message }) => message.partition)).size === 1) {
      requestBytes = Math.floor(taken.reduce((sum, { bytes }) => sum + bytes, 0) / 2);
    }
    if (!onePartition)
      log.warn({ topic }, 'Kafka takes small batches only for this topic: raise its max.message.bytes');
    onePartition = true;
    for (const { call } of taken) call.taken = call.places.length;
  }

  function settleWhole(call: Call, cause?: unknown): void {
    if (call.places.length < call.records.length) return;
    if (call.refused.length === 0) {
      call.settle();
      return;
    }
    const count = `${call.refused.length} of ${call.records.length} records`;
    call.settle(new RecordsRefused(`Kafka: ${topic} does not take ${count}: too large`, call.refused, { cause }));
  }

  /** Once, until an append goes through: somebody has to act. */
  function tellDenied(error: unknown): void {
    const denied = toUnavailable(`append to ${topic}`, error);
    if (!(denied instanceof LogDenied) || toldDenied) return;
    toldDenied = true;
    log.error({ topic, why: denied.message }, 'Kafka does not let this program write: nothing of this topic goes on');
  }

  /** Takes records in the order of the calls, up to the bounds of a request. */
  function takeNext(taken: Taken[], partitions: number): void {
    let bytes = 0;
    for (const call of calls) {
      while (!call.settled && call.taken < call.records.length) {
        const record = call.records[call.taken]!;
        const ownBytes = recordBytes(record);
        bytes += ownBytes;
        if ((record.partition ?? 0) >= partitions) {
          // kafkajs would leave it out without a word.
          call.settle(new RangeError(`There is no partition ${record.partition} of ${topic} in this log.`));
          break;
        }
        if (taken.length > 0 && (bytes > requestBytes || taken.length >= REQUEST_RECORDS)) return;
        const message = toMessage(record, partitions);
        if (onePartition && taken.length > 0 && taken[0]!.message.partition !== message.partition) return;
        taken.push({ call, message, bytes: ownBytes });
        call.taken++;
      }
    }
  }

  async function send(sender: Producer, taken: readonly Taken[]): Promise<void> {
    const messages = taken.map(({ message }) => message);
    const answers = await sender.send({ topic, acks: -1, timeout: timings.requestLimitMs, messages });
    const nextOffsets = new Map(answers.map(({ partition, baseOffset }) => [partition, Number(baseOffset)]));
    for (const { call, message } of taken) {
      const partition = message.partition!;
      const offset = nextOffsets.get(partition);
      if (offset === undefined) throw new Error(`no offset for partition ${partition} in the answer`);
      nextOffsets.set(partition, offset + 1);
      call.places.push({ partition, offset });
      settleWhole(call);
    }
  }

  return {
    append(records) {
      if (closed) return Promise.reject(new LogUnavailable('The Kafka log is closed.'));
      const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0);
      if (waitingBytes > 0 && waitingBytes + bytes > WAITING_BYTES) {
        return Promise.reject(new LogUnavailable(`Kafka: more than ${WAITING_BYTES} bytes wait for ${topic} already`));
      }
      return new Promise((resolve, reject) => {
        const late = () =>
          call.settle(new LogUnavailable(`Kafka: append to ${topic}: not in after ${timings.appendLimitMs} ms`));
        const timer = setTimeout(late, timings.appendLimitMs);
        const call: Call = {
          records,
          places: [],
          refused: [],
          taken: 0,
          bytes,
          settled: false,
          settle(error) {
            if (call.settled) return;
            call.settled = true;
            clearTimeout(timer);
            waitingBytes -= bytes;
            if (error) reject(error);
            else resolve(call.places);
          },
        };
        waitingBytes += bytes;
        calls.push(call);
        if (!draining) drained = drain();
      });
    },

    async close() {
      closed = true;
      await settlesWithin(drained, timings.appendLimitMs);
      for (const call of calls) call.settle(new LogUnavailable('The Kafka log was closed.'));
      const last = producer;
      producer = null;
      await last?.then((one) => one.disconnect()).catch((error: unknown) => log.debug({ err: error }, 'Disconnecting'));
    },
  };
}

function toMessage({ key, value, partition, headers }: NewRecord, partitions: number): Message {
  const chosen = partition ?? (key === null ? Math.floor(Math.random() * partitions) : partitionOfKey(key, partitions));
  return {
    key,
    value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    partition: chosen,
    ...(headers && { headers }),
  };
}

function recordBytes({ key, value, headers }: NewRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) * 3 + (value?.length ?? 0);
  for (const [name, text] of Object.entries(headers ?? {})) bytes += (name.length + text.length) * 3 + 10;
  return bytes;
}

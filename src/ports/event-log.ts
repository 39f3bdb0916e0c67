/** The log as the roles need it. A real and an embedded adapter (`log/`), one contract suite (`test/contracts/event-log.ts`). */
/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record to append. `value: null` is a tombstone: in a compacted topic it removes the key. */
export interface NewRecord {
  readonly key: string | null;
  readonly value: Uint8Array | null;
  /** Where it goes; without it, murmur2 of the key (Kafka's default partitioner), so equal keys share a partition. */
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A record as it was read. Offsets are below 2^53 and increase within a partition, with holes. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The log's append time, epoch ms. */
  readonly appendedAtMs: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What stands in one partition up to `nextOffset`: its records, in order. There are none where reading has come over offsets
 * that hold nothing (what compaction removed, a transaction's marker), so that who waits for an offset learns that it is passed.
 */
export interface LogBatch extends TopicPartition {
  readonly records: readonly LogRecord[];
  /** Where reading goes on: past the last record, and past what follows it and holds nothing. Never lower than before. */
  readonly nextOffset: number;
  /** One past the last offset that the partition had when the batch was fetched. */
  readonly endOffset: number;
}

/** How a topic is made when it is missing. */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** `compact` keeps the newest record of each key for ever; `delete` drops records older than `retentionMs`. */
  readonly cleanup: 'compact' | 'delete';
  /** Ignored for `compact`. */
  readonly retentionMs?: number;
  /** True for the topics whose partition count may not change under stored states: a different count is an error. */
  readonly fixedPartitions: boolean;
}

/** What a member of a group may do with the partitions it has been given. Calls for others do nothing. */
export interface PartitionControl {
  /** The next record delivered is the first at or after this offset; takes effect before any later delivery. */
  seek(at: TopicPartition, offset: number): void;
  pause(at: TopicPartition): void;
  resume(at: TopicPartition): void;
  /** First retained offset and one past the last, as they are now. */
  bounds(at: TopicPartition): Promise<{ startOffset: number; endOffset: number }>;
  /** When the group's coordinator last answered, epoch ms: an owner that has not been heard for a session is a zombie. */
  lastHeartbeatAtMs(): number;
}

/**
 * How partitions go: `given-up` before anybody else has them, so that what is held of them may still be written; `lost` when they
 * may be somebody else's already, so that nothing may.
 */
export type Revocation = 'given-up' | 'lost';

/** What a consumer does. Deliveries of one partition are sequential; those of different partitions may overlap. */
export interface ConsumerHandler {
  /**
   * Called with the partitions that have come to those that it has, before any record of theirs is delivered; their delivery waits
   * for it, that of all others goes on. Called once with none where it has been given none. A partition that is not sought here
   * starts at the group's committed offset where `commit` is on, and otherwise at its first record. What was held of it when it was
   * here before counts for nothing: others may have had it since.
   */
  onAssigned(added: readonly TopicPartition[], control: PartitionControl): Promise<void>;
  /** A rejection is retried with a bounded backoff, from the same record: what cannot be used must not reject. */
  onBatch(batch: LogBatch, control: PartitionControl): Promise<void>;
  /**
   * Called with partitions that are to be given up, before they are: what of them takes time is done while they are delivered still. Bounded
   * by `revokeLimitMs`; not called for what is lost.
   */
  onLeaving?(leaving: readonly TopicPartition[]): Promise<void>;
  /** Called with partitions that go; what is held of all others stays true. Bounded by `revokeLimitMs`. */
  onRevoked?(revoked: readonly TopicPartition[], control: PartitionControl, how: Revocation): Promise<void>;
}

export interface ConsumeOptions {
  /** Members with the same group share the partitions. `null`: alone, with every partition of the topics. */
  readonly group: string | null;
  /** Partition n of each topic goes to the same member (the topics have equally many partitions, unless `commit` is on). */
  readonly topics: readonly string[];
  /** Whether the group's offset moves after each handled batch (intake); others keep their positions themselves. */
  readonly commit: boolean;
  /** What follows a few records may come so much later, more of it at a time: asking the log costs more than what it answers. */
  readonly patienceMs?: number;
  readonly handler: ConsumerHandler;
}

export interface Consumer {
  /** Calls `onLeaving`, stops deliveries, waits for those under way, calls `onRevoked`, leaves the group. */
  stop(): Promise<void>;
}

/** Thrown where the log is away or answered that it cannot; whatever was appended may or may not be in. */
export class LogUnavailable extends Error {
  override readonly name: string = 'LogUnavailable';
}

/** The log does not let this program use a topic: so it stays until somebody allows it. */
export class LogDenied extends LogUnavailable {
  override readonly name = 'LogDenied';
}

/** Some records of an append will never be taken (too large); all of the others are in. */
export class RecordsRefused extends Error {
  override readonly name = 'RecordsRefused';
  constructor(
    message: string,
    /** Which of them, by their place in the call. */
    readonly refused: readonly number[],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Partitioned, ordered, durable records: Kafka, or LMDB where there is none. */
export interface EventLog {
  /** Creates the topics that are missing. Throws where a count that is fixed differs, naming topic and both counts. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /** How many partitions a topic has; throws for a topic that is not there. */
  partitionCount(topic: string): Promise<number>;
  /**
   * Answers, in order, where each record stands, after all of them are durable (acks=all; flushed). On a rejection
   * (`LogUnavailable`) any of them may be in. Records of one call to one partition keep their order. Rejects with `RecordsRefused`
   * where some of them will never be taken, when all of the others are in.
   */
  append(topic: string, records: readonly NewRecord[]): Promise<readonly { partition: number; offset: number }[]>;
  /** Starts reading and goes on over errors of the log until stopped. */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /**
   * Hands over what the partitions hold from their first record to the end as it was at the call, then returns. In a
   * compacted topic, an older record of a key may or may not be among them.
   */
  readToEnd(at: readonly TopicPartition[], onBatch: (batch: LogBatch) => void | Promise<void>): Promise<void>;
  /** Resolves while the log answers; rejects with `LogUnavailable` otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

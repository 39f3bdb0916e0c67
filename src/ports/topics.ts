/** Tagwatch's own topics: their names, their shape, and what stands in them. Suppliers' topics are `formats/`. */
import type { HistoryInput } from '../engine/inputs.js';
import type { SupplierTold } from '../engine/suppliers/suppliers.js';
import type { CountedTags } from '../engine/suppliers/tell-supplier.js';
import type { Activation, Ping, ReconcileRequest, SharedWatch, TagWatch } from '../engine/types.js';
import { type WearerWatch, wearerPlaceOf } from '../engine/wearers/wearer-state.js';
import { type EventLog, type NewRecord, RecordsRefused, type TopicSpec } from './event-log.js';
import { inputHeaders } from './record-format.js';

export const INPUTS = 'tagwatch.inputs';
export const STATES = 'tagwatch.states';
export const ALERTS = 'tagwatch.alerts';
export const REJECTED = 'tagwatch.rejected';
export const ACCESS = 'tagwatch.access';
export const AUDIT = 'tagwatch.audit';
export const HANDOFF = 'tagwatch.handoff';

/** Partitions of inputs and states: fixed for the life of a log, because states stand by partition number. */
export const INPUT_PARTITIONS = 12;

const DAY_MS = 86_400_000;

export const OWN_TOPICS: readonly TopicSpec[] = [
  {
    topic: INPUTS,
    partitions: INPUT_PARTITIONS,
    cleanup: 'delete',
    retentionMs: 14 * DAY_MS,
    fixedPartitions: true,
  },
  { topic: STATES, partitions: INPUT_PARTITIONS, cleanup: 'compact', fixedPartitions: true },
  { topic: ALERTS, partitions: 1, cleanup: 'delete', retentionMs: 90 * DAY_MS, fixedPartitions: true },
  { topic: ACCESS, partitions: 1, cleanup: 'compact', fixedPartitions: true },
  { topic: REJECTED, partitions: 1, cleanup: 'delete', retentionMs: 90 * DAY_MS, fixedPartitions: true },
  { topic: AUDIT, partitions: 1, cleanup: 'delete', retentionMs: 90 * DAY_MS, fixedPartitions: true },
  { topic: HANDOFF, partitions: 1, cleanup: 'compact', fixedPartitions: true },
];

/** What the engine folds. Key: the tagId, or `wearer/` and the wearerId; `shared` and `tick` name their partition. */
export type InputRecord =
  | {
      readonly type: 'ping';
      readonly receivedAtMs: number;
      readonly ping: Ping;
      /** By whom it came: a supplier's topic, or `http`; absent: of a program from before. */
      readonly source?: string;
    }
  | { readonly type: 'watch'; readonly watch: TagWatch }
  | { readonly type: 'shared'; readonly shared: SharedWatch }
  /** What is judged of a wearer beside any tag. */
  | { readonly type: 'wearer'; readonly wearer: WearerWatch }
  | { readonly type: 'tick'; readonly atMs: number }
  /** Intake's, to every partition: how far it has read a supplier. */
  | SupplierRecord
  /** The engine's own, to the first partition: how many of a partition's tags a supplier that is away covers. */
  | SupplierTagsRecord
  /** The engine's own: what of an activation's past is to be judged again. The recorder keeps it; the fold passes it by. */
  | ReconcileRecord
  /** The reconciler's: what it found about that past. */
  | HistoryRecord;

export type SupplierRecord = SupplierTold & { readonly type: 'supplier' };
export type SupplierTagsRecord = CountedTags & { readonly type: 'supplier-tags' };

/**
 * By whom pings come that are sent over HTTP: they are answered when the log has them, so nothing of them is unread while there is an
 * api. Its senders are not told apart.
 */
export const HTTP_SOURCE = 'http';

/** The partition that tells of suppliers. */
export const SUPPLIERS_TOLD_IN = 0;

export type ReconcileRecord = ReconcileRequest & {
  readonly type: 'reconcile';
  /** Null: whichever the tag had then; the engine has forgotten it. */
  readonly activationId: string | null;
  readonly tagId: string;
};

export type HistoryRecord = HistoryInput & {
  readonly activationId: string;
  readonly tagId: string;
  /** Of an activation that is over, and that the engine may have forgotten: all that it needs to tell events of it. */
  readonly about?: Omit<Activation, 'terms'>;
};

/** What could not be used, kept whole. */
export interface RejectedRecord {
  readonly reason: string;
  readonly detail: string;
  readonly rejectedAt: string;
  readonly from:
    | { readonly topic: string; readonly partition: number; readonly offset: number }
    | { readonly http: string };
  readonly tagId: string | null;
  /** The bytes as they came, base64; the first `MAX_KEPT_BYTES` of them. */
  readonly payload: string;
  /** How many bytes there were, where some were cut off. */
  readonly cutFromBytes?: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** JSON as bytes. */
export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** Bytes that Tagwatch itself wrote; throws where they are not JSON. */
export function decodeJson<T>(value: Uint8Array): T {
  return JSON.parse(decoder.decode(value)) as T;
}

/** What is about no tag, for one partition. */
export function partitionInput(
  record: InputRecord & { type: 'tick' | 'supplier' | 'supplier-tags' },
  partition: number,
): NewRecord {
  return { key: null, value: encodeJson(record), partition, headers: inputHeaders(record.type) };
}

type KeyedInput = InputRecord & { type: 'ping' | 'watch' | 'wearer' | 'reconcile' | 'history' };

/** What is about one tag, or one wearer, as a record of `tagwatch.inputs`, keyed by it. */
export function inputRecord(record: KeyedInput): NewRecord {
  return { key: keyOf(record), value: encodeJson(record), headers: inputHeaders(record.type) };
}

function keyOf(record: KeyedInput): string {
  if (record.type === 'ping') return record.ping.tagId;
  if (record.type === 'wearer') return wearerPlaceOf(record.wearer.wearerId);
  return record.type === 'watch' ? record.watch.tagId : record.tagId;
}

/** Most bytes kept of a message that could not be used: in base64 it still fits into Kafka's default record of 1 MB. */
export const MAX_KEPT_BYTES = 524_288;

/** A record of `tagwatch.rejected`. */
export function rejectedRecord(
  rejected: Omit<RejectedRecord, 'payload' | 'cutFromBytes'>,
  bytes: Uint8Array,
): NewRecord {
  const kept = bytes.subarray(0, MAX_KEPT_BYTES);
  const record: RejectedRecord = {
    ...rejected,
    payload: Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength).toString('base64'),
    ...(bytes.length > MAX_KEPT_BYTES ? { cutFromBytes: bytes.length } : {}),
  };
  return { key: rejected.tagId, value: encodeJson(record) };
}

/** Most bytes of one append, so that what goes to one partition stays below Kafka's default batch of 1 MB. */
const MAX_APPEND_BYTES = 900_000;

/** Appends any number of records in their order, in as many appends as their size asks for. Answers and rejects as `append` does. */
export async function appendInTurns(
  log: EventLog,
  topic: string,
  records: readonly NewRecord[],
): Promise<readonly { partition: number; offset: number }[]> {
  const places: { partition: number; offset: number }[] = [];
  const refused: number[] = [];
  let first: RecordsRefused | null = null;
  const appendPart = async (from: number, to: number): Promise<void> => {
    try {
      const part = from === 0 && to === records.length ? records : records.slice(from, to);
      for (const place of await log.append(topic, part)) places.push(place);
    } catch (error) {
      if (!(error instanceof RecordsRefused)) throw error;
      first ??= error;
      refused.push(...error.refused.map((index) => from + index));
    }
  };
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < records.length; i++) {
    const size = records[i]!.value?.length ?? 0;
    if (i > from && bytes + size > MAX_APPEND_BYTES) {
      await appendPart(from, i);
      from = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < records.length) await appendPart(from, records.length);
  if (first !== null) throw new RecordsRefused((first as RecordsRefused).message, refused, { cause: first });
  return places;
}

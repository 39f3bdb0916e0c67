/** Tagwatch's own topics: their names, their shape, and what stands in them. Suppliers' topics are `formats/`. */
import type { Ping, SharedWatch, TagWatch } from '../engine/types.js';
import type { NewRecord, TopicSpec } from './ports.js';

export const INPUTS = 'tagwatch.inputs';
export const STATES = 'tagwatch.states';
export const ALERTS = 'tagwatch.alerts';
export const REJECTED = 'tagwatch.rejected';

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
  { topic: REJECTED, partitions: 1, cleanup: 'delete', retentionMs: 90 * DAY_MS, fixedPartitions: true },
];

/** What the engine folds. Key: the tagId; `shared` and `tick` name their partition. */
export type InputRecord =
  | { readonly type: 'ping'; readonly receivedAtMs: number; readonly ping: Ping }
  | { readonly type: 'watch'; readonly watch: TagWatch }
  | { readonly type: 'shared'; readonly shared: SharedWatch }
  | { readonly type: 'tick'; readonly atMs: number };

/** What could not be used, kept whole. */
export interface RejectedRecord {
  readonly reason: string;
  readonly detail: string;
  readonly rejectedAt: string;
  readonly from:
    | { readonly topic: string; readonly partition: number; readonly offset: number }
    | { readonly http: string };
  readonly tagId: string | null;
  /** The bytes as they came, base64. */
  readonly payload: string;
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

/** A ping or watch as a record of `tagwatch.inputs`, keyed by its tag. */
export function inputRecord(record: InputRecord & { type: 'ping' | 'watch' }): NewRecord {
  return { key: record.type === 'ping' ? record.ping.tagId : record.watch.tagId, value: encodeJson(record) };
}

/**
 * What stands in `tagwatch.states`: the engine's memory, compacted by key, at the partition number of the inputs it came from.
 * A restore reads all of it, then the inputs from the `through` record on (architecture.md, guarantee 4).
 */
import type { ActivationState } from '../engine/advance.js';
import type { Suppliers } from '../engine/suppliers/suppliers.js';
import type { SupplierAlerts } from '../engine/suppliers/tell-supplier.js';
import type { Lateness } from '../engine/suppliers/usual-lateness.js';
import type { Ping, Position, SharedWatch, TagWatch } from '../engine/types.js';
import { type WearerState, wearerPlaceOf } from '../engine/wearers/wearer-state.js';
import type { LogRecord, NewRecord } from './event-log.js';
import { formatHeaders, stateFormatOf } from './record-format.js';
import { decodeJson, encodeJson } from './topics.js';

/** Of a ping with a position what is told live of where its wearer is. */
export type LivePing = Pick<Ping, 'tagId' | 'fixedAtMs' | 'speedKmh' | 'headingDegrees' | 'batteryPercent'> & {
  readonly position: Position;
};

/** Without what else the ping says. */
export function livePart({ tagId, fixedAtMs, position, speedKmh, headingDegrees, batteryPercent }: LivePing): LivePing {
  return { tagId, fixedAtMs, position, speedKmh, headingDegrees, batteryPercent };
}

export const hasPosition = <P extends Pick<Ping, 'position'>>(ping: P): ping is P & { readonly position: Position } =>
  ping.position !== null;

export interface LastPing {
  readonly ping: LivePing;
  readonly receivedAtMs: number;
}

export type StateRecord =
  /** All that applies to one tag, as last published; `appliedOffset`: the input that brought it. */
  | {
      readonly type: 'watch';
      readonly appliedOffset: number;
      readonly watch: TagWatch;
      /** From when on something of it may be forgotten, epoch ms; absent: of a program from before. */
      readonly forgetAtMs?: number;
    }
  /** One activation's state after the input at `appliedOffset`; with its newest ping that has a position, for the live view. */
  | {
      readonly type: 'activation';
      readonly appliedOffset: number;
      readonly tagId: string;
      readonly activationId: string;
      readonly state: ActivationState;
      readonly nextDueAtMs: number | null;
      readonly lastPing: LastPing | null;
      /** By whom it was heard of last; absent: nobody knows. */
      readonly source?: string;
    }
  | { readonly type: 'shared'; readonly appliedOffset: number; readonly shared: SharedWatch }
  /** What is known of one wearer beside any tag, and what was told of it. */
  | { readonly type: 'wearer'; readonly appliedOffset: number; readonly state: WearerState }
  /** Closes a full checkpoint: every state of this partition holds all inputs before `offset`. */
  | {
      readonly type: 'through';
      readonly offset: number;
      readonly tickAtMs: number;
      /** What is known of suppliers then, and what of them is told; absent: of a program from before. */
      readonly suppliers?: Suppliers;
      readonly supplierAlerts?: SupplierAlerts;
      /** How late what they hand on is; absent: of a program from before. */
      readonly lateness?: Lateness;
    }
  /** The log's identity, in partition 0: a console that resumes, and the record, must know whether it is the same log. */
  | { readonly type: 'epoch'; readonly epoch: string }
  /** The publisher's, in partition 0: no watch in this log has a higher sequence. */
  | { readonly type: 'published'; readonly sequence: number }
  /**
   * Nothing stands under this key any more: a tombstone, behind the `through` of its checkpoint. What an older worker writes of it
   * afterwards does not bring it back.
   */
  | { readonly type: 'gone'; readonly key: string; readonly appliedOffset: number };

export const watchKey = (tagId: string): string => `watch/${tagId}`;
export const activationKey = (activationId: string): string => `activation/${activationId}`;

/** The key under which compaction keeps the newest of each. */
export function stateKey(record: StateRecord): string {
  switch (record.type) {
    case 'watch':
      return watchKey(record.watch.tagId);
    case 'activation':
      return activationKey(record.activationId);
    case 'shared':
      return `shared/${record.shared.conditionId}`;
    case 'wearer':
      return wearerPlaceOf(record.state.watch.wearerId);
    case 'through':
      return 'through';
    case 'epoch':
    case 'published':
      return record.type;
    case 'gone':
      return record.key;
  }
}

/** As it stands in a record: the kept fixes of an activation as the bytes of their numbers, a fifth of the time of writing them out. */
type StoredState =
  | Exclude<StateRecord, { readonly type: 'activation' }>
  | (Omit<ActivationRecord, 'state'> & {
      readonly state: Omit<ActivationState, 'ring'> & { readonly ring: string | readonly number[] };
    });
type ActivationRecord = Extract<StateRecord, { readonly type: 'activation' }>;

function encodeState(record: StateRecord): Uint8Array {
  if (record.type === 'watch') return encodeJson({ ...record, forgetAtMs: undefined });
  if (record.type !== 'activation') return encodeJson(record);
  const { buffer } = Float64Array.from(record.state.ring);
  const ring = Buffer.from(buffer).toString('base64');
  return encodeJson({ ...record, state: { ...record.state, ring } } satisfies StoredState);
}

/** Also as earlier versions wrote it, with the kept fixes as a list of numbers. Throws where the bytes are no JSON. */
export function decodeState(value: Uint8Array): StateRecord {
  const stored = decodeJson<StoredState>(value);
  if (stored.type !== 'activation' || typeof stored.state.ring !== 'string') return stored as StateRecord;
  const bytes = new Uint8Array(Buffer.from(stored.state.ring, 'base64'));
  return { ...stored, state: { ...stored.state, ring: Array.from(new Float64Array(bytes.buffer)) } };
}

/** How far a state has got, so that of two of one key the newer is known without reading either. */
const APPLIED_HEADER = 'applied';

/** Of a watch, so that nothing of it has to be read until something is asked of it. */
const FORGET_AT_HEADER = 'forget-at';

/** A state as a record for its partition. */
export function stateRecord(record: StateRecord, partition: number): NewRecord {
  const headers = {
    ...formatHeaders(stateFormatOf(record.type)),
    [APPLIED_HEADER]: String(appliedOffset(record)),
    ...(record.type === 'watch' && record.forgetAtMs !== undefined
      ? { [FORGET_AT_HEADER]: String(record.forgetAtMs) }
      : {}),
  };
  return { key: stateKey(record), value: record.type === 'gone' ? null : encodeState(record), partition, headers };
}

/** Up to which input a stored state holds all; without the header, as earlier versions wrote them, by its content. Null: unknown. */
export function appliedOffsetOf({ headers, value }: LogRecord): number | null {
  const told = headers[APPLIED_HEADER];
  if (told !== undefined) return Number(told);
  return value === null ? null : appliedOffset(decodeState(value));
}

/** A watch that is not read yet. */
export interface StoredWatch {
  readonly tagId: string;
  readonly appliedOffset: number;
  readonly forgetAtMs: number;
  /** Its own: what came with it from the log is let go of. */
  readonly value: Uint8Array;
}

/** Null: it is another state, or of a program from before, and is to be read. */
export function storedWatchOf({ key, headers, value }: LogRecord): StoredWatch | null {
  const [forgetAt, applied] = [headers[FORGET_AT_HEADER], headers[APPLIED_HEADER]];
  if (key === null || value === null || forgetAt === undefined || applied === undefined) return null;
  const tagId = key.slice(watchKey('').length);
  return { tagId, appliedOffset: Number(applied), forgetAtMs: Number(forgetAt), value: new Uint8Array(value) };
}

/** Throws where the bytes are no JSON. */
export function readStoredWatch({ value }: Pick<StoredWatch, 'value'>): TagWatch {
  return decodeJson<Extract<StateRecord, { readonly type: 'watch' }>>(value).watch;
}

function appliedOffset(record: StateRecord): number {
  switch (record.type) {
    case 'watch':
    case 'activation':
    case 'shared':
    case 'wearer':
    case 'gone':
      return record.appliedOffset;
    case 'through':
      return record.offset;
    case 'published':
      return record.sequence;
    case 'epoch':
      // All programs settle on the one that was written last.
      return 0;
  }
}

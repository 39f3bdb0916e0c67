/**
 * What stands in `tagwatch.states`: the engine's memory, compacted by key, at the partition number of the inputs it came from.
 * A restore reads all of it, then the inputs from the `through` record on (architecture.md, guarantee 4).
 */
import type { ActivationState } from '../engine/advance.js';
import type { Ping, SharedWatch, TagWatch } from '../engine/types.js';
import type { NewRecord } from './ports.js';
import { encodeJson } from './topics.js';

export type StateRecord =
  /** All that applies to one tag, as last published; `appliedOffset`: the input that brought it. */
  | { readonly type: 'watch'; readonly appliedOffset: number; readonly watch: TagWatch }
  /** One activation's state after the input at `appliedOffset`; with its newest ping that has a position, for the live view. */
  | {
      readonly type: 'activation';
      readonly appliedOffset: number;
      readonly tagId: string;
      readonly activationId: string;
      readonly state: ActivationState;
      readonly nextDueAtMs: number | null;
      readonly lastPing: { readonly ping: Ping; readonly receivedAtMs: number } | null;
    }
  | { readonly type: 'shared'; readonly appliedOffset: number; readonly shared: SharedWatch }
  /** Closes a full checkpoint: every state of this partition holds all inputs before `offset`. */
  | { readonly type: 'through'; readonly offset: number; readonly tickAtMs: number }
  /** The log's identity, in partition 0: a console that resumes, and the record, must know whether it is the same log. */
  | { readonly type: 'epoch'; readonly epoch: string };

/** The key under which compaction keeps the newest of each. */
export function stateKey(record: StateRecord): string {
  switch (record.type) {
    case 'watch':
      return `watch/${record.watch.tagId}`;
    case 'activation':
      return `activation/${record.activationId}`;
    case 'shared':
      return `shared/${record.shared.conditionId}`;
    case 'through':
      return 'through';
    case 'epoch':
      return 'epoch';
  }
}

/** A state as a record for its partition. */
export function stateRecord(record: StateRecord, partition: number): NewRecord {
  return { key: stateKey(record), value: encodeJson(record), partition };
}

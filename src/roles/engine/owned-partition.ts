/** What the engine holds of a partition while it owns it. */
import type { EngineEvent } from '../../engine/types.js';
import type { NewRecord, PartitionControl } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import type { ReconcileRecord, SupplierTagsRecord } from '../../ports/topics.js';
import type { createCheckpointWriter } from './checkpoint-writer.js';
import type { PartitionFold } from './partition-fold.js';
import type { StatesRestore } from './states-restore.js';

export interface OwnedPartition {
  fold: PartitionFold;
  /** One past the last state that a restore has to read; null: restored. */
  restoreUntil: number | null;
  restoring: StatesRestore;
  isNewerTold: boolean;
  /** The end of the inputs when they were assigned: reading up to there is the start-up backlog. */
  caughtUpAt: number;
  endOffset: number;
  /** Events folded but not yet in the log. A checkpoint passes none of what is pending. */
  pending: NewRecord[];
  pendingEvents: EngineEvent[];
  /** What could not be used, on its way to `tagwatch.rejected`. */
  pendingRejects: NewRecord[];
  /** What of the past is to be judged again, by activation: appended behind the events. */
  pendingRequests: Map<string, ReconcileRecord>;
  /** What was counted of suppliers that are away. */
  pendingCounts: SupplierTagsRecord[];
  /** Since when they wait for the end of an import of shared conditions; null: they do not. */
  heldSinceMs: number | null;
  readonly checkpoints: ReturnType<typeof createCheckpointWriter>;
  readonly control: PartitionControl;
}

/** Not before the log has all that what is written makes up for. */
export function mayCheckpoint(entry: OwnedPartition): boolean {
  const { restoreUntil, pending, pendingRejects, pendingRequests, pendingCounts } = entry;
  const waiting = pending.length + pendingRejects.length + pendingRequests.size + pendingCounts.length;
  return restoreUntil === null && waiting === 0;
}

/** Once a partition: it is tried again until somebody acts. */
export function tellNewer(logger: Log, entry: OwnedPartition, what: string, why: string): void {
  if (!entry.isNewerTold)
    logger.error(
      { partition: entry.fold.partition, what, why },
      'engine: a record is of a newer program than this one, and its partition is not folded: upgrade this one, or stop it',
    );
  entry.isNewerTold = true;
}

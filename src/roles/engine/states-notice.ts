/** What a worker does about states of its partition that somebody else has written: it writes its own over those that are older. */
import { wearerPlaceOf } from '../../engine/wearers/wearer-state.js';
import { activationKey, type StateRecord, watchKey } from '../../ports/states.js';
import type { PartitionFold } from './partition-memory.js';

/**
 * Reads back what stands in the topic: a record behind what was last checkpointed here is a zombie's, and is written over at the
 * next checkpoint, because compaction keeps what was written last.
 */
export function noticeState(fold: PartitionFold, record: StateRecord): boolean {
  const isBehind =
    (record.type === 'activation' &&
      record.appliedOffset < (fold.activations.get(record.activationId)?.checkpointedOffset ?? -1)) ||
    (record.type === 'watch' && record.appliedOffset < (fold.tags.get(record.watch.tagId)?.appliedOffset ?? -1)) ||
    (record.type === 'shared' &&
      record.appliedOffset < (fold.shared.get(record.shared.conditionId)?.appliedOffset ?? -1)) ||
    (record.type === 'wearer' &&
      record.appliedOffset < (fold.wearers.get(record.state.watch.wearerId)?.appliedOffset ?? -1)) ||
    (record.type === 'through' && record.offset < fold.throughOffset);
  if (isBehind) writeOver(fold, record);
  return isBehind;
}

/** The next checkpoint holds that state again: what stands in the topic is not it. */
export function writeOver(fold: PartitionFold, record: StateRecord): void {
  const entry =
    record.type === 'activation'
      ? fold.activations.get(record.activationId)
      : record.type === 'watch'
        ? fold.tags.get(record.watch.tagId)
        : record.type === 'shared'
          ? fold.shared.get(record.shared.conditionId)
          : record.type === 'wearer'
            ? fold.wearers.get(record.state.watch.wearerId)
            : undefined;
  if (entry) entry.dirty = true;
  else if (record.type === 'watch' && record.watch.activations.length === 0)
    fold.emptied.set(record.watch.tagId, record);
  if (record.type === 'through') fold.throughOffset = -1;
  if (record.type === 'gone') fold.gone.set(record.key, record.appliedOffset);
}

/** Reads back a tombstone: one of something that is held is a zombie's, or older than what came back under its key. */
export function noticeTombstone(fold: PartitionFold, key: string): boolean {
  if (!isHeldAgain(fold, key)) return false;
  heldUnder(fold, key)!.dirty = true;
  return true;
}

const idOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/** Whether something came back under a key after it was forgotten. */
export function isHeldAgain(fold: PartitionFold, key: string): boolean {
  return heldUnder(fold, key) !== undefined;
}

function heldUnder({ activations, tags, wearers }: PartitionFold, key: string): { dirty: boolean } | undefined {
  const id = idOf(key);
  if (key === activationKey(id)) return activations.get(id);
  if (key === watchKey(id)) return tags.get(id);
  return key === wearerPlaceOf(id) ? wearers.get(id) : undefined;
}

/**
 * What leaves a partition's memory. It is a function of the inputs alone, and all that is forgotten is told before: what comes in
 * for it later is asked of the record. Its states go by tombstones, which stand behind the `through` of their checkpoint: whatever
 * a restore folds again, it folds without them.
 */

import type { Ping, TagWatch } from '../../engine/types.js';
import { activationKey, watchKey } from '../../ports/states.js';
import type { ReconcileRecord } from '../../ports/topics.js';
import { countOver, FORGET_AFTER_MS, withoutOldestOf } from '../../watchlist/over.js';
import { watchOf } from './held-watch.js';
import { createTagEntry, type FoldFault, orFault, type PartitionFold, type TagEntry } from './partition-memory.js';

/** How many of the oldest activations of a watch are over for long, and have nothing left to be told. */
export function countForgettable(
  fold: PartitionFold,
  watch: Omit<TagWatch, 'zones'>,
  atMs: number,
  offset: number,
): number {
  const over = countOver(watch, atMs - FORGET_AFTER_MS);
  const waiting = watch.activations.slice(0, over).findIndex(({ activationId }) => {
    const entry = fold.activations.get(activationId);
    return entry !== undefined && (entry.nextDueAtMs !== null || entry.appliedOffset > offset);
  });
  return waiting < 0 ? over : waiting;
}

/** Forgets what is over for long at a tick: activations, and tags that nobody has worn for as long. */
export function forgetWhatIsOver(
  fold: PartitionFold,
  atMs: number,
  offset: number,
  onFault: (fault: FoldFault) => void,
): void {
  for (const [tagId, tag] of fold.tags) {
    // What was restored from behind this input goes when it went before: a tombstone of an older input would not remove it.
    if (tag.forgetAtMs > atMs || tag.appliedOffset > offset) continue;
    orFault(null, onFault, () => forgetOverOf(fold, tagId, tag, atMs, offset));
  }
}

/** Goes by the watch as it is: also one that cannot be compiled any more has its end. */
function forgetOverOf(fold: PartitionFold, tagId: string, { watch }: TagEntry, atMs: number, offset: number): void {
  if (watch.activations.length === 0) {
    fold.tags.delete(tagId);
    fold.gone.set(watchKey(tagId), offset);
    fold.emptied.set(tagId, { type: 'watch', appliedOffset: offset, watch: watchOf(watch) });
    return;
  }
  const count = countForgettable(fold, watch, atMs, offset);
  if (count === 0) return;
  for (const { activationId } of watch.activations.slice(0, count)) forgetActivation(fold, activationId, offset);
  fold.tags.set(tagId, createTagEntry(withoutOldestOf(watchOf(watch), count), offset, true));
}

export function forgetActivation(fold: PartitionFold, activationId: string, offset: number): void {
  fold.activations.delete(activationId);
  fold.gone.set(activationKey(activationId), offset);
}

/**
 * Forgets restored states whose tombstones were lost with a crash, or that a zombie wrote: tags that the last tick had forgotten, and
 * activations that no watch names. One that is newer than its tag's watch has been made by a watch that is yet to be folded again.
 */
export function forgetOrphans(fold: PartitionFold): void {
  // A watch that is not read yet is read only where it matters.
  for (const [tagId, tag] of fold.tags) {
    if (tag.forgetAtMs > fold.tickAtMs || tag.appliedOffset >= fold.position || tag.watch.activations.length > 0)
      continue;
    fold.tags.delete(tagId);
    fold.gone.set(watchKey(tagId), fold.position);
  }
  for (const [activationId, { tagId, appliedOffset }] of fold.activations) {
    const tag = fold.tags.get(tagId);
    if (appliedOffset >= (tag?.appliedOffset ?? fold.position)) continue;
    if (tag?.watch.activations.some((each) => each.activationId === activationId)) continue;
    fold.activations.delete(activationId);
    fold.gone.set(activationKey(activationId), fold.position);
  }
}

/** Asks the record for a fix that no activation in memory covers, where one that is forgotten may. */
export function askWhoseItIs(fold: PartitionFold, { tagId, fixedAtMs, position }: Ping): ReconcileRecord[] {
  if (position === null) return [];
  const tag = fold.tags.get(tagId);
  const forgottenUntilMs = tag === undefined ? fold.tickAtMs - FORGET_AFTER_MS : (tag.watch.overUntilMs ?? -Infinity);
  if (fixedAtMs >= forgottenUntilMs) return [];
  const at = { fromMs: fixedAtMs, toMs: fixedAtMs, baseAtMs: fixedAtMs };
  return [{ type: 'reconcile', activationId: null, tagId, ...at }];
}

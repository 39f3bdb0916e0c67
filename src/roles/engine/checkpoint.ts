/**
 * What of a partition's memory is to be written: all that changed at once, where the partition goes; otherwise in a rotation, a slice
 * at a time, so that nothing waits for all of it. Synchronous: `checkpoint-writer.ts` appends it.
 */
import type { Suppliers } from '../../engine/suppliers/suppliers.js';
import type { SupplierAlerts } from '../../engine/suppliers/tell-supplier.js';
import type { Lateness } from '../../engine/suppliers/usual-lateness.js';
import type { StateRecord } from '../../ports/states.js';
import { lastPingOf } from './held-ping.js';
import { watchOf } from './held-watch.js';
import type { ActivationEntry, PartitionFold, SharedEntry, TagEntry, WearerEntry } from './partition-memory.js';
import { isHeldAgain, writeOver } from './states-notice.js';

/**
 * The states that changed since the last checkpoint, in the order that a crash in the middle of writing needs: activations, then
 * watches, those of forgotten tags among them, then `through`, then what is gone. A watch is never ahead of an activation that has yet to fold what
 * came before it, so a restore folds every input under the watch that stood at it.
 */
export function takeCheckpoint(fold: PartitionFold): readonly StateRecord[] {
  const records: StateRecord[] = [];
  try {
    return takeAll(fold, records);
  } catch (error) {
    // All of it, or nothing.
    returnCheckpoint(fold, records);
    throw error;
  }
}

function takeAll(fold: PartitionFold, records: StateRecord[]): readonly StateRecord[] {
  for (const [activationId, entry] of fold.activations)
    if (entry.dirty) records.push(takeActivation(activationId, entry));
  for (const entry of fold.tags.values()) if (entry.dirty) records.push(takeWatch(entry));
  for (const entry of fold.shared.values()) if (entry.dirty) records.push(takeShared(entry));
  for (const entry of fold.wearers.values()) if (entry.dirty) records.push(takeWearer(entry));
  records.push(...takeEmptied(fold));
  if (records.length === 0 && fold.gone.size === 0 && fold.throughOffset === fold.position) return [];
  fold.throughOffset = fold.position;
  const { position, tickAtMs, suppliers, supplierAlerts, lateness } = fold;
  records.push({ type: 'through', offset: position, tickAtMs, suppliers, supplierAlerts, lateness });
  // A tag's watch before its activations: it would let a late ping begin them anew.
  records.push(...takeGone(fold, fold.gone));
  return records;
}

/** Undoes `takeCheckpoint` for records that could not be written: they are dirty again. */
export function returnCheckpoint(fold: PartitionFold, records: readonly StateRecord[]): void {
  for (const record of records) writeOver(fold, record);
}

function takeActivation(activationId: string, entry: ActivationEntry): StateRecord {
  entry.dirty = false;
  entry.checkpointedOffset = entry.appliedOffset;
  const { tagId, state, appliedOffset, nextDueAtMs, source } = entry;
  const lastPing = entry.lastPing === null ? null : lastPingOf(tagId, entry.lastPing);
  const by = source === null ? {} : { source };
  return { type: 'activation', appliedOffset, tagId, activationId, state, nextDueAtMs, lastPing, ...by };
}

/** Throws where a restored one cannot be read, which then stays dirty. */
function takeWatch(entry: TagEntry): StateRecord {
  const { appliedOffset, forgetAtMs } = entry;
  const watch = watchOf(entry.watch);
  entry.dirty = false;
  return { type: 'watch', appliedOffset, watch, forgetAtMs };
}

function takeShared(entry: SharedEntry): StateRecord {
  entry.dirty = false;
  return { type: 'shared', appliedOffset: entry.appliedOffset, shared: entry.shared };
}

function takeWearer(entry: WearerEntry): StateRecord {
  entry.dirty = false;
  return { type: 'wearer', appliedOffset: entry.appliedOffset, state: entry.state };
}

function takeEmptied({ emptied, tags }: PartitionFold): StateRecord[] {
  const records = [...emptied.values()].filter(({ watch }) => !tags.has(watch.tagId));
  emptied.clear();
  return records;
}

function takeGone(fold: PartitionFold, gone: ReadonlyMap<string, number>): StateRecord[] {
  const records: StateRecord[] = [];
  for (const [key, appliedOffset] of [...gone].sort(([a], [b]) => (a < b ? 1 : -1))) {
    if (!isHeldAgain(fold, key)) records.push({ type: 'gone', key, appliedOffset });
    // Forgotten anew meanwhile, it is the next one's.
    if (fold.gone.get(key) === appliedOffset) fold.gone.delete(key);
  }
  return records;
}

/**
 * One round of writing what had changed when it began, while the fold goes on. States are written as they are at their turn, which
 * is later than the beginning; what closes the round says no more than that everything before its beginning is in.
 */
export interface Rotation {
  /** How many states it began with. */
  readonly size: number;
  /** What it is closed with: the position at its beginning, and what was to be said of shared conditions and of what is gone then. */
  readonly offset: number;
  readonly tickAtMs: number;
  readonly suppliers: Suppliers;
  readonly supplierAlerts: SupplierAlerts;
  readonly lateness: Lateness;
  readonly shared: readonly SharedEntry[];
  readonly gone: ReadonlyMap<string, number>;
  /** Those whose turn is to come. */
  readonly activationIds: string[];
  readonly tagIds: string[];
  readonly wearerIds: string[];
  /** Something was forgotten before its turn, and what changed of it is not in the topic: it cannot be closed. */
  isBroken: boolean;
}

/** Null: nothing is to be written. */
export function startRotation(fold: PartitionFold): Rotation | null {
  const { activations, tags, shared, gone, position, tickAtMs, suppliers, supplierAlerts, lateness } = fold;
  const activationIds = [...activations].flatMap(([id, { dirty }]) => (dirty ? [id] : []));
  const tagIds = [...tags].flatMap(([id, { dirty }]) => (dirty ? [id] : []));
  const wearerIds = [...fold.wearers].flatMap(([id, { dirty }]) => (dirty ? [id] : []));
  const dirtyShared = [...shared.values()].filter(({ dirty }) => dirty);
  const size = activationIds.length + tagIds.length + wearerIds.length;
  if (size + dirtyShared.length + gone.size === 0 && fold.throughOffset === position) return null;
  const beside = { tickAtMs, suppliers, supplierAlerts, lateness };
  const closing = { offset: position, ...beside, shared: dirtyShared, gone: new Map(gone) };
  return { size, ...closing, activationIds, tagIds, wearerIds, isBroken: false };
}

/**
 * The next states of a round, `count` or a few more, in the order that a crash in the middle of writing needs: a watch is never ahead
 * of an activation of its tag; a shared condition is written when every activation has passed it, as it was at the beginning.
 */
export function takeSlice(
  fold: PartitionFold,
  rotation: Rotation,
  count: number,
): { readonly records: readonly StateRecord[]; readonly isLast: boolean } {
  const records: StateRecord[] = [];
  try {
    takeNext(fold, rotation, count, records);
  } catch (error) {
    // All of it, or nothing; and nothing closes a round that lacks something.
    returnCheckpoint(fold, records);
    rotation.isBroken = true;
    throw error;
  }
  const { activationIds, tagIds, wearerIds } = rotation;
  return { records, isLast: activationIds.length + tagIds.length + wearerIds.length === 0 };
}

function takeNext(fold: PartitionFold, rotation: Rotation, count: number, records: StateRecord[]): void {
  const { activationIds, tagIds, wearerIds } = rotation;
  while (records.length < count && activationIds.length > 0) {
    const id = activationIds.pop()!;
    const entry = fold.activations.get(id);
    if (entry === undefined) rotation.isBroken = true;
    else if (entry.dirty) records.push(takeActivation(id, entry));
  }
  while (records.length < count && tagIds.length > 0) {
    const tag = fold.tags.get(tagIds.pop()!);
    if (tag === undefined) rotation.isBroken = true;
    else if (tag.dirty) records.push(...takeTag(fold, tag));
  }
  while (records.length < count && wearerIds.length > 0) {
    const wearer = fold.wearers.get(wearerIds.pop()!);
    if (wearer === undefined) rotation.isBroken = true;
    else if (wearer.dirty) records.push(takeWearer(wearer));
  }
  const isLast = activationIds.length + tagIds.length + wearerIds.length === 0;
  if (isLast && !rotation.isBroken) records.push(...close(fold, rotation));
}

function takeTag(fold: PartitionFold, tag: TagEntry): StateRecord[] {
  const activations = tag.watch.activations.flatMap(({ activationId }) => {
    const entry = fold.activations.get(activationId);
    return entry?.dirty ? [takeActivation(activationId, entry)] : [];
  });
  return [...activations, takeWatch(tag)];
}

function close(fold: PartitionFold, rotation: Rotation): StateRecord[] {
  const { offset, tickAtMs, suppliers, supplierAlerts, lateness, shared, gone } = rotation;
  fold.throughOffset = offset;
  return [
    ...shared.map(takeShared),
    ...takeEmptied(fold),
    { type: 'through', offset, tickAtMs, suppliers, supplierAlerts, lateness },
    ...takeGone(fold, gone),
  ];
}

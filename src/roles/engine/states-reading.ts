/** Reads a partition's states: all of them when it comes, and afterwards what others have written among its own. */
import { setImmediate } from 'node:timers/promises';
import type { LogBatch, LogRecord, PartitionControl } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { newerFormatOf, STATE_FORMAT } from '../../ports/record-format.js';
import { decodeState } from '../../ports/states.js';
import { INPUTS, STATES } from '../../ports/topics.js';
import { forgetOrphans } from './forget.js';
import { type OwnedPartition, tellNewer } from './owned-partition.js';
import type { PartitionFold } from './partition-fold.js';
import { noticeState, noticeTombstone } from './states-notice.js';
import { createStatesRestore } from './states-restore.js';

const OLDER_STATE =
  'engine: an older state was written over a newer one; the next checkpoint writes the newer one again';

export interface StatesReading {
  /** Takes a batch of the states; where it is the last that a restore needs, the inputs go on. */
  take(entry: OwnedPartition, batch: LogBatch, control: PartitionControl): Promise<void>;
  /** All states are read: the inputs go on from where they end, at `inputsStart` at the earliest. */
  finishRestore(entry: OwnedPartition, inputsStart: number, control: PartitionControl): Promise<void>;
  /** Reads on where others have written, and stops where they have not. */
  readForeign(entry: OwnedPartition, control: PartitionControl): void;
}

/** Some milliseconds of work, between which the other partitions have their turn. */
const RESTORED_AT_ONCE = 500;

/** `isOwned`: whether a partition is still that one, and has not been given up meanwhile. */
export function createStatesReading(logger: Log, isOwned: (entry: OwnedPartition) => boolean): StatesReading {
  async function finishRestore(entry: OwnedPartition, inputsStart: number, control: PartitionControl): Promise<void> {
    const { fold } = entry;
    let restored = entry.restoring.finish(fold, RESTORED_AT_ONCE);
    while (restored === null) {
      await setImmediate();
      restored = entry.restoring.finish(fold, RESTORED_AT_ONCE);
    }
    if (!isOwned(entry)) return;
    const { states, behind } = restored;
    for (const key of behind) logger.warn({ partition: fold.partition, key }, OLDER_STATE);
    const lost = inputsStart - fold.position;
    if (fold.position > 0 && lost > 0)
      logger.error(
        { partition: fold.partition, from: fold.position, to: inputsStart },
        'engine: inputs were dropped by retention before they were folded',
      );
    // It reads watches: where one cannot be read, all of the restore is tried again, and is told.
    forgetOrphans(fold);
    entry.restoring = createStatesRestore();
    entry.restoreUntil = null;
    fold.position = Math.max(fold.position, inputsStart);
    control.seek({ topic: INPUTS, partition: fold.partition }, fold.position);
    control.resume({ topic: INPUTS, partition: fold.partition });
    readForeign(entry, control);
    logger.debug({ partition: fold.partition, states, from: fold.position }, 'engine: restored');
  }

  async function take(entry: OwnedPartition, batch: LogBatch, control: PartitionControl): Promise<void> {
    if (entry.restoreUntil !== null) {
      for (const record of batch.records) takeState(entry, record);
      if (batch.nextOffset < entry.restoreUntil) return;
      const { startOffset } = await control.bounds({ topic: INPUTS, partition: batch.partition });
      entry.checkpoints.beginBehind(batch.nextOffset);
      return await finishRestore(entry, startOffset, control);
    }
    const until = entry.checkpoints.foreign()?.to ?? 0;
    for (const record of batch.records)
      if (record.offset < until && noticeRecord(entry.fold, record))
        logger.warn({ partition: batch.partition, key: record.key }, OLDER_STATE);
    entry.checkpoints.noteRead(Math.min(batch.nextOffset, until));
    if (batch.nextOffset >= until) readForeign(entry, control);
  }

  /** What it cannot read it must not go on without, nor write over: the partition waits for a program that can. */
  function takeState(entry: OwnedPartition, record: LogRecord): void {
    const newer = newerFormatOf(record, STATE_FORMAT);
    if (newer === null) {
      entry.restoring.take(record);
      return;
    }
    const why = `the state ${record.key} has format ${newer}, and this program knows ${STATE_FORMAT}`;
    tellNewer(logger, entry, `the state ${record.key}`, why);
    throw new Error(why);
  }

  /** What others wrote is read; otherwise states are not. */
  function readForeign(entry: OwnedPartition, control: PartitionControl): void {
    const at = { topic: STATES, partition: entry.fold.partition };
    const foreign = entry.checkpoints.foreign();
    if (foreign === null) control.pause(at);
    else {
      control.seek(at, foreign.from);
      control.resume(at);
    }
  }

  return { take, finishRestore, readForeign };
}

/** Whether it is older than what is held; then the next checkpoint writes over it. */
function noticeRecord(fold: PartitionFold, record: LogRecord): boolean {
  const { key, value } = record;
  if (newerFormatOf(record, STATE_FORMAT) !== null) return false;
  if (value !== null) return noticeState(fold, decodeState(value));
  return key !== null && noticeTombstone(fold, key);
}

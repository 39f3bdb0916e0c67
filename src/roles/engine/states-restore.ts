/**
 * What a partition's states say when they have been read to their end: of each key the state that holds the most. Compaction keeps
 * what was written last, and a worker that did not know yet that its partition was gone may have written an older one last.
 */

import type { LogRecord } from '../../ports/event-log.js';
import { appliedOffsetOf, decodeState, storedWatchOf } from '../../ports/states.js';
import { type PartitionFold, restoreState } from './partition-fold.js';
import { storedTagEntry } from './partition-memory.js';
import { writeOver } from './states-notice.js';

export interface StatesRestore {
  take(record: LogRecord): void;
  /**
   * Puts the states in their places, so many at once, as other partitions go on meanwhile: null until all are. Answers the keys of which an
   * older state stands last, which the next checkpoint writes over.
   */
  finish(fold: PartitionFold, atOnce?: number): { readonly states: number; readonly behind: readonly string[] } | null;
}

interface Held {
  /** Null: a tombstone. */
  readonly record: LogRecord | null;
  readonly appliedOffset: number;
  isBehind: boolean;
}

export function createStatesRestore(): StatesRestore {
  const held = new Map<string, Held>();
  let newest: [string, Held][] | null = null;
  let done = 0;
  const behind: string[] = [];
  return {
    take(record) {
      const { key } = record;
      if (key === null) return;
      // What comes again, after some of it could not be put in its place, may be more.
      newest = null;
      const before = held.get(key);
      const appliedOffset = appliedOffsetOf(record) ?? before?.appliedOffset ?? -1;
      if (before !== undefined && appliedOffset < before.appliedOffset) {
        before.isBehind = true;
        return;
      }
      held.set(key, { record: record.value === null ? null : record, appliedOffset, isBehind: false });
    },
    finish(fold, atOnce = Infinity) {
      if (newest === null) {
        newest = begin(fold);
        done = 0;
        behind.length = 0;
      }
      const until = Math.min(newest.length, done + atOnce);
      for (; done < until; done++) {
        const [key, { record, isBehind }] = newest[done]!;
        if (isBehind) {
          const state = decodeState(record!.value!);
          restoreState(fold, state);
          behind.push(key);
          writeOver(fold, state);
        } else restore(fold, record!);
      }
      return done === newest.length ? { states: done, behind } : null;
    },
  };

  /** Those that stand, in their order. */
  function begin(fold: PartitionFold): [string, Held][] {
    // An older state of what is over stands last: the tombstone is to be written again.
    for (const [key, { record, appliedOffset, isBehind }] of held) {
      if (record === null && isBehind) fold.gone.set(key, appliedOffset);
    }
    const standing = [...held].filter(([, { record }]) => record !== null);
    return standing.sort(([, a], [, b]) => a.record!.offset - b.record!.offset);
  }
}

function restore(fold: PartitionFold, record: LogRecord): void {
  const stored = storedWatchOf(record);
  if (stored === null) restoreState(fold, decodeState(record.value!));
  else fold.tags.set(stored.tagId, storedTagEntry(stored));
}

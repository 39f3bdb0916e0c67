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
  /** Puts the states in their places; answers the keys of which an older state stands last, which the next checkpoint writes over. */
  finish(fold: PartitionFold): { readonly states: number; readonly behind: readonly string[] };
}

interface Held {
  /** Null: a tombstone. */
  readonly record: LogRecord | null;
  readonly appliedOffset: number;
  isBehind: boolean;
}

export function createStatesRestore(): StatesRestore {
  const held = new Map<string, Held>();
  return {
    take(record) {
      const { key } = record;
      if (key === null) return;
      const before = held.get(key);
      const appliedOffset = appliedOffsetOf(record) ?? before?.appliedOffset ?? -1;
      if (before !== undefined && appliedOffset < before.appliedOffset) {
        before.isBehind = true;
        return;
      }
      held.set(key, { record: record.value === null ? null : record, appliedOffset, isBehind: false });
    },
    finish(fold) {
      // An older state of what is over stands last: the tombstone is to be written again.
      for (const [key, { record, appliedOffset, isBehind }] of held) {
        if (record === null && isBehind) fold.gone.set(key, appliedOffset);
      }
      const newest = [...held].filter(([, { record }]) => record !== null);
      newest.sort(([, a], [, b]) => a.record!.offset - b.record!.offset);
      const behind: string[] = [];
      for (const [key, { record, isBehind }] of newest) {
        const stored = isBehind ? null : storedWatchOf(record!);
        if (stored !== null) {
          fold.tags.set(stored.tagId, storedTagEntry(stored));
          continue;
        }
        const state = decodeState(record!.value!);
        restoreState(fold, state);
        if (!isBehind) continue;
        behind.push(key);
        writeOver(fold, state);
      }
      return { states: newest.length, behind };
    },
  };
}

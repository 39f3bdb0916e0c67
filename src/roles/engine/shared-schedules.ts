/**
 * Conditions that apply to all wearers and whose schedule is not expanded any further: nothing is judged by them. Told to who runs the
 * program, once a condition and partition: as an alert of each wearer it would be thousands about one fault of the publisher's.
 */
import type { SharedIndex } from '../../engine/near/shared-index.js';
import type { Log } from '../../ports/log.js';

/** Terms that still stand and whose edges are known only up to an instant that has passed; sorted. */
export function findRunOut({ terms }: SharedIndex, nowMs: number): string[] {
  const found: string[] = [];
  for (const [key, { term, endsAtMs }] of terms) {
    if (term.windowsUntilMs !== null && term.windowsUntilMs <= nowMs && nowMs < endsAtMs) found.push(key);
  }
  return found.sort();
}

/** How often the terms of a partition are looked through; there may be thousands. */
const LOOK_EVERY_MS = 60_000;

export interface SharedSchedules {
  /** At a tick. */
  look(partition: number, index: SharedIndex, nowMs: number): void;
}

export function createSharedSchedules(logger: Log): SharedSchedules {
  const told = new Map<number, { readonly nextMs: number; readonly terms: string }>();
  return {
    look(partition, index, nowMs) {
      const before = told.get(partition);
      if (before !== undefined && nowMs < before.nextMs) return;
      const found = findRunOut(index, nowMs);
      const terms = found.join(' ');
      told.set(partition, { nextMs: nowMs + LOOK_EVERY_MS, terms });
      if (terms === (before?.terms ?? '')) return;
      if (found.length === 0)
        logger.warn({ partition }, 'engine: the schedules of all shared conditions are expanded again');
      else
        logger.error(
          { partition, terms: found.slice(0, 20), count: found.length },
          'engine: the schedule of shared conditions has run out and nothing is judged by them; is a publisher running?',
        );
    },
  };
}

/** What is judged of wearers beside any tag: the folding of what the publisher tells of one, and of ticks. */
import type { EngineEvent } from '../../engine/types.js';
import { tellUntagged } from '../../engine/wearers/tell-untagged.js';
import {
  hearWearer,
  isOver,
  nextDueMs,
  type WearerState,
  type WearerWatch,
  wearerPlaceOf,
} from '../../engine/wearers/wearer-state.js';
import type { StateRecord } from '../../ports/states.js';
import { FORGET_AFTER_MS } from '../../watchlist/over.js';
import { type Folded, type FoldFault, NOTHING, orFault, type PartitionFold } from './partition-memory.js';

export function foldWearer(fold: PartitionFold, watch: WearerWatch, offset: number): Folded {
  const held = fold.wearers.get(watch.wearerId);
  if (held !== undefined && (offset <= held.appliedOffset || watch.sequence <= held.state.watch.sequence))
    return NOTHING;
  const heard = hearWearer(held?.state ?? null, watch);
  return { ...NOTHING, events: takeStep(fold, heard, watch.publishedAtMs, offset) };
}

/** What is wrong with one wearer takes nothing from what the others were told. */
export function tickWearers(
  fold: PartitionFold,
  atMs: number,
  offset: number,
  onFault: (fault: FoldFault) => void,
): readonly EngineEvent[] {
  const events: EngineEvent[] = [];
  for (const [wearerId, { state, dueAtMs, appliedOffset }] of fold.wearers) {
    if (offset <= appliedOffset || dueAtMs > atMs) continue;
    orFault(null, onFault, () => {
      if (forgetAtMsOf(state, atMs) > atMs) {
        events.push(...takeStep(fold, state, atMs, offset));
        return;
      }
      fold.wearers.delete(wearerId);
      fold.gone.set(wearerPlaceOf(wearerId), offset);
    });
  }
  return events;
}

function takeStep(fold: PartitionFold, before: WearerState, atMs: number, offset: number): readonly EngineEvent[] {
  const { state, events } = tellUntagged(before, atMs);
  const dueAtMs = Math.min(nextDueMs(state, atMs), forgetAtMsOf(state, atMs));
  fold.wearers.set(state.watch.wearerId, { state, appliedOffset: offset, dueAtMs, dirty: true });
  return events;
}

/** Infinity: while it is as it is, never. */
function forgetAtMsOf(state: WearerState, atMs: number): number {
  if (!isOver(state, atMs)) return Infinity;
  const ends = state.untagged.map(({ endsAtMs }) => endsAtMs ?? Infinity);
  return Math.max(state.watch.publishedAtMs, ...ends) + FORGET_AFTER_MS;
}

export function restoreWearer(
  fold: PartitionFold,
  { state, appliedOffset }: Extract<StateRecord, { readonly type: 'wearer' }>,
): void {
  // At once: the first tick finds when it is due.
  fold.wearers.set(state.watch.wearerId, { state, appliedOffset, dueAtMs: -Infinity, dirty: false });
}

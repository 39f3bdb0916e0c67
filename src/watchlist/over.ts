/**
 * What is over of a tag: activations that ended so long ago that no live fold judges them any more. They leave the watch that
 * travels and the engine's memory; what still comes in for them is the reconciler's, which knows them from the record.
 */
import type { TagWatch } from '../engine/types.js';

/** Longer than the horizon, and long enough for a tag that was out of coverage for a day to send its store in order, ms. */
export const FORGET_AFTER_MS = 86_400_000;

export interface Worn {
  /** In order of `fittedAtMs`, never overlapping. */
  readonly activations: readonly { readonly removedAtMs: number | null }[];
  readonly overUntilMs?: number;
}

/** How many of the oldest activations had ended by an instant. */
export function countOver({ activations }: Worn, untilMs: number): number {
  const goesOn = activations.findIndex(({ removedAtMs }) => removedAtMs === null || removedAtMs > untilMs);
  return goesOn < 0 ? activations.length : goesOn;
}

/** The same without so many of the oldest activations; `overUntilMs` tells up to when nothing of it can be judged by it. */
export function withoutOldest<W extends Worn>(worn: W, count: number): W {
  if (count === 0) return worn;
  const ends = worn.activations.slice(0, count).map(({ removedAtMs }) => removedAtMs ?? Number.NEGATIVE_INFINITY);
  const overUntilMs = Math.max(worn.overUntilMs ?? Number.NEGATIVE_INFINITY, ...ends);
  return { ...worn, activations: worn.activations.slice(count), overUntilMs };
}

/** A watch without so many of its oldest activations, and without the zones that they alone name. */
export function withoutOldestOf(watch: TagWatch, count: number): TagWatch {
  if (count === 0) return watch;
  const left = withoutOldest(watch, count);
  const named = new Set(left.activations.flatMap(({ terms }) => terms.map(({ zoneKey }) => zoneKey)));
  const zones = Object.fromEntries(Object.entries(watch.zones).filter(([key]) => named.has(key)));
  return { ...left, zones };
}

/** When something of a watch may be forgotten, epoch ms; Infinity: while it is as it is, nothing. */
export function forgetAtMsOf({ activations, publishedAtMs, overUntilMs }: TagWatch): number {
  const oldest = activations[0];
  if (oldest === undefined) return Math.max(publishedAtMs, overUntilMs ?? -Infinity) + FORGET_AFTER_MS;
  return (oldest.removedAtMs ?? Infinity) + FORGET_AFTER_MS;
}

/**
 * How late what a supplier hands on comes in, at the least: beside it a tag whose clock runs behind is told from a supplier that is late
 * with all. A sample of its tags will do: those heard of first in each half-hour. By messages alone, whatever is known of the tags, so
 * that what is folded again comes to the same. Never changed in place: a checkpoint keeps it as it stood.
 */

import { isAhead } from '../fold/clocks.js';
import type { UsualLateness } from '../inputs.js';
import { USUAL_LATENESS_OTHERS, USUAL_LATENESS_TAGS, USUAL_LATENESS_WINDOW_MS } from '../thresholds.js';

/** The tags of one supplier that were heard of within a half-hour, at most `USUAL_LATENESS_TAGS`. */
interface Sample {
  /** When the first message was received. */
  readonly fromMs: number;
  readonly tags: readonly { readonly tagId: string; readonly leastMs: number }[];
  /** The highest of these: of a sample that is full a message as late as that changes nothing, whoever sends it. Almost all are. */
  readonly highestMs: number;
}

export interface SupplierLateness {
  readonly source: string;
  readonly running: Sample;
  /** The one before it, which is complete. */
  readonly before: Sample | null;
}

export type Lateness = readonly SupplierLateness[];

export const NO_LATENESS: Lateness = [];

export interface Sent {
  readonly source: string;
  readonly tagId: string;
  readonly fixedAtMs: number;
  readonly receivedAtMs: number;
}

/** Takes in one message; the same list where it says nothing new. A clock that runs ahead does not say how late it comes. */
export function noteLateness(all: Lateness, sent: Sent): Lateness {
  if (isAhead(sent)) return all;
  const { source, tagId, fixedAtMs, receivedAtMs } = sent;
  const leastMs = receivedAtMs - fixedAtMs;
  const known = all.find((each) => each.source === source);
  const isOver = known === undefined || receivedAtMs - known.running.fromMs >= USUAL_LATENESS_WINDOW_MS;
  if (isOver) {
    const running = sampleOf(receivedAtMs, [{ tagId, leastMs }]);
    const others = all.filter((each) => each !== known);
    return [...others, { source, running, before: known?.running ?? null }];
  }
  const { fromMs, tags, highestMs } = known.running;
  const isFull = tags.length >= USUAL_LATENESS_TAGS;
  if (isFull && leastMs >= highestMs) return all;
  const before = tags.find((each) => each.tagId === tagId);
  if (before === undefined ? isFull : before.leastMs <= leastMs) return all;
  const others = tags.filter((each) => each !== before);
  const running = sampleOf(fromMs, [...others, { tagId, leastMs }]);
  return all.map((each) => (each === known ? { ...known, running } : each));
}

const sampleOf = (fromMs: number, tags: Sample['tags']): Sample => ({
  fromMs,
  tags,
  highestMs: Math.max(...tags.map(({ leastMs }) => leastMs)),
});

/** Null: too few others were heard of. */
export function usualLatenessOf(all: Lateness, source: string, tagId: string): UsualLateness | null {
  const known = all.find((each) => each.source === source);
  if (known === undefined || known.before === null) return null;
  const beforeMs = latenessOfMost(known.before, tagId);
  if (beforeMs === null) return null;
  const nowMs = latenessOfMost(known.running, tagId) ?? beforeMs;
  return { sinceMs: known.before.fromMs, lowMs: Math.min(beforeMs, nowMs), highMs: Math.max(beforeMs, nowMs) };
}

/** Three in four are no later: where a part of a supplier is late, say one gateway, that is no tag's clock; one clock hides no other. */
function latenessOfMost({ tags }: Sample, exceptTagId: string): number | null {
  const others = tags.filter(({ tagId }) => tagId !== exceptTagId).map(({ leastMs }) => leastMs);
  if (others.length < USUAL_LATENESS_OTHERS) return null;
  return others.sort((a, b) => a - b)[Math.ceil(0.75 * others.length) - 1]!;
}

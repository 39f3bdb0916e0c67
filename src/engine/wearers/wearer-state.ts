/** What is known of one wearer beside any tag, and what was told of it. Plain JSON; never changed in place. */
import { NO_TAG_AFTER_MS, NO_TAG_KNOWN_MS } from '../thresholds.js';
import type { CustodyPeriod } from '../types.js';
import { nextCustodyEdgeMs } from '../watch/compile.js';
import { isWithin, type Untagged } from './untagged.js';

/** What the publisher tells of a wearer. A lower `sequence` than the one held is ignored. */
export interface WearerWatch {
  readonly wearerId: string;
  readonly sequence: number;
  readonly publishedAtMs: number;
  /** In order; what was over at `fromMs` is left out. */
  readonly untagged: readonly Untagged[];
  readonly fromMs: number;
  /** Absent where there are none. */
  readonly custodyPeriods?: readonly CustodyPeriod[];
}

/** In the place of a tag and of an activation: what is about neither. */
export const wearerPlaceOf = (wearerId: string): string => `wearer/${wearerId}`;

/** One time without a tag, and since when it is known. */
export type KnownUntagged = Untagged & { readonly knownFromMs: number };

export interface UntaggedTold {
  readonly alertId: string;
  readonly revision: number;
  /** As first raised: the id is of that. */
  readonly raisedStartMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly inCustody: boolean;
  readonly isWithdrawn?: true;
}

export interface WearerState {
  readonly watch: WearerWatch;
  readonly untagged: readonly KnownUntagged[];
  /** Oldest first. */
  readonly told: readonly UntaggedTold[];
}

/** Alerts that are remembered as told, of those that are over: no more times without a tag change afterwards. */
export const UNTAGGED_TOLD = 8;

/** The watch of now in the place of the one before: what is known of already stays known since then. */
export function hearWearer(before: WearerState | null, watch: WearerWatch): WearerState {
  const untagged = watch.untagged.map((each) => {
    const known = before?.untagged.find(
      ({ startsAtMs, endsAtMs }) =>
        startsAtMs < (each.endsAtMs ?? Infinity) && each.startsAtMs < (endsAtMs ?? Infinity),
    );
    return { ...each, knownFromMs: known?.knownFromMs ?? watch.publishedAtMs };
  });
  // What is no part of the watch any more is over for good.
  const isOver = ({ endedAtMs }: UntaggedTold) => endedAtMs !== null && endedAtMs <= watch.fromMs;
  const told = (before?.told ?? []).filter((each) => !isOver(each));
  return { watch, untagged, told };
}

/** From when on a time without a tag is told. */
export const tellsFromMs = ({ startsAtMs, knownFromMs }: KnownUntagged): number =>
  Math.max(startsAtMs + NO_TAG_AFTER_MS, knownFromMs + NO_TAG_KNOWN_MS);

export const isOpen = ({ endedAtMs, isWithdrawn }: UntaggedTold): boolean =>
  endedAtMs === null && isWithdrawn === undefined;

export const custodyOf = ({ custodyPeriods = [] }: WearerWatch) => ({ custodyPeriods });

/** The next instant at which a tick could say more; Infinity: none. */
export function nextDueMs({ untagged, told, watch }: WearerState, atMs: number): number {
  const isTold = told.some(isOpen);
  const edges = untagged.flatMap((each) => {
    const endsAtMs = each.endsAtMs ?? Infinity;
    const fromMs = tellsFromMs(each);
    return fromMs < endsAtMs ? [fromMs, endsAtMs] : [endsAtMs];
  });
  if (isTold) edges.push(nextCustodyEdgeMs(custodyOf(watch), atMs));
  return Math.min(Infinity, ...edges.filter((edgeMs) => edgeMs > atMs));
}

/** Whether nothing of a wearer can be told any more unless the publisher says more. */
export function isOver({ untagged, told }: WearerState, atMs: number): boolean {
  return !told.some(isOpen) && untagged.every((each) => each.startsAtMs <= atMs && !isWithin(each, atMs));
}

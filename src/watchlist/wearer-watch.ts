/** The facts of a wearer as what the engine judges beside any tag. Pure: the same facts and day give the same content. */
import type { CustodyPeriod } from '../engine/types.js';
import { findUntagged, type Untagged } from '../engine/wearers/untagged.js';
import type { WearerWatch } from '../engine/wearers/wearer-state.js';
import type { WearerFacts } from '../ports/watch.js';

const DAY_MS = 86_400_000;
/** What was over so long ago is not told, days: no record is mended so late that the register has to change. */
const TOLD_DAYS = 400;
/** Of one wearer, the newest: a bound on what travels. */
const MAX_TIMES = 100;

/** On that day; the same all day long, so that what did not change stays the same. */
const fromMsOf = (nowMs: number): number => (Math.floor(nowMs / DAY_MS) - TOLD_DAYS) * DAY_MS;

/** When somebody is without a tag, as far as it is told on that day. */
export function untaggedOf({ orders, worn }: WearerFacts, nowMs: number): readonly Untagged[] {
  const fromMs = fromMsOf(nowMs);
  const untagged = findUntagged(orders, worn).filter(({ endsAtMs }) => (endsAtMs ?? Infinity) > fromMs);
  return untagged.slice(-MAX_TIMES);
}

export function buildWearerWatch(
  facts: WearerFacts,
  custodyPeriods: readonly CustodyPeriod[],
  sequence: number,
  nowMs: number,
): WearerWatch {
  const untagged = untaggedOf(facts, nowMs);
  const says = untagged.length > 0 && custodyPeriods.length > 0;
  return {
    wearerId: facts.wearerId,
    sequence,
    publishedAtMs: nowMs,
    untagged,
    fromMs: fromMsOf(nowMs),
    ...(says ? { custodyPeriods } : {}),
  };
}

/** What of it changes with the records alone. */
export const saidBy = ({ untagged, custodyPeriods }: WearerWatch) => ({ untagged, custodyPeriods });

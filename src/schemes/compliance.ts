/**
 * How a condition that demands somebody's presence was kept over a time: minutes required, kept, excused, unreasonable, and minutes of
 * which nobody knows. The four parts are the whole; there is no percentage, because that would have to say what became of the unknown.
 */
import type { Compliance } from '../wire/cohort.js';
import { type Intervals, intersect, lengthMs, subtract, unite } from './intervals.js';

/** Intervals need not be sorted nor disjoint. */
export interface ComplianceFacts {
  /** When presence was demanded; without authorised absences. */
  readonly required: Intervals;
  readonly absences: Intervals;
  /** When the wearer was elsewhere, as alerts that are confirmed and not excused say; and as excused ones do. */
  readonly away: Intervals;
  readonly excused: Intervals;
  /** When the tag told nothing, or it was only suspected that the wearer was elsewhere. */
  readonly unknown: Intervals;
}

export const NO_COMPLIANCE: Compliance = {
  requiredMinutes: 0,
  keptMinutes: 0,
  excusedMinutes: 0,
  unreasonableMinutes: 0,
  unknownMinutes: 0,
};

const MINUTE_MS = 60_000;
const toMinutes = (intervals: Intervals): number => Math.round(lengthMs(intervals) / MINUTE_MS);

/** What is known comes before what is not: a confirmed absence from home is none the less one because the tag fell silent then. */
export function measureCompliance({ required, absences, away, excused, unknown }: ComplianceFacts): Compliance {
  const demanded = subtract(unite(required), unite(absences));
  const unreasonable = intersect(demanded, unite(away));
  const notAway = subtract(demanded, unreasonable);
  const excusedThen = intersect(notAway, unite(excused));
  const rest = subtract(notAway, excusedThen);
  const unknownThen = intersect(rest, unite(unknown));
  const parts = {
    excusedMinutes: toMinutes(excusedThen),
    unreasonableMinutes: toMinutes(unreasonable),
    unknownMinutes: toMinutes(unknownThen),
    keptMinutes: toMinutes(subtract(rest, unknownThen)),
  };
  // The sum of what is shown, so that rounding never makes a minute of its own.
  return { ...parts, requiredMinutes: Object.values(parts).reduce((sum, minutes) => sum + minutes, 0) };
}

export const addCompliance = (one: Compliance, other: Compliance): Compliance => ({
  requiredMinutes: one.requiredMinutes + other.requiredMinutes,
  keptMinutes: one.keptMinutes + other.keptMinutes,
  excusedMinutes: one.excusedMinutes + other.excusedMinutes,
  unreasonableMinutes: one.unreasonableMinutes + other.unreasonableMinutes,
  unknownMinutes: one.unknownMinutes + other.unknownMinutes,
});

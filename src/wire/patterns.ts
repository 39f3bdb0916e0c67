/** Patterns of a wearer, as REST and the console have them: inferred from fixes, under an authority, for a purpose. Instants are RFC 3339 in UTC. */
import type { LocalDay } from './timeline.js';

/** As far back as days are drawn. */
export const PATTERN_DAYS_LIMIT = 28;
/** Of one wearer at once: a fix a minute are forty thousand a month, and the thread of the alerts has a third of a second to do with so many. */
export const MOST_PATTERN_FIXES = 120_000;
/** Of one authority. */
export const MAX_AUTHORITY_WEARERS = 50;
export const STOP_RADIUS_LIMITS = { least: 25, most: 500 } as const;
export const STOP_MINUTES_LIMITS = { least: 5, most: 240 } as const;
/** Longer than half an hour nothing is left of what was known. */
export const STOP_GAP_LIMITS = { least: 2, most: 30 } as const;
export const TOGETHER_METRES_LIMITS = { least: 10, most: 1_000 } as const;

export interface PatternAuthority {
  readonly authorityId: string;
  readonly reference: string;
  readonly purpose: string;
  /** In words. */
  readonly scope: string;
  /** Of whom patterns are looked for by it: of those whom who asks may see. */
  readonly wearerIds: readonly string[];
  readonly until: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
}

/**
 * `open`: they were there when the time that was asked for ended, or now. `gap`: nothing was heard for too long after it. `deleted`: there
 * were fixes after it, and retention has deleted them. `not-fitted`: the tag was taken off.
 */
export const STOP_ENDS = ['moved', 'gap', 'deleted', 'not-fitted', 'open'] as const;
export type StopEndTold = (typeof STOP_ENDS)[number];

export interface StopTold {
  readonly latitude: number;
  readonly longitude: number;
  /** Within it the place lies, in 95 of a hundred. */
  readonly radiusMetres: number;
  readonly fromAt: string;
  readonly untilAt: string;
  readonly minutes: number;
  readonly fixes: number;
  readonly longestGapSeconds: number;
  readonly endedBecause: StopEndTold;
  /** They were there when the time that was asked for began: it may have begun before. */
  readonly isCutAtStart: boolean;
  /** The usual place that it is at; null: none. */
  readonly place: number | null;
}

/** Nobody can say where they were: no fix that is good enough, one that was deleted since, or no tag. */
export const SILENCE_REASONS = ['gap', 'deleted', 'not-fitted'] as const;
export type SilenceReason = (typeof SILENCE_REASONS)[number];
export interface Silence {
  readonly fromAt: string;
  readonly untilAt: string;
  readonly why: SilenceReason;
}

/** Days of the time that was asked for: there ≤ observed ≤ days. */
export interface HourTold {
  readonly isWeekend: boolean;
  readonly hour: number;
  readonly there: number;
  readonly observed: number;
  readonly days: number;
}

export interface UsualPlaceTold {
  /** From 1. */
  readonly place: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly radiusMetres: number;
  readonly stops: number;
  readonly minutes: number;
  /** Local days with a stop there. */
  readonly days: number;
  readonly hours: readonly HourTold[];
}

/** Minutes; all of them together are the part of the day. */
export interface HomeMinutes {
  readonly home: number;
  readonly out: number;
  /** Heard while no curfew named an address. */
  readonly heard: number;
  readonly unknown: number;
  readonly deleted: number;
  readonly notFitted: number;
}

export interface HomeDay {
  readonly date: string;
  /** From 23:00 until 07:00: what of it lies within the day. */
  readonly night: HomeMinutes;
  readonly day: HomeMinutes;
}

interface Inferred {
  readonly asOf: string;
  readonly timeZone: string;
  readonly authority: PatternAuthority;
  readonly days: readonly LocalDay[];
  /** It is inferred, and how, and what it does not say: to be shown wherever the rest is. */
  readonly inference: { readonly method: string; readonly limits: readonly string[] };
}

export interface Patterns extends Inferred {
  readonly wearerId: string;
  readonly rule: { readonly radiusMetres: number; readonly leastMinutes: number; readonly gapMinutes: number };
  /** Fixes of the time that were evidence; poor ones are too inaccurate to say of a stop. */
  readonly fixes: { readonly used: number; readonly poor: number };
  readonly stops: readonly StopTold[];
  readonly silences: readonly Silence[];
  readonly usualPlaces: readonly UsualPlaceTold[];
  readonly home: {
    /** Where curfews of then have them be. */
    readonly addresses: readonly { readonly conditionId: string; readonly zoneId: string }[];
    readonly days: readonly HomeDay[];
  };
}

export interface MeetingTold {
  readonly fromAt: string;
  readonly untilAt: string;
  /** Within the distance, in all. */
  readonly minutes: number;
  readonly closest: {
    readonly at: string;
    readonly metres: number;
    /** The distance may be so much less or more, in 95 of a hundred. */
    readonly errorMetres: number;
    /** From it to the nearest fix of each. */
    readonly fixOfFirstSeconds: number;
    readonly fixOfSecondSeconds: number;
    readonly latitude: number;
    readonly longitude: number;
  };
  readonly fixesOfFirst: number;
  readonly fixesOfSecond: number;
}

export interface Together extends Inferred {
  readonly firstWearerId: string;
  readonly secondWearerId: string;
  readonly withinMetres: number;
  readonly gapMinutes: number;
  readonly meetings: readonly MeetingTold[];
  readonly minutes: number;
  /** Of the time that was asked for until now: compared, and not. */
  readonly comparedMinutes: number;
  readonly notComparedMinutes: number;
  /** Why not: one, the other or both were not seen. */
  readonly unseenMinutes: { readonly first: number; readonly second: number; readonly both: number };
  /** A quarter of an hour or more that was not compared. */
  readonly notCompared: readonly {
    readonly fromAt: string;
    readonly untilAt: string;
    readonly unseen: 'first' | 'second' | 'both' | 'in turn';
    /** Whether of what was there some was deleted by retention. */
    readonly isDeleted: boolean;
  }[];
}

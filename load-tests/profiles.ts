/**
 * How hard each load test pushes, as data. `smoke` is for CI: short, and failed by errors and missed events alone, never by
 * time. `full` is for a quiet machine, and has limits of time, too.
 */

export type ProfileName = 'smoke' | 'full';

/** Pings over HTTP by arrival rate: requests are sent on time whether or not the ones before were answered. */
export interface IngestProfile {
  readonly tags: number;
  readonly requestsPerSecond: number;
  readonly pingsPerRequest: number;
  readonly seconds: number;
  /** Of one request, ms; null: not judged. */
  readonly p99LimitMs: number | null;
}

/** Subscribers of the feed, and tags that enter a first-fix zone one after the other: each entrance is one event. */
export interface FeedProfile {
  readonly subscribers: number;
  /** Before the first entrance: for all subscribers to be there. */
  readonly settleSeconds: number;
  readonly entrancesPerSecond: number;
  readonly seconds: number;
  /** After the last entrance: how long an event may take before it counts as missed. */
  readonly drainSeconds: number;
  /** Besides, pings of tags that stay at home. */
  readonly quietTags: number;
  readonly quietPingsPerSecond: number;
  /** From a fix's own time to its event at a subscriber, ms; null: not judged. */
  readonly p99LimitMs: number | null;
}

/** The feed, with clients that drop and resume all the time, and all of them at once now and then. */
export interface StormProfile extends FeedProfile {
  /** A client stays connected for so long, at random. */
  readonly connectedMs: { readonly from: number; readonly to: number };
  readonly awayMs: { readonly from: number; readonly to: number };
  /** At every multiple of this in wall-clock time, everybody drops. */
  readonly stormEveryMs: number;
}

interface Profiles {
  readonly ingest: Readonly<Record<ProfileName, IngestProfile>>;
  readonly feed: Readonly<Record<ProfileName, FeedProfile>>;
  readonly 'reconnect-storm': Readonly<Record<ProfileName, StormProfile>>;
}
export type LoadTestName = keyof Profiles;

export const PROFILES: Profiles = {
  ingest: {
    smoke: { tags: 100, requestsPerSecond: 10, pingsPerRequest: 50, seconds: 12, p99LimitMs: null },
    full: { tags: 2_000, requestsPerSecond: 20, pingsPerRequest: 150, seconds: 60, p99LimitMs: 1_000 },
  },
  feed: {
    smoke: {
      subscribers: 20,
      settleSeconds: 3,
      entrancesPerSecond: 10,
      seconds: 10,
      drainSeconds: 12,
      quietTags: 50,
      quietPingsPerSecond: 100,
      p99LimitMs: null,
    },
    full: {
      subscribers: 100,
      settleSeconds: 5,
      entrancesPerSecond: 20,
      seconds: 60,
      drainSeconds: 20,
      quietTags: 500,
      quietPingsPerSecond: 800,
      p99LimitMs: 1_000,
    },
  },
  'reconnect-storm': {
    smoke: {
      subscribers: 200,
      settleSeconds: 4,
      entrancesPerSecond: 8,
      seconds: 11,
      drainSeconds: 15,
      quietTags: 20,
      quietPingsPerSecond: 20,
      p99LimitMs: null,
      connectedMs: { from: 1_000, to: 4_000 },
      awayMs: { from: 50, to: 1_000 },
      stormEveryMs: 5_000,
    },
    full: {
      subscribers: 600,
      settleSeconds: 10,
      entrancesPerSecond: 10,
      seconds: 60,
      drainSeconds: 30,
      quietTags: 200,
      quietPingsPerSecond: 200,
      p99LimitMs: null,
      connectedMs: { from: 1_000, to: 8_000 },
      awayMs: { from: 50, to: 2_000 },
      stormEveryMs: 10_000,
    },
  },
};

/** Tags that enter: a second's worth fewer than there is time for, because an arrival rate may start one late. */
export function entrancesOf({ entrancesPerSecond, seconds }: FeedProfile): number {
  return entrancesPerSecond * (seconds - 1);
}

export const ENTERING_TAG = 'T-load-in-';
export const QUIET_TAG = 'T-load-';
export const ZONE_ID = 'Z-load';

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export const ZONE_CENTRE: Place = { latitude: 51.28, longitude: 1.08 };
/** Half the side of the zone, which is a square, degrees: about 140 m north and 87 m east of the centre. */
export const ZONE_HALF_DEGREES = 0.00125;
/** Where those who enter come from: 350 m east of the centre. */
export const OUTSIDE: Place = { latitude: 51.28, longitude: 1.085 };

/** Where a quiet tag stays: far from the zone, each at an address of its own. */
export function homeOf(tag: number): Place {
  return { latitude: 51.4 + (tag % 100) * 0.001, longitude: 1.2 + (Math.floor(tag / 100) % 100) * 0.001 };
}

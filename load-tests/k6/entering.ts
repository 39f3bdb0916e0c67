/** What `feed` and `reconnect-storm` share: tags that enter a zone, quiet ones beside them, and the scenarios of both. */
import execution from 'k6/execution';
import type { Options } from 'k6/options';
import { ENTERING_TAG, entrancesOf, type FeedProfile, ZONE_CENTRE } from '../profiles.js';
import { postPings, quietPings } from './pings.js';
import { p99Below, SUMMARY_STATISTICS } from './settings.js';

const QUIET_PINGS_PER_REQUEST = 10;

/** Scenarios and thresholds: subscribers first, then entrances and quiet pings for as long. */
export function enteringOptions(profile: FeedProfile): Options {
  const { settleSeconds, seconds, drainSeconds, entrancesPerSecond, quietPingsPerSecond } = profile;
  const arrivals = { executor: 'constant-arrival-rate', timeUnit: '1s', duration: `${seconds}s` } as const;
  const users = { startTime: `${settleSeconds}s`, preAllocatedVUs: 20, maxVUs: 200, gracefulStop: '20s' };
  return {
    scenarios: {
      subscribers: {
        executor: 'per-vu-iterations',
        vus: profile.subscribers,
        iterations: 1,
        maxDuration: `${settleSeconds + seconds + drainSeconds + 15}s`,
        exec: 'subscriber',
      },
      entrances: { ...arrivals, ...users, rate: entrancesPerSecond, exec: 'enter' },
      quiet: { ...arrivals, ...users, rate: quietPingsPerSecond / QUIET_PINGS_PER_REQUEST, exec: 'stay' },
    },
    thresholds: {
      events_missed: ['count==0'],
      events_doubled: ['count==0'],
      chain_broken: ['count==0'],
      resumes_answered_by_snapshot: ['count==0'],
      pings_refused: ['count==0'],
      pings_unanswered: ['count==0'],
      'dropped_iterations{scenario:entrances}': ['count==0'],
      ping_to_event_ms: p99Below(profile.p99LimitMs),
    },
    summaryTrendStats: SUMMARY_STATISTICS,
  };
}

/** When a subscriber that has not heard everything gives up, epoch ms. */
export function subscribersUntilMs({ settleSeconds, seconds, drainSeconds }: FeedProfile): number {
  return execution.scenario.startTime + (settleSeconds + seconds + drainSeconds) * 1_000;
}

/** One tag, which was outside a minute ago, is inside now. Its fix is stamped with the instant at which it is sent. */
export function enterZone(profile: FeedProfile): void {
  const tag = execution.scenario.iterationInTest;
  if (tag >= entrancesOf(profile)) return;
  const fixedAt = new Date().toISOString();
  postPings([{ tagId: `${ENTERING_TAG}${tag}`, sequence: 2, fixedAt, ...ZONE_CENTRE, accuracyMetres: 5 }]);
}

export function stayHome(profile: FeedProfile): void {
  const from = execution.scenario.iterationInTest * QUIET_PINGS_PER_REQUEST;
  postPings(quietPings(from, QUIET_PINGS_PER_REQUEST, profile.quietTags));
}

/** Pings over HTTP by arrival rate; afterwards the runner waits until every one of them stands in the database. */
import execution from 'k6/execution';
import type { Options } from 'k6/options';
import { PROFILES } from '../profiles.js';
import { postPings, quietPings } from './pings.js';
import { p99Below, profileName, SUMMARY_STATISTICS, writeSummary } from './settings.js';

const profile = PROFILES.ingest[profileName];

export const options: Options = {
  scenarios: {
    ingest: {
      executor: 'constant-arrival-rate',
      rate: profile.requestsPerSecond,
      timeUnit: '1s',
      duration: `${profile.seconds}s`,
      preAllocatedVUs: 20,
      maxVUs: 200,
      gracefulStop: '20s',
      exec: 'send',
    },
  },
  thresholds: {
    pings_accepted: ['count>0'],
    pings_refused: ['count==0'],
    pings_unanswered: ['count==0'],
    http_req_duration: p99Below(profile.p99LimitMs),
  },
  summaryTrendStats: SUMMARY_STATISTICS,
};
export const handleSummary = writeSummary;

export function send(): void {
  const { tags, pingsPerRequest } = profile;
  postPings(quietPings(execution.scenario.iterationInTest * pingsPerRequest, pingsPerRequest, tags));
}

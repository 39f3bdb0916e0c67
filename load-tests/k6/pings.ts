/** Pings as a supplier sends them, over HTTP. */
import http from 'k6/http';
import { Counter } from 'k6/metrics';
import { homeOf, QUIET_TAG } from '../profiles.js';
import { identity, url } from './settings.js';

export const accepted = new Counter('pings_accepted');
export const refused = new Counter('pings_refused');
export const unanswered = new Counter('pings_unanswered');

/** The same again is harmless (identity), so a request that was not answered is sent again. */
const TRIES = 3;
const REQUEST_LIMIT = '20s';

export interface WirePing {
  readonly tagId: string;
  readonly sequence: number;
  readonly fixedAt: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number;
}

/** Posts pings until they are answered; counts them by what became of them. */
export function postPings(pings: readonly WirePing[]): void {
  const body = JSON.stringify(pings);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const answer = http.post(`${url}/api/v1/pings`, body, {
      headers: { 'content-type': 'application/json', ...identity },
      timeout: REQUEST_LIMIT,
    });
    if (answer.status === 202) {
      const told = answer.json() as { accepted: number; rejected: unknown[] };
      accepted.add(told.accepted);
      refused.add(told.rejected.length);
      return;
    }
    if (answer.status >= 400 && answer.status < 500) {
      console.error(`POST /pings answered ${answer.status}: ${answer.body}`);
      refused.add(pings.length);
      return;
    }
  }
  unanswered.add(pings.length);
}

/** The next pings of the tags that stay at home, each tag in turn. */
export function quietPings(from: number, count: number, tags: number): WirePing[] {
  const fixedAt = new Date().toISOString();
  return Array.from({ length: count }, (_, index) => {
    const sequence = from + index;
    const tag = sequence % tags;
    return { tagId: `${QUIET_TAG}${tag}`, sequence, fixedAt, ...homeOf(tag), accuracyMetres: 5 };
  });
}

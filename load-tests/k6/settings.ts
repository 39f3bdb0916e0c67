/** What the runner (`load.ts`) hands to a k6 script, and what every script does alike. */
import type { Threshold } from 'k6/options';
import type { ProfileName } from '../profiles.js';

function variable(name: string): string {
  const value = __ENV[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: run this by npm run load.`);
  return value;
}

export const url = variable('TAGWATCH_URL');
export const profileName = variable('TAGWATCH_PROFILE') as ProfileName;

/** Who asks, where sign-in is configured: the bearer token in TAGWATCH_TOKEN_FILE, with pings.write and alerts.read. */
const tokenFile = __ENV['TAGWATCH_TOKEN_FILE'];
export const identity: Readonly<Record<string, string>> = tokenFile
  ? { authorization: `Bearer ${open(tokenFile).trim()}` }
  : {};

export const SUMMARY_STATISTICS = ['min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max', 'count'];

/** A limit of the 99th percentile; none where the profile has none. */
export function p99Below(limitMs: number | null): Threshold[] {
  return limitMs === null ? [] : [`p(99)<${limitMs}`];
}

/** Writes k6's summary where the runner looks for it. */
export function writeSummary(data: unknown): Record<string, string> {
  return { [variable('TAGWATCH_SUMMARY')]: JSON.stringify(data) };
}

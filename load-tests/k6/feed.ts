/** Subscribers that stay, and how long a fix takes to become an event in front of them. */
import type { Options } from 'k6/options';
import { entrancesOf, PROFILES } from '../profiles.js';
import { enteringOptions, enterZone, stayHome, subscribersUntilMs } from './entering.js';
import { profileName, writeSummary } from './settings.js';
import { subscribe } from './subscriber.js';

const profile = PROFILES.feed[profileName];

export const options: Options = enteringOptions(profile);
export const enter = () => enterZone(profile);
export const stay = () => stayHome(profile);
export const handleSummary = writeSummary;

export function subscriber(): void {
  subscribe({ expected: entrancesOf(profile), untilMs: subscribersUntilMs(profile), stay: () => null });
}

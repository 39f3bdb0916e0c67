/** Hundreds of clients that drop and resume, now and then all at once, and none may miss an event or hear one twice. */
import type { Options } from 'k6/options';
import { entrancesOf, PROFILES } from '../profiles.js';
import { enteringOptions, enterZone, stayHome, subscribersUntilMs } from './entering.js';
import { profileName, writeSummary } from './settings.js';
import { subscribe } from './subscriber.js';

const profile = PROFILES['reconnect-storm'][profileName];
const plain = enteringOptions(profile);

export const options: Options = {
  ...plain,
  // Clients that never came back would have missed nothing that a threshold sees.
  thresholds: { ...plain.thresholds, feed_connections: [`count>${2 * profile.subscribers}`] },
};
export const enter = () => enterZone(profile);
export const stay = () => stayHome(profile);
export const handleSummary = writeSummary;

const between = ({ from, to }: { readonly from: number; readonly to: number }) => from + Math.random() * (to - from);

export function subscriber(): void {
  const { connectedMs, awayMs, stormEveryMs } = profile;
  subscribe({
    expected: entrancesOf(profile),
    untilMs: subscribersUntilMs(profile),
    stay: () => ({
      connectedMs: Math.min(between(connectedMs), stormEveryMs - (Date.now() % stormEveryMs)),
      awayMs: between(awayMs),
    }),
  });
}

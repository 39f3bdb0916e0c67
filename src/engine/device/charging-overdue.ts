/** The battery has been low for so long and the tag was not put to charge: nobody will be monitored by it for long. By time alone. */
import { CHARGING_OVERDUE_MS } from '../thresholds.js';
import type { DeviceEpisode } from './marks.js';

/** What of the time over which the battery was low, and the tag was not charging, lies beyond what is allowed, as far as time has come. */
export function findOverdue(
  low: readonly DeviceEpisode[],
  charging: readonly DeviceEpisode[],
  nowMs: number,
): { readonly found: DeviceEpisode[]; readonly dueAtMs: number } {
  const found: DeviceEpisode[] = [];
  let dueAtMs = Infinity;
  for (const { startedAtMs, endedAtMs } of low) {
    const untilMs = endedAtMs ?? Infinity;
    let fromMs = startedAtMs;
    for (const each of [...charging, NEVER]) {
      if ((each.endedAtMs ?? Infinity) <= fromMs) continue;
      const chargedAtMs = Math.min(each.startedAtMs, untilMs);
      const overdueAtMs = fromMs + CHARGING_OVERDUE_MS;
      if (overdueAtMs < chargedAtMs && overdueAtMs <= nowMs) found.push(overdueEpisode(overdueAtMs, chargedAtMs));
      else if (overdueAtMs < chargedAtMs) dueAtMs = Math.min(dueAtMs, overdueAtMs);
      fromMs = Math.max(fromMs, each.endedAtMs ?? Infinity);
      if (fromMs >= untilMs) break;
    }
  }
  return { found, dueAtMs };
}

const NEVER: DeviceEpisode = { startedAtMs: Infinity, endedAtMs: null, lastOnAtMs: Infinity, strength: 'confirmed' };

function overdueEpisode(startedAtMs: number, endMs: number): DeviceEpisode {
  const end = endMs === Infinity ? { endedAtMs: null } : { endedAtMs: endMs, endedBecause: 'restored' as const };
  return { startedAtMs, ...end, lastOnAtMs: startedAtMs, strength: 'confirmed' };
}

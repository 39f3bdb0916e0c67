/** What is so only once it has lasted: nobody is watched by the tag, it has not moved, its battery is low and it is not charged. */

import { metresPerDegreeLatitude, metresPerDegreeLongitude } from '../geometry/exact.js';
import {
  CHARGING_OVERDUE_MS,
  MOVED_METRES,
  NEVER_MOVES_MS,
  UNUSABLE_AFTER_MS,
  UNUSABLE_MESSAGES,
} from '../thresholds.js';
import type { Position, SilenceReason } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import type { DeviceState, Mark, Rest } from './device-state.js';
import type { DeviceEpisode } from './marks.js';

export interface Unmonitored {
  readonly reason: SilenceReason;
  readonly sinceMs: number;
}

/**
 * Nobody is watched by a tag that is fitted: it was never heard from, is not any more, or is heard from without a fix that can be used.
 * By receipt: a backlog that comes in is heard. Who is not heard of because his supplier is silent is the supplier's (`heardUpToMs`).
 * Null: the tag is heard from, or not for long enough not.
 */
export function findUnmonitored(device: DeviceState, own: CompiledOwn, heardUpToMs: number): Unmonitored | null {
  const { heardAtMs, blind } = device;
  const fromMs = watchedFromMs(device, own);
  if (Math.max(heardAtMs ?? -Infinity, fromMs) + own.silentAfterMs <= heardUpToMs) {
    const reason = heardAtMs === null ? 'never-heard' : 'silent';
    return { reason, sinceMs: heardAtMs ?? own.fittedAtMs };
  }
  if (blind === null || heardAtMs === null || own.silentAfterMs === Infinity) return null;
  const isBlind = heardAtMs - blind.receivedAtMs >= UNUSABLE_AFTER_MS && blind.messages >= UNUSABLE_MESSAGES;
  return isBlind ? { reason: 'no-fix', sinceMs: blind.receivedAtMs } : null;
}

/** When time alone makes it silent. */
export function silentFromMs(device: DeviceState, own: CompiledOwn): number {
  return Math.max(device.heardAtMs ?? -Infinity, watchedFromMs(device, own)) + own.silentAfterMs;
}

/** A tag that was recorded after it was fitted has been silent from then on only. */
function watchedFromMs({ knownAtMs }: DeviceState, { fittedAtMs }: CompiledOwn): number {
  return Math.max(fittedAtMs, knownAtMs ?? -Infinity);
}

/**
 * Where the tag rests after one more fix: the same object where nothing changed. One that has not moved for so long may be on no leg.
 * Nobody can tell that from somebody who is ill at home, so it is a question, and never more than suspected. It has moved when two fixes
 * in a row are elsewhere: one may be wrong. Only fixes newer than all count.
 */
export function restAfter(
  rest: Rest | null,
  at: Pick<Position, 'latitude' | 'longitude'>,
  accuracyMetres: number,
  madeAtMs: number,
): Rest {
  const { latitude, longitude } = at;
  if (rest === null) return { latitude, longitude, sinceMs: madeAtMs, leftAtMs: null };
  if (!isElsewhere(rest, at, accuracyMetres)) return rest.leftAtMs === null ? rest : { ...rest, leftAtMs: null };
  if (rest.leftAtMs === null) return { ...rest, leftAtMs: madeAtMs };
  return { latitude, longitude, sinceMs: madeAtMs, leftAtMs: null };
}

/** What a newer fix says, made at `madeAtMs`: that it has not moved for so long, or that it has. Null: nothing. */
export function markRest(before: Rest | null, after: Rest, madeAtMs: number): Mark | null {
  if (before !== null && after.sinceMs !== before.sinceMs) return { atMs: before.leftAtMs ?? madeAtMs, says: 'off' };
  return after.leftAtMs === null && madeAtMs - after.sinceMs >= NEVER_MOVES_MS
    ? { atMs: after.sinceMs, says: 'maybe' }
    : null;
}

/** No degree is longer, metres: what is near by it is near, and needs no cosine. */
const LONGEST_DEGREE = 111_700;

function isElsewhere(
  rest: Rest,
  { latitude, longitude }: Pick<Position, 'latitude' | 'longitude'>,
  accuracyMetres: number,
): boolean {
  const north = latitude - rest.latitude;
  const east = longitude - rest.longitude;
  const farMetres = MOVED_METRES + accuracyMetres;
  if ((north * north + east * east) * LONGEST_DEGREE * LONGEST_DEGREE <= farMetres * farMetres) return false;
  const northMetres = north * metresPerDegreeLatitude(rest.latitude);
  const eastMetres = east * metresPerDegreeLongitude(rest.latitude);
  return northMetres * northMetres + eastMetres * eastMetres > farMetres * farMetres;
}

/**
 * What of the time over which the battery was low, and the tag was not charging, lies beyond what is allowed, as far as time has come:
 * nobody will be monitored by it for long.
 */
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

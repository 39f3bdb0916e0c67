/**
 * The tag has not moved for so long that it may be on no leg. Nobody can tell that from somebody who is ill at home, so it is a question,
 * and never more than suspected. It has moved when two fixes in a row are elsewhere: one may be wrong. Only fixes newer than all count.
 */
import { metresPerDegreeLatitude, metresPerDegreeLongitude } from '../geometry/exact.js';
import { MOVED_METRES, NEVER_MOVES_MS } from '../thresholds.js';
import type { Position } from '../types.js';
import type { Mark, Rest } from './device-state.js';

/** Where it rests after one more fix: the same object where nothing changed. */
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

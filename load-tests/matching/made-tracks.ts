/** Made people of a town: home, work, the ways between, errors of their receivers, times without a fix. Where each really was is known. */

import type { Scene } from '../../src/matching/judge.js';
import { indexTrack, type MatchTrack } from '../../src/matching/match-track.js';
import { createRandom } from '../../src/simulator/random.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
export const MADE_FROM_MS = Date.UTC(2026, 10, 1);
const LATITUDE = 51.28;
const LONGITUDE = 1.08;
const METRES_PER_LATITUDE = 111_250;
const METRES_PER_LONGITUDE = 69_750;
/** Half of the town's width. */
const TOWN_METRES = 8_000;

export interface MadeTrack {
  readonly track: MatchTrack;
  /** Where he really was at the fix of this place. */
  readonly truth: (at: number) => { readonly latitude: number; readonly longitude: number };
}

/** A fix a minute. In every day he is away from home for some hours, at one of three places; now and then nothing is heard for an hour. */
export function makeTrack(seed: number, days: number): MadeTrack {
  const { next: random, gaussian } = createRandom('track', seed);
  const somewhere = () => (random() * 2 - 1) * TOWN_METRES;
  const places = Array.from({ length: 4 }, () => [somewhere(), somewhere()] as const);
  const count = days * DAY_MINUTES;
  const truth = new Float64Array(2 * count);
  const columns = {
    wearerId: `W-${seed}`,
    atMs: new Float64Array(count),
    latitude: new Float64Array(count),
    longitude: new Float64Array(count),
    sigmaMetres: new Float32Array(count),
  };
  let [x, y] = places[0]!;
  let goal = 0;
  let quietUntil = 0;
  let kept = 0;
  for (let minute = 0; minute < count; minute++) {
    const ofDay = minute % DAY_MINUTES;
    if (ofDay === 480) goal = 1 + Math.floor(random() * 3);
    if (ofDay === 1_020) goal = 0;
    const [gx, gy] = places[goal]!;
    const away = Math.hypot(gx - x, gy - y);
    // 36 km/h.
    const part = away === 0 ? 0 : Math.min(1, 600 / away);
    x += (gx - x) * part;
    y += (gy - y) * part;
    if (minute >= quietUntil && random() < 0.0005) quietUntil = minute + 60;
    if (minute < quietUntil) continue;
    const sigma = random() < 0.05 ? 30 + random() * 120 : 4 + random() * 6;
    const error = () => sigma * gaussian();
    columns.atMs[kept] = MADE_FROM_MS + minute * MINUTE_MS;
    columns.latitude[kept] = LATITUDE + (y + error()) / METRES_PER_LATITUDE;
    columns.longitude[kept] = LONGITUDE + (x + error()) / METRES_PER_LONGITUDE;
    columns.sigmaMetres[kept] = sigma;
    truth[2 * kept] = LATITUDE + y / METRES_PER_LATITUDE;
    truth[2 * kept + 1] = LONGITUDE + x / METRES_PER_LONGITUDE;
    kept++;
  }
  const { wearerId, ...lists } = columns;
  const track = indexTrack({
    wearerId,
    atMs: lists.atMs.slice(0, kept),
    latitude: lists.latitude.slice(0, kept),
    longitude: lists.longitude.slice(0, kept),
    sigmaMetres: lists.sigmaMetres.slice(0, kept),
  });
  return { track, truth: (at) => ({ latitude: truth[2 * at]!, longitude: truth[2 * at + 1]! }) };
}

/** Crimes all over the town and the days: of half of them the time is known to some minutes, of the others to hours, to twelve at most. */
export function makeCrimes(seed: number, count: number, days: number): Scene[] {
  const { next: random } = createRandom('crimes', seed);
  return Array.from({ length: count }, () => {
    const fromMs = MADE_FROM_MS + Math.floor(random() * (days * DAY_MINUTES - 720)) * MINUTE_MS;
    const minutes = random() < 0.5 ? random() * 30 : random() * 720;
    return {
      latitude: LATITUDE + ((random() * 2 - 1) * TOWN_METRES) / METRES_PER_LATITUDE,
      longitude: LONGITUDE + ((random() * 2 - 1) * TOWN_METRES) / METRES_PER_LONGITUDE,
      fromMs,
      toMs: fromMs + Math.floor(minutes) * MINUTE_MS,
      placeErrorMetres: 0,
    };
  });
}

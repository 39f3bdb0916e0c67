/** How usual it is for a wearer to be where a crime was, at that hour: without it a match says nothing. */

import { isThere, type PreparedScene } from './judge.js';
import { firstFrom, type MatchTrack } from './match-track.js';

const DAY_MS = 86_400_000;
/** So many days before the crime are looked at. */
export const BASE_RATE_DAYS = 28;

export interface BaseRate {
  /** Days before on which a fix lay within the radius during the same hours (in UTC), of those on which there were fixes in them. */
  readonly daysThere: number;
  readonly daysKnown: number;
}

export function baseRateOf(track: MatchTrack, scene: PreparedScene): BaseRate {
  const { atMs } = track;
  let daysThere = 0;
  let daysKnown = 0;
  for (let day = 1; day <= BASE_RATE_DAYS; day++) {
    const fromMs = scene.fromMs - day * DAY_MS;
    const untilMs = scene.toMs - day * DAY_MS;
    const begin = firstFrom(atMs, fromMs);
    let known = false;
    let there = false;
    for (let at = begin; at < atMs.length && atMs[at]! <= untilMs && !there; at++) {
      known = true;
      there = isThere(track, scene, at);
    }
    if (known) daysKnown++;
    if (there) daysThere++;
  }
  return { daysThere, daysKnown };
}

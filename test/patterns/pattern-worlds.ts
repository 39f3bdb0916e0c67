/** Days of invented people with what a tag makes of them: fixes, and where they truly stayed. */
import { sigmaMetres } from '../../src/engine/fold/evidence.js';
import type { PatternFix } from '../../src/patterns/pattern-fix.js';
import { inventCohort, type SimulatedWearer } from '../../src/simulator/cohort.js';
import { dayTrack, localInstant } from '../../src/simulator/days.js';
import type { Point } from '../../src/simulator/ground.js';
import { observe } from '../../src/simulator/observe.js';
import { createRandom } from '../../src/simulator/random.js';
import type { Surroundings } from '../../src/simulator/surroundings.js';
import type { Track } from '../../src/simulator/track.js';

export interface Stay {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly at: Point;
}

export const SEED = 'patterns';
const { wearers } = inventCohort(SEED, 60);
/** Not of the cast, who live no days. */
export const ORDINARY: readonly SimulatedWearer[] = wearers.slice(20, 60);

/** `2026-05-04` and the days after it. */
export function datesFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    new Date(Date.parse(`${first}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10),
  );
}

export const trackOver = (wearer: SimulatedWearer, dates: readonly string[]): Track =>
  dates.flatMap((date) => dayTrack(SEED, wearer, date));

/** Where they truly stood, as long as they did. */
export function staysOf(track: Track, untilMs: number): Stay[] {
  const stays: Stay[] = [];
  track.forEach(({ at, atMs }, i) => {
    const next = track[i + 1];
    const endMs = next === undefined ? untilMs : next.atMs;
    if (next !== undefined && (next.at.latitude !== at.latitude || next.at.longitude !== at.longitude)) return;
    const last = stays.at(-1);
    if (last !== undefined && last.untilMs === atMs) stays[stays.length - 1] = { ...last, untilMs: endMs };
    else stays.push({ fromMs: atMs, untilMs: endMs, at });
  });
  return stays;
}

/** A fix a minute, as a tag of that surroundings makes them. */
export function fixesOf(track: Track, surroundings: Surroundings, seed: string, untilMs: number): PatternFix[] {
  const fromMs = track[0]!.atMs;
  const observed = observe(createRandom(SEED, seed), {
    track,
    surroundings: [{ fromMs, surroundings }],
    fromMs,
    toMs: untilMs,
  });
  return observed.flatMap(({ ping: { fixedAtMs, position } }) =>
    position === null || position === undefined
      ? []
      : [
          {
            atMs: fixedAtMs,
            latitude: position.latitude,
            longitude: position.longitude,
            sigmaMetres: sigmaMetres(position.accuracyMetres!, 'r68'),
          },
        ],
  );
}

/** The end of the last of some days. */
export const endOf = (dates: readonly string[]): number => {
  const [next] = datesFrom(dates.at(-1)!, 2).slice(1);
  return localInstant(next!, '00:00');
};

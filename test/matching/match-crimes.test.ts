/** A run over made people of whom it is known where they were: nobody who was there is eliminated, and the counts add up. */
import { expect, it } from 'vitest';
import { makeCrimes, makeTrack } from '../../load-tests/matching/made-tracks.js';
import { DEFAULT_MATCH_OPTIONS } from '../../src/matching/judge.js';
import { startMatching } from '../../src/matching/match-crimes.js';
import { prepareTrack } from '../../src/matching/match-track.js';
import { seededRandom } from '../support/random.js';

it('finds everybody who was there, eliminates most others, and counts everybody once', () => {
  const { seed } = seededRandom();
  const wearers = 40;
  const days = 7;
  const made = Array.from({ length: wearers }, (_, nth) => makeTrack(seed + nth, days));
  // Ten crimes of those who did them, at a place and time where their own fixes have them.
  const done = made.slice(0, 10).map(({ track, truth }, nth) => {
    const at = Math.floor(track.atMs.length * 0.8) + nth * 7;
    return {
      ...truth(at),
      fromMs: track.atMs[at]! - 1_800_000,
      toMs: track.atMs[at]! + 1_800_000,
      placeErrorMetres: 0,
      by: nth,
    };
  });
  const others = makeCrimes(seed, 50, days).map((crime) => ({ ...crime, by: null }));
  const matching = startMatching([...done, ...others], DEFAULT_MATCH_OPTIONS);
  for (const { track } of made) matching.examine(track);
  const results = matching.results();
  for (const { crime, examined, eliminated, matches, cannotSay } of results) {
    expect(examined, `seed ${seed}`).toBe(wearers);
    expect(eliminated + matches.length + cannotSay.length, `seed ${seed}`).toBe(wearers);
    if (crime.by === null) continue;
    const name = made[crime.by]!.track.wearerId;
    const isThere = matches.some(({ wearerId }) => wearerId === name) || cannotSay.includes(name);
    expect(isThere, `seed ${seed}: ${name} is eliminated where he was`).toBe(true);
  }
  expect(results.reduce((sum, { eliminated }) => sum + eliminated, 0)).toBeGreaterThan(results.length * wearers * 0.7);
});

it('tells of a match what is left of it at other radii, and how usual it is', () => {
  const fixes = Array.from({ length: 3 * 1_440 }, (_, minute) => ({
    atMs: Date.UTC(2026, 10, 20) + minute * 60_000,
    latitude: 51.28 + 80 / 111_200,
    longitude: 1.08,
    sigmaMetres: 4,
  }));
  const fromMs = Date.UTC(2026, 10, 22, 12);
  const crime = { latitude: 51.28, longitude: 1.08, fromMs, toMs: fromMs + 3_600_000, placeErrorMetres: 0 };
  const matching = startMatching([crime], DEFAULT_MATCH_OPTIONS);
  matching.examine(prepareTrack('W-1', fixes));
  matching.examine(prepareTrack('W-2', []));
  const [result] = matching.results();
  expect(result).toMatchObject({ examined: 2, eliminated: 0 });
  expect(result!.matches).toMatchObject([
    {
      wearerId: 'W-1',
      outcome: 'PRESENT',
      baseRate: { daysThere: 2, daysKnown: 2 },
      atRadius: { 50: 'CANNOT SAY', 200: 'PRESENT' },
    },
  ]);
  expect(result!.cannotSay).toEqual(['W-2']);
});

/** What fixes say of a crime, scene by scene: made tracks of whom it is known where he was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseRateOf } from '../../src/matching/base-rate.js';
import {
  DEFAULT_MATCH_OPTIONS,
  isEliminated,
  judge,
  type MatchOptions,
  outcomeAlone,
  prepareScene,
  type Scene,
} from '../../src/matching/judge.js';
import { type MatchFix, prepareTrack } from '../../src/matching/match-track.js';
import { runs } from '../support/random.js';

const MINUTE_MS = 60_000;
const NOON_MS = Date.UTC(2026, 10, 20, 12);
const METRE = 1 / 111_200;
/** A crime at noon, within an hour. */
const crime: Scene = {
  latitude: 51.28,
  longitude: 1.08,
  fromMs: NOON_MS,
  toMs: NOON_MS + 60 * MINUTE_MS,
  placeErrorMetres: 0,
};

const fix = (minute: number, metresNorth: number, sigmaMetres = 4): MatchFix => ({
  atMs: NOON_MS + minute * MINUTE_MS,
  latitude: 51.28 + metresNorth * METRE,
  longitude: 1.08,
  sigmaMetres,
});
const every = (fromMinute: number, toMinute: number, step: number, metres: (minute: number) => number, sigma = 4) =>
  Array.from({ length: Math.floor((toMinute - fromMinute) / step) + 1 }, (_, nth) => {
    const minute = fromMinute + nth * step;
    return fix(minute, metres(minute), sigma);
  });
const judged = (fixes: readonly MatchFix[], scene = crime, options: Partial<MatchOptions> = {}) =>
  judge(prepareTrack('W-1', fixes), prepareScene(scene, { ...DEFAULT_MATCH_OPTIONS, ...options }));

const FAR = 5_000;

/** The rule written out, over every pair of good fixes one after the other, without stretches: nobody can have been there. */
function isEliminatedByEachPair(fixes: readonly MatchFix[], scene: ReturnType<typeof prepareScene>): boolean {
  const good = prepareTrack('W-1', fixes);
  const sorted = Array.from(good.good, (at) => ({
    atMs: good.atMs[at]!,
    clear: Math.max(
      0,
      Math.abs(good.latitude[at]! - scene.latitude) * scene.metresPerLatitude -
        3 * good.sigmaMetres[at]! -
        scene.options.radiusMetres -
        scene.placeErrorMetres,
    ),
  }));
  const within = sorted.filter(({ atMs }) => atMs >= scene.fromMs && atMs <= scene.toMs);
  if (within.some(({ clear }) => clear === 0)) return false;
  const before = sorted.findLast(({ atMs }) => atMs < scene.fromMs);
  const after = sorted.find(({ atMs }) => atMs > scene.toMs);
  const row = [before, ...within, after];
  return row.slice(1).every((to, nth) => {
    const from = row[nth];
    const fromAtMs = from?.atMs ?? -Infinity;
    const toAtMs = to?.atMs ?? Infinity;
    const fastest = scene.options.fastestMetresPerSecond / 1_000;
    const begin = Math.max(fromAtMs, scene.fromMs);
    const end = Math.min(toAtMs, scene.toMs);
    if (begin > end) return true;
    if (end - begin > 30 * MINUTE_MS) return false;
    const there = from?.clear ?? 0;
    const back = to?.clear ?? 0;
    return (
      there + back > fastest * (toAtMs - fromAtMs) ||
      (there > 0 && there > fastest * (end - fromAtMs)) ||
      (back > 0 && back > fastest * (toAtMs - begin))
    );
  });
}

describe('what fixes say of a crime', () => {
  it('PRESENT: who stays there', () => {
    const found = judged(every(-30, 90, 1, (minute) => (minute >= 20 && minute <= 30 ? 20 : FAR)));
    expect(found).toMatchObject({ outcome: 'PRESENT', dwellMs: 10 * MINUTE_MS, unseen: null });
    expect(found.closestMetres).toBeCloseTo(20, 0);
    expect(found.probability).toBeGreaterThan(0.99);
  });

  it('PASSED: who is there at one fix, or on the way from one to the next', () => {
    expect(judged(every(-30, 90, 1, (minute) => (minute === 20 ? 10 : 2_000)))).toMatchObject({
      outcome: 'PASSED',
      dwellMs: 0,
    });
    // 600 m on either side, 90 s apart: he drove through.
    const between = [...every(-30, 20, 1, () => -600), fix(21.5, 600), ...every(22, 90, 1, () => 600)];
    expect(judged(between)).toMatchObject({ outcome: 'PASSED' });
    expect(judged(between).probability).toBe(0);
  });

  it('POSSIBLE: a fix whose error reaches there', () => {
    expect(judged(every(-30, 90, 1, (minute) => (minute === 20 ? 130 : 500), 40))).toMatchObject({
      outcome: 'POSSIBLE',
    });
  });

  it.each([
    [10, 'PASSED'],
    [60, 'POSSIBLE'],
    [95, 'POSSIBLE'],
  ])('the way between fixes is as sure as they are: %d m of σ are %s', (sigma, outcome) => {
    const between = [
      ...every(-30, 20, 1, () => -600, 5),
      fix(20.5, -600, sigma),
      fix(22, 600, sigma),
      ...every(23, 90, 1, () => 600, 5),
    ];
    expect(judged(between)).toMatchObject({ outcome });
  });

  it('ELIMINATED: good fixes elsewhere leave no time for it', () => {
    const found = judged(every(-30, 90, 1, () => FAR));
    expect(found).toMatchObject({ outcome: 'ELIMINATED', longestUnseenMs: MINUTE_MS });
    // 5 km there and back within a minute.
    expect(found.unseen?.neededMetresPerSecond).toBeGreaterThan(150);
  });

  it('CANNOT SAY: who was near enough to have been there and back unseen', () => {
    const found = judged(every(-30, 90, 10, () => FAR));
    expect(found.outcome).toBe('CANNOT SAY');
    // Twice 4.9 km in ten minutes.
    expect(found.unseen?.neededMetresPerSecond).toBeCloseTo(16.3, 0);
  });

  it('CANNOT SAY: who was not seen at all, whose fixes are all poor, who was silent for over half an hour however far away', () => {
    expect(judged([])).toMatchObject({ outcome: 'CANNOT SAY', fixes: 0, unseen: { neededMetresPerSecond: null } });
    expect(judged(every(-30, 90, 1, () => FAR, 150)).outcome).toBe('CANNOT SAY');
    expect(judged([fix(-5, 200_000), fix(65, 200_000)])).toMatchObject({ outcome: 'CANNOT SAY', fixes: 0 });
    expect(judged([fix(-5, 200_000), fix(20, 200_000), fix(40, 200_000), fix(65, 200_000)]).outcome).toBe('ELIMINATED');
  });

  it('a poor fix there does not outweigh good ones that leave no time for it', () => {
    const fixes = [...every(-30, 90, 1, () => FAR), fix(20.5, 0, 150)];
    expect(judged(fixes).outcome).toBe('ELIMINATED');
  });

  it('at the ends of the window: a fix a second after it, and one that he could not have come from', () => {
    expect(judged([...every(-30, 60, 1, () => FAR), fix(60.02, 0)]).outcome).toBe('ELIMINATED');
    expect(judged(every(-30, 30, 1, () => FAR)).outcome).toBe('CANNOT SAY');
  });

  it('silence is no stay: two fixes there, twenty minutes apart', () => {
    expect(judged([fix(10, 0), fix(30, 0)])).toMatchObject({ outcome: 'PASSED', dwellMs: 0 });
  });

  it('at 50 m it disappears', () => {
    const fixes = every(-30, 90, 1, (minute) => (minute >= 20 && minute <= 30 ? 80 : 500));
    expect(judged(fixes).outcome).toBe('PRESENT');
    expect(judged(fixes, crime, { radiusMetres: 50 }).outcome).toBe('CANNOT SAY');
  });

  it('allows for the error of the place before it eliminates', () => {
    const fixes = every(-30, 90, 1, () => 1_030);
    expect(judged(fixes).outcome).toBe('ELIMINATED');
    expect(judged(fixes, { ...crime, placeErrorMetres: 50 }).outcome).toBe('CANNOT SAY');
  });

  it('the base rate: how often he is there at that hour anyway', () => {
    const days = Array.from({ length: 10 }, (_, day) =>
      every(-day * 1_440, -day * 1_440 + 60, 5, () => (day % 2 === 0 ? 10 : FAR)),
    );
    const track = prepareTrack('W-1', days.flat());
    expect(baseRateOf(track, prepareScene(crime, DEFAULT_MATCH_OPTIONS))).toEqual({ daysThere: 4, daysKnown: 9 });
  });

  it('property: the short way eliminates nobody whom the long way does not, whatever the order of the fixes', () => {
    const track = fc.array(
      fc.record({
        gapSeconds: fc.oneof(
          { weight: 6, arbitrary: fc.integer({ min: 1, max: 120 }) },
          fc.integer({ min: 1, max: 7_200 }),
        ),
        metresNorth: fc.integer({ min: -4_000, max: 4_000 }),
        sigma: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 3, max: 30 }) }, fc.integer({ min: 3, max: 300 })),
      }),
      { maxLength: 300, size: 'max' },
    );
    const window = fc.record({ fromMinute: fc.integer({ min: -60, max: 300 }), minutes: fc.nat(180) });
    fc.assert(
      fc.property(track, window, fc.constantFrom(0, 2_000, 20_000), (gaps, { fromMinute, minutes }, offMetres) => {
        let minute = -120;
        const fixes = gaps.map(({ gapSeconds, metresNorth, sigma }) => {
          minute += gapSeconds / 60;
          return fix(minute, offMetres + metresNorth, sigma);
        });
        const fromMs = NOON_MS + fromMinute * MINUTE_MS;
        const scene = prepareScene({ ...crime, fromMs, toMs: fromMs + minutes * MINUTE_MS }, DEFAULT_MATCH_OPTIONS);
        const inOrder = prepareTrack('W-1', fixes);
        const whole = judge(inOrder, scene);
        expect(whole.outcome === 'ELIMINATED').toBe(isEliminatedByEachPair(fixes, scene));
        expect(outcomeAlone(inOrder, scene)).toBe(whole.outcome);
        expect(judge(prepareTrack('W-1', fixes.toReversed()), scene)).toEqual(whole);
        // One more good fix at the scene within the window: nobody is eliminated. At an instant of its own: of two of one the better counts.
        const others = fixes.filter(({ atMs }) => atMs !== fromMs);
        const there = prepareTrack('W-1', [...others, { ...fix(0, 0), atMs: fromMs }]);
        expect(judge(there, scene).outcome).not.toBe('ELIMINATED');
        expect(isEliminated(there, scene)).toBe(false);
      }),
      { numRuns: runs(200) },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeStretch, markSpeeds, type SpeedFix } from '../../src/views/trail-speeds.js';
import { play, type Step } from '../scenarios/scenario.js';
import { middle, type Place, pingAt, place, watch } from '../scenarios/world.js';

const START_MS = Date.parse('2026-06-10T12:00:00Z');
const town = place(40_000);
const otherTown = place(0, 40_000);
const MODEL = { accuracyConvention: 'r95', defaultAccuracyMetres: null } as const;

/** A minute apart. */
const trailOf = (places: readonly Place[], changes: Partial<SpeedFix> = {}): SpeedFix[] =>
  places.map((at, minute) => {
    const fixedAtMs = START_MS + minute * 60_000;
    return { activationId: 'A-1', fixedAtMs, ...at, accuracyMetres: 8, notJudged: null, model: MODEL, ...changes };
  });

const marksOf = (fixes: readonly SpeedFix[], before: SpeedFix | null = null) =>
  markSpeeds(fixes, before).fixes.map(({ notJudged }) => notJudged);

describe('speeds of a trail', () => {
  test('a fix nobody reaches says so; three that agree are right, from the first of them on', () => {
    expect(marksOf(trailOf([town, middle, town]))).toEqual([null, 'impossible-speed', null]);
    expect(marksOf(trailOf([town, middle, middle, middle]))).toEqual([null, null, null, null]);
    expect(marksOf(trailOf([town, middle, otherTown, middle]))).toEqual([null, ...Array(3).fill('impossible-speed')]);
  });

  test('it goes by the evidence before the stretch, and by that of one activation', () => {
    const [before] = trailOf([town]) as [SpeedFix];
    const after = trailOf([town, middle, town]).slice(1);
    expect(marksOf(after, before)).toEqual(['impossible-speed', null]);
    expect(marksOf(after, { ...before, activationId: 'A-0' })).toEqual([null, 'impossible-speed']);
  });

  test('what was no evidence by itself keeps its reason, and is no anchor', () => {
    const [lbs] = trailOf([town], { notJudged: 'mechanism' }) as [SpeedFix];
    expect(marksOf([lbs, ...trailOf([town, middle]).slice(1)])).toEqual(['mechanism', null]);
  });

  test('accuracies are read by the tag’s model', () => {
    const near = [place(0), place(6_300)];
    expect(marksOf(trailOf(near, { accuracyMetres: 100, model: null }))).toEqual([null, null]);
    expect(marksOf(trailOf(near, { accuracyMetres: 100 }))).toEqual([null, 'impossible-speed']);
    const known = { ...MODEL, defaultAccuracyMetres: 200 };
    expect(marksOf(trailOf(near, { accuracyMetres: null, model: known }))).toEqual([null, null]);
  });

  test('what the next stretch may agree with is left to it', () => {
    const points = trailOf([town, town, middle, middle]);
    const next = points.at(-1)!;
    const cut = judgeStretch({ points, next }, null);
    expect(cut.points).toEqual(points.slice(0, 2));
    expect(cut.next).toBe(points[1]);
    const last = judgeStretch<SpeedFix, SpeedFix>({ points, next: null }, null);
    expect(last.points.map(({ notJudged }) => notJudged)).toEqual([null, null, 'impossible-speed', 'impossible-speed']);
  });
});

test('says of a whole track what the engine makes of it, read in stretches of any length', () => {
  const run = fc.record({
    at: fc.constantFrom(middle, town, place(8_000), otherTown),
    times: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 12 }), fc.integer({ min: 4, max: 9 }), (runs, length) => {
      const fixes = trailOf(runs.flatMap(({ at, times }) => Array.from({ length: times }, () => at)));
      const steps = fixes.map(({ fixedAtMs, latitude, longitude }): Step => {
        const input = {
          type: 'ping',
          ping: pingAt(fixedAtMs, { latitude, longitude }),
          receivedAtMs: fixedAtMs,
        } as const;
        return { atMs: fixedAtMs, input };
      });
      const { state } = play(watch([], []), steps, 'last');
      const marked: SpeedFix[] = [];
      for (let evidence: SpeedFix | null = null, next: SpeedFix | null = fixes[0]!; next !== null; ) {
        const from = marked.length;
        const points = fixes.slice(from, from + length);
        const more = from + length < fixes.length ? points.at(-1)! : null;
        const stretch = judgeStretch({ points, next: more }, evidence);
        marked.push(...stretch.points);
        evidence = marked.findLast(({ notJudged }) => notJudged === null) ?? null;
        next = stretch.next;
      }
      const aside = marked.filter(({ notJudged }) => notJudged !== null).map(({ fixedAtMs }) => fixedAtMs);
      const sinceMs = state.snapshots[0]!.atMs ?? -Infinity;
      expect(aside.filter((atMs) => atMs > sinceMs)).toEqual(state.setAside.filter((atMs) => atMs > sinceMs));
      expect(marked).toHaveLength(fixes.length);
    }),
  );
});

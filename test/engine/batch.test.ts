import { booleanPointInPolygon, distance, polygon } from '@turf/turf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../src/engine/types.js';
import { play, type Step } from '../scenarios/scenario.js';
import { type Place, pingAt, place, term, watch, zone } from '../scenarios/world.js';
import { runs } from '../support/random.js';

interface Sample {
  readonly atMs: number;
  readonly inside: boolean;
}

interface Fix extends Sample, Place {}

/** Whether 100 m/s suffice; every fix here has the error of the floor, 5 m, and three of each are allowed for. */
function agree(a: Fix, b: Fix): boolean {
  const metres = distance([a.longitude, a.latitude], [b.longitude, b.latitude], { units: 'meters' });
  return metres - 30 <= 100 * ((b.atMs - a.atMs) / 1000);
}

/** The fixes that count, by looking ahead from each: the next one that it agrees with, or before it three that follow each other. */
function evidenceOf(track: readonly Fix[]): Fix[] {
  const first = track[0]!;
  for (let i = 1; i < track.length; i++) {
    const [a, b, c] = [track[i - 2]!, track[i - 1]!, track[i]!];
    if (agree(first, c)) return [first, ...evidenceOf(track.slice(i))];
    if (i > 2 && agree(a, b) && agree(b, c)) return [first, a, b, ...evidenceOf(track.slice(i))];
  }
  return [first];
}

interface Episode {
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly confirmed: boolean;
}

/**
 * How much likelier the one side is by a fix here, with 11 in a hundred anywhere: the places below are so far from the boundary that no
 * fix says more.
 */
const MOST = 0.945 / 0.055;

/**
 * The rule over a complete, sorted track, written another way than the fold: one pass of Bayes in probabilities and no windows,
 * records or doubts. Ten seconds of it confirm; at 0.05 it is over; while nothing is raised it stays above 0.076.
 */
function evaluate(track: readonly Sample[]): Episode[] {
  const found: Episode[] = [];
  let open: { startedAtMs: number; confirmed: boolean } | null = null;
  let belief = 0.5;
  let [runAtMs, outAtMs, firstAtMs]: (number | null)[] = [null, null, null];
  track.forEach((sample, i) => {
    const apartMs = i === 0 ? Infinity : sample.atMs - track[i - 1]!.atMs;
    const gap = apartMs > 300_000;
    const silence = apartMs > 1_800_000;
    const prior = silence ? 0.5 : 0.5 + (belief - 0.5) * 0.9 ** (apartMs / 60_000);
    const isNews = silence || track[i - 1]!.inside !== sample.inside;
    const ratio = (sample.inside ? MOST : 1 / MOST) ** (isNews ? 1 : Math.min(1, apartMs / 10_000));
    belief = Math.min(0.95, Math.max(0.05, (prior * ratio) / (prior * ratio + 1 - prior)));
    const isFor = sample.inside;
    if (isFor) outAtMs = null;
    else outAtMs ??= sample.atMs;
    if (!isFor) runAtMs = null;
    else if (gap || runAtMs === null) runAtMs = sample.atMs;
    if (silence) firstAtMs = null;
    if (isFor) firstAtMs ??= sample.atMs;
    const sure = 1e-9;
    if (open === null && isFor && belief > 0.5) open = { startedAtMs: runAtMs!, confirmed: false };
    if (open !== null && belief >= 0.95 - sure && sample.atMs - firstAtMs! >= 10_000) open.confirmed = true;
    if (open?.confirmed && belief <= 0.05 + sure) {
      found.push({ ...open, endedAtMs: outAtMs });
      open = null;
    } else if (open !== null && !open.confirmed && belief <= 0.35) open = null;
    if (open === null && !isFor) firstAtMs = null;
    if (open === null) belief = Math.max(belief, 1 / (1 + Math.exp(2.5)));
  });
  return open === null
    ? found
    : [...found, { ...(open as { startedAtMs: number; confirmed: boolean }), endedAtMs: null }];
}

/** What fixes found: crossings between them are held by `crossings.test.ts`. */
function episodesOf(events: readonly EngineEvent[]): Episode[] {
  const byAlert = new Map<string, Episode>();
  for (const { alertId, type, episode, explanation } of events) {
    const confirmed = type === 'confirmed' || (byAlert.get(alertId)?.confirmed ?? false);
    if (type === 'withdrawn' || explanation.rule === 'crossing') byAlert.delete(alertId);
    else byAlert.set(alertId, { startedAtMs: episode.startedAtMs, endedAtMs: episode.endedAtMs, confirmed });
  }
  return [...byAlert.values()];
}

test('invariant 4: the fold agrees with an evaluation of the whole track, with Turf for the side', () => {
  const square = zone();
  if (square.shape.type !== 'polygons') throw new Error('The square is a polygon.');
  const oracle = polygon(square.shape.polygons[0] as [number, number][][]);
  const fix = fc.record({
    afterMs: fc.constantFrom(500, 2_000, 7_000, 10_000, 30_000, 60_000, 60_000, 300_000, 300_001, 4_000_000),
    east: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(-190, -130, -80, -30, 0, 30, 80, 130, 190) },
      { weight: 1, arbitrary: fc.constantFrom(-20_000, 900, 20_000) },
    ),
    north: fc.constantFrom(-130, -80, 0, 60, 80, 130),
    times: fc.constantFrom(1, 1, 1, 1, 2, 3),
  });
  fc.assert(
    fc.property(fc.array(fix, { minLength: 1, maxLength: 90 }), (runs) => {
      const fixes = runs.flatMap((run) => Array.from({ length: run.times }, () => run));
      let atMs = Date.parse('2026-06-10T12:00:00Z');
      const track: Fix[] = [];
      const steps = fixes.map((each): Step => {
        atMs += each.afterMs;
        const at = place(each.east, each.north);
        const inside = booleanPointInPolygon([at.longitude, at.latitude], oracle);
        track.push({ ...at, atMs, inside });
        return { atMs, input: { type: 'ping', ping: pingAt(atMs, at), receivedAtMs: atMs } };
      });
      const { events } = play(watch([square], [term('exclusion', square)]), steps, 'due');
      expect(episodesOf(events)).toEqual(evaluate(evidenceOf(track)));
    }),
    { numRuns: runs(1000) },
  );
});

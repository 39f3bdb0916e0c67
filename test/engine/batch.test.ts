import { booleanPointInPolygon, polygon } from '@turf/turf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../src/engine/types.js';
import { play, type Step } from '../scenarios/scenario.js';
import { pingAt, place, term, watch, zone } from '../scenarios/world.js';

const GAP_MS = 300_000;

interface Sample {
  readonly atMs: number;
  readonly inside: boolean;
}

interface Episode {
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly confirmed: boolean;
}

/**
 * The simple rule over a complete, sorted track, written another way than the fold: runs of fixes inside; a run counts when two
 * neighbours in it are at most five minutes apart, or as suspected while it is the last.
 */
function evaluate(track: readonly Sample[]): Episode[] {
  const runs: Sample[][] = [];
  track.forEach((sample, i) => {
    if (!sample.inside) return;
    if (i > 0 && track[i - 1]!.inside) runs.at(-1)!.push(sample);
    else runs.push([sample]);
  });
  return runs.flatMap((run): Episode[] => {
    const confirmed = run.some((sample, i) => i > 0 && sample.atMs - run[i - 1]!.atMs <= GAP_MS);
    const after = track.find((sample) => sample.atMs > run.at(-1)!.atMs);
    if (!confirmed && after !== undefined) return [];
    return [{ startedAtMs: run[0]!.atMs, endedAtMs: after?.atMs ?? null, confirmed }];
  });
}

function episodesOf(events: readonly EngineEvent[]): Episode[] {
  const byAlert = new Map<string, Episode>();
  for (const { alertId, type, episode } of events) {
    const confirmed = type === 'confirmed' || (byAlert.get(alertId)?.confirmed ?? false);
    if (type === 'withdrawn') byAlert.delete(alertId);
    else byAlert.set(alertId, { startedAtMs: episode.startedAtMs, endedAtMs: episode.endedAtMs, confirmed });
  }
  return [...byAlert.values()];
}

test('invariant 4: the fold agrees with an evaluation of the whole track, with Turf for the side', () => {
  const square = zone();
  if (square.shape.type !== 'polygons') throw new Error('The square is a polygon.');
  const oracle = polygon(square.shape.polygons[0] as [number, number][][]);
  const fix = fc.record({
    afterMs: fc.constantFrom(1_000, 30_000, 60_000, 60_000, 300_000, 300_001, 4_000_000),
    east: fc.integer({ min: -250, max: 250 }),
    north: fc.integer({ min: -250, max: 250 }),
  });
  fc.assert(
    fc.property(fc.array(fix, { minLength: 1, maxLength: 120 }), (fixes) => {
      let atMs = Date.parse('2026-06-10T12:00:00Z');
      const track: Sample[] = [];
      const steps = fixes.map((each): Step => {
        atMs += each.afterMs;
        const at = place(each.east, each.north);
        track.push({ atMs, inside: booleanPointInPolygon([at.longitude, at.latitude], oracle) });
        return { atMs, input: { type: 'ping', ping: pingAt(atMs, at), receivedAtMs: atMs } };
      });
      const { events } = play(watch([square], [term('exclusion', square)]), steps, 'due');
      expect(episodesOf(events)).toEqual(evaluate(track));
    }),
    { numRuns: 1000 },
  );
});

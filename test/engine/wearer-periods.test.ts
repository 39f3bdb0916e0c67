/** Absences, suspensions and custody over random worlds: nothing overlaps an absence, and a suspension loses nothing. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Absence, Activation, EngineEvent, TagWatch } from '../../src/engine/types.js';
import { play, type Step } from '../scenarios/scenario.js';
import { runs } from '../support/random.js';
import { START_MS, worlds } from './random-world.js';

const RUNS = { numRuns: runs(150) };
const MINUTE_MS = 60_000;

const span = fc
  .record({ from: fc.integer({ min: -20, max: 220 }), minutes: fc.integer({ min: 1, max: 90 }) })
  .map(({ from, minutes }) => {
    const startsAtMs = START_MS + from * MINUTE_MS;
    return { startsAtMs, endsAtMs: startsAtMs + minutes * MINUTE_MS };
  });
const spans = fc.array(span, { minLength: 1, maxLength: 3 });

/** What applies to the wearer is put into every watch of a world. */
function apply(first: TagWatch, steps: readonly Step[], change: (activation: Activation) => Activation) {
  const changed = (watch: TagWatch): TagWatch => ({ ...watch, activations: watch.activations.map(change) });
  return {
    first: changed(first),
    steps: steps.map((step) => ('watch' in step ? { ...step, watch: changed(step.watch) } : step)),
  };
}

const absent = (list: readonly Absence[]) => (activation: Activation) => ({
  ...activation,
  terms: activation.terms.map((term) => ({ ...term, absences: list })),
});

/** Confirmed violations of conditions as they were told last: one that was withdrawn is none. A suspension holds back no finding about the tag. */
function violations(events: readonly EngineEvent[]): string[] {
  const last = new Map<string, EngineEvent>();
  for (const event of events) if (event.conditionId !== null) last.set(event.alertId, event);
  const confirmed = new Set(events.filter(({ type }) => type === 'confirmed').map(({ alertId }) => alertId));
  return [...last.values()]
    .filter(({ type, kind, alertId }) => type !== 'withdrawn' && kind !== 'unknown-at-edge' && confirmed.has(alertId))
    .map(({ conditionId, zoneId, zoneVersion, episode }) =>
      JSON.stringify([conditionId, zoneId, zoneVersion, episode.startedAtMs, episode.endedAtMs]),
    )
    .sort();
}

test('ticks that are not due change nothing, the state is JSON, revisions follow', () => {
  fc.assert(
    fc.property(worlds({ changes: true }), spans, spans, spans, (world, away, held, jailed) => {
      const known = { knownFromMs: START_MS - 1, knownUntilMs: null };
      const { first, steps } = apply(world.first, world.steps, (activation) => ({
        ...absent(away.map((each) => ({ ...each, absenceId: 'AB', knownFromMs: 0 })))(activation),
        suspensions: held.map((each) => ({ ...each, ...known, suspensionId: 'S', conditionId: null })),
        custodyPeriods: jailed.map((each) => ({ ...each, ...known, custodyPeriodId: 'CP' })),
      }));
      const { events } = play(first, steps, 'every');
      expect(JSON.stringify(play(first, steps, 'due').events)).toBe(JSON.stringify(events));
      expect(JSON.stringify(play(first, steps, 'every', true).events)).toBe(JSON.stringify(events));
      expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
      const revisions = new Map<string, number>();
      for (const { alertId, revision } of events) {
        expect(revision).toBe((revisions.get(alertId) ?? 0) + 1);
        revisions.set(alertId, revision);
      }
    }),
    RUNS,
  );
});

test('no violation of one’s own conditions overlaps an absence that was known before', () => {
  fc.assert(
    fc.property(worlds({ changes: false }), spans, (world, away) => {
      const list = away.map((each, i) => ({ ...each, absenceId: `AB-${i}`, knownFromMs: 0 }));
      const { first, steps } = apply(world.first, world.steps, absent(list));
      for (const { kind, conditionId, episode } of play(first, steps, 'due').events) {
        // What the tag says of itself is of no condition, and an absence does not excuse it.
        if (kind === 'unknown-at-edge' || conditionId === null) continue;
        for (const { startsAtMs, endsAtMs } of list) {
          expect(episode.startedAtMs >= endsAtMs || episode.startedAtMs < startsAtMs).toBe(true);
          if (episode.endedAtMs === null || episode.startedAtMs >= endsAtMs) continue;
          expect(episode.endedAtMs).toBeLessThanOrEqual(startsAtMs);
        }
      }
    }),
    RUNS,
  );
});

test('what a suspension held back is told after it: the same violations as without', () => {
  fc.assert(
    fc.property(worlds({ changes: false }), spans, (world, held) => {
      const suspensions = held.map((each) => ({
        ...each,
        suspensionId: 'S',
        conditionId: null,
        knownFromMs: 0,
        knownUntilMs: null,
      }));
      const { first, steps } = apply(world.first, world.steps, (activation) => ({ ...activation, suspensions }));
      const lastMs = Math.max(steps.at(-1)!.atMs, ...held.map(({ endsAtMs }) => endsAtMs)) + 10 * MINUTE_MS;
      const longer: Step[] = [...steps, { atMs: lastMs, input: { type: 'tick', atMs: lastMs } }];
      const { events } = play(first, longer, 'due');
      expect(violations(events)).toEqual(violations(play(world.first, longer, 'due').events));
      const begun = new Set<string>();
      for (const { alertId, conditionId, raisedAtMs } of events) {
        if (conditionId === null) continue;
        const suspended = held.some(({ startsAtMs, endsAtMs }) => startsAtMs <= raisedAtMs && raisedAtMs < endsAtMs);
        if (!begun.has(alertId)) expect(suspended).toBe(false);
        begun.add(alertId);
      }
    }),
    RUNS,
  );
});

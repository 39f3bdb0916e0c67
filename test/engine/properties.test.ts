import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptFixes } from '../../src/engine/fold/horizon.js';
import { contains, prepareZone, widenZone } from '../../src/engine/geometry/zone.js';
import { HORIZON_FIXES, HORIZON_MS, KEPT_FIXES, SNAPSHOT_EVERY_FIXES } from '../../src/engine/thresholds.js';
import type { EngineEvent, Ping } from '../../src/engine/types.js';
import { bufferKey, termKeyOf } from '../../src/engine/watch/terms.js';
import { play, type Step } from '../scenarios/scenario.js';
import { pingAt, place, term, watch, zone } from '../scenarios/world.js';
import { runs } from '../support/random.js';
import { finalIntervals, foldOf } from './outcome.js';
import { START_MS, type World, worlds } from './random-world.js';

const RUNS = { numRuns: runs(300) };

const bytes = (value: unknown): string => JSON.stringify(value);

const pingsOf = (steps: readonly Step[]): Ping[] =>
  steps.flatMap((step) => ('input' in step && step.input.type === 'ping' ? [step.input.ping] : []));

const receivedAt = (ping: Ping, receivedAtMs: number) =>
  ({ atMs: receivedAtMs, input: { type: 'ping', ping, receivedAtMs } }) as const;

/** Invariant by its number in engine.md; `watching`: also where a clock runs ahead and schedules run out. */
function holds(name: string, changes: boolean | 'watching', check: (world: World) => void): void {
  const sort = changes === 'watching' ? { changes: true, watching: true } : { changes };
  test(name, () => {
    fc.assert(fc.property(worlds(sort), check), RUNS);
  });
}

describe('invariants', () => {
  holds('1: the same inputs give the same bytes, also with the state through JSON', 'watching', ({ first, steps }) => {
    const once = play(first, steps, 'every');
    const again = play(first, steps, 'every', true);
    expect(bytes(again.events)).toBe(bytes(once.events));
    expect(bytes(again.state)).toBe(bytes(once.state));
  });

  test('2: pings in any order within the horizon, some of them thrice, end in the same intervals', () => {
    const delays = fc.array(fc.integer({ min: 500, max: HORIZON_MS }), { minLength: 60, maxLength: 60 });
    let late = 0;
    fc.assert(
      fc.property(worlds({ changes: false }), delays, ({ first, steps }, delaysMs) => {
        const sent = pingsOf(steps);
        const end = steps.at(-1)!;
        const inOrder = sent.map((ping) => receivedAt(ping, ping.fixedAtMs + 500));
        const shuffled = sent.flatMap((ping, i) => {
          const once = receivedAt(ping, ping.fixedAtMs + delaysMs[i]!);
          return i % 3 > 0
            ? [once]
            : [once, receivedAt(ping, once.atMs + 1_000), receivedAt(ping, once.atMs + 700_000)];
        });
        shuffled.sort((a, b) => a.atMs - b.atMs);
        late += shuffled.filter(
          (each, i) => i > 0 && each.input.ping.fixedAtMs < shuffled[i - 1]!.input.ping.fixedAtMs,
        ).length;
        const wait: Step = { atMs: end.atMs + 3_600_000, input: { type: 'tick', atMs: end.atMs + 3_600_000 } };
        const sorted = play(first, [...inOrder, wait], 'due');
        const played = play(first, [...shuffled, wait], 'due');
        expect(finalIntervals(played.events)).toEqual(finalIntervals(sorted.events));
        expect(foldOf(played.state)).toEqual(foldOf(sorted.state));
        expect(bytes(play(first, [...shuffled, wait], 'every', true).events)).toBe(bytes(played.events));
      }),
      RUNS,
    );
    expect(late).toBeGreaterThan(300);
  });

  holds('3: repeated pings change nothing, also of a clock that runs ahead', 'watching', ({ first, steps }) => {
    const repeated = steps.flatMap((step, i) => [
      ...comeOfDate(steps, i),
      step,
      ...('input' in step ? [step, ...earlierPing(steps, i)] : []),
    ]);
    const once = play(first, steps, 'every');
    const twice = play(first, repeated, 'every');
    expect(bytes(twice.events)).toBe(bytes(once.events));
    expect(bytes(twice.state)).toBe(bytes(once.state));
  });

  holds('5: one alert an episode, and episodes of one condition never overlap', 'watching', ({ first, steps }) => {
    const { events } = play(first, steps, 'every');
    const violations = finalIntervals(events).filter((each) => each.kind !== 'unknown-at-edge');
    for (const each of violations) {
      if (each.endedAtMs !== null) expect(each.endedAtMs).toBeGreaterThanOrEqual(each.startedAtMs);
      for (const other of violations) {
        // A warning and what it warns of are two.
        if (other === each || other.conditionId !== each.conditionId || other.kind !== each.kind) continue;
        if (other.startedAtMs < each.startedAtMs) continue;
        expect(each.endedAtMs ?? Infinity).toBeLessThanOrEqual(other.startedAtMs);
      }
    }
  });

  holds('a warning never begins with the violation it warns of, or after it, unless it was first', true, (world) => {
    const alerts = new Map<string, { said: number; last: EngineEvent }>();
    for (const [i, last] of play(world.first, world.steps, 'every').events.entries())
      alerts.set(last.alertId, { said: alerts.get(last.alertId)?.said ?? i, last });
    const standing = [...alerts.values()].filter(({ last }) => last.type !== 'withdrawn');
    for (const warning of standing.filter(({ last }) => last.kind === 'buffer')) {
      const { startedAtMs } = warning.last.episode;
      for (const { said, last } of standing) {
        if (last.kind !== 'exclusion' || bufferKey(termKeyOf(last)!) !== termKeyOf(warning.last)) continue;
        if (last.episode.startedAtMs > startedAtMs || (last.episode.endedAtMs ?? Infinity) < startedAtMs) continue;
        expect(warning.said).toBeLessThan(said);
      }
    }
  });

  holds('6: no lone fix confirms, unless the condition says so', true, ({ first, steps }) => {
    const firstFix = first.activations[0]!.terms.some((term) => term.confirmOn === 'first-fix');
    for (const event of play(first, steps, 'every').events) {
      if (event.type !== 'confirmed' || (firstFix && event.conditionId !== 'C-schools')) continue;
      const { fixes } = event.explanation;
      expect(fixes.length).toBeGreaterThanOrEqual(2);
      // Fixes on the boundary may lie between them, and say nothing; a gap would have made belief forget the first.
      if (event.explanation.rule === 'belief') expect(event.explanation.belief).toBeGreaterThanOrEqual(0.95);
      for (const fix of fixes) {
        if (event.kind === 'buffer') {
          expect(fix.signedDistanceMetres).toBeLessThanOrEqual(event.explanation.thresholds['bufferMetres']!);
          continue;
        }
        expect(Math.sign(fix.signedDistanceMetres) || (event.kind === 'exclusion' ? -1 : 1)).toBe(
          event.kind === 'exclusion' ? -1 : 1,
        );
      }
    }
  });

  holds('7: silence is never compliance: only a fix ends by complying, or takes back', false, ({ first, steps }) => {
    const fixes = new Map(pingsOf(steps).map((ping) => [ping.fixedAtMs, ping]));
    for (const event of play(first, steps, 'every').events) {
      if (event.type === 'withdrawn') expect(fixes.has(event.foundAtMs)).toBe(true);
      // A crossing ends before the fix that shows it.
      if (event.explanation.rule === 'crossing') {
        expect(event.explanation.fixes.map(({ fixedAtMs }) => fixes.has(fixedAtMs))).not.toContain(false);
        continue;
      }
      if (event.endedBecause !== 'complied' || event.type !== 'ended') continue;
      const { latitude, longitude } = fixes.get(event.episode.endedAtMs!)!.position!;
      const zone = Object.values(first.zones).find((each) => each.zoneId === event.zoneId)!;
      const shape = prepareZone(zone.shape);
      const judged = event.kind === 'buffer' ? widenZone(shape, zone.bufferMetres!) : shape;
      expect(contains(judged, latitude, longitude)).toBe(event.kind !== 'exclusion' && event.kind !== 'buffer');
    }
  });

  holds('9: an episode that a fix ended, or that was settled, is never spoken of again', true, ({ first, steps }) => {
    const over = new Set<string>();
    for (const event of play(first, steps, 'every').events) {
      expect(over.has(event.alertId)).toBe(false);
      // At a window's close one fix may have been told as the end: the next may say otherwise. Belief that is sure never is unsaid.
      const isSure = event.endedBecause === 'complied' && event.explanation.belief! <= 0.05;
      if (isSure || event.endedBecause === 'restored') over.add(event.alertId);
    }
  });

  holds('11: a new version ends the old episodes at that instant and invents no entry', true, ({ first, steps }) => {
    const step = steps.find((each) => 'watch' in each);
    fc.pre(step !== undefined && 'watch' in step);
    const changeMs = step!.atMs - 1_500;
    const { events } = play(first, steps, 'every');
    for (const each of finalIntervals(events)) {
      if (each.key === 'C-exclusion@1/Z-1@1 exclusion') {
        expect(each.endedAtMs ?? 0).toBeLessThanOrEqual(changeMs);
        if (each.endedBecause === 'version-changed') expect(each.endedAtMs).toBe(changeMs);
      }
      if (each.key !== 'C-exclusion@1/Z-1@2 exclusion') continue;
      // Either the switch-on itself, or a fix that came after the change.
      const starts = [changeMs + 500, ...pingsOf(steps).map((ping) => ping.fixedAtMs)];
      expect(each.startedAtMs).toBeGreaterThanOrEqual(changeMs);
      if (!each.isCrossing) expect(starts).toContain(each.startedAtMs);
    }
  });

  holds('12: bounded: the state holds a few fixes and at most a few words a term', 'watching', ({ first, steps }) => {
    const { state } = play(first, steps, 'every');
    expect(keptFixes(state).length).toBeLessThanOrEqual(KEPT_FIXES);
    expect(state.open.length).toBeLessThanOrEqual(8);
    expect(state.told.length).toBeLessThanOrEqual(24);
  });

  test('12: bounded: the horizon of a tag that sends every second, and at a ping a minute', () => {
    const track = (everyMs: number, count: number): Step[] =>
      Array.from({ length: count }, (_, i) =>
        receivedAt(pingAt(START_MS + i * everyMs, place(1_000)), START_MS + i * everyMs),
      );
    const square = zone();
    const tag = watch([square], [term('exclusion', square)]);
    const fast = play(tag, track(1_000, 2_000), 'due').state;
    expect(fast.ringCount).toBeLessThanOrEqual(HORIZON_FIXES + SNAPSHOT_EVERY_FIXES + KEPT_FIXES);
    expect(fast.snapshots.length).toBeLessThanOrEqual(HORIZON_FIXES / SNAPSHOT_EVERY_FIXES + 2);
    const minutely = play(tag, track(60_000, 600), 'due').state;
    expect(minutely.ringCount).toBeLessThanOrEqual(46 + KEPT_FIXES);
    expect(minutely.ringCount).toBeGreaterThanOrEqual(30);
    expect(bytes(minutely).length).toBeLessThan(9_000);
  });
});

describe('ticks', () => {
  holds('only those that are due matter', 'watching', ({ first, steps }) => {
    const every = play(first, steps, 'every');
    const due = play(first, steps, 'due');
    expect(bytes(due.events)).toBe(bytes(every.events));
    expect(bytes(due.state)).toBe(bytes(every.state));
  });

  test('never move the fold: whatever ticks come, the same intervals stand at the end', () => {
    const some = fc.array(fc.nat({ max: 5 * 60 * 12 }), { maxLength: 40 });
    fc.assert(
      fc.property(worlds({ changes: true }), some, ({ first, steps }, picked) => {
        const startMs = steps[0]!.atMs;
        const ticks = picked.map((i) => Math.ceil(startMs / 5_000) * 5_000 + i * 5_000);
        const intervals = finalIntervals(play(first, steps, 'every').events);
        expect(finalIntervals(play(first, steps, 'last').events)).toEqual(intervals);
        expect(finalIntervals(play(first, steps, ticks).events)).toEqual(intervals);
      }),
      RUNS,
    );
  });

  holds('what is due lies in the future, or is nothing', 'watching', ({ first, steps }) => {
    const { nextDueAtMs } = play(first, steps, 'every');
    if (nextDueAtMs !== null) expect(nextDueAtMs).toBeGreaterThan(steps.at(-1)!.atMs);
  });
});

/** A ping that came some steps before, to be sent again out of order. */
function earlierPing(steps: readonly Step[], i: number): Step[] {
  const step = steps[Math.max(0, i - 3)]!;
  return 'input' in step && step.input.type === 'ping' ? [receivedAt(step.input.ping, steps[i]!.atMs)] : [];
}

/** Pings that were dated ahead when they came, to be sent again at their own date, which has come since the step before. */
function comeOfDate(steps: readonly Step[], i: number): Step[] {
  const sinceMs = steps[i - 1]?.atMs ?? -Infinity;
  return pingsOf(steps.slice(0, i))
    .filter(({ fixedAtMs }) => fixedAtMs > sinceMs && fixedAtMs <= steps[i]!.atMs)
    .map((ping) => receivedAt(ping, ping.fixedAtMs));
}

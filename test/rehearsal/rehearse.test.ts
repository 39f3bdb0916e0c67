/**
 * A rehearsal is what would have been: the same pings, live with the condition in force, give the same alerts. Live is what the
 * publisher builds of records that stand and the engine folds ping by ping with the clock going on; rehearsed is the same condition as a
 * draft that is to begin years later, over the pings as stored.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertItem } from '../../src/alerts/alert.js';
import { type Alert, toAlertItem } from '../../src/alerts/alert.js';
import { toFindingEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import type { Ping, TagWatch } from '../../src/engine/types.js';
import type { TagFacts, WatchFacts } from '../../src/ports/watch.js';
import type { ConditionContent } from '../../src/records/kinds/condition.js';
import type { ZoneContent } from '../../src/records/kinds/zone-feature.js';
import { rehearse } from '../../src/rehearsal/rehearse.js';
import { type RehearsedRecords, toRehearsedWatch } from '../../src/rehearsal/rehearsed-watch.js';
import type { StoredPing } from '../../src/roles/reconciler/rerun.js';
import { draftSharedWatch, draftTagWatch, horizonOf } from '../../src/watchlist/watch-builder.js';
import { play, type Step } from '../scenarios/scenario.js';
import { pingAt, place, squareRing } from '../scenarios/world.js';
import { runs } from '../support/random.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A Wednesday evening, an hour before the curfew of these worlds opens. */
const START_MS = Date.parse('2026-06-10T17:00:00Z');
const NEVER = '2031-01-01T00:00:00.000Z';

const NO_PERIODS = { absences: [], suspensions: new Map(), custodyPeriods: new Map() };
const tag: TagFacts = {
  tagId: 'T-1',
  model: { accuracyConvention: 'r95', defaultAccuracyMetres: null, intervalSeconds: 60, silentAfterSeconds: null },
  activations: [{ activationId: 'A-1', wearerId: 'W-1', fittedAtMs: START_MS - 48 * HOUR_MS, removedAtMs: null }],
};

const zones = fc
  .record({
    square: fc.boolean(),
    half: fc.constantFrom(60, 120, 300),
    priority: fc.constantFrom('standard' as const, 'high' as const, 'victim' as const),
    bufferMetres: fc.constantFrom(null, 100, 250),
  })
  .map(
    ({ square, half, priority, bufferMetres }): ZoneContent => ({
      name: 'A place',
      priority,
      bufferMetres,
      shape: square
        ? { type: 'polygons', polygons: [[squareRing(half)]] }
        : { type: 'circle', ...place(0), radiusMetres: half },
    }),
  );

const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const conditions = fc
  .record({
    belongs: fc.constantFrom('order' as const, 'order' as const, 'all' as const),
    kind: fc.constantFrom('exclusion' as const, 'inclusion' as const, 'restriction' as const, 'curfew' as const),
    confirmOn: fc.constantFrom(undefined, 'belief' as const, 'first-fix' as const),
    graceMinutes: fc.constantFrom(0, 0, 4),
    from: fc.constantFrom('19:00', '18:20'),
    to: fc.constantFrom('21:30', '07:00'),
    isScheduled: fc.boolean(),
  })
  .map(
    ({ belongs, kind, confirmOn, graceMinutes, from, to, isScheduled }): ConditionContent => ({
      ...(belongs === 'all' ? { appliesTo: 'all-wearers' as const } : { orderId: 'O-1' }),
      kind: belongs === 'all' ? 'exclusion' : kind,
      zoneId: 'Z-1',
      ...(confirmOn === undefined ? {} : { confirmOn }),
      graceMinutes,
      ...(isScheduled || kind === 'curfew'
        ? { schedule: { timeZone: 'Europe/London', windows: [{ days: [...EVERY_DAY], from, to }], exceptions: [] } }
        : {}),
      startsAt: NEVER,
    }),
  );

const tracks = fc.array(
  fc.record({
    afterMs: fc.constantFrom(60_000, 60_000, 60_000, 61_000, 300_000, 1_500_000),
    at: fc.constantFrom(place(0), place(40), place(0, 110), place(200), place(600), place(3_000)),
    times: fc.constantFrom(1, 1, 2, 3, 5, 12),
    delayMs: fc.constantFrom(500, 2_000, 2_000, 40_000, 130_000, 2_400_000),
    accuracyMetres: fc.constantFrom(5, 8, 30, 90),
    mechanism: fc.constantFrom('GPS' as const, 'GPS' as const, 'GPS' as const, 'LBS' as const),
  }),
  { minLength: 10, maxLength: 60 },
);

type Track = typeof tracks extends fc.Arbitrary<infer T> ? T : never;

/** Received in the order in which a tag sends them: what it held back comes before what is newer. */
function toPings(track: Track): StoredPing[] {
  const pings: StoredPing[] = [];
  // Some of them before the condition was in force.
  let fixedAtMs = START_MS - 20 * MINUTE_MS;
  let receivedAtMs = fixedAtMs;
  for (const { times, afterMs, at, delayMs, accuracyMetres, mechanism } of track) {
    for (let i = 0; i < times; i++) {
      fixedAtMs += afterMs;
      receivedAtMs = Math.max(receivedAtMs, fixedAtMs + delayMs);
      const ping: Ping = pingAt(fixedAtMs, at, { accuracyMetres, mechanism });
      pings.push({ ping, receivedAtMs });
    }
  }
  return pings;
}

/** The records as the publisher would read them, had the draft been written at the start. */
function toStanding({ conditions: drafted, zones: shapes }: RehearsedRecords): WatchFacts {
  return {
    ...NO_PERIODS,
    tags: [tag],
    conditions: drafted.map(({ id, version, content }) => ({
      conditionId: id,
      order:
        content.orderId === undefined
          ? null
          : { orderId: content.orderId, wearerId: 'W-1', startsAtMs: START_MS - 48 * HOUR_MS, endsAtMs: null },
      versions: [
        {
          version,
          effectiveAtMs: START_MS,
          kind: content.kind,
          zoneId: content.zoneId,
          schedule: content.schedule ?? null,
          confirmOn: content.confirmOn ?? null,
          graceMinutes: content.graceMinutes ?? 0,
          startsAtMs: START_MS,
          endsAtMs: null,
        },
      ],
    })),
    zones: new Map(
      shapes.map(({ id, version, content: { priority, bufferMetres, shape } }) => [
        id,
        [{ effectiveAtMs: null, zone: { zoneId: id, version, priority, bufferMetres, shape } }],
      ]),
    ),
  };
}

function playLive(records: RehearsedRecords, pings: readonly StoredPing[], untilMs: number): AlertItem[] {
  const facts = toStanding(records);
  const horizonMs = horizonOf(START_MS);
  const at = () => START_MS;
  const bare: TagWatch = draftTagWatch(tag, { ...facts, conditions: [] }, horizonMs).finish(at, 0, START_MS);
  const own = facts.conditions.filter(({ order }) => order !== null);
  const steps: Step[] = [
    { atMs: START_MS, watch: draftTagWatch(tag, { ...facts, conditions: own }, horizonMs).finish(at, 1, START_MS) },
    ...facts.conditions
      .filter(({ order }) => order === null)
      .map((each) => ({ atMs: START_MS, shared: draftSharedWatch(each, facts, horizonMs).finish(at, 1, START_MS) })),
  ];
  const received = pings.map((each): Step => ({ atMs: each.receivedAtMs, input: { type: 'ping', ...each } }));
  const before = received.filter(({ atMs }) => atMs < START_MS);
  const after = received.filter(({ atMs }) => atMs >= START_MS);
  const end: Step = { atMs: untilMs, input: { type: 'tick', atMs: untilMs } };
  const { events } = play(bare, [...before, ...steps, ...after, end], 'every');
  const alerts = new Map<string, Alert>();
  for (const [seq, event] of events.entries()) {
    if (event.conditionId === null) continue;
    const { alert } = applyEvent(alerts.get(event.alertId) ?? null, toFindingEvent(event), seq);
    if (alert !== null) alerts.set(alert.alertId, alert);
  }
  return [...alerts.values()].map(toAlertItem);
}

/** What stands of them, without what hangs on when the clock was looked at. */
const toldOf = (alerts: readonly AlertItem[]): string[] =>
  alerts
    .filter(({ type }) => type !== 'withdrawn')
    .map((alert) =>
      JSON.stringify([
        alert.kind,
        alert.conditionId,
        alert.zoneId,
        alert.severity,
        alert.episode.startedAt,
        alert.episode.endedAt,
        alert.endedBecause ?? null,
        alert.reason ?? null,
        alert.strength ?? null,
      ]),
    )
    .sort();

test('what a draft would have raised is what it raises in force: the same alerts, over any made track', () => {
  const kinds = new Set<string>();
  let raised = 0;
  fc.assert(
    fc.property(conditions, zones, tracks, (condition, zone, track) => {
      const records: RehearsedRecords = {
        conditions: [{ id: 'C-1', version: 1, content: condition }],
        zones: [{ id: 'Z-1', version: 3, content: zone }],
      };
      const pings = toPings(track);
      const untilMs = pings.at(-1)!.receivedAtMs + 40 * MINUTE_MS;
      const live = playLive(records, pings, untilMs);
      const watched = toRehearsedWatch(tag, NO_PERIODS, records, { fromMs: START_MS, untilMs });
      const rehearsed = rehearse({ activationId: 'A-1', ...watched, pings, untilMs });
      expect(toldOf(rehearsed)).toEqual(toldOf(live));
      raised += live.length;
      for (const { kind } of live) kinds.add(kind);
    }),
    { numRuns: runs(60) },
  );
  expect(raised).toBeGreaterThan(50);
  expect([...kinds]).toEqual(expect.arrayContaining(['exclusion', 'inclusion', 'curfew']));
});

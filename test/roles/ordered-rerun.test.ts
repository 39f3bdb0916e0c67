/** What came too late for the live fold: after reconciliation the record is as if all had come in order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ActivationState, advance, initialState } from '../../src/engine/advance.js';
import type { EngineInput } from '../../src/engine/inputs.js';
import { createSharedIndex } from '../../src/engine/near/shared-index.js';
import { firstAbsenceMovedMs, firstChangeMs, pastOf } from '../../src/engine/past/past-change.js';
import { compareWithRecord } from '../../src/engine/past/reconcile.js';
import type { EngineEvent, ReconcileRequest, TagWatch, Term } from '../../src/engine/types.js';
import { compileTag, joinShared } from '../../src/engine/watch/compile.js';
import { prepareShared, startOrderedRerun } from '../../src/roles/reconciler/ordered-rerun.js';
import { mergeRequests } from '../../src/roles/reconciler/reconcile-request.js';
import { madeAtMsOf, type StoredPing } from '../../src/roles/reconciler/rerun.js';
import { START_MS, worlds } from '../engine/random-world.js';
import { describeEvent, instant, type Step } from '../scenarios/scenario.js';
import { circle, faraway, middle, type Place, pingAt, place, term, watch, zone } from '../scenarios/world.js';
import { runs } from '../support/random.js';
import { pairsAtOnce, recordOf } from '../support/record-of.js';
import { expectRevisionsToFollow } from '../support/revisions.js';

const MINUTE_MS = 60_000;
const DAY = '2026-06-10';

/** A live engine that is given inputs, and a record of all it said and received. */
function live(first: TagWatch) {
  let compiled = compileTag(first);
  let known = first;
  let state: ActivationState = initialState('A-1');
  let request: ReconcileRequest | null = null;
  let nextDueAtMs: number | null = null;
  const index = createSharedIndex();
  const events: EngineEvent[] = [];
  const pings: StoredPing[] = [];
  const give = (input: EngineInput): readonly EngineEvent[] => {
    const result = advance(state, input, joinShared(compiled.activations[0]!, index));
    state = JSON.parse(JSON.stringify(result.state)) as ActivationState;
    nextDueAtMs = result.nextDueAtMs;
    if (result.reconcile !== null) request = mergeRequests(request ?? undefined, result.reconcile);
    events.push(...result.events);
    return result.events;
  };
  const compare = (at: ReconcileRequest, untilMs: number) => {
    const ordered = [...pings].sort((a, b) => madeAtMsOf(a) - madeAtMsOf(b));
    const again = startOrderedRerun('A-1', known, prepareShared([]), madeAtMsOf(ordered[0]!));
    again.take(ordered);
    const { found, newestFixAtMs } = again.finish(untilMs);
    return { newestFixAtMs, changes: compareWithRecord(found, recordOf(events), at, again.canTellOf) };
  };
  give({ type: 'watch', atMs: 0 });
  return {
    events,
    give,
    compare,
    ping(stored: StoredPing) {
      pings.push(stored);
      return give({ type: 'ping', ...stored });
    },
    watch(next: TagWatch) {
      const own = compiled.activations[0]!;
      const terms = [known.activations[0]!.terms, next.activations[0]!.terms] as const;
      const changedMs = firstChangeMs(...terms, next.publishedAtMs);
      compiled = compileTag(next, compiled);
      known = next;
      const pastFromMs = firstAbsenceMovedMs(...terms);
      give({ type: 'watch', atMs: next.publishedAtMs, pastFromMs });
      const past = pastOf(state, changedMs, own, compiled.activations[0]!, next.publishedAtMs, false, pastFromMs);
      if (past !== null) request = mergeRequests(request ?? undefined, past);
    },
    tickUntil(atMs: number) {
      for (let last = -1; nextDueAtMs !== null && nextDueAtMs <= atMs && nextDueAtMs > last; ) {
        last = nextDueAtMs;
        give({ type: 'tick', atMs: last });
      }
    },
    request: () => request,
    ask(changed: ReconcileRequest) {
      request = mergeRequests(request ?? undefined, changed);
    },
    state: () => state,
    /** As the reconciler does it: until nothing differs. */
    reconcile(atMs: number): EngineEvent[] {
      const said: EngineEvent[] = [];
      for (let round = 0; request !== null && round < 5; round++) {
        const found = compare(request, atMs);
        if (found.changes.length === 0) request = null;
        else said.push(...give({ type: 'history', atMs, ...found }));
      }
      // What rests on fixes that wait for others to agree with them is the live fold's until one does.
      if (state.waiting.length === 0) expect(request, 'it comes to an end').toBeNull();
      return said;
    },
  };
}

const at = (time: string) => instant(DAY, time);
const lines = (events: readonly EngineEvent[]) => events.map((event) => describeEvent(event, DAY));
const square = zone();
const exclusion = () => watch([square], [term('exclusion', square)]);
const wide = zone({ bufferMetres: 80 });

/** In the zone, and in its buffer alone: what a condition and its warning have to do alike. */
const ALIKE = [
  ['exclusion', middle],
  ['buffer', place(160)],
] as const;

/** A term's own publication, hours after it began. */
const backdated = (from: string, publishedAt: string) => ({ startsAtMs: at(from), publishedAtMs: at(publishedAt) });

/** A fix a minute from the first time to the last; inside from and until. */
function track(from: string, to: string, isInside: (atMs: number) => boolean, inside = middle) {
  const fixes: { atMs: number; place: Place }[] = [];
  for (let atMs = at(from); atMs <= at(to); atMs += MINUTE_MS) {
    fixes.push({ atMs, place: isInside(atMs) ? inside : faraway });
  }
  return fixes;
}

/** Fixes one by one, received when they are made unless something else is said, with the ticks that are due before. */
const fixesFor =
  (engine: ReturnType<typeof live>) =>
  (time: string, where: Place, receivedAt = time): void => {
    engine.tickUntil(at(receivedAt));
    engine.ping({ ping: pingAt(at(time), where), receivedAtMs: at(receivedAt) });
  };

const within =
  (...visits: (readonly [string, string])[]) =>
  (atMs: number) =>
    visits.some(([from, until]) => atMs >= at(from) && atMs < at(until));

describe('a backlog of two hours, newest first', () => {
  const isInside = within(['10:10:00', '10:20:00'], ['11:05:00', '11:06:00'], ['11:20:00', '11:40:00']);
  const fixes = track('10:00:00', '12:00:00', isInside);

  test('the same episodes as in order, those before the horizon marked historic; what goes across it is one alert', () => {
    const engine = live(exclusion());
    const inOrder = live(exclusion());
    for (const { atMs, place } of fixes) inOrder.ping({ ping: pingAt(atMs, place), receivedAtMs: atMs + 1_000 });
    let receivedAtMs = at('12:30:00');
    for (const { atMs, place } of fixes.toReversed()) {
      receivedAtMs += 500;
      engine.ping({ ping: pingAt(atMs, place), receivedAtMs });
    }
    const request = engine.request();
    expect(request).toEqual({ fromMs: at('10:00:00'), toMs: at('11:30:00'), baseAtMs: at('11:30:00') });
    expect(lines(engine.events).at(-1)).toContain('exclusion 11:31:00-11:40:00');
    const said = engine.reconcile(at('12:40:00'));
    expect(lines(said)).toEqual([
      '12:40:00 confirmed exclusion 10:10:00- belief',
      '12:40:00 ended exclusion 10:10:00-10:20:00 complied belief',
      '12:40:00 amended exclusion 11:20:00-11:40:00 complied belief',
    ]);
    expect(said.every(({ historic }) => historic)).toBe(true);
    expect(said[0]!.delayedByMs).toBeGreaterThan(2 * 60 * MINUTE_MS);
    const episodes = (events: readonly EngineEvent[]) =>
      recordOf(events)
        .filter(({ withdrawn }) => !withdrawn)
        .map(({ last }) => last.episode)
        .sort((a, b) => a.startedAtMs - b.startedAtMs);
    expect(episodes(engine.events)).toEqual(episodes(inOrder.events));
    expect(new Set(recordOf(engine.events).map(({ alertId }) => alertId)).size).toBe(recordOf(engine.events).length);
  });

  test.each(ALIKE)(
    'while he is still inside: the live alert (%s) begins earlier, and goes on to its end by the fixes to come',
    (kind, where) => {
      const engine = live(watch([wide], [term('exclusion', wide)]));
      const inside = track('10:00:00', '12:00:00', (atMs) => atMs >= at('10:30:00'), where);
      let receivedAtMs = at('12:10:00');
      for (const { atMs, place } of inside.toReversed()) {
        receivedAtMs += 500;
        engine.ping({ ping: pingAt(atMs, place), receivedAtMs });
      }
      expect(lines(engine.reconcile(at('12:15:00')))).toEqual([`12:15:00 amended ${kind} 10:30:00- belief`]);
      for (const { atMs, place } of track('12:16:00', '12:19:00', () => false))
        engine.ping({ ping: pingAt(atMs, place), receivedAtMs: atMs + 1_000 });
      expect(lines(engine.events).at(-1)).toBe(`12:17:01 ended ${kind} 10:30:00-(12:00:00..)12:16:00 complied belief`);
      expect(recordOf(engine.events)).toHaveLength(1);
      // Late by minutes, but from before the past was settled: the record's, and nothing flips back.
      engine.ping({ ping: pingAt(at('11:59:30'), where), receivedAtMs: at('12:20:00') });
      expect(engine.reconcile(at('12:22:00'))).toEqual([]);
    },
  );
});

describe('a tag whose clock runs ahead', () => {
  const isInside = within(['10:10:00', '10:20:00'], ['10:40:00', '10:50:00']);
  const aheadMs = 2 * 60 * MINUTE_MS;
  const fixes = track('10:00:00', '11:00:00', isInside).map(({ atMs, place }): StoredPing => {
    return { ping: pingAt(atMs + aheadMs, place), receivedAtMs: atMs };
  });
  const before = watch([square], [], { publishedAtMs: 0 });
  const after = watch([square], [term('exclusion', square, backdated('08:00:00', '11:00:30'))], {
    sequence: 2,
    publishedAtMs: at('11:00:30'),
  });

  test('a condition dated back over it: judged at the receipt of its fixes, and how far ahead it was is told', () => {
    const engine = live(before);
    for (const fix of fixes) engine.ping(fix);
    engine.watch(after);
    const said = engine.reconcile(at('11:03:00'));
    expect(lines(said)).toEqual([
      '11:03:00 confirmed exclusion 10:10:00- belief',
      '11:03:00 ended exclusion 10:10:00-10:20:00 complied belief',
      '11:03:00 confirmed exclusion 10:40:00- belief',
      '11:03:00 ended exclusion 10:40:00-10:50:00 complied belief',
    ]);
    expect(new Set(said.map(({ clockAheadMs }) => clockAheadMs))).toEqual(new Set([aheadMs]));
  });

  test('what was told live by it is found again, and nothing is left to say', () => {
    const engine = live(exclusion());
    for (const fix of fixes) engine.ping(fix);
    const violations = recordOf(engine.events).filter(({ last }) => last.kind === 'exclusion');
    expect(violations).toHaveLength(2);
    engine.ask({ fromMs: at('10:00:00'), toMs: at('11:00:00'), baseAtMs: at('11:00:00') });
    expect(engine.reconcile(at('11:03:00'))).toEqual([]);
  });
});

test('an alert that a condition published late had raised at an edge after the newest fix: begun earlier, and confirmed', () => {
  const engine = live(watch([square], [term('exclusion', square, { endsAtMs: at('12:35:00') })]));
  const give = (time: string, receivedAt = time) =>
    engine.ping({ ping: pingAt(at(time), middle), receivedAtMs: at(receivedAt) + 500 });
  for (const time of ['11:25:00', '11:25:20', '11:25:40', '12:16:00']) give(time);
  const other = { ...square, version: 2 };
  const terms = [
    term('exclusion', square, { endsAtMs: at('11:16:00'), endsBecause: 'version-changed' }),
    term('exclusion', other, { ...backdated('11:16:00', '12:16:20'), endsAtMs: at('12:35:00') }),
  ];
  engine.watch({ ...watch([square, other], terms), sequence: 2, publishedAtMs: at('12:16:21') });
  engine.tickUntil(at('13:00:00'));
  give('11:51:00', '14:00:00');
  expect(lines(engine.reconcile(at('14:10:00')))).toEqual([
    '14:10:00 confirmed exclusion 11:25:00-12:35:00 order-ended belief',
  ]);
  expect(engine.reconcile(at('14:20:00'))).toEqual([]);
});

test.each(ALIKE)(
  '%s before a gap and after it: late fixes show that he left, and one alert becomes two, the second of them live',
  (kind, where) => {
    const inGap = within(['10:10:00', '10:15:00'], ['11:00:00', '12:30:00']);
    const fixes = track('10:00:00', '12:00:00', inGap, where);
    const isLate = ({ atMs }: { atMs: number }) => atMs > at('10:12:00') && atMs < at('11:10:00');
    const engine = live(watch([wide], [term('exclusion', wide)]));
    for (const { atMs, place } of fixes.filter((one) => !isLate(one)))
      engine.ping({ ping: pingAt(atMs, place), receivedAtMs: atMs + 1_000 });
    // Silence is no reason to end it.
    expect(lines(engine.events).at(-1)).toBe(`10:11:01 confirmed ${kind} 10:10:00- belief`);
    for (const { atMs, place } of fixes.filter(isLate))
      engine.ping({ ping: pingAt(atMs, place), receivedAtMs: at('12:00:30') });
    const found = engine.compare(engine.request()!, at('12:02:00'));
    // Not while a newer fix has come: the present is not what the re-run knew.
    engine.ping({ ping: pingAt(at('12:01:00'), where), receivedAtMs: at('12:01:01') });
    expect(engine.give({ type: 'history', atMs: at('12:02:00'), ...found })).toEqual([]);
    const said = engine.reconcile(at('12:02:30'));
    expect(lines(said)).toEqual([
      `12:02:30 ended ${kind} 10:10:00-10:15:00 complied belief`,
      `12:02:30 confirmed ${kind} 11:00:00- belief`,
    ]);
    for (const { atMs, place } of track('12:02:00', '12:35:00', inGap, where))
      engine.ping({ ping: pingAt(atMs, place), receivedAtMs: atMs + 1_000 });
    expect(lines(engine.events).slice(-1)).toEqual([`12:31:01 ended ${kind} 11:00:00-12:30:00 complied belief`]);
    expect(engine.events.at(-1)!.alertId).toBe(said[1]!.alertId);
    expect(engine.events.at(-1)!.historic).toBe(false);
  },
);

describe('records of the past', () => {
  const isInside = within(['10:10:00', '10:20:00'], ['11:55:00', '13:00:00']);
  const before = watch([square], [], { publishedAtMs: 0 });
  const after = (from: string, published: string) =>
    watch([square], [term('exclusion', square, backdated(from, published))], {
      sequence: 2,
      publishedAtMs: at(published),
    });

  function backdate(until: string, from: string, published: string) {
    const engine = live(before);
    for (const fix of track('10:00:00', until, isInside))
      engine.ping({ ping: pingAt(fix.atMs, fix.place), receivedAtMs: fix.atMs + 1_000 });
    engine.watch(after(from, published));
    return engine;
  }

  test('a condition backdated over a visit: one historic alert with the interval of the visit', () => {
    const engine = backdate('11:30:00', '08:00:00', '11:30:30');
    expect(engine.request()).toEqual({ fromMs: at('08:00:00'), toMs: at('11:30:00'), baseAtMs: at('11:30:00') });
    expect(lines(engine.reconcile(at('11:32:00')))).toEqual([
      '11:32:00 confirmed exclusion 10:10:00- belief',
      '11:32:00 ended exclusion 10:10:00-10:20:00 complied belief',
    ]);
    expect(engine.events.every(({ historic, delayedByMs }) => historic && delayedByMs === 0)).toBe(true);
  });

  test('and over a visit that goes on: the alert of the switching on began with it', () => {
    const engine = backdate('12:00:00', '08:00:00', '12:00:30');
    engine.tickUntil(at('12:05:00'));
    expect(lines(engine.events)).toEqual(['12:00:30 confirmed exclusion 12:00:30- edge']);
    expect(lines(engine.reconcile(at('12:05:30')))).toEqual([
      '12:05:30 confirmed exclusion 10:10:00- belief',
      '12:05:30 ended exclusion 10:10:00-10:20:00 complied belief',
      '12:05:30 amended exclusion 11:55:00- belief',
    ]);
    engine.ping({ ping: pingAt(at('12:01:00'), middle), receivedAtMs: at('12:06:00') });
    for (const minute of ['12:07:00', '12:08:00', '12:09:00'])
      engine.ping({ ping: pingAt(at(minute), faraway), receivedAtMs: at(minute) + 1_000 });
    expect(lines(engine.events).at(-1)).toBe('12:08:01 ended exclusion 11:55:00-(12:01:00..)12:07:00 complied belief');
    expect(recordOf(engine.events)).toHaveLength(2);
  });

  test('a zone that takes the place of another while the wearer is inside is of the present: nothing is asked', () => {
    const bigger = zone({ version: 2 });
    const first = term('exclusion', square, { publishedAtMs: at('09:00:00') });
    const engine = live(watch([square], [first]));
    for (const fix of track('10:00:00', '10:12:00', isInside))
      engine.ping({ ping: pingAt(fix.atMs, fix.place), receivedAtMs: fix.atMs + 1_000 });
    const endsAtMs = at('10:12:10');
    const terms = [
      { ...first, endsAtMs, endsBecause: 'version-changed' as const },
      term('exclusion', bigger, { startsAtMs: endsAtMs, publishedAtMs: endsAtMs + 400 }),
    ];
    engine.watch(watch([square, bigger], terms, { sequence: 2, publishedAtMs: endsAtMs + 400 }));
    expect(engine.request()).toBeNull();
    expect(lines(engine.events).slice(2)).toEqual([
      '10:12:10 ended exclusion 10:10:00-10:12:10 version-changed edge',
      '10:12:10 confirmed exclusion 10:12:10- edge',
    ]);
    // What another request makes of the same time is no different.
    engine.ask({ fromMs: at('10:00:00'), toMs: at('10:12:00'), baseAtMs: at('10:12:00') });
    expect(engine.reconcile(at('10:15:00'))).toEqual([]);
  });

  test('an absence recorded after the fact: what it covers is taken back, what it covers in part is cut', () => {
    const home = zone({ zoneId: 'Z-home' });
    const windows = [at('10:00:00'), at('18:00:00')];
    const curfew = term('curfew', home, { windows, windowsUntilMs: at('23:00:00') });
    const engine = live(watch([home], [curfew]));
    const isHome = within(['09:30:00', '10:30:00'], ['11:00:00', '12:00:00'], ['12:30:00', '13:00:00']);
    for (const fix of track('09:30:00', '12:59:00', isHome))
      engine.ping({ ping: pingAt(fix.atMs, fix.place), receivedAtMs: fix.atMs + 1_000 });
    expect(recordOf(engine.events)).toHaveLength(2);
    const knownFromMs = at('12:59:10');
    const absences = [
      { absenceId: 'A-1', startsAtMs: at('10:20:00'), endsAtMs: at('11:10:00'), knownFromMs },
      { absenceId: 'A-2', startsAtMs: at('12:10:00'), endsAtMs: at('12:40:00'), knownFromMs },
    ];
    engine.watch(watch([home], [{ ...curfew, absences }], { sequence: 2, publishedAtMs: knownFromMs + 500 }));
    expect(engine.request()?.fromMs).toBe(at('10:20:00'));
    expect(lines(engine.reconcile(at('13:02:00')))).toEqual([
      '13:02:00 withdrawn curfew 10:30:00-11:00:00 left-during belief',
      '13:02:00 amended curfew 12:00:00-12:10:00 left-during absence-began belief',
    ]);
  });
});

describe('an absence that ends otherwise, published minutes later', () => {
  const home = zone({ zoneId: 'Z-home' });
  const windows = [at('10:00:00'), at('18:00:00')];
  const until = (ends: string, sequence: number, publishedAt: string) => {
    const absence = { absenceId: 'A-1', startsAtMs: at('09:00:00'), endsAtMs: at(ends), knownFromMs: at('08:00:00') };
    const curfew = term('curfew', home, { windows, windowsUntilMs: at('23:00:00'), absences: [absence] });
    return watch([home], [curfew], { sequence, publishedAtMs: at(publishedAt) });
  };
  const isHome = (from: string) => (atMs: number) => atMs >= at(from);
  const give = (engine: ReturnType<typeof live>, from: string, to: string, home: string) => {
    for (const { atMs, place } of track(from, to, isHome(home)))
      engine.ping({ ping: pingAt(atMs, place), receivedAtMs: atMs + 1_000 });
  };
  const episodes = (events: readonly EngineEvent[]) =>
    recordOf(events)
      .filter(({ withdrawn }) => !withdrawn)
      .map(({ last }) => [last.episode.startedAtMs, last.episode.endedAtMs, last.strength]);

  test.each([
    ['11:00:00', '11:10:10', '11:10:00', '11:11:00'],
    ['11:00:00', '11:10:10', '11:10:00', '11:40:00'],
    ['11:00:00', '11:50:10', '11:50:00', '11:51:00'],
    ['11:00:00', '11:50:10', '11:50:00', '11:30:00'],
  ])(
    'until %s, published at %s, newest fix %s, home at %s: as if it had been known',
    (ends, published, newest, home) => {
      const engine = live(until('14:00:00', 1, '08:00:00'));
      give(engine, '10:30:00', newest, home);
      engine.watch(until(ends, 2, published));
      const from = new Date(at(newest) + MINUTE_MS).toISOString().slice(11, 19);
      give(engine, from, '12:10:00', home);
      engine.reconcile(at('12:12:00'));
      const known = live(until(ends, 1, '08:00:00'));
      give(known, '10:30:00', '12:10:00', home);
      expect(episodes(engine.events)).toEqual(episodes(known.events));
      expect(episodes(known.events)).toHaveLength(1);
    },
  );
});

describe('an absence that is shortened, with silence after it', () => {
  const home = zone({ zoneId: 'Z-home' });
  const windows = [at('10:00:00'), at('18:00:00')];
  const until = (endsAtMs: number, sequence: number, publishedAtMs: number) => {
    const absence = { absenceId: 'A-1', startsAtMs: at('09:00:00'), endsAtMs, knownFromMs: at('08:00:00') };
    const curfew = term('curfew', home, { windows, windowsUntilMs: at('23:00:00'), absences: [absence] });
    return watch([home], [curfew], { sequence, publishedAtMs });
  };
  const fixes = track('10:30:00', '11:30:00', (atMs) => atMs < at('11:28:00'));
  const episodes = (events: readonly EngineEvent[]) =>
    recordOf(events)
      .filter(({ withdrawn }) => !withdrawn)
      .map(({ last }) => [last.kind, last.episode.startedAtMs, last.episode.endedAtMs, last.strength]);

  // To the newest fix and to the millisecond, about each of the last, and far from any.
  const ends = [-45, -3, -2.5, -2, -1.5, -1, -0.5, 0].flatMap((minutes) =>
    [-1, 0, 1].map((ms) => at('11:30:00') + minutes * MINUTE_MS + ms),
  );
  test.each(ends.filter((ms) => ms <= at('11:30:00')).map((ms) => [new Date(ms).toISOString().slice(11, 23), ms]))(
    'to end at %s, the newest fix being of 11:30: as if it had been known',
    (_, endsAtMs) => {
      const engine = live(until(at('14:00:00'), 1, at('08:00:00')));
      const known = live(until(endsAtMs, 1, at('08:00:00')));
      for (const each of [engine, known]) {
        for (const { atMs, place } of fixes) each.ping({ ping: pingAt(atMs, place), receivedAtMs: atMs + 1_000 });
      }
      engine.watch(until(endsAtMs, 2, at('11:31:00')));
      for (const each of [engine, known]) each.tickUntil(at('12:10:00'));
      engine.reconcile(at('12:12:00'));
      expect(episodes(known.events)).toHaveLength(1);
      expect(episodes(engine.events)).toEqual(episodes(known.events));
    },
  );
});

describe('a condition whose publication the log takes minutes after it is on record', () => {
  const before = watch([square], [], { publishedAtMs: 0 });
  const startsAtMs = at('11:00:00');
  const after = (tookAtMs: number) =>
    watch([square], [term('exclusion', square, { startsAtMs, publishedAtMs: startsAtMs + 500 })], {
      sequence: 2,
      publishedAtMs: tookAtMs,
    });
  const fixes = track('10:50:00', '11:30:00', within(['11:04:00', '11:09:00'], ['11:20:00', '11:25:00']));
  const episodes = (events: readonly EngineEvent[]) =>
    recordOf(events)
      .filter(({ withdrawn }) => !withdrawn)
      .map(({ last }) => [last.episode.startedAtMs, last.episode.endedAtMs, last.strength])
      .sort();

  test.each([0, 1, 2, 5, 9, 12, 22, 29])(
    'by %i minutes: what was violated since is told as if it had come in time',
    (lateMinutes) => {
      const play = (minutes: number) => {
        const engine = live(before);
        const tookAtMs = startsAtMs + 1_500 + minutes * MINUTE_MS;
        const all = [
          ...fixes.map(({ atMs, place }) => ({
            atMs: atMs + 1_000,
            give: () => void engine.ping({ ping: pingAt(atMs, place), receivedAtMs: atMs + 1_000 }),
          })),
          { atMs: tookAtMs, give: () => engine.watch(after(tookAtMs)) },
        ].sort((a, b) => a.atMs - b.atMs);
        for (const { give } of all) give();
        engine.reconcile(at('11:32:00'));
        return episodes(engine.events);
      };
      expect(play(0)).toHaveLength(2);
      expect(play(lateMinutes)).toEqual(play(0));
    },
  );
});

describe('a curfew that is not known to be kept', () => {
  const home = zone({ zoneId: 'Z-home' });
  const windows = ['10:00:00', '10:30:00', '11:00:00', '12:00:00'].map(at);
  const curfew = {
    windows,
    windowsUntilMs: at('23:00:00'),
    endsAtMs: at('12:05:00'),
    endsBecause: 'order-ended' as const,
  };
  const unusable = (time: string) => ({
    ping: pingAt(at(time), faraway, { mechanism: 'LBS' }),
    receivedAtMs: at(time) + 1_000,
  });
  const until = (changes: Partial<Term>) =>
    watch([home], [term('curfew', home, { ...curfew, ...changes })], { sequence: 2 });

  test('of a tag that sends nothing usable, published in one of its windows: unknown from then on, and that stands', () => {
    const late = live(watch([home], []));
    late.ping(unusable('09:30:00'));
    late.watch({
      ...until({ startsAtMs: at('09:00:00'), publishedAtMs: at('11:30:00') }),
      publishedAtMs: at('11:30:00'),
    });
    late.tickUntil(at('12:10:00'));
    expect(lines(late.events)).toEqual([
      '11:31:30 suspected unknown-at-edge 11:30:00- silence',
      '12:01:30 amended unknown-at-edge 11:30:00- silence',
      '12:05:00 ended unknown-at-edge 11:30:00-12:05:00 order-ended silence',
    ]);
    expect(late.request()).toMatchObject({ unclaimed: true });
    expect(late.reconcile(at('12:10:00'))).toEqual([]);
  });

  test('over two edges before it was first heard of, and a fix between them comes late: it stays one alert', () => {
    const engine = live(watch([home], [term('curfew', home, curfew)]));
    engine.tickUntil(at('10:40:00'));
    for (const { atMs, place } of track('10:40:00', '11:55:00', () => true))
      engine.ping({ ping: pingAt(atMs, place), receivedAtMs: atMs + 1_000 });
    for (const time of ['10:15:00', '10:50:30'])
      engine.ping({ ping: pingAt(at(time), middle), receivedAtMs: at('11:56:00') });
    expect(lines(engine.events)).toEqual([
      '10:01:30 suspected unknown-at-edge 10:00:00- silence',
      '10:31:30 amended unknown-at-edge 10:00:00- silence',
      '10:40:01 ended unknown-at-edge 10:00:00-10:40:00 restored silence',
    ]);
    expect(engine.request()).toMatchObject({ fromMs: at('10:15:00'), toMs: at('10:50:30') });
    expect(engine.reconcile(at('11:58:00'))).toEqual([]);
  });
});

test('what is new waits for a suspension to end, and what was told twice is told once', () => {
  const suspended = { suspensionId: 'S-1', conditionId: null, startsAtMs: at('11:30:00'), endsAtMs: at('12:00:00') };
  const suspensions = [{ ...suspended, knownFromMs: at('11:00:00'), knownUntilMs: null }];
  const engine = live(watch([square], [term('exclusion', square)], {}, { suspensions }));
  const isInside = within(['10:10:00', '10:20:00']);
  const fixes = track('10:00:00', '11:20:00', isInside);
  engine.ping({ ping: pingAt(fixes.at(-1)!.atMs, faraway), receivedAtMs: at('11:21:00') });
  for (const { atMs, place } of fixes.slice(0, -1))
    engine.ping({ ping: pingAt(atMs, place), receivedAtMs: at('11:31:00') });
  const request = engine.request()!;
  const found = engine.compare(request, at('11:35:00'));
  expect(engine.give({ type: 'history', atMs: at('11:35:00'), ...found })).toEqual([]);
  const told = engine.give({ type: 'history', atMs: at('12:01:00'), ...found });
  expect(lines(told)).toEqual([
    '12:01:00 confirmed exclusion 10:10:00- belief',
    '12:01:00 ended exclusion 10:10:00-10:20:00 complied belief',
  ]);
  // Where it is published twice, readers know the ids.
  const again = engine.give({ type: 'history', atMs: at('12:02:00'), ...found });
  expect(again.map(({ eventId }) => eventId)).toEqual(told.map(({ eventId }) => eventId));
});

/** Violations that a request is about and that were over before its base, in words. */
function pastEpisodes(events: readonly EngineEvent[], { fromMs, toMs, baseAtMs }: ReconcileRequest): string[] {
  return recordOf(events)
    .filter(({ withdrawn, last }) => !withdrawn && last.kind !== 'unknown-at-edge')
    .filter(({ last: { episode } }) => episode.startedAtMs <= toMs && (episode.endedAtMs ?? Infinity) >= fromMs)
    .filter(({ last: { episode } }) => (episode.endedAtMs ?? Infinity) <= baseAtMs)
    .map(({ termKey, last: { kind, strength, episode, reason, endedBecause } }) =>
      JSON.stringify([termKey, kind, strength, episode, reason, endedBecause]),
    )
    .sort();
}

test('of any world, sent in any order: nothing is left to say after it was said once, and the present stays', () => {
  const delays = fc.array(fc.constantFrom(500, 500, 90_000, 1_500_000, 4_000_000, 9_000_000), {
    minLength: 60,
    maxLength: 60,
  });
  let changed = 0;
  fc.assert(
    fc.property(worlds({ changes: false }), delays, ({ first, steps }, delaysMs) => {
      const pings = steps
        .flatMap((step: Step) => ('input' in step && step.input.type === 'ping' ? [step.input.ping] : []))
        .map((ping, i): StoredPing => ({ ping, receivedAtMs: ping.fixedAtMs + delaysMs[i]! }))
        .sort((a, b) => a.receivedAtMs - b.receivedAtMs);
      const engine = live(first);
      for (const each of pings) {
        engine.tickUntil(each.receivedAtMs);
        engine.ping(each);
      }
      const endMs = pings.at(-1)!.receivedAtMs + 10 * MINUTE_MS;
      engine.tickUntil(endMs);
      const request = engine.request();
      if (request === null) return;
      const before = engine.events.length;
      const { changes } = engine.compare(request, endMs);
      engine.reconcile(endMs);
      const said = engine.events.slice(before);
      if (said.length > 0) changed++;
      // Each change was told once, in unbroken revisions.
      const told = recordOf(engine.events);
      for (const change of changes) {
        // What rests on fixes that wait is refused.
        const isSettled = engine.state().waiting.length === 0;
        const now = told.find(({ alertId }) => alertId === change.alertId)!;
        if (isSettled) expect(now.revision).toBe(change.revision + change.sayings.length);
      }
      expect(said.every(({ historic }) => historic)).toBe(true);
      expectRevisionsToFollow(engine.events);
      const wasKnown = first.activations[0]!.terms.every((one) => one.publishedAtMs <= START_MS);
      // What the late ones are about, and is over before the live fold's part, is as if all had come in order.
      const inOrder = live(first);
      for (const { ping } of pings.toSorted((a, b) => a.ping.fixedAtMs - b.ping.fixedAtMs)) {
        inOrder.tickUntil(ping.fixedAtMs);
        inOrder.ping({ ping, receivedAtMs: ping.fixedAtMs });
      }
      inOrder.tickUntil(endMs);
      if (wasKnown) expect(pastEpisodes(engine.events, request)).toEqual(pastEpisodes(inOrder.events, request));
      expect(pairsAtOnce(told, engine.state())).toEqual([]);
    }),
    { numRuns: runs(300) },
  );
  expect(changed).toBeGreaterThan(5);
});

test.each([
  ['at once', []],
  ['once its horizon has passed', track('14:25:00', '15:16:00', () => false)],
] as const)(
  'a change dated back parts an alert from the start of one that was taken back, %s: that one goes on with its revisions',
  (_, later) => {
    const first = watch([wide], [term('exclusion', wide)]);
    const engine = live(first);
    const near = place(160);
    const give = fixesFor(engine);
    give('13:14:00', faraway);
    give('13:17:00', near);
    give('13:18:20', faraway);
    give('13:18:40', near);
    // What came late: he was near all the time, so the alert that goes on began where the one that was taken back had.
    give('13:18:00', middle, '14:24:40');
    const ends = { endsAtMs: at('13:17:01'), endsBecause: 'version-changed' } as const;
    for (const { atMs } of later) engine.ping({ ping: pingAt(atMs, near), receivedAtMs: atMs });
    const [old] = first.activations[0]!.terms;
    const next = zone({ version: 2 });
    const replaces = term('exclusion', next, backdated('13:17:01', '15:17:00'));
    const activations = [{ ...first.activations[0]!, terms: [{ ...old!, ...ends }, replaces] }];
    const zones = { ...first.zones, 'Z-1@2': next };
    engine.watch({ ...first, sequence: 2, publishedAtMs: at('15:17:00'), activations, zones });
    const alerts = [...new Set(engine.events.map(({ alertId }) => alertId))];
    expect(engine.events.map((each) => `${alerts.indexOf(each.alertId)}/${each.revision} ${each.type}`)).toEqual([
      '0/1 suspected',
      '0/2 withdrawn',
      '1/1 suspected',
      '1/2 confirmed',
      '0/3 confirmed',
      '0/4 ended',
      '1/3 withdrawn',
    ]);
  },
);

test('an alert that was taken back while a fix waits goes on with its revisions where one after it finds the edge again', () => {
  const home = circle('Z-home', middle, 150);
  // Dated back: fixes alone find its edge, no tick.
  const windows = [at('12:10:00'), at('12:11:00')];
  const curfew = term('curfew', home, { windows, publishedAtMs: at('13:10:00') });
  const engine = live(watch([home], [curfew]));
  const give = fixesFor(engine);
  give('12:05:29', place(0, -40_000));
  give('12:17:29', place(40_000));
  // It shows that nobody can have got there, so the last one waits, and says nothing of the edge.
  give('12:09:29', place(0, -40_000), '12:34:29');
  engine.watch({
    ...watch([home, square], [curfew, term('exclusion', square, backdated('12:35:01', '12:35:01'))]),
    publishedAtMs: at('12:35:01'),
  });
  give('12:17:49', middle, '14:47:49');
  expect(engine.events.map((each) => `${each.revision} ${describeEvent(each, DAY)}`)).toEqual([
    '1 12:17:29 suspected curfew 12:10:00- late-home edge',
    '2 12:17:29 ended curfew 12:10:00-12:11:00 out-for-whole-window window-closed edge',
    '3 12:34:29 withdrawn curfew 12:10:00-12:11:00 edge',
    '4 14:47:49 confirmed curfew 12:10:00- late-home edge',
    '5 14:47:49 ended curfew 12:10:00-12:11:00 out-for-whole-window window-closed edge',
  ]);
});

test('what the live fold told of after its base stays its alert: an older one does not become the same besides', () => {
  const home = circle('Z-home', middle, 150);
  const windows = ['12:10', '12:17', '12:18', '12:19', '12:20', '12:21'].map((time) => at(`${time}:00`));
  const curfew = term('curfew', home, { confirmOn: 'first-fix', windows });
  const engine = live(watch([home], [curfew]));
  const give = fixesFor(engine);
  for (const time of ['12:11:02', '12:12:02', '12:13:02', '12:14:02', '12:15:02', '12:16:02']) give(time, middle);
  give('12:18:02', place(8_000));
  give('12:19:31', place(-90, 250));
  // Another condition: what lies before is not the live fold's any more.
  engine.watch({
    ...watch([home, square], [curfew, term('exclusion', square, backdated('12:20:02', '12:20:02'))]),
    publishedAtMs: at('12:20:02'),
  });
  // At home a minute before: nobody gets eight kilometres in a minute, and the visit to the far end of the town was an outlier.
  give('12:17:02', middle, '14:47:02');
  engine.tickUntil(at('14:57:00'));
  expect(lines(engine.events)).toEqual([
    '12:18:02 confirmed curfew 12:18:02- left-during first-fix',
    '12:19:31 ended curfew 12:18:02-12:19:00 out-at-end window-closed edge',
    '12:21:30 confirmed curfew 12:20:00- late-home edge',
    '12:22:30 ended curfew 12:20:00-12:21:00 out-for-whole-window window-closed edge',
  ]);
  expect(lines(engine.reconcile(at('14:57:00')))).toEqual([
    '14:57:00 withdrawn curfew 12:18:02-12:19:00 out-at-end edge',
  ]);
});

test('and under records that change, the changes dated back: it comes to an end, and no episodes overlap', () => {
  const delays = fc.array(fc.constantFrom(500, 500, 90_000, 1_500_000, 4_000_000, 9_000_000), {
    minLength: 60,
    maxLength: 60,
  });
  let changed = 0;
  fc.assert(
    fc.property(
      worlds({ changes: true }),
      delays,
      fc.constantFrom(0, 3_600_000, 7_200_000),
      ({ first, steps }, delaysMs, backMs) => {
        const pings = steps
          .flatMap((step: Step) => ('input' in step && step.input.type === 'ping' ? [step.input.ping] : []))
          .map((ping, i): StoredPing => ({ ping, receivedAtMs: ping.fixedAtMs + delaysMs[i]! }))
          .sort((a, b) => a.receivedAtMs - b.receivedAtMs);
        const engine = live(first);
        const changes = steps.flatMap((step) => ('watch' in step ? [step] : []));
        const all = [
          ...pings.map((each) => ({ atMs: each.receivedAtMs, give: () => void engine.ping(each) })),
          ...changes.map(({ atMs, watch: next }) => ({
            atMs: atMs + backMs,
            give: () => engine.watch(published(next, atMs + backMs - 1_000)),
          })),
        ].sort((a, b) => a.atMs - b.atMs);
        for (const { atMs, give } of all) {
          engine.tickUntil(atMs);
          give();
        }
        const endMs = all.at(-1)!.atMs + 10 * MINUTE_MS;
        engine.tickUntil(endMs);
        const request = engine.request();
        if (request === null) return;
        const before = engine.events.length;
        const { changes: found } = engine.compare(request, endMs);
        engine.reconcile(endMs);
        const said = engine.events.slice(before);
        if (said.length > 0) changed++;
        // Each change was told once, in unbroken revisions.
        const told = recordOf(engine.events);
        for (const change of found) {
          // What rests on fixes that wait is refused.
          const isSettled = engine.state().waiting.length === 0;
          const now = told.find(({ alertId }) => alertId === change.alertId)!;
          if (isSettled) expect(now.revision).toBe(change.revision + change.sayings.length);
        }
        expect(said.every(({ historic }) => historic)).toBe(true);
        expectRevisionsToFollow(engine.events);
        expect(pairsAtOnce(told, engine.state())).toEqual([]);
      },
    ),
    { numRuns: runs(300) },
  );
  expect(changed).toBeGreaterThan(5);
});

/** A watch whose newest terms were published then, however long before they began. */
function published(next: TagWatch, atMs: number): TagWatch {
  const activations = next.activations.map((each) => ({
    ...each,
    terms: each.terms.map((one) => (one.zoneKey.endsWith('@2') ? { ...one, publishedAtMs: atMs } : one)),
  }));
  return { ...next, publishedAtMs: atMs, activations };
}

/**
 * Tags that are fitted, removed and fitted on somebody else in mid-stream, and records that come when the tag has long been sending:
 * whatever comes first, the same is confirmed of the same wearer in the end.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareWithRecord } from '../../src/engine/past/reconcile.js';
import type { EngineEvent, ReconcileRequest, TagWatch } from '../../src/engine/types.js';
import type { HistoryRecord, InputRecord } from '../../src/ports/topics.js';
import { emptyFold, foldInput } from '../../src/roles/engine/partition-fold.js';
import { prepareShared, startOrderedRerun } from '../../src/roles/reconciler/ordered-rerun.js';
import { mergeRequests } from '../../src/roles/reconciler/reconcile-request.js';
import { madeAtMsOf, type StoredPing } from '../../src/roles/reconciler/rerun.js';
import { faraway, middle, pingAt, term, watch, zone } from '../scenarios/world.js';
import { recordOf } from '../support/record-of.js';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-06-10T09:00:00Z');
const at = (minute: number) => START_MS + minute * MINUTE_MS;
const square = zone();

interface Wearing {
  readonly wearer: string;
  readonly fitted: number;
  readonly removed: number | null;
}

/** Everybody who wears the tag, each excluded from the same place since long before. */
function watchOf(worn: readonly Wearing[], minute: number, sequence: number): TagWatch {
  const activations = worn.map(({ wearer, fitted, removed }) => ({
    activationId: `A-${wearer}`,
    wearerId: `W-${wearer}`,
    fittedAtMs: at(fitted),
    removedAtMs: removed === null ? null : at(removed),
    terms: [
      term('exclusion', square, { conditionId: `C-${wearer}`, startsAtMs: at(fitted), publishedAtMs: at(minute) }),
    ],
  }));
  return watch([square], [], { sequence, publishedAtMs: at(minute), activations });
}

/** Engine, recorder and reconciler over one tag, in memory. */
class World {
  readonly events: EngineEvent[] = [];
  private readonly fold = emptyFold(0);
  private readonly stored: StoredPing[] = [];
  private readonly requests = new Map<string, ReconcileRequest>();
  private watch: TagWatch | null = null;
  private sequence = 0;

  private give(input: InputRecord): number {
    const fail = ({ error }: { readonly error: unknown }) => {
      throw error;
    };
    const { events, reconcile } = foldInput(this.fold, input, this.fold.position, fail);
    this.events.push(...events);
    for (const { activationId, ...request } of reconcile) {
      // As the recorder keeps them: what was sent before anybody knew, where anything was.
      const isAbout = ({ ping }: StoredPing) => ping.fixedAtMs >= request.fromMs && ping.fixedAtMs < request.toMs;
      if (activationId === null || (request.unclaimed && !this.stored.some(isAbout))) continue;
      this.requests.set(activationId, mergeRequests<ReconcileRequest>(this.requests.get(activationId), request));
    }
    return events.length;
  }

  record(minute: number, worn: readonly Wearing[]): this {
    this.watch = watchOf(worn, minute, ++this.sequence);
    this.give({ type: 'watch', watch: this.watch });
    return this;
  }

  fix(minute: number, isInside: boolean, receivedMinute = minute): this {
    const stored = { ping: pingAt(at(minute), isInside ? middle : faraway), receivedAtMs: at(receivedMinute) + 1_000 };
    this.stored.push(stored);
    this.give({ type: 'ping', ...stored });
    return this;
  }

  tick(minute: number): this {
    this.give({ type: 'tick', atMs: at(minute) });
    return this;
  }

  /** Until nothing differs. */
  reconcile(minute: number): this {
    for (const [activationId, request] of this.requests) {
      let rounds = 0;
      while (this.compare(activationId, request, minute)) expect(++rounds, 'it comes to an end').toBeLessThan(6);
    }
    this.requests.clear();
    return this;
  }

  /** Once, as soon as asked: what differs then is looked at again. */
  reconcileOnce(minute: number): this {
    for (const [activationId, request] of this.requests)
      if (!this.compare(activationId, request, minute)) this.requests.delete(activationId);
    return this;
  }

  private compare(activationId: string, request: ReconcileRequest, minute: number): boolean {
    const { activations, ...tag } = this.watch!;
    const own = activations.find((each) => each.activationId === activationId)!;
    const ordered = [...this.stored].sort((a, b) => madeAtMsOf(a) - madeAtMsOf(b));
    const again = startOrderedRerun(activationId, { ...tag, activations: [own] }, prepareShared([]), at(-60));
    again.take(ordered);
    const { found, newestFixAtMs } = again.finish(at(minute));
    const told = this.events.filter((event) => event.activationId === activationId);
    const changes = compareWithRecord(found, recordOf(told), request, again.canTellOf);
    if (changes.length === 0) return false;
    const { terms, ...about } = own;
    const history: HistoryRecord = {
      type: 'history',
      activationId,
      tagId: 'T-1',
      atMs: at(minute),
      newestFixAtMs,
      changes,
      about,
    };
    this.give(history);
    return true;
  }

  /** Of whom something is to be judged again. */
  asked(): string[] {
    return [...this.requests.keys()];
  }

  /** What stands confirmed in the end, by wearer. */
  confirmed(): string[] {
    const byAlert = new Map<string, EngineEvent>();
    for (const event of this.events)
      if (event.kind === 'exclusion' && event.revision > (byAlert.get(event.alertId)?.revision ?? 0))
        byAlert.set(event.alertId, event);
    return [...byAlert.values()]
      .filter(({ type, strength }) => type !== 'withdrawn' && strength === 'confirmed')
      .map(
        ({ wearerId, episode: { startedAtMs, endedAtMs } }) =>
          `${wearerId} ${minuteOf(startedAtMs)}-${minuteOf(endedAtMs)}`,
      )
      .sort();
  }
}

const minuteOf = (ms: number | null) => (ms === null ? '' : (ms - START_MS) / MINUTE_MS);
const within =
  (...visits: (readonly [number, number])[]) =>
  (minute: number) =>
    visits.some(([from, until]) => minute >= from && minute < until);

describe('an activation that is recorded when its tag has long been sending', () => {
  const isInside = within([10, 20], [55, 75]);

  test.each([
    ['before the first fix', 0],
    ['after a visit', 30],
    ['while the wearer is inside', 60],
    ['after all of it', 100],
  ])('%s: what was sent before is judged all the same', (_, recordedAt) => {
    const world = new World();
    for (let minute = 0; minute <= 90; minute++) {
      if (minute === recordedAt) world.record(minute, [{ wearer: 'a', fitted: 0, removed: null }]);
      world.fix(minute, isInside(minute)).tick(minute + 0.5);
    }
    if (recordedAt > 90) world.record(recordedAt, [{ wearer: 'a', fitted: 0, removed: null }]);
    expect(world.reconcile(110).confirmed()).toEqual(['W-a 10-20', 'W-a 55-75']);
  });

  test('who is still inside is told with the next fix, as of what was sent before: one alert, from its beginning', () => {
    const world = new World();
    for (let minute = 0; minute <= 20; minute++) world.fix(minute, minute >= 10);
    world
      .record(21, [{ wearer: 'a', fitted: 0, removed: null }])
      .fix(22, true)
      .fix(23, true);
    expect(world.reconcile(24).confirmed()).toEqual(['W-a 10-']);
    for (let minute = 31; minute <= 35; minute++) world.fix(minute, false);
    expect(world.confirmed()).toEqual(['W-a 10-31']);
    expect(new Set(world.events.map(({ alertId }) => alertId)).size).toBe(1);
  });

  test('a tag that sent nothing before asks for nothing; what it sent before it was fitted is nobody’s', () => {
    const quiet = new World().record(30, [{ wearer: 'a', fitted: 0, removed: null }]);
    expect(quiet.reconcile(40).events).toEqual([]);
    const before = new World();
    for (let minute = 0; minute <= 40; minute++) before.fix(minute, minute >= 5 && minute < 15);
    expect(
      before
        .record(41, [{ wearer: 'a', fitted: 20, removed: null }])
        .reconcile(50)
        .confirmed(),
    ).toEqual([]);
  });

  test('fitted earlier than was recorded first, with no fix since: the time between is judged as well', () => {
    const world = new World();
    world.record(0, [{ wearer: 'a', fitted: 40, removed: null }]);
    for (let minute = 1; minute <= 39; minute++) world.fix(minute, minute >= 5 && minute < 15);
    world.record(45, [{ wearer: 'a', fitted: 1, removed: null }]);
    expect(world.reconcile(50).confirmed()).toEqual(['W-a 5-15']);
  });
});

describe('a tag that goes from one wearer to the next', () => {
  test('late fixes of the first are the first one’s, whoever wears it when they come', () => {
    const world = new World();
    world.record(0, [{ wearer: 'a', fitted: 0, removed: null }]);
    for (let minute = 1; minute <= 20; minute++) world.fix(minute, false);
    world.record(60, [
      { wearer: 'a', fitted: 0, removed: 50 },
      { wearer: 'b', fitted: 55, removed: null },
    ]);
    for (let minute = 61; minute <= 70; minute++) world.fix(minute, false);
    // The store of the first wearer's time comes in now.
    for (let minute = 21; minute <= 49; minute++) world.fix(minute, minute >= 30 && minute < 40, 71);
    expect(world.reconcile(120).confirmed()).toEqual(['W-a 30-40']);
  });

  test('removal and refitting recorded afterwards: each has what was sent while they wore it', () => {
    const isInside = within([10, 20], [30, 45], [70, 80]);
    const world = new World();
    world.record(0, [{ wearer: 'a', fitted: 0, removed: null }]);
    for (let minute = 1; minute <= 90; minute++) world.fix(minute, isInside(minute));
    world.record(95, [
      { wearer: 'a', fitted: 0, removed: 50 },
      { wearer: 'b', fitted: 60, removed: null },
    ]);
    for (let minute = 96; minute <= 99; minute++) world.fix(minute, false);
    expect(world.reconcile(120).confirmed()).toEqual(['W-a 10-20', 'W-a 30-45', 'W-b 70-80']);
  });
});

test('a removal that is recorded while the next wearer is inside: nothing of that is the first one’s', () => {
  const world = new World();
  world.record(0, [{ wearer: 'a', fitted: 0, removed: null }]);
  for (let minute = 1; minute <= 40; minute++) world.fix(minute, minute >= 34);
  world.record(41, [
    { wearer: 'a', fitted: 0, removed: 30 },
    { wearer: 'b', fitted: 31, removed: null },
  ]);
  for (let minute = 42; minute <= 50; minute++) world.fix(minute, minute < 44);
  expect(world.reconcile(60).confirmed()).toEqual(['W-b 34-44']);
});

describe('a removal that was recorded by mistake', () => {
  const a: Wearing = { wearer: 'a', fitted: 0, removed: null };
  const b: Wearing = { wearer: 'b', fitted: 75, removed: null };
  const isInside = within([10, 20], [50, 60], [80, 90]);
  const play = (...records: readonly (readonly [minute: number, worn: readonly Wearing[]])[]) => {
    const world = new World().record(0, [a]);
    for (let minute = 1; minute <= 110; minute++) {
      for (const [atMinute, worn] of records) if (atMinute === minute) world.record(minute, worn);
      world.fix(minute, isInside(minute)).tick(minute + 0.5);
    }
    world.reconcile(115);
    for (let minute = 116; minute <= 119; minute++) world.fix(minute, false);
    return world.reconcile(125).confirmed();
  };

  test.each([
    ['as it was made', 40],
    ['after some fixes that were judged until then', 45],
    ['while the wearer is inside', 55],
    ['ahead of time', 35],
  ])('and taken back, recorded %s: what was nobody’s meanwhile is the wearer’s', (_, recordedAt) => {
    expect(play([recordedAt, [{ ...a, removed: 40 }]], [100, [a]])).toEqual(['W-a 10-20', 'W-a 50-60', 'W-a 80-90']);
  });

  test('and taken back while the wearer is inside: one alert, from its beginning', () => {
    expect(play([40, [{ ...a, removed: 40 }]], [55, [a]])).toEqual(['W-a 10-20', 'W-a 50-60', 'W-a 80-90']);
  });

  test('too early: as far as it is moved, and no further', () => {
    expect(play([40, [{ ...a, removed: 40 }]], [100, [{ ...a, removed: 70 }, b]])).toEqual([
      'W-a 10-20',
      'W-a 50-60',
      'W-b 80-90',
    ]);
  });

  test('that cut a visit short: the alert that ended with it ends where the visit does', () => {
    expect(play([15, [{ ...a, removed: 15 }]], [30, [a]])).toEqual(['W-a 10-20', 'W-a 50-60', 'W-a 80-90']);
  });

  test('too late, and moved back: what was found of the wearer in between is taken back', () => {
    const world = new World().record(0, [a]);
    for (let minute = 1; minute <= 110; minute++) {
      if (minute === 40) world.record(minute, [{ ...a, removed: 40 }]);
      if (minute === 70) world.record(minute, [{ ...a, removed: 65 }]).reconcile(70);
      if (minute === 75) world.record(minute, [{ ...a, removed: 45 }, b]).reconcile(75);
      world.fix(minute, isInside(minute)).tick(minute + 0.5);
    }
    expect(world.confirmed()).toEqual(['W-a 10-20', 'W-b 80-90']);
  });

  test('of a tag that sent nothing meanwhile asks for nothing', () => {
    const world = new World().record(0, [a]);
    for (let minute = 1; minute <= 20; minute++) world.fix(minute, false);
    world.record(22, [{ ...a, removed: 21 }]).record(60, [a]);
    expect(world.asked()).toEqual([]);
  });
});

test('whatever comes first, records or fixes, the same is confirmed of the same wearers in the end', () => {
  const visits = fc.array(fc.tuple(fc.integer({ min: 2, max: 110 }), fc.integer({ min: 4, max: 14 })), {
    maxLength: 3,
  });
  const world = fc.record({
    visits,
    removed: fc.integer({ min: 30, max: 60 }),
    pause: fc.integer({ min: 0, max: 10 }),
    recordedAt: fc.tuple(fc.integer({ min: 0, max: 125 }), fc.integer({ min: 0, max: 125 })),
    // Removals of the first one that are not so, recorded so many minutes before what is.
    mistakes: fc.array(fc.record({ before: fc.nat(100), removed: fc.option(fc.integer({ min: 1, max: 125 })) }), {
      maxLength: 3,
    }),
    reconciledAt: fc.array(fc.integer({ min: 1, max: 125 }), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(world, ({ visits, removed, pause, recordedAt: [first, second], mistakes, reconciledAt }) => {
      const fitted = removed + pause;
      // A visit lies in the time of one of them: at the very edge it is a matter of which fix came first.
      const own = visits
        .map(([from, lasts]) => [from, from + lasts] as const)
        .filter(([from, until]) => until + 3 < removed || (from > fitted + 3 && until < 115));
      const isInside = within(...own);
      const a: Wearing = { wearer: 'a', fitted: 0, removed: null };
      const both: readonly Wearing[] = [
        { ...a, removed },
        { wearer: 'b', fitted, removed: null },
      ];
      const play = (firstAt: number, bothAt: number) => {
        const played = new World();
        const records = mistakes
          .map((wrong): [number, Wearing] => [bothAt - 1 - wrong.before, { ...a, removed: wrong.removed }])
          .filter(([minute]) => minute > firstAt);
        for (let minute = 0; minute <= 125; minute++) {
          if (minute === firstAt && firstAt < bothAt) played.record(minute, [a]);
          for (const [atMinute, wrong] of records) if (minute === atMinute) played.record(minute, [wrong]);
          if (minute === bothAt) played.record(minute, both);
          if (minute <= 120) played.fix(minute, isInside(minute));
          if (reconciledAt.includes(minute)) played.reconcileOnce(minute);
        }
        played.reconcile(130);
        // Fixes of afterwards, and once more what is asked then.
        for (let minute = 131; minute <= 134; minute++) played.fix(minute, false);
        return played.reconcile(140).confirmed();
      };
      expect(play(first, second)).toEqual(play(0, 0));
    }),
  );
});

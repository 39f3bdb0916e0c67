/** What a tag says of itself, over random messages: whatever order they come in, however often, through JSON, with and without shortcuts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ActivationState, advance, initialState } from '../../src/engine/advance.js';
import type { DeviceTold } from '../../src/engine/device/device-state.js';
import { createSharedIndex } from '../../src/engine/near/shared-index.js';
import { DEVICE_MARKS } from '../../src/engine/thresholds.js';
import { DEVICE_EVENTS, type EngineEvent, type Ping } from '../../src/engine/types.js';
import { compileTag, joinShared } from '../../src/engine/watch/compile.js';
import { faraway, pingAt, place, watch } from '../scenarios/world.js';
import { runs } from '../support/random.js';
import { expectRevisionsToFollow } from '../support/revisions.js';

const START_MS = Date.parse('2026-03-10T12:00:00Z');
const MINUTE_MS = 60_000;
const RUNS = { numRuns: runs(300) };

/** A message at each of so many minutes, most of them plain fixes. */
const message = fc.record({
  minute: fc.nat({ max: 28 }),
  events: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.subarray([...DEVICE_EVENTS], { minLength: 1, maxLength: 2 }) },
  ),
  percent: fc.option(fc.integer({ min: 5, max: 40 }), { freq: 2 }),
  at: fc.constantFrom(null, faraway, place(1010)),
});
const messages = fc.uniqueArray(message, { selector: ({ minute }) => minute, minLength: 1, maxLength: 20 });

type Message = typeof message extends fc.Arbitrary<infer T> ? T : never;

function pingOf({ minute, events, percent, at }: Message): Ping {
  return { ...pingAt(START_MS + minute * MINUTE_MS, at), deviceEvents: events, batteryPercent: percent };
}

interface Outcome {
  readonly state: ActivationState;
  readonly events: readonly EngineEvent[];
}

/** All of them received at the end, or each when it was made. */
function play(given: readonly Message[], how: { atOnce: boolean; throughJson?: boolean; plain?: boolean }): Outcome {
  const tag = compileTag({ ...watch([], []), silentAfterSeconds: 1_800 }, undefined, { plain: how.plain ?? false });
  const joined = joinShared(tag.newest!, createSharedIndex({ plain: how.plain ?? false }));
  let state = advance(initialState('A-1'), { type: 'watch', atMs: START_MS }, joined).state;
  const events: EngineEvent[] = [];
  for (const each of given) {
    const ping = pingOf(each);
    const receivedAtMs = how.atOnce ? START_MS + 60 * MINUTE_MS : ping.fixedAtMs + 2_000;
    const result = advance(state, { type: 'ping', ping, receivedAtMs }, joined);
    state = how.throughJson ? (JSON.parse(JSON.stringify(result.state)) as ActivationState) : result.state;
    events.push(...result.events);
  }
  return { state, events };
}

/** Kinds of which an episode is made by marks of single messages alone, and ends with one. */
const BY_MARKS = new Set(['strap-tamper', 'case-tamper']);

const intervalsOf = ({ state }: Outcome): string[] =>
  state.device.told
    .filter(({ kind, withdrawn }) => BY_MARKS.has(kind) && !withdrawn)
    .map(({ kind, startedAtMs, endedAtMs }: DeviceTold) => `${kind} ${startedAtMs} ${endedAtMs}`)
    .sort();

/** All is well again, and was for long enough that nobody doubts it. */
const AFTERWARDS: readonly Message[] = [34, 40, 46].map((minute) => ({
  minute,
  events: [],
  percent: 100,
  at: faraway,
}));

const kindsOf = (all: readonly { readonly kind: string }[]): string[] =>
  [...new Set(all.map(({ kind }) => kind))].sort();
/** Kinds of which something was told and is not taken back. */
const toldKinds = ({ events }: Outcome): string[] =>
  kindsOf(
    [...new Map(events.map((event) => [event.alertId, event])).values()].filter(({ type }) => type !== 'withdrawn'),
  );
const openKinds = ({ state }: Outcome): string[] =>
  kindsOf(state.device.told.filter(({ endedAtMs, withdrawn }) => endedAtMs === null && !withdrawn));

const inAnyOrderTwice = (given: Message[]) =>
  fc.record({
    given: fc.constant(given),
    twice: fc.shuffledSubarray([...given, ...given], { minLength: 2 * given.length }),
  });

describe('what a tag says of itself', () => {
  const inOrder = (given: readonly Message[]) => given.toSorted((a, b) => a.minute - b.minute);

  it('comes to the same episodes of tampering in any order', () => {
    fc.assert(
      fc.property(messages, (given) => {
        expect(intervalsOf(play(given, { atOnce: true }))).toEqual(intervalsOf(play(inOrder(given), { atOnce: true })));
      }),
      RUNS,
    );
  });

  it('comes to the same episodes of tampering in any order, however often each is sent again', () => {
    fc.assert(
      fc.property(messages.chain(inAnyOrderTwice), ({ given, twice }) => {
        expect(intervalsOf(play(twice, { atOnce: true }))).toEqual(intervalsOf(play(inOrder(given), { atOnce: true })));
      }),
      RUNS,
    );
  });

  it('of every kind is told in any order, and over with the messages that come after, however often each is sent again', () => {
    fc.assert(
      fc.property(messages.chain(inAnyOrderTwice), ({ given, twice }) => {
        const [ordered, mixed] = [inOrder(given), twice].map((all) => play([...all, ...AFTERWARDS], { atOnce: true }));
        expect(toldKinds(mixed!)).toEqual(toldKinds(ordered!));
        expect(openKinds(mixed!)).toEqual(openKinds(ordered!));
      }),
      RUNS,
    );
  });

  it('said again changes no byte', () => {
    fc.assert(
      fc.property(messages, (given) => {
        const once = play(inOrder(given), { atOnce: true });
        const twice = play([...inOrder(given), ...inOrder(given)], { atOnce: true });
        expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
      }),
      RUNS,
    );
  });

  it('through JSON, and without shortcuts, is the same bytes', () => {
    fc.assert(
      fc.property(messages, (given) => {
        const expected = JSON.stringify(play(given, { atOnce: false }));
        expect(JSON.stringify(play(given, { atOnce: false, throughJson: true }))).toBe(expected);
        expect(JSON.stringify(play(given, { atOnce: false, plain: true }))).toBe(expected);
      }),
      RUNS,
    );
  });

  it('is one alert an episode, numbered without a hole, none of a kind overlapping, in bounded memory', () => {
    fc.assert(
      fc.property(messages, (given) => {
        const { state, events } = play(given, { atOnce: true });
        // Also one that was taken back and turns out to be true.
        expectRevisionsToFollow(events);
        for (const { marks } of state.device.lines) expect(marks.length).toBeLessThanOrEqual(DEVICE_MARKS);
        const told = state.device.told
          .filter(({ withdrawn }) => !withdrawn)
          .toSorted((a, b) => a.startedAtMs - b.startedAtMs);
        for (const [i, each] of told.entries()) {
          const next = told.slice(i + 1).find(({ kind }) => kind === each.kind);
          if (next !== undefined) expect(each.endedAtMs ?? Infinity).toBeLessThanOrEqual(next.startedAtMs);
        }
      }),
      RUNS,
    );
  });

  /** Episodes beyond what is remembered: tamper and low battery on and off, messages that come again however late, and some by themselves. */
  const long = fc.array(
    fc.record({
      step: fc.integer({ min: 1, max: 40 }),
      percent: fc.constantFrom(null, 10, 80),
      events: fc.constantFrom<Message['events']>(
        [],
        ['strap-tamper'],
        ['strap-restored'],
        ['strap-tamper', 'strap-restored'],
      ),
      again: fc.option(fc.nat(), { freq: 4 }),
    }),
    { minLength: 60, maxLength: 160 },
  );

  it('over any number of episodes takes back no alert of a cause that was, and tells no revision twice', () => {
    fc.assert(
      fc.property(long, (given) => {
        const joined = joinShared(compileTag(watch([], [])).newest!, createSharedIndex());
        let state = advance(initialState('A-1'), { type: 'watch', atMs: START_MS }, joined).state;
        const events: EngineEvent[] = [];
        const sent: Ping[] = [];
        let nowMs = START_MS;
        const give = (ping: Ping) => {
          const result = advance(state, { type: 'ping', ping, receivedAtMs: nowMs + 2_000 }, joined);
          state = result.state;
          events.push(...result.events);
        };
        for (const { step, percent, events: deviceEvents, again } of given) {
          nowMs += step * MINUTE_MS;
          const ping = { ...pingAt(nowMs, null), deviceEvents, batteryPercent: percent };
          sent.push(ping);
          give(ping);
          if (again !== null) give(sent[again % sent.length]!);
        }
        const told = events.filter(({ kind }) => kind === 'strap-tamper' || kind === 'battery-low');
        expect(told.filter(({ type }) => type === 'withdrawn')).toEqual([]);
        const revisions = told.map(({ alertId, revision }) => `${alertId} ${revision}`);
        expect(new Set(revisions).size).toBe(revisions.length);
        for (const { marks } of state.device.lines) expect(marks.length).toBeLessThanOrEqual(DEVICE_MARKS);
      }),
      { numRuns: runs(60) },
    );
  });

  it('a silence that goes on is not ended by what comes late or again, and tells no revision twice', () => {
    const silence = fc.record({
      minute: fc.integer({ min: 0, max: 600 }),
      lateMinutes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
      events: fc.constantFrom<Message['events']>([], ['strap-tamper'], ['strap-restored']),
      at: fc.constantFrom(null, faraway),
      again: fc.option(fc.integer({ min: 1, max: 200 }), { freq: 3 }),
    });
    fc.assert(
      fc.property(fc.array(silence, { minLength: 1, maxLength: 30 }), (given) => {
        const tag = compileTag({ ...watch([], []), silentAfterSeconds: 1_800 });
        const joined = joinShared(tag.newest!, createSharedIndex());
        let state = advance(initialState('A-1'), { type: 'watch', atMs: START_MS }, joined).state;
        const sent = given
          .flatMap(({ minute, lateMinutes, events, at, again }) => {
            const ping = { ...pingAt(START_MS + minute * MINUTE_MS, at), deviceEvents: events };
            const receivedAtMs = ping.fixedAtMs + lateMinutes * MINUTE_MS + 2_000;
            const first = { ping, receivedAtMs };
            return again === null ? [first] : [first, { ping, receivedAtMs: receivedAtMs + again * MINUTE_MS }];
          })
          .toSorted((a, b) => a.receivedAtMs - b.receivedAtMs);
        const revisions = new Set<string>();
        let newestAtMs = -Infinity;
        let nowMs = START_MS;
        const give = (input: Parameters<typeof advance>[1], isNews: boolean) => {
          const result = advance(state, input, joined);
          state = result.state;
          for (const { kind, type, alertId, revision } of result.events) {
            if (kind !== 'unmonitored') continue;
            expect(revisions).not.toContain(`${alertId} ${revision}`);
            revisions.add(`${alertId} ${revision}`);
            if (type === 'ended' || type === 'withdrawn') expect(isNews).toBe(true);
          }
        };
        for (const { ping, receivedAtMs } of sent) {
          for (; nowMs < receivedAtMs; nowMs += MINUTE_MS) give({ type: 'tick', atMs: nowMs }, false);
          give({ type: 'ping', ping, receivedAtMs }, ping.fixedAtMs > newestAtMs);
          newestAtMs = Math.max(newestAtMs, ping.fixedAtMs);
        }
        for (const untilMs = nowMs + 60 * MINUTE_MS; nowMs <= untilMs; nowMs += MINUTE_MS)
          give({ type: 'tick', atMs: nowMs }, false);
        // Whatever came late, after an hour without a newer one it is told.
        expect(state.device.told.some(({ kind, endedAtMs }) => kind === 'unmonitored' && endedAtMs === null)).toBe(
          true,
        );
      }),
      { numRuns: runs(100) },
    );
  });
});

/**
 * Scenarios as timestamped steps. `at('18:59:50').fix(home)` is a fix received two seconds later; ticks come every five
 * seconds by themselves. Every scenario is played four times: with each tick, with those alone that are due, with the
 * state through JSON after every input, and without shortcuts; the events must be the same bytes.
 */
import { expect } from 'vitest';
import { type ActivationState, advance, initialState } from '../../src/engine/advance.js';
import type { EngineInput, UsualLateness } from '../../src/engine/inputs.js';
import { applyShared, createSharedIndex } from '../../src/engine/near/shared-index.js';
import type {
  DeviceEvent,
  EngineEvent,
  EngineOptions,
  NotJudged,
  Ping,
  Position,
  SharedWatch,
  TagWatch,
} from '../../src/engine/types.js';
import { type CompiledTag, compileTag, joinShared } from '../../src/engine/watch/compile.js';
import { expectRevisionsToFollow } from '../support/revisions.js';
import { type Place, pingAt } from './world.js';

export const TICK_MS = 5_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DELAY_MS = 2_000;

export type Step =
  | { readonly atMs: number; readonly input: EngineInput }
  | { readonly atMs: number; readonly watch: TagWatch }
  | { readonly atMs: number; readonly shared: SharedWatch };

export interface Played {
  readonly events: readonly EngineEvent[];
  readonly state: ActivationState;
  readonly notJudged: readonly (NotJudged | null)[];
  readonly nextDueAtMs: number | null;
}

export type Ticks = 'every' | 'due' | 'last' | readonly number[];

/** Plays steps in their order, with ticks between them, for the activation `A-1`, which is in every watch. */
export function play(
  first: TagWatch,
  steps: readonly Step[],
  ticks: Ticks,
  throughJson = false,
  options: EngineOptions = {},
): Played {
  const index = createSharedIndex(options);
  let tag: CompiledTag = compileTag(first, undefined, options);
  let state = initialState('A-1');
  let nextDueAtMs: number | null = null;
  const events: EngineEvent[] = [];
  const notJudged: (NotJudged | null)[] = [];
  const give = (input: EngineInput): void => {
    const own = tag.activations.find((activation) => activation.activationId === 'A-1')!;
    const result = advance(state, input, joinShared(own, index));
    // Ticks are many and mostly change nothing: the others are enough of a trial.
    state =
      throughJson && input.type !== 'tick'
        ? (JSON.parse(JSON.stringify(result.state)) as ActivationState)
        : result.state;
    if (result.state.nextDueAtMs !== result.nextDueAtMs) throw new Error('The state says another due time.');
    nextDueAtMs = result.nextDueAtMs;
    events.push(...result.events);
    if (input.type === 'ping') notJudged.push(result.notJudged);
  };
  let clockMs = steps[0]?.atMs ?? 0;
  give({ type: 'watch', atMs: clockMs });
  for (const step of steps) {
    for (let atMs = Math.ceil(clockMs / TICK_MS) * TICK_MS; atMs <= step.atMs; atMs += TICK_MS) {
      if (ticks === 'last') break;
      const wanted =
        ticks === 'every' || (ticks === 'due' ? nextDueAtMs !== null && nextDueAtMs <= atMs : ticks.includes(atMs));
      if (wanted) give({ type: 'tick', atMs });
      // Nothing can be due for days in some scenarios: jump to the next tick that could be.
      if (ticks === 'due') {
        const dueMs: number = nextDueAtMs ?? Infinity;
        atMs = Math.max(atMs, Math.ceil(Math.min(step.atMs, dueMs) / TICK_MS) * TICK_MS - TICK_MS);
      }
    }
    clockMs = Math.max(clockMs, step.atMs);
    if ('input' in step) give(step.input);
    else {
      if ('watch' in step) tag = compileTag(step.watch, tag, options);
      else applyShared(index, step.shared);
      give({ type: 'watch', atMs: step.atMs });
    }
  }
  if (ticks === 'last') give({ type: 'tick', atMs: clockMs });
  expectRevisionsToFollow(events);
  return { events, state, notJudged, nextDueAtMs };
}

export interface Scenario {
  at(time: string): {
    /** A fix at this device time, received `afterMs` later (two seconds); `usual`: how late the others of its supplier come. */
    fix(at: Place, options?: { afterMs?: number; usual?: UsualLateness } & Partial<Position>): Scenario;
    /** Two fixes at one place, a minute apart: as many as it takes to be believed. */
    stay(at: Place): Scenario;
    /** A message without a position, unless it is given one. */
    says(deviceEvents: readonly DeviceEvent[], options?: Partial<Ping> & { afterMs?: number }): Scenario;
    /** The watch changes. */
    watch(watch: TagWatch): Scenario;
    shared(watch: SharedWatch): Scenario;
    /** Time passes until then. */
    wait(): Scenario;
  };
  /** Plays it and compares what was said, in the words of `describeEvent`. */
  expect(lines: readonly string[]): Played;
}

/** Times are `HH:MM:SS` on `day` (UTC), or with `+1 ` before them on the day after it. */
export function scenario(day: string, first: TagWatch): Scenario {
  const steps: Step[] = [];
  const self: Scenario = {
    at(time) {
      const atMs = instant(day, time);
      const add = (step: Step) => {
        steps.push(step);
        return self;
      };
      return {
        fix(at, { afterMs = DELAY_MS, usual, ...position } = {}) {
          const heard = { ping: pingAt(atMs, at, position), receivedAtMs: atMs + afterMs };
          const input: EngineInput = { type: 'ping', ...heard, ...(usual === undefined ? {} : { usual }) };
          return add({ atMs: atMs + afterMs, input });
        },
        stay(at) {
          for (const eachMs of [atMs, atMs + MINUTE_MS]) {
            const receivedAtMs = eachMs + DELAY_MS;
            add({ atMs: receivedAtMs, input: { type: 'ping', ping: pingAt(eachMs, at), receivedAtMs } });
          }
          return self;
        },
        says(deviceEvents, { afterMs = DELAY_MS, ...changes } = {}) {
          const ping = { ...pingAt(atMs, null), identity: `${atMs}-${deviceEvents}`, deviceEvents, ...changes };
          return add({ atMs: atMs + afterMs, input: { type: 'ping', ping, receivedAtMs: atMs + afterMs } });
        },
        watch: (watch) => add({ atMs, watch }),
        shared: (watch) => add({ atMs, shared: watch }),
        wait: () => add({ atMs, input: { type: 'tick', atMs } }),
      };
    },
    expect(lines) {
      const played = play(first, steps, 'every');
      expect(played.events.map((event) => describeEvent(event, day))).toEqual(lines);
      expect(JSON.stringify(play(first, steps, 'due').events)).toBe(JSON.stringify(played.events));
      expect(JSON.stringify(play(first, steps, 'every', true).events)).toBe(JSON.stringify(played.events));
      const plainly = play(first, steps, 'every', false, { plain: true });
      expect(JSON.stringify(plainly.events)).toBe(JSON.stringify(played.events));
      return played;
    },
  };
  return self;
}

/** Epoch ms of `HH:MM:SS` on a day in UTC; `+1 HH:MM:SS` on the next. */
export function instant(day: string, time: string): number {
  const [, days, clock] = /^(?:\+(\d+) )?(\d\d:\d\d:\d\d)$/.exec(time) ?? [];
  if (clock === undefined) throw new Error(`${time} is not HH:MM:SS`);
  return Date.parse(`${day}T${clock}Z`) + Number(days ?? 0) * DAY_MS;
}

/** As in `19:01:30 confirmed curfew 19:00:00- late-home edge`: raised, type, kind, episode, reason, why it ended, rule. */
export function describeEvent(event: EngineEvent, day: string): string {
  const time = (ms: number): string => {
    const days = Math.floor((ms - Date.parse(`${day}T00:00:00Z`)) / DAY_MS);
    return `${days > 0 ? `+${days} ` : ''}${new Date(ms).toISOString().slice(11, 19)}`;
  };
  const { episode } = event;
  const end = episode.endedAtMs === null ? '' : time(episode.endedAtMs);
  const after = episode.endedAfterMs === undefined ? '' : `(${time(episode.endedAfterMs)}..)`;
  const parts = [
    time(event.raisedAtMs),
    event.type,
    event.kind,
    `${time(episode.startedAtMs)}-${after}${end}`,
    event.reason,
    event.strengthened,
    event.endedBecause,
    event.explanation.rule,
    event.supersededBy === undefined ? undefined : 'superseded',
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

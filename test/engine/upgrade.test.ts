/** States as earlier versions stored them (`states/write-state.ts`) are folded on by the engine of today. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ActivationState, advance, initialState, upgradeState } from '../../src/engine/advance.js';
import { createSharedIndex } from '../../src/engine/near/shared-index.js';
import type { EngineEvent, NotJudged } from '../../src/engine/types.js';
import { compileTag, joinShared } from '../../src/engine/watch/compile.js';
import { describeEvent, type Step } from '../scenarios/scenario.js';
import { DAY, fixAt, STORED_STEPS, storedWatch, tickAt } from './states/write-state.js';

interface Stored {
  readonly commit: string;
  readonly state: ActivationState;
  readonly events: readonly EngineEvent[];
}

const read = (format: number): Stored =>
  JSON.parse(readFileSync(new URL(`./states/format-${format}.json`, import.meta.url), 'utf8')) as Stored;

const FORMATS = [1, 2, 3, 4];

/** Goes on from a state as a partition does that has been restored: without a word about the watch. */
function goOn(stored: ActivationState, steps: readonly Step[]) {
  const watch = joinShared(compileTag(storedWatch()).activations[0]!, createSharedIndex());
  let state = upgradeState(structuredClone(stored));
  const events: EngineEvent[] = [];
  const notJudged: (NotJudged | null)[] = [];
  for (const step of steps) {
    if (!('input' in step)) throw new Error('Only inputs.');
    const result = advance(state, step.input, watch);
    state = JSON.parse(JSON.stringify(result.state)) as ActivationState;
    events.push(...result.events);
    if (step.input.type === 'ping') notJudged.push(result.notJudged);
  }
  return { events, notJudged, state };
}

/** Everything a state or an event may hold. */
function expectJson(value: unknown): void {
  expect(JSON.parse(JSON.stringify(value))).toEqual(value);
}

const idOf = ({ events }: Stored, conditionId: string, kind = 'exclusion') =>
  events.find((event) => event.conditionId === conditionId && event.kind === kind)!.alertId;

/** The tag is heard of again, in the square; he leaves it; an alert that was held back is told. */
const AFTER: readonly Step[] = [
  fixAt('12:36:00', -40),
  fixAt('12:37:00', -40),
  fixAt('12:38:00', 1_000),
  fixAt('12:39:00', 1_000),
  fixAt('12:40:00', 1_000),
  tickAt('13:00:00'),
];

describe.each(FORMATS)('a state of format %i', (format) => {
  const stored = read(format);

  test('is of that format, holds open alerts, and becomes one of today, as JSON', () => {
    expect(stored.state.format).toBe(format);
    expect(stored.state.open.map(({ strength }) => strength)).toEqual(['confirmed', 'suspected']);
    const upgraded = upgradeState(structuredClone(stored.state));
    expect(upgraded.format).toBe(initialState('A-1').format);
    expect(Object.keys(upgraded)).toEqual(expect.arrayContaining(Object.keys(initialState('A-1'))));
    expectJson(upgraded);
  });

  test('goes on: the open alert keeps its id, and its revisions follow', () => {
    const { events } = goOn(stored.state, AFTER);
    expectJson(events);
    const square = events.filter(({ alertId }) => alertId === idOf(stored, 'C-exclusion'));
    expect(square.map(({ type, revision }) => [type, revision])).toEqual([['ended', 3]]);
    const silence = events.filter(({ alertId }) => alertId === idOf(stored, 'C-curfew', 'unknown-at-edge'));
    expect(silence.map(({ type, revision }) => [type, revision])).toEqual([['ended', 2]]);
    const shops = events.filter(({ alertId }) => alertId === idOf(stored, 'C-shops'));
    expect(shops.map(({ type, revision }) => [type, revision])).toEqual([['withdrawn', 2]]);
  });

  test('says what today’s engine says of the whole track', () => {
    // The rule stays that by which the alert was found: `two-fixes` is none of today's.
    const lines = (events: readonly EngineEvent[]) =>
      events.map((event) => describeEvent(event, DAY).replace(/(two-fixes|belief)$/, ''));
    const wanted = goOn(initialState('A-1'), [...STORED_STEPS, ...AFTER]).events;
    const untilMs = Date.parse(`${DAY}T12:32:00Z`);
    // Before there were suspensions the visit to the park was told at once.
    const isPark = ({ conditionId }: EngineEvent) => format === 1 && conditionId === 'C-park';
    const found = goOn(stored.state, AFTER).events;
    expect(lines(found)).toEqual(lines(wanted.filter((event) => event.raisedAtMs > untilMs && !isPark(event))));
  });

  test('judges late fixes from its newest on, unless it has its horizon', () => {
    const late = (time: string, eastMetres: number) => fixAt(time, eastMetres, 2_400_000);
    const { notJudged } = goOn(stored.state, [
      fixAt('12:25:00', -40, 500_000),
      ...[late('12:01:30', -40), late('12:02:00', 60), late('12:10:00', -40), late('12:25:00', -40)],
    ]);
    expect(notJudged).toEqual([null, format < 3 ? 'beyond-horizon' : null, 'repeated', null, 'repeated']);
  });
});

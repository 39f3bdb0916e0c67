import { describe, expect, it } from 'vitest';
import type { FindingEvent } from '../../src/alerts/event.js';
import type { Truth } from '../../src/simulator/story.js';
import { nextEdge, windowOpenAt } from '../../src/simulator/story.js';
import { seededRandom } from '../support/random.js';
import { play } from './play.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const each = (from: string, count: number, stepMs: number) =>
  Array.from({ length: count }, (_, index) => new Date(Date.parse(from) + index * stepMs).toISOString());

/** Every hour of a day, the last half minute of days, the nights of both clock changes, and the ends of years and Februaries. */
const starts = [
  ...each('2026-11-22T00:00:00Z', 24, HOUR_MS),
  ...each('2026-07-01T00:29:45Z', 6, 4 * HOUR_MS),
  ...each('2026-03-28T23:59:30Z', 14, 15 * MINUTE_MS),
  ...each('2026-10-24T22:59:30Z', 18, 15 * MINUTE_MS),
  ...each('2026-10-25T00:58:40Z', 8, 17 * SECOND_MS),
  ...each('2026-10-25T01:58:40Z', 8, 17 * SECOND_MS),
  '2026-11-22T23:59:30Z',
  '2026-07-01T22:59:30Z',
  '2026-12-31T23:59:30Z',
  '2028-02-28T23:59:30Z',
  '2028-02-29T23:59:30Z',
  // The hours at which the cohort's own curfews open and close, and the half minutes before.
  ...each('2026-11-22T18:58:30Z', 6, 20 * SECOND_MS),
  ...each('2026-11-22T06:58:30Z', 6, 20 * SECOND_MS),
];

const keyOf = ({ wearerId, conditionId, kind }: Truth | FindingEvent) => `${wearerId} ${conditionId} ${kind}`;
const told = (events: readonly FindingEvent[]) =>
  events.map((event) => `${event.raisedAt} ${event.type} ${keyOf(event)} ${event.reason ?? ''}`);

/** What stands against the truth, in words. */
function compare(truths: readonly Truth[], events: readonly FindingEvent[], untilMs: number): string[] {
  const faults: string[] = [];
  for (const truth of truths.filter(({ byMs }) => byMs <= untilMs)) {
    const mine = events.filter((event) => keyOf(event) === keyOf(truth));
    const outcome = mine.find(({ type }) => type === truth.outcome);
    if (outcome === undefined) faults.push(`missed: ${keyOf(truth)} ${truth.outcome}`);
    else if (Date.parse(outcome.raisedAt) > truth.byMs) faults.push(`late: ${keyOf(truth)} at ${outcome.raisedAt}`);
    if (mine.some(({ raisedAt }) => Date.parse(raisedAt) < truth.startsAtMs)) faults.push(`early: ${keyOf(truth)}`);
    if (new Set(mine.map(({ alertId }) => alertId)).size > 1) faults.push(`told twice: ${keyOf(truth)}`);
    if (truth.outcome === 'withdrawn' && mine.some(({ type }) => type === 'confirmed')) {
      faults.push(`confirmed on a lone fix: ${keyOf(truth)}`);
    }
    if (truth.edgeAtMs !== undefined && outcome !== undefined) {
      const startedAt = Date.parse(outcome.episode.startedAt);
      if (startedAt !== truth.edgeAtMs) faults.push(`not dated at its edge: ${keyOf(truth)}`);
    }
  }
  const known = new Set(truths.map(keyOf));
  const cries = events.filter((event) => !known.has(keyOf(event)));
  return [...faults, ...told(cries).map((cry) => `cried wolf: ${cry}`)];
}

describe('the first two minutes of the demonstration', () => {
  it.each(starts)('from %s: what is true is told in time, and nothing else', (start) => {
    const startMs = Date.parse(start);
    const { story, events, notJudged } = play('tagwatch', startMs, 2 * MINUTE_MS);
    expect(compare(story.truths, events, startMs + 2 * MINUTE_MS)).toEqual([]);
    expect(notJudged).toEqual([]);
    const confirmedWithin = (kind: string, ms: number) =>
      events.some(
        (event) => event.kind === kind && event.type === 'confirmed' && Date.parse(event.raisedAt) <= startMs + ms,
      );
    expect(confirmedWithin('exclusion', 18 * SECOND_MS), told(events).join('\n')).toBe(true);
    expect(confirmedWithin('curfew', 80 * SECOND_MS), told(events).join('\n')).toBe(true);
  });

  it('holds for other people and any second', () => {
    const { random, seed: chance } = seededRandom();
    for (let run = 0; run < 12; run++) {
      const seed = `${chance}/${run}`;
      const startMs = Date.UTC(2026, 0, 1) + Math.floor(random() * 730 * 86_400) * SECOND_MS;
      const { story, events } = play(seed, startMs, 2 * MINUTE_MS);
      const where = `TAGWATCH_SEED=${chance}, people ${seed}, from ${new Date(startMs).toISOString()}`;
      expect(compare(story.truths, events, startMs + 2 * MINUTE_MS), where).toEqual([]);
    }
  });
});

describe('the whole story', () => {
  it.each(['2026-11-22T18:20:00Z', '2026-03-29T00:20:00Z', '2026-10-25T00:20:00Z'])(
    'from %s, an hour long: every truth, nothing else',
    (start) => {
      const startMs = Date.parse(start);
      const { story, events } = play('tagwatch', startMs, 62 * MINUTE_MS);
      expect(story.truths.length).toBeGreaterThanOrEqual(15);
      expect(story.truths.every(({ byMs }) => byMs <= startMs + 62 * MINUTE_MS)).toBe(true);
      expect(compare(story.truths, events, startMs + 62 * MINUTE_MS)).toEqual([]);
    },
  );
});

describe('windows by the wall clock', () => {
  it('an open window has opened over an hour ago and is open for hours, at any minute of the nights of clock changes', () => {
    expect(windowOpenAt(Date.parse('2026-11-22T12:34:56Z'))).toEqual({ from: '09:00', to: '21:00' });
    expect(windowOpenAt(Date.parse('2026-07-01T00:00:00Z'))).toEqual({ from: '22:00', to: '10:00' });
    expect(windowOpenAt(Date.parse('2026-10-25T04:30:00Z'))).toEqual({ from: '01:00', to: '13:00' });
  });

  it('the next edge is a whole minute, 10 to 70 s ahead, and none where the wall clock shows it for the second time', () => {
    expect(nextEdge(Date.parse('2026-11-22T23:59:30Z'))).toEqual({
      edgeAtMs: Date.parse('2026-11-23T00:00:00Z'),
      from: '00:00',
      to: '12:00',
    });
    expect(nextEdge(Date.parse('2026-11-22T23:59:51Z'))?.from).toBe('00:01');
    expect(nextEdge(Date.parse('2026-10-25T00:30:00Z'))).toMatchObject({ from: '01:31' });
    expect(nextEdge(Date.parse('2026-10-25T01:30:00Z'))).toBeNull();
    expect(nextEdge(Date.parse('2026-10-25T01:59:30Z'))).toMatchObject({ from: '02:00' });
    expect(nextEdge(Date.parse('2026-03-29T00:59:30Z'))).toMatchObject({ from: '02:00' });
  });
});

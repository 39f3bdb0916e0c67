import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../src/engine/types.js';
import { instant, play, type Step, scenario } from './scenario.js';
import { faraway, middle, pingAt, place, term, watch, zone } from './world.js';

const DAY = '2026-06-10';
const square = zone();
const exclusion = () => watch([square], [term('exclusion', square)]);
const LATE = { afterMs: 600_000 };

const byAlert = (events: readonly EngineEvent[]) => [...new Set(events.map((event) => event.alertId))];

describe('out of order within the horizon', () => {
  test('a late fix inside makes the start earlier: amended, the id stays', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:02:00')
      .fix(middle)
      .at('12:03:00')
      .fix(middle)
      .at('12:01:00')
      .fix(middle, LATE)
      .expect([
        '12:02:02 suspected exclusion 12:02:00- belief',
        '12:03:02 confirmed exclusion 12:02:00- belief',
        '12:11:00 amended exclusion 12:01:00- belief',
      ]);
    expect(byAlert(events)).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ revision: 3, delayedByMs: 600_000, historic: false });
  });

  test('a visit that came late is new: told whole, with its delay', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:05:00')
      .stay(faraway)
      .at('12:02:00')
      .fix(middle, LATE)
      .at('12:03:00')
      .fix(middle, LATE)
      .expect([
        '12:13:00 confirmed exclusion 12:02:00- belief',
        '12:13:00 ended exclusion 12:02:00-12:05:00 complied belief',
      ]);
  });

  test('a late fix between two visits makes them one: one is amended, the other withdrawn in its favour', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(middle)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:30')
      .fix(faraway)
      .at('12:03:00')
      .fix(faraway)
      .at('12:04:00')
      .fix(middle)
      .at('12:05:00')
      .fix(middle)
      // The supplier sends the fix of 12:02:30 again, corrected: more accurate, and inside.
      .at('12:02:30')
      .fix(middle, { ...LATE, accuracyMetres: 3 })
      .expect([
        '12:00:02 suspected exclusion 12:00:00- belief',
        '12:01:02 confirmed exclusion 12:00:00- belief',
        '12:03:02 ended exclusion 12:00:00-12:02:30 complied belief',
        '12:04:02 suspected exclusion 12:04:00- belief',
        '12:05:02 confirmed exclusion 12:04:00- belief',
        '12:12:30 amended exclusion 12:00:00- belief',
        '12:12:30 withdrawn exclusion 12:04:00- belief superseded',
      ]);
    expect(events.at(-1)!.supersededBy).toBe(events[0]!.alertId);
  });

  test('a correction that leaves less than a confirmation: amended, and it says that it is a suspicion now', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(middle)
      // The supplier sends the fix of 12:02:00 again: more accurate, and a metre within the line.
      .at('12:02:00')
      .fix(place(99), { ...LATE, accuracyMetres: 3 })
      .expect([
        '12:01:02 suspected exclusion 12:01:00- belief',
        '12:02:02 confirmed exclusion 12:01:00- belief',
        '12:12:00 amended exclusion 12:01:00- belief',
      ]);
    expect(events.map(({ strength }) => strength)).toEqual(['suspected', 'confirmed', 'suspected']);
  });

  test('a late fix outside parts a visit: the first part ends, the second is new', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(middle)
      .at('12:01:00')
      .fix(middle)
      .at('12:03:00')
      .fix(middle)
      .at('12:04:00')
      .fix(middle)
      .at('12:02:00')
      .fix(faraway, LATE)
      .at('12:02:30')
      .fix(faraway, { afterMs: 600_000 })
      .expect([
        '12:00:02 suspected exclusion 12:00:00- belief',
        '12:01:02 confirmed exclusion 12:00:00- belief',
        '12:12:30 ended exclusion 12:00:00-12:02:00 complied belief',
        '12:12:30 confirmed exclusion 12:03:00- belief',
      ]);
    expect(byAlert(events)).toHaveLength(2);
  });

  test('what was withdrawn and is found again is the same alert', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:01:00')
      .fix(middle)
      .at('12:03:00')
      .stay(faraway)
      .at('12:02:00')
      .fix(middle, LATE)
      .expect([
        '12:01:02 suspected exclusion 12:01:00- belief',
        '12:03:02 withdrawn exclusion 12:01:00- belief',
        '12:12:00 confirmed exclusion 12:01:00- belief',
        '12:12:00 ended exclusion 12:01:00-12:03:00 complied belief',
      ]);
    expect(events.map((event) => event.revision)).toEqual([1, 2, 3, 4]);
    expect(byAlert(events)).toHaveLength(1);
  });

  test('a confirmation that a late fix takes away is withdrawn', () => {
    scenario(DAY, exclusion())
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(middle)
      .at('12:03:00')
      .stay(faraway)
      .at('12:01:30')
      .fix(faraway, LATE)
      .expect([
        '12:01:02 suspected exclusion 12:01:00- belief',
        '12:02:02 confirmed exclusion 12:01:00- belief',
        '12:04:02 ended exclusion 12:01:00-12:03:00 complied belief',
        '12:11:30 withdrawn exclusion 12:01:00-12:03:00 belief',
      ]);
  });

  test('half an hour behind the newest fix, and no further', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:30:00')
      .fix(faraway)
      .at('12:00:10')
      .fix(middle, { afterMs: 1_891_000 })
      .at('12:00:00')
      .fix(middle, { afterMs: 1_910_000 })
      .at('11:59:59')
      .fix(middle, { afterMs: 1_920_000 })
      .expect([]);
    expect(notJudged).toEqual([null, null, null, 'beyond-horizon', 'beyond-horizon']);
  });

  test('a late fix from before a change of the conditions is not judged live: the past is the reconciler’s', () => {
    const changeMs = instant(DAY, '12:10:00');
    const other = term('exclusion', square, { conditionId: 'C-new', startsAtMs: changeMs, publishedAtMs: changeMs });
    const changed = watch([square], [term('exclusion', square), other], { sequence: 2, publishedAtMs: changeMs });
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:09:00')
      .fix(faraway)
      .at('12:10:01')
      .watch(changed)
      .at('12:11:00')
      .stay(faraway)
      .at('12:08:00')
      .fix(middle, LATE)
      .at('12:10:30')
      .fix(middle, LATE)
      .at('12:10:40')
      .fix(middle, LATE)
      .expect([
        '12:20:40 confirmed exclusion 12:10:30- belief',
        '12:20:40 ended exclusion 12:10:30-12:11:00 complied belief',
        '12:20:40 confirmed exclusion 12:10:30- belief',
        '12:20:40 ended exclusion 12:10:30-12:11:00 complied belief',
      ]);
    expect(notJudged).toEqual([null, null, null, 'beyond-horizon', null, null]);
  });
});

describe('ten pings a minute apart, inside for minutes 3 to 6', () => {
  const pings = Array.from({ length: 10 }, (_, i) => {
    const inside = i >= 3 && i <= 6;
    return pingAt(instant(DAY, `12:0${i}:00`), inside ? middle : place(2_000), { accuracyMetres: 5 });
  });
  const big = zone({ shape: { type: 'circle', ...middle, radiusMetres: 400 } });
  const receivedMs = instant(DAY, '12:12:00');

  /** The one alert at the end, without what depends on when its pings came. */
  function outcome(order: readonly number[]) {
    const steps = order.map((i, n): Step => {
      const receivedAtMs = receivedMs + n * 1_000;
      return { atMs: receivedAtMs, input: { type: 'ping', ping: pings[i]!, receivedAtMs } };
    });
    const { events } = play(watch([big], [term('exclusion', big)]), steps, 'every');
    const last = new Map(events.map((event) => [event.alertId, event]));
    const standing = [...last.values()].filter((event) => event.type !== 'withdrawn');
    const confirmed = standing.filter(({ alertId }) =>
      events.some((each) => each.alertId === alertId && each.type === 'confirmed'),
    );
    return {
      standing: standing.map(({ episode, endedBecause }) => ({ ...episode, endedBecause })),
      confirmed: confirmed.length,
    };
  }

  test.each([
    ['sorted', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['newest first', [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['shuffled', [4, 9, 0, 6, 2, 8, 3, 7, 1, 5]],
    ['shuffled otherwise', [7, 3, 5, 1, 9, 4, 0, 8, 6, 2]],
    ['each three times', [4, 4, 9, 0, 6, 9, 2, 8, 3, 4, 7, 1, 5, 0, 0, 1, 1, 2, 2, 3, 3, 5, 5, 6, 6, 7, 7, 8, 8, 9]],
  ])('%s: one identical interval', (_, order) => {
    const interval = { startedAtMs: pings[3]!.fixedAtMs, endedAtMs: pings[7]!.fixedAtMs, endedBecause: 'complied' };
    expect(outcome(order)).toEqual({ standing: [interval], confirmed: 1 });
  });
});

/** A clock that may run behind: what is said of one tag, given how late the others of its supplier come. */
import { describe, expect, it } from 'vitest';
import type { UsualLateness } from '../../src/engine/inputs.js';
import { instant, type Scenario, scenario } from './scenario.js';
import { faraway, middle, term, watch, zone } from './world.js';

const DAY = '2026-03-10';
const MINUTE_MS = 60_000;
const excluded = zone();
const WATCH = watch([excluded], [term('exclusion', excluded)]);

/** The others are so late, as of the last half-hour that is complete and of the running one. */
const others = (lowMs: number, highMs = lowMs): UsualLateness => ({
  sinceMs: instant(DAY, '12:26:00'),
  lowMs,
  highMs,
});

const IN_TIME = others(3_000);

/** A fix each minute: the minute after noon at which it is made, and by how many minutes it comes late. */
function each(told: Scenario, minutes: readonly (readonly [made: number, late: number])[], usual?: UsualLateness) {
  for (const [made, late] of minutes) {
    const time = new Date(instant(DAY, '12:00:00') + made * MINUTE_MS).toISOString().slice(11, 19);
    told.at(time).fix(faraway, { afterMs: late * MINUTE_MS + 3_000, ...(usual === undefined ? {} : { usual }) });
  }
  return told;
}

const run = (from: number, to: number, late: (minute: number) => number) =>
  Array.from({ length: to - from }, (_, i) => [from + i, late(from + i)] as const);

describe('a clock that runs behind', () => {
  it('is asked after once two half-hours in a row came equally late, and told with by how much', () => {
    const { events } = each(
      scenario(DAY, WATCH),
      run(0, 120, () => 25),
      IN_TIME,
    ).expect(['13:25:03 suspected clock-behind 12:25:03- device']);
    expect(events[0]).toMatchObject({ severity: 'low', strength: 'suspected', clockBehindMs: 25 * MINUTE_MS });
  });

  it('one that the network holds up now and then, in each half-hour, is no less late at the least', () => {
    each(
      scenario(DAY, WATCH),
      run(0, 120, (minute) => 25 + (minute % 7 === 0 ? 0.7 : 0)),
      IN_TIME,
    ).expect(['13:26:03 suspected clock-behind 12:25:45- device']);
  });

  it('is over with the first of three in a row that come in time; one alone is garbled', () => {
    const told = each(
      scenario(DAY, WATCH),
      run(0, 70, () => 25),
      IN_TIME,
    );
    // Dated 13:36, in time; then as before.
    each(told, [[96, 0]], IN_TIME);
    each(
      told,
      run(97, 110, () => 25),
      IN_TIME,
    );
    each(
      told,
      run(136, 160, () => 0),
      IN_TIME,
    );
    told.expect([
      '13:25:03 suspected clock-behind 12:25:03- device',
      '14:18:03 ended clock-behind 12:25:03-14:16:03 restored device',
    ]);
  });

  it('goes on, and is one, while it is put nearer to the time and is still behind', () => {
    const told = each(
      scenario(DAY, WATCH),
      run(0, 70, () => 25),
      IN_TIME,
    );
    each(
      told,
      run(90, 200, () => 8),
      IN_TIME,
    );
    told.expect(['13:25:03 suspected clock-behind 12:25:03- device']);
  });

  it('is over with the tag', () => {
    const told = each(
      scenario(DAY, WATCH),
      run(0, 70, () => 25),
      IN_TIME,
    );
    const removed = watch([excluded], [term('exclusion', excluded)]);
    const [activation] = removed.activations;
    told
      .at('13:50:00')
      .watch({
        ...removed,
        sequence: removed.sequence + 1,
        publishedAtMs: instant(DAY, '13:50:00'),
        activations: [{ ...activation!, removedAtMs: instant(DAY, '13:45:00') }],
      })
      .expect([
        '13:25:03 suspected clock-behind 12:25:03- device',
        '13:50:00 ended clock-behind 12:25:03-13:45:00 tag-removed device',
      ]);
  });

  it('moves no finding about a place: fixes are judged by their own time', () => {
    const told = scenario(DAY, WATCH);
    for (const time of ['12:00:00', '12:01:00', '12:02:00'])
      told.at(time).fix(middle, { afterMs: 25 * MINUTE_MS, usual: IN_TIME });
    const { events } = told.expect([
      '12:25:00 suspected exclusion 12:00:00- belief',
      '12:26:00 confirmed exclusion 12:00:00- belief',
    ]);
    expect(events[0]!.clockBehindMs).toBeUndefined();
  });
});

describe('what is no clock', () => {
  const isSilent = (name: string, minutes: readonly (readonly [number, number])[], usual?: UsualLateness) =>
    it(name, () => {
      each(scenario(DAY, WATCH), minutes, usual).expect([]);
    });

  isSilent(
    'nobody knows how late others are',
    run(0, 180, () => 25),
  );
  isSilent(
    'the others are as late',
    run(0, 180, () => 25),
    others(24 * MINUTE_MS),
  );
  isSilent(
    'the others were in time in the half-hour before, and are as late in this one',
    run(0, 180, () => 25),
    others(3_000, 24 * MINUTE_MS),
  );
  isSilent(
    'the others were heard before it was late alone',
    run(0, 180, () => 25),
    {
      ...IN_TIME,
      sinceMs: instant(DAY, '12:20:00'),
    },
  );
  isSilent(
    'nine minutes are a queue',
    run(0, 180, () => 9),
    IN_TIME,
  );
  isSilent(
    'a store that is sent oldest first, a little faster than it fills: it gets less late',
    run(0, 180, (minute) => 100 - minute * 0.5),
    IN_TIME,
  );
  isSilent('late for 40 minutes, and in time again', [...run(0, 40, () => 25), ...run(66, 180, () => 0)], IN_TIME);
  isSilent(
    'every third message comes in time',
    run(0, 180, (minute) => (minute % 3 === 0 ? 0 : 12)).sort(([a, x], [b, y]) => a + x - b - y),
    IN_TIME,
  );
});

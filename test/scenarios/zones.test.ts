import { describe, expect, test } from 'vitest';
import type { TagWatch } from '../../src/engine/types.js';
import { instant, scenario } from './scenario.js';
import { circle, faraway, middle, place, shared, term, watch, zone } from './world.js';

const DAY = '2026-06-10';
const square = zone();
const exclusion = (changes = {}) => watch([square], [term('exclusion', square, changes)]);

describe('an exclusion zone', () => {
  test('two fixes confirm, two outside end, and the end is the first of them', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(middle)
      .at('12:03:00')
      .fix(middle)
      .at('12:04:00')
      .stay(faraway)
      .expect([
        '12:01:02 suspected exclusion 12:01:00- belief',
        '12:02:02 confirmed exclusion 12:01:00- belief',
        '12:05:02 ended exclusion 12:01:00-12:04:00 complied belief',
      ]);
    expect(new Set(events.map((event) => event.alertId)).size).toBe(1);
    expect(events.map((event) => event.revision)).toEqual([1, 2, 3]);
    expect(events[1]).toMatchObject({
      severity: 'high',
      wearerId: 'W-1',
      tagId: 'T-1',
      activationId: 'A-1',
      conditionId: 'C-exclusion',
      conditionVersion: 1,
      zoneId: 'Z-1',
      zoneVersion: 1,
      foundAtMs: instant(DAY, '12:02:00'),
      delayedByMs: 0,
      historic: false,
    });
    expect(events[1]!.explanation.thresholds).toEqual({ confirmAt: 0.95, endAt: 0.05, gapLimitMs: 300_000 });
    expect(events[1]!.explanation.fixes.map((fix) => fix.signedDistanceMetres)).toEqual([-100, -100]);
  });

  test('one fix is suspected and withdrawn by the next one outside', () => {
    scenario(DAY, exclusion())
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(faraway)
      .expect(['12:01:02 suspected exclusion 12:01:00- belief', '12:02:02 withdrawn exclusion 12:01:00- belief']);
  });

  test('what lies between fixes over five minutes apart is unknown: an episode goes on through silence, and ends after it', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(middle)
      .at('12:05:01')
      .fix(middle)
      .at('12:10:01')
      .fix(middle)
      .at('14:00:00')
      .stay(faraway)
      .expect([
        '12:00:02 suspected exclusion 12:00:00- belief',
        '12:05:03 confirmed exclusion 12:00:00- belief',
        '14:01:02 ended exclusion 12:00:00-(12:10:01..)14:00:00 complied belief',
      ]);
  });

  test('a first-fix condition confirms on one', () => {
    const { events } = scenario(
      DAY,
      watch([zone({ priority: 'victim' })], [term('exclusion', square, { confirmOn: 'first-fix' })]),
    )
      .at('12:00:00')
      .fix(middle)
      .expect(['12:00:02 confirmed exclusion 12:00:00- first-fix']);
    expect(events[0]!.severity).toBe('critical');
  });

  test('fixes that are no evidence change nothing, and say why', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:01:00')
      .fix(middle, { mechanism: 'LBS' })
      .at('12:02:00')
      .fix(middle, { mechanism: 'WIFI' })
      .at('12:03:00')
      .fix(middle, { accuracyMetres: null })
      .at('12:05:01')
      .fix(middle, { afterMs: -61_000 })
      .at('12:04:01')
      .fix(middle, { mechanism: 'RF' })
      .at('12:04:01')
      .fix(middle)
      .at('11:30:00')
      .fix(middle)
      .expect(['12:04:03 suspected exclusion 12:04:01- belief']);
    expect(notJudged).toEqual([
      null,
      'mechanism',
      'mechanism',
      'no-accuracy',
      'ahead-of-clock',
      null,
      'repeated',
      'beyond-horizon',
    ]);
  });

  test('the accuracy of the model stands in', () => {
    const { events } = scenario(DAY, { ...exclusion(), defaultAccuracyMetres: 25 })
      .at('12:00:00')
      .fix(middle, { accuracyMetres: null })
      .expect(['12:00:02 suspected exclusion 12:00:00- belief']);
    expect(events[0]!.explanation.fixes[0]!.accuracyMetres).toBe(25);
  });

  test('received late: said by how much', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(middle, { afterMs: 3_600_000 })
      .expect(['13:00:00 suspected exclusion 12:00:00- belief']);
    expect(events[0]!.delayedByMs).toBe(3_600_000);
  });
});

describe('inclusion and restriction', () => {
  test.each(['inclusion', 'restriction'] as const)('%s is violated outside', (kind) => {
    scenario(DAY, watch([square], [term(kind, square)]))
      .at('12:00:00')
      .fix(middle)
      .at('12:01:00')
      .fix(faraway)
      .at('12:02:00')
      .fix(faraway)
      .at('12:03:00')
      .stay(middle)
      .expect([
        `12:01:02 suspected ${kind} 12:01:00- belief`,
        `12:02:02 confirmed ${kind} 12:01:00- belief`,
        `12:04:02 ended ${kind} 12:01:00-12:03:00 complied belief`,
      ]);
  });
});

describe('the end of what stands', () => {
  const until = (changes: object): TagWatch => exclusion({ endsAtMs: instant(DAY, '12:30:00'), ...changes });

  test('the order ends: the episode ends with it, by tick', () => {
    const inside = scenario(DAY, until({ endsBecause: 'order-ended' }))
      .at('12:25:00')
      .fix(middle);
    inside.at('12:26:00').fix(middle).at('12:40:00').fix(middle);
    inside.expect([
      '12:25:02 suspected exclusion 12:25:00- belief',
      '12:26:02 confirmed exclusion 12:25:00- belief',
      '12:30:00 ended exclusion 12:25:00-12:30:00 order-ended edge',
    ]);
  });

  test('the tag is removed: a suspected one ends, too, and is not withdrawn', () => {
    const fitted = watch([square], [term('exclusion', square)], {}, { removedAtMs: instant(DAY, '12:30:00') });
    const { notJudged } = scenario(DAY, fitted)
      .at('12:29:00')
      .fix(middle)
      .at('12:31:00')
      .fix(faraway)
      .expect([
        '12:29:02 suspected exclusion 12:29:00- belief',
        '12:30:00 ended exclusion 12:29:00-12:30:00 tag-removed edge',
      ]);
    expect(notJudged).toEqual([null, 'not-fitted']);
  });

  test('an activation that moved to another tag is closed by compiling it as removed', () => {
    const gone = watch(
      [square],
      [term('exclusion', square)],
      { sequence: 2 },
      { removedAtMs: instant(DAY, '12:30:00') },
    );
    const { nextDueAtMs } = scenario(DAY, exclusion())
      .at('12:29:00')
      .fix(middle)
      .at('12:30:00')
      .watch(gone)
      .expect([
        '12:29:02 suspected exclusion 12:29:00- belief',
        '12:30:00 ended exclusion 12:29:00-12:30:00 tag-removed edge',
      ]);
    expect(nextDueAtMs).toBeNull();
  });

  test('the order is extended: the episode goes on', () => {
    const longer = { ...until({ endsAtMs: instant(DAY, '13:00:00'), endsBecause: 'order-ended' }), sequence: 2 };
    scenario(DAY, until({ endsBecause: 'order-ended' }))
      .at('12:29:00')
      .fix(middle)
      .at('12:31:00')
      .watch(longer)
      .at('12:32:00')
      .fix(middle)
      .expect([
        '12:29:02 suspected exclusion 12:29:00- belief',
        '12:30:00 ended exclusion 12:29:00-12:30:00 order-ended edge',
        '12:31:00 amended exclusion 12:29:00- belief',
        '12:32:02 confirmed exclusion 12:29:00- belief',
      ]);
  });

  test('a condition that is gone from the watch ends at that instant', () => {
    scenario(DAY, exclusion())
      .at('12:29:00')
      .fix(middle)
      .at('12:30:00')
      .watch({ ...watch([], []), sequence: 2 })
      .at('12:31:00')
      .fix(middle)
      .expect([
        '12:29:02 suspected exclusion 12:29:00- belief',
        '12:30:00 ended exclusion 12:29:00-12:30:00 version-changed edge',
      ]);
  });
});

describe('switch-on and versions', () => {
  const on = instant(DAY, '12:30:00');
  const nothing = watch([], []);
  const switched = (changes = {}) => ({
    ...exclusion({ startsAtMs: on, publishedAtMs: on + 500, ...changes }),
    sequence: 2,
  });

  test('found inside at the switch-on: told at once, from the switch-on', () => {
    scenario(DAY, nothing)
      .at('12:28:30')
      .fix(middle)
      .at('12:29:30')
      .fix(middle)
      .at('12:30:01')
      .watch(switched())
      .at('12:31:00')
      .fix(middle)
      .at('12:32:00')
      .stay(faraway)
      .expect([
        '12:30:01 confirmed exclusion 12:30:00- edge',
        '12:33:02 ended exclusion 12:30:00-12:32:00 complied belief',
      ]);
  });

  test('the record of the change stands behind fixes that came after it', () => {
    scenario(DAY, nothing)
      .at('12:29:30')
      .fix(middle)
      .at('12:30:01')
      .fix(middle)
      .at('12:30:05')
      .watch(switched())
      .expect(['12:30:05 confirmed exclusion 12:30:00- edge']);
  });

  test('backdated: the past belongs to the reconciler, the live episode starts at the publication', () => {
    scenario(DAY, nothing)
      .at('12:10:00')
      .fix(middle)
      .at('12:29:30')
      .fix(middle)
      .at('12:30:01')
      .watch(switched({ startsAtMs: 0 }))
      .at('12:30:30')
      .fix(middle)
      .expect(['12:30:01 suspected exclusion 12:30:00- edge', '12:30:32 confirmed exclusion 12:30:00- edge']);
  });

  test('last seen inside long ago: nothing is invented', () => {
    scenario(DAY, nothing).at('12:10:00').fix(middle).at('12:30:01').watch(switched()).at('12:50:00').wait().expect([]);
  });

  test('a curfew switched on while nothing is known: unknown from the switch-on', () => {
    const windows = [instant(DAY, '12:00:00'), instant(DAY, '13:00:00')];
    scenario(DAY, nothing)
      .at('12:10:00')
      .fix(middle)
      .at('12:30:01')
      .watch({ ...watch([square], [term('curfew', square, { windows, publishedAtMs: on })]), sequence: 2 })
      .at('12:50:00')
      .fix(middle)
      .expect([
        '12:31:30 suspected unknown-at-edge 12:30:00- silence',
        '12:50:02 ended unknown-at-edge 12:30:00-12:50:00 restored silence',
      ]);
  });

  test('a zone replaced while the wearer is inside both: the old ends, the new is told as found at that instant', () => {
    const bigger = circle('Z-1', middle, 500, { version: 2 });
    const old = term('exclusion', square, { endsAtMs: on, endsBecause: 'version-changed' });
    const replaced = watch([square, bigger], [old, term('exclusion', bigger, { startsAtMs: on, publishedAtMs: on })], {
      sequence: 2,
    });
    const { events } = scenario(DAY, exclusion())
      .at('12:28:30')
      .fix(middle)
      .at('12:29:30')
      .fix(middle)
      .at('12:30:00')
      .watch(replaced)
      .at('12:30:30')
      .fix(middle)
      .expect([
        '12:28:32 suspected exclusion 12:28:30- belief',
        '12:29:32 confirmed exclusion 12:28:30- belief',
        '12:30:00 ended exclusion 12:28:30-12:30:00 version-changed edge',
        '12:30:00 confirmed exclusion 12:30:00- edge',
      ]);
    expect(events.map((event) => event.zoneVersion)).toEqual([1, 1, 1, 2]);
  });

  test('an old track is judged by its own time, and no edge of it is told as unknown', () => {
    const windows = Array.from({ length: 400 }, (_, i) => instant('2008-01-01', '19:00:00') + i * 43_200_000);
    const terms = [
      term('exclusion', square, { publishedAtMs: on }),
      term('curfew', square, { windows, publishedAtMs: on }),
    ];
    const old = scenario('2008-02-01', watch([square], terms, { publishedAtMs: on }));
    const afterMs = on - instant('2008-02-01', '12:00:00');
    for (const time of ['12:00:00', '12:01:00', '12:02:00', '12:03:00', '+3 12:00:00', '+6 18:59:30', '+6 19:00:30']) {
      const isAway = time === '12:02:00' || time === '12:03:00' || time.startsWith('+6');
      old.at(time).fix(isAway ? faraway : middle, { afterMs });
    }
    const { events } = old.expect(
      [
        'suspected exclusion 12:00:00- belief',
        'confirmed exclusion 12:00:00- belief',
        'ended exclusion 12:00:00-12:02:00 complied belief',
        'suspected exclusion +3 12:00:00- belief',
        'withdrawn exclusion +3 12:00:00- belief',
        'confirmed curfew +6 19:00:00- late-home edge',
      ].map((line) => expect.stringContaining(line)),
    );
    expect(events).toHaveLength(6);
  });
});

describe('shared conditions', () => {
  const school = zone({ zoneId: 'Z-school' });
  const schools = (sequence = 1, changes = {}) =>
    shared([school], [term('exclusion', school, { conditionId: 'C-schools', ...changes })], sequence);

  test('judged as one’s own, and ended by a fix far from every box', () => {
    scenario(DAY, watch([], []))
      .at('12:00:00')
      .shared(schools())
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(middle)
      .at('12:03:00')
      .stay(place(5_000))
      .expect([
        '12:01:02 suspected exclusion 12:01:00- belief',
        '12:02:02 confirmed exclusion 12:01:00- belief',
        '12:04:02 ended exclusion 12:01:00-12:03:00 complied belief',
      ]);
  });

  test('switched on around a wearer, then moved away', () => {
    const publishedAtMs = instant(DAY, '12:01:30');
    const endsAtMs = instant(DAY, '12:03:30');
    scenario(DAY, watch([], []))
      .at('12:00:00')
      .fix(middle)
      .at('12:01:00')
      .fix(middle)
      .at('12:01:30')
      .shared(schools(1, { startsAtMs: publishedAtMs, publishedAtMs }))
      .at('12:02:30')
      .fix(middle)
      .at('12:03:31')
      .shared(schools(2, { startsAtMs: publishedAtMs, publishedAtMs, endsAtMs, endsBecause: 'version-changed' }))
      .at('12:04:00')
      .fix(middle)
      .expect([
        '12:01:30 confirmed exclusion 12:01:30- edge',
        '12:03:31 ended exclusion 12:01:30-12:03:30 version-changed edge',
      ]);
  });

  test('one that begins later is found at its edge', () => {
    scenario(DAY, watch([], []))
      .at('12:00:00')
      .shared(schools(1, { startsAtMs: instant(DAY, '12:10:00') }))
      .at('12:08:00')
      .fix(middle)
      .at('12:09:00')
      .fix(middle)
      .at('12:20:00')
      .wait()
      .expect(['12:11:30 confirmed exclusion 12:10:00- edge']);
  });

  test('an inclusion for all is violated far from its zone', () => {
    scenario(DAY, watch([], []))
      .at('12:00:00')
      .shared(shared([school], [term('inclusion', school, { conditionId: 'C-schools' })]))
      .at('12:01:00')
      .fix(place(50_000))
      .expect(['12:01:02 suspected inclusion 12:01:00- belief']);
  });
});

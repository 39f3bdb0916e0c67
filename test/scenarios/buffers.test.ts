import { describe, expect, test } from 'vitest';
import type { Term, Zone } from '../../src/engine/types.js';
import { instant, scenario } from './scenario.js';
import { circle, faraway, middle, place, shared, squareRing, term, watch, zone } from './world.js';

const DAY = '2026-06-10';
/** The square of 200 m, with a ring of 150 m around it, and a place in that. */
const square = zone({ bufferMetres: 150 });
const near = place(180);
const exclusion = (changes: Partial<Term> = {}, of: Zone = square) => watch([of], [term('exclusion', of, changes)]);

describe('a buffer', () => {
  test('warns of who walks in, once, before the breach; and is over when he is beyond it again', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:01:00')
      .stay(near)
      .at('12:03:00')
      .stay(middle)
      .at('12:05:00')
      .stay(near)
      .at('12:07:00')
      .stay(middle)
      .at('12:09:00')
      .stay(near)
      .at('12:11:00')
      .stay(faraway)
      .expect([
        '12:01:02 suspected buffer 12:01:00- belief',
        '12:02:02 confirmed buffer 12:01:00- belief',
        '12:03:02 suspected exclusion 12:03:00- belief',
        '12:04:02 confirmed exclusion 12:03:00- belief',
        '12:06:02 ended exclusion 12:03:00-12:05:00 complied belief',
        '12:07:02 suspected exclusion 12:07:00- belief',
        '12:08:02 confirmed exclusion 12:07:00- belief',
        '12:10:02 ended exclusion 12:07:00-12:09:00 complied belief',
        '12:12:02 ended buffer 12:01:00-12:11:00 complied belief',
      ]);
    const [suspected, confirmed] = events;
    expect(confirmed).toMatchObject({
      alertId: suspected!.alertId,
      severity: 'low',
      conditionId: 'C-exclusion',
      zoneId: 'Z-1',
      explanation: { thresholds: { bufferMetres: 150 } },
    });
    // Distances are told to the zone's own boundary.
    expect(confirmed!.explanation.fixes.map((fix) => fix.signedDistanceMetres)).toEqual([80, 80]);
    expect(confirmed!.explanation.fixes[0]!.likelihoodRatio).toBeGreaterThan(10);
    expect(new Set(events.map(({ alertId }) => alertId)).size).toBe(3);
  });

  test('of who passes through the ring alone', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:01:00')
      .stay(near)
      .at('12:03:00')
      .stay(place(180, 200))
      .at('12:05:00')
      .stay(place(0, 600))
      .expect([
        '12:01:02 suspected buffer 12:01:00- belief',
        '12:02:02 confirmed buffer 12:01:00- belief',
        '12:06:02 ended buffer 12:01:00-12:05:00 complied belief',
      ]);
  });

  test('is silent where the zone was entered without a warning, and on the way out', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:01:00')
      .stay(middle)
      .at('12:03:00')
      .stay(near)
      .at('12:05:00')
      .stay(faraway)
      .at('12:07:00')
      .stay(near)
      .at('12:09:00')
      .stay(faraway)
      .expect([
        '12:01:02 suspected exclusion 12:01:00- belief',
        '12:02:02 confirmed exclusion 12:01:00- belief',
        '12:04:02 ended exclusion 12:01:00-12:03:00 complied belief',
        // Another approach.
        '12:07:02 suspected buffer 12:07:00- belief',
        '12:08:02 confirmed buffer 12:07:00- belief',
        '12:10:02 ended buffer 12:07:00-12:09:00 complied belief',
      ]);
  });

  test('warns after all where the violation was an outlier', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(faraway)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .stay(near)
      .expect([
        '12:01:02 suspected exclusion 12:01:00- belief',
        '12:02:02 confirmed buffer 12:01:00- belief',
        '12:02:02 withdrawn exclusion 12:01:00- belief',
      ]);
  });

  test('is silent after a crossing that it did not see coming', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(place(-420))
      .at('12:00:30')
      .fix(near)
      .at('12:01:30')
      .stay(faraway)
      .expect([
        '12:00:32 suspected exclusion 12:00:16- crossing',
        '12:00:32 ended exclusion 12:00:16-12:00:26 complied crossing',
      ]);
  });

  test('one fix in the ring is suspected and taken back', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(near)
      .at('12:01:00')
      .fix(faraway)
      .expect(['12:00:02 suspected buffer 12:00:00- belief', '12:01:02 withdrawn buffer 12:00:00- belief']);
  });

  test.each([
    ['victim', 'high'],
    ['high', 'medium'],
    ['standard', 'low'],
  ] as const)('of a %s zone is %s', (priority, severity) => {
    const confirmOn = priority === 'victim' ? 'first-fix' : 'belief';
    const { events } = scenario(DAY, exclusion({ confirmOn }, zone({ bufferMetres: 150, priority })))
      .at('12:00:00')
      .stay(near)
      .expect(
        priority === 'victim'
          ? ['12:00:02 confirmed buffer 12:00:00- first-fix']
          : ['12:00:02 suspected buffer 12:00:00- belief', '12:01:02 confirmed buffer 12:00:00- belief'],
      );
    expect(events[0]!.severity).toBe(severity);
  });

  test('of a shared zone, whose box alone does not reach so far', () => {
    scenario(DAY, watch([], []))
      .at('11:00:00')
      .shared(shared([square], [term('exclusion', square)]))
      .at('12:00:00')
      .stay(near)
      .at('12:02:00')
      .stay(faraway)
      .expect([
        '12:00:02 suspected buffer 12:00:00- belief',
        '12:01:02 confirmed buffer 12:00:00- belief',
        '12:03:02 ended buffer 12:00:00-12:02:00 complied belief',
      ]);
  });

  test.each(['inclusion', 'restriction'] as const)('says nothing of a zone that is not to be left: %s', (kind) => {
    scenario(DAY, watch([square], [term(kind, square)]))
      .at('12:00:00')
      .stay(place(90))
      .expect([]);
  });
});

describe('the shape of a buffer', () => {
  const around = (shape: Zone['shape'], bufferMetres: number) => exclusion({}, zone({ shape, bufferMetres }));
  const holed = { type: 'polygons', polygons: [[squareRing(600), squareRing(300)]] } as const;

  test('a hole: near its edge is near, its middle is not', () => {
    scenario(DAY, around(holed, 100))
      .at('12:00:00')
      .stay(middle)
      .at('12:02:00')
      .stay(place(250))
      .at('12:04:00')
      .stay(middle)
      .expect([
        '12:02:02 suspected buffer 12:02:00- belief',
        '12:03:02 confirmed buffer 12:02:00- belief',
        '12:05:02 ended buffer 12:02:00-12:04:00 complied belief',
      ]);
  });

  test('corners are rounded', () => {
    const at = scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(place(100 + 115, 100 + 115));
    at.expect([]);
    scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(place(100 + 95, 100 + 95))
      .expect(['12:00:02 suspected buffer 12:00:00- belief', '12:01:02 confirmed buffer 12:00:00- belief']);
  });

  test('a circle', () => {
    scenario(DAY, exclusion({}, circle('Z-1', middle, 50, { bufferMetres: 100 })))
      .at('12:00:00')
      .stay(place(160))
      .at('12:02:00')
      .stay(place(130))
      .expect(['12:02:02 suspected buffer 12:02:00- belief', '12:03:02 confirmed buffer 12:02:00- belief']);
  });
});

describe('the schedule', () => {
  const from1230 = exclusion({ windows: [instant(DAY, '12:30:00'), instant(DAY, '13:00:00')] });

  test('opens while he stands in the ring: warned from then on; and its close ends it', () => {
    scenario(DAY, from1230)
      .at('12:28:00')
      .stay(near)
      .at('12:31:00')
      .fix(near)
      .at('12:59:00')
      .fix(near)
      .at('13:05:00')
      .wait()
      .expect([
        '12:31:02 confirmed buffer 12:30:00- edge',
        '13:01:30 ended buffer 12:30:00-13:00:00 window-closed edge',
      ]);
  });

  test('opens while he stands in the zone: a violation and no warning', () => {
    scenario(DAY, from1230)
      .at('12:28:00')
      .stay(middle)
      .at('12:32:00')
      .stay(near)
      .at('12:34:00')
      .stay(faraway)
      .expect([
        '12:31:30 confirmed exclusion 12:30:00- edge',
        '12:33:02 ended exclusion 12:30:00-12:32:00 complied belief',
      ]);
  });
});

describe('late fixes', () => {
  const passing = () =>
    scenario(DAY, exclusion()).at('12:00:00').fix(faraway).at('12:02:00').stay(near).at('12:04:00').stay(faraway);
  const told = [
    '12:02:02 suspected buffer 12:02:00- belief',
    '12:03:02 confirmed buffer 12:02:00- belief',
    '12:05:02 ended buffer 12:02:00-12:04:00 complied belief',
  ];

  test('move its start', () => {
    passing()
      .at('12:01:00')
      .fix(near, { afterMs: 300_000 })
      .expect([...told, '12:06:00 amended buffer 12:01:00-12:04:00 complied belief']);
  });

  test('that show the violation first take the warning back, in favour of it', () => {
    const { events } = passing()
      .at('12:00:50')
      .fix(middle, { afterMs: 310_000 })
      .at('12:01:10')
      .fix(middle, { afterMs: 300_000 })
      .expect([
        ...told,
        '12:06:00 amended buffer 12:00:50-12:04:00 complied belief',
        '12:06:10 confirmed exclusion 12:00:50- belief',
        '12:06:10 ended exclusion 12:00:50-12:02:00 complied belief',
        '12:06:10 withdrawn buffer 12:00:50-12:04:00 belief superseded',
      ]);
    expect(events.at(-1)!.supersededBy).toBe(events.at(-2)!.alertId);
  });
});

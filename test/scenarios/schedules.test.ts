/** Schedules as people write them, expanded by the publisher's builder, judged by the engine. */
import { describe, expect, test } from 'vitest';
import type { ConditionKind, TagWatch } from '../../src/engine/types.js';
import type { Schedule, ScheduleWindow, WatchFacts } from '../../src/ports/watch.js';
import { draftTagWatch, horizonOf } from '../../src/watchlist/watch-builder.js';
import { instant, scenario } from './scenario.js';
import { circle, faraway, middle, place } from './world.js';

const ALL_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** A friend's address, two kilometres from home. */
const friend = place(2_000);
const zones = [circle('Z-home', middle, 100), circle('Z-friend', friend, 100)];

/** The watch of a condition at home with a schedule, published when it came into force. */
function scheduled(
  kind: ConditionKind,
  day: string,
  schedule: Partial<Schedule>,
  { since = '08:00:00', graceMinutes = 0 } = {},
): TagWatch {
  const startsAtMs = instant(day, since);
  const facts: WatchFacts = {
    tags: [
      {
        tagId: 'T-1',
        model: {
          accuracyConvention: 'r68',
          defaultAccuracyMetres: null,
          intervalSeconds: 60,
          silentAfterSeconds: null,
        },
        activations: [{ activationId: 'A-1', wearerId: 'W-1', fittedAtMs: 0, removedAtMs: null }],
      },
    ],
    conditions: [
      {
        conditionId: 'C-1',
        order: { wearerId: 'W-1', startsAtMs: 0, endsAtMs: null },
        versions: [
          {
            version: 1,
            effectiveAtMs: startsAtMs,
            kind,
            zoneId: 'Z-home',
            schedule: { timeZone: 'Europe/London', windows: [], exceptions: [], ...schedule },
            confirmOn: null,
            graceMinutes,
            startsAtMs,
            endsAtMs: null,
          },
        ],
      },
    ],
    zones: new Map(zones.map((zone) => [zone.zoneId, [{ zone, effectiveAtMs: null }]])),
  };
  return draftTagWatch(facts.tags[0]!, facts, horizonOf(startsAtMs)).finish(() => startsAtMs, 1, startsAtMs);
}

const daily = (from: string, to: string, zoneId?: string): Schedule['windows'][number] => ({
  days: ALL_DAYS,
  from,
  to,
  ...(zoneId === undefined ? {} : { zoneId }),
});
const on = (date: string, reason: 'first-night' | 'match-day' | 'variation', ...windows: ScheduleWindow[]) => ({
  date,
  windows,
  reason,
});

describe('an exclusion on match days only', () => {
  // A Saturday in summer: 14:00 to 18:00 in London is 13:00Z to 17:00Z.
  const DAY = '2026-08-22';
  const stadium = () =>
    scheduled('exclusion', DAY, { exceptions: [on(DAY, 'match-day', { from: '14:00', to: '18:00' })] });

  test('inside while it opens, with no further ping: from the edge, until its end', () => {
    scenario(DAY, stadium())
      .at('12:58:00')
      .fix(middle)
      .at('12:59:00')
      .fix(middle)
      .at('17:10:00')
      .wait()
      .expect([
        '13:01:30 confirmed exclusion 13:00:00- edge',
        '17:01:30 ended exclusion 13:00:00-17:00:00 window-closed edge',
      ]);
  });

  test('entered during the match, left before its end', () => {
    scenario(DAY, stadium())
      .at('15:00:00')
      .fix(faraway)
      .at('15:01:00')
      .fix(middle)
      .at('15:02:00')
      .fix(middle)
      .at('15:03:00')
      .stay(faraway)
      .expect([
        '15:01:02 suspected exclusion 15:01:00- belief',
        '15:02:02 confirmed exclusion 15:01:00- belief',
        '15:04:02 ended exclusion 15:01:00-15:03:00 complied belief',
      ]);
  });

  test('inside before it, after it, and on the next day: nothing', () => {
    const out = scenario(DAY, stadium())
      .at('12:00:00')
      .fix(middle)
      .at('12:01:00')
      .fix(middle)
      .at('12:59:40')
      .fix(faraway);
    out.at('17:00:00').fix(middle).at('17:01:00').fix(middle).at('+1 13:30:00').fix(middle).expect([]);
  });

  test('a silent tag at its edges raises nothing: silence about an exclusion is told by other rules', () => {
    scenario(DAY, stadium()).at('12:00:00').fix(middle).at('18:00:00').wait().expect([]);
  });
});

describe('an inclusion for working hours', () => {
  // A Monday in winter.
  const DAY = '2026-01-12';
  const work = () =>
    scheduled('inclusion', DAY, {
      windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
      exceptions: [on('2026-01-13', 'variation')],
    });

  test('not there when it begins, there later', () => {
    scenario(DAY, work())
      .at('08:58:30')
      .fix(faraway)
      .at('08:59:30')
      .fix(faraway)
      .at('09:00:30')
      .fix(faraway)
      .at('09:01:30')
      .stay(middle)
      .expect([
        '09:00:32 confirmed inclusion 09:00:00- edge',
        '09:02:32 ended inclusion 09:00:00-09:01:30 complied belief',
      ]);
  });

  test('left early and stayed away: until the end of the hours', () => {
    scenario(DAY, work())
      .at('16:50:00')
      .fix(middle)
      .at('16:51:00')
      .fix(faraway)
      .at('16:52:00')
      .fix(faraway)
      .at('17:05:00')
      .fix(faraway)
      .expect([
        '16:51:02 suspected inclusion 16:51:00- belief',
        '16:52:02 confirmed inclusion 16:51:00- belief',
        '17:01:30 ended inclusion 16:51:00-17:00:00 window-closed edge',
      ]);
  });

  test('a day off by exception, and the night: nothing', () => {
    const off = scenario(DAY, work()).at('07:00:00').fix(faraway).at('20:00:00').fix(faraway);
    off.at('+1 08:59:30').fix(faraway).at('+1 09:00:30').fix(faraway).at('+1 12:00:00').fix(faraway).expect([]);
  });
});

test('a restriction with hours is judged as an inclusion is', () => {
  const DAY = '2026-01-12';
  scenario(DAY, scheduled('restriction', DAY, { windows: [daily('22:00', '06:00')] }))
    .at('21:58:30')
    .fix(faraway)
    .at('21:59:30')
    .fix(faraway)
    .at('+1 06:05:00')
    .wait()
    .expect([
      '22:01:30 confirmed restriction 22:00:00- edge',
      '+1 06:01:30 ended restriction 22:00:00-+1 06:00:00 window-closed edge',
    ]);
});

describe('a curfew', () => {
  const DAY = '2026-01-12';

  test('with three windows a day, and everything between them free', () => {
    const three = [daily('01:00', '05:00'), daily('09:00', '10:00'), daily('19:00', '23:00')];
    const out = scenario(DAY, scheduled('curfew', DAY, { windows: three }))
      .at('08:59:00')
      .fix(middle)
      .at('09:00:30');
    const day = out.fix(middle).at('09:59:30').fix(middle).at('10:01:00').fix(faraway).at('18:59:00').fix(faraway);
    day.at('18:59:45').fix(faraway).at('19:00:40').fix(faraway).at('19:01:40').stay(middle).at('22:59:50').fix(middle);
    const { events } = day.expect([
      '19:00:42 confirmed curfew 19:00:00- late-home edge',
      '19:02:42 ended curfew 19:00:00-19:01:40 late-home complied belief',
    ]);
    expect(events.at(-1)!.window).toEqual({
      opensAtMs: instant(DAY, '19:00:00'),
      closesAtMs: instant(DAY, '23:00:00'),
    });
  });

  test('at another address on some days, the two meeting at midnight', () => {
    const windows = [
      { days: ['mon'] as const, from: '19:00', to: '00:00' },
      { days: ['tue'] as const, from: '00:00', to: '07:00', zoneId: 'Z-friend' },
    ];
    const night = scenario(DAY, scheduled('curfew', DAY, { windows }))
      .at('18:59:30')
      .fix(middle)
      .at('19:00:30')
      .fix(middle);
    night.at('23:57:30').fix(middle);
    night
      .at('23:58:30')
      .fix(middle)
      .at('23:59:30')
      .fix(middle)
      .at('+1 00:00:30')
      .fix(middle)
      .at('+1 00:01:30')
      .fix(friend);
    const { events } = night
      .at('+1 00:02:30')
      .fix(friend)
      .expect([
        '+1 00:00:32 confirmed curfew +1 00:00:00- late-home edge',
        '+1 00:02:32 ended curfew +1 00:00:00-+1 00:01:30 late-home complied belief',
      ]);
    expect(events.map(({ zoneId }) => zoneId)).toEqual(['Z-friend', 'Z-friend']);
  });

  test('on its first night by exception, from the time of release', () => {
    const released = {
      windows: [daily('19:00', '07:00')],
      exceptions: [on(DAY, 'first-night', { from: '15:00', to: '07:00' })],
    };
    scenario(DAY, scheduled('curfew', DAY, released))
      .at('14:58:30')
      .fix(faraway)
      .at('14:59:30')
      .fix(faraway)
      .at('15:00:30')
      .fix(faraway)
      .at('15:01:30')
      .stay(middle)
      .expect([
        '15:00:32 confirmed curfew 15:00:00- late-home edge',
        '15:02:32 ended curfew 15:00:00-15:01:30 late-home complied belief',
      ]);
  });

  test('with grace: nothing until the violation has lasted so long', () => {
    const graced = () =>
      scenario(DAY, scheduled('curfew', DAY, { windows: [daily('19:00', '07:00')] }, { graceMinutes: 10 }))
        .at('18:59:00')
        .fix(middle)
        .at('19:00:10')
        .fix(middle);
    const minutes = (count: number) => {
      const out = graced();
      for (let minute = 0; minute < count; minute++) out.at(`20:${String(minute).padStart(2, '0')}:00`).fix(faraway);
      return out.at(`20:${String(count).padStart(2, '0')}:00`).stay(middle);
    };
    minutes(9).expect([]);
    minutes(12).expect([
      '20:10:02 confirmed curfew 20:00:00- left-during belief',
      '20:13:02 ended curfew 20:00:00-20:12:00 left-during complied belief',
    ]);
  });

  /** Pings every minute, the first in time and all others in one batch; `away` from an instant on. */
  const batch = (day: string, openedAt: string, awayFrom: string, until: string, receivedAt: string) => {
    const night = scenario(
      day,
      scheduled('curfew', day, { windows: [daily('19:00', '07:00')] }, { since: '12:00:00' }),
    );
    const [from, to] = [instant(day, openedAt) - 60_000, instant(day, until)];
    const clock = (ms: number) => {
      const days = Math.floor((ms - instant(day, '00:00:00')) / 86_400_000);
      return `${days > 0 ? `+${days} ` : ''}${new Date(ms).toISOString().slice(11, 19)}`;
    };
    for (let atMs = from; atMs <= to; atMs += 60_000) {
      const afterMs = atMs === from ? 2_000 : instant(day, receivedAt) - atMs;
      night.at(clock(atMs)).fix(atMs < instant(day, awayFrom) ? middle : faraway, { afterMs });
    }
    return night;
  };

  test('over the long night, received in one batch: home until 06:30Z, away from 06:31Z, one violation until 07:00Z', () => {
    const { events } = batch('2026-10-24', '18:00:00', '+1 06:31:00', '+1 07:05:00', '+1 11:00:00').expect([
      '+1 07:01:30 suspected unknown-at-edge +1 07:00:00- silence',
      '+1 11:00:00 suspected curfew +1 06:31:00- left-during belief',
      '+1 11:00:00 confirmed curfew +1 06:31:00- left-during belief',
      '+1 11:00:00 ended curfew +1 06:31:00-+1 07:00:00 out-at-end window-closed edge',
      '+1 11:00:00 withdrawn unknown-at-edge +1 07:00:00- silence superseded',
    ]);
    const violations = events.filter(({ kind }) => kind === 'curfew');
    expect(new Set(violations.map(({ alertId }) => alertId)).size).toBe(1);
    for (const { delayedByMs } of violations) expect(delayedByMs).toBeGreaterThan(0);
  });

  test('over the short night: away from 06:11Z only, when the window had closed at 06:00Z: nothing', () => {
    batch('2026-03-28', '19:00:00', '+1 06:11:00', '+1 06:40:00', '+1 11:00:00').expect([
      '+1 06:01:30 suspected unknown-at-edge +1 06:00:00- silence',
      '+1 11:00:00 withdrawn unknown-at-edge +1 06:00:00- silence',
    ]);
  });

  test('last fix home 10 s before the edge, the next one home and received 30 s after it: nothing', () => {
    scenario(DAY, scheduled('curfew', DAY, { windows: [daily('19:00', '07:00')] }))
      .at('18:59:50')
      .fix(middle)
      .at('19:00:25')
      .fix(middle, { afterMs: 5_000 })
      .at('19:20:00')
      .wait()
      .expect([]);
  });
});

import { describe, expect, test } from 'vitest';
import type { Absence, CustodyPeriod, Suspension } from '../../src/engine/types.js';
import { instant, scenario } from './scenario.js';
import { faraway, middle as home, term, watch, zone } from './world.js';

const DAY = '2026-06-10';
const at = (time: string) => instant(DAY, time);
const address = zone();
const windows = [at('19:00:00'), at('+1 07:00:00')];
const absence = (startsAt: string, endsAt: string, knownFrom = '00:00:00'): Absence => ({
  absenceId: 'AB-1',
  startsAtMs: at(startsAt),
  endsAtMs: at(endsAt),
  knownFromMs: at(knownFrom),
});
const curfew = (absences: readonly Absence[] = [], sequence = 1, changes = {}) =>
  watch([address], [term('curfew', address, { windows, ...(absences.length > 0 ? { absences } : {}), ...changes })], {
    sequence,
  });

describe('an authorised absence', () => {
  test('over the opening: away until its end is nothing, away after it is late home', () => {
    const planned = scenario(DAY, curfew([absence('18:00:00', '20:00:00')]))
      .at('18:59:30')
      .fix(faraway);
    planned.at('19:00:30').fix(faraway).at('19:59:00').fix(faraway).at('19:59:40').fix(faraway);
    const { events } = planned
      .at('20:00:40')
      .fix(faraway)
      .at('20:01:40')
      .stay(home)
      .expect([
        '20:00:42 confirmed curfew 20:00:00- late-home edge',
        '20:02:42 ended curfew 20:00:00-20:01:40 late-home complied belief',
      ]);
    expect(events.map(({ unreasonableMinutes }) => unreasonableMinutes)).toEqual([0.67, 1.67]);
    expect(events[0]!.window).toEqual({ opensAtMs: windows[0], closesAtMs: windows[1] });
  });

  test('left too early: the violation ends where the absence begins', () => {
    const early = scenario(DAY, curfew([absence('21:00:00', '22:00:00')]))
      .at('18:59:30')
      .fix(home);
    early
      .at('19:00:30')
      .fix(home)
      .at('20:49:00')
      .fix(home)
      .at('20:50:00')
      .fix(faraway)
      .at('20:51:00')
      .fix(faraway)
      .at('21:30:00')
      .fix(faraway);
    const { events } = early
      .at('21:59:30')
      .fix(home)
      .at('22:00:30')
      .fix(home)
      .expect([
        '20:50:02 suspected curfew 20:50:00- left-during belief',
        '20:51:02 confirmed curfew 20:50:00- left-during belief',
        '21:01:30 ended curfew 20:50:00-21:00:00 left-during absence-began edge',
      ]);
    expect(events[2]).toMatchObject({ absenceId: 'AB-1', unreasonableMinutes: 10 });
  });

  test('out from its end to the close of the window: not the whole window', () => {
    const short = [at('19:00:00'), at('19:10:00')];
    const out = scenario(DAY, curfew([absence('18:00:00', '19:05:00')], 1, { windows: short }));
    for (const time of ['19:03:30', '19:04:30', '19:05:30', '19:08:00', '19:10:30']) out.at(time).fix(faraway);
    const { events } = out.expect([
      '19:05:32 confirmed curfew 19:05:00- late-home edge',
      '19:10:32 ended curfew 19:05:00-19:10:00 out-at-end window-closed edge',
    ]);
    expect(events[1]!.unreasonableMinutes).toBe(5);
  });

  test('recorded while the violation goes on: it ends then, and its minutes are reasonable', () => {
    const late = scenario(DAY, curfew())
      .at('18:59:30')
      .fix(home)
      .at('20:00:00')
      .fix(faraway)
      .at('20:01:00')
      .fix(faraway);
    const { events } = late
      .at('20:10:00')
      .fix(faraway)
      .at('20:10:05')
      .watch(curfew([absence('19:30:00', '22:00:00', '20:10:04')], 2))
      .at('20:12:00')
      .fix(faraway)
      .at('20:20:00')
      .wait()
      .expect([
        '20:00:02 suspected curfew 20:00:00- left-during belief',
        '20:01:02 confirmed curfew 20:00:00- left-during belief',
        '20:11:35 ended curfew 20:00:00-20:10:04 left-during absence-began edge',
      ]);
    expect(events[2]).toMatchObject({ absenceId: 'AB-1', unreasonableMinutes: 0 });
  });

  test('recorded before the backlog of its time comes in: nothing is raised', () => {
    const backlog = scenario(DAY, curfew([absence('20:00:00', '22:00:00', '21:00:00')]))
      .at('18:59:30')
      .fix(home);
    backlog.at('19:59:00').fix(home, { afterMs: 5_400_000 });
    for (let minute = 1; minute < 30; minute += 2) {
      backlog.at(`20:${String(minute).padStart(2, '0')}:00`).fix(faraway, { afterMs: 5_400_000 });
    }
    backlog.expect([]);
  });

  test('an inclusion that always stands is cut as well', () => {
    const always = watch([address], [term('inclusion', address, { absences: [absence('12:00:00', '13:00:00')] })]);
    const out = scenario(DAY, always).at('11:59:00').fix(home).at('12:30:00').fix(faraway).at('12:58:30').fix(faraway);
    out.at('12:59:30').fix(faraway).at('13:05:00').wait().expect(['13:01:30 confirmed inclusion 13:00:00- edge']);
  });
});

describe('a suspension', () => {
  const suspension = (changes: Partial<Suspension> = {}): Suspension => ({
    suspensionId: 'S-1',
    conditionId: null,
    startsAtMs: at('20:00:00'),
    endsAtMs: at('21:00:00'),
    knownFromMs: 0,
    knownUntilMs: null,
    ...changes,
  });
  const suspended = (changes: Partial<Suspension> = {}) => {
    const [activation] = curfew().activations;
    return { ...curfew(), activations: [{ ...activation!, suspensions: [suspension(changes)] }] };
  };

  test('a violation that goes on after it is told at its end, from its own start', () => {
    const out = scenario(DAY, suspended()).at('18:59:30').fix(home).at('20:30:00').fix(faraway);
    out.at('20:31:00').fix(faraway).at('20:59:30').fix(faraway).at('21:10:00').wait();
    out.expect(['21:00:00 confirmed curfew 20:30:00- left-during belief']);
  });

  test('one that ended within it is told at its end, too: nothing is lost', () => {
    const out = scenario(DAY, suspended()).at('18:59:30').fix(home).at('20:30:00').fix(faraway);
    out
      .at('20:31:00')
      .fix(faraway)
      .at('20:32:00')
      .fix(home)
      .at('20:33:00')
      .fix(home)
      .at('20:59:00')
      .fix(home)
      .at('21:30:00')
      .fix(home);
    out.expect([
      '21:00:00 confirmed curfew 20:30:00- left-during belief',
      '21:00:00 ended curfew 20:30:00-20:32:00 left-during complied belief',
    ]);
  });

  test('what was told before it goes on to be told, and another condition is not held back', () => {
    const before = scenario(DAY, suspended()).at('18:59:30').fix(home).at('19:58:00').fix(faraway);
    before.at('19:59:00').fix(faraway).at('20:04:00').stay(home);
    before.expect([
      '19:58:02 suspected curfew 19:58:00- left-during belief',
      '19:59:02 confirmed curfew 19:58:00- left-during belief',
      '20:05:02 ended curfew 19:58:00-20:04:00 left-during complied belief',
    ]);
    const other = scenario(DAY, suspended({ conditionId: 'C-other' }))
      .at('18:59:30')
      .fix(home);
    other.at('20:30:00').fix(faraway).expect(['20:30:02 suspected curfew 20:30:00- left-during belief']);
  });

  test('a late fix takes back what was held back, and changes what was told at the end', () => {
    const out = () =>
      scenario(DAY, suspended()).at('18:59:30').fix(home).at('20:29:00').fix(home).at('20:30:00').fix(faraway);
    const away = () => out().at('20:31:00').fix(faraway).at('20:32:00').fix(home).at('20:33:00').fix(home);
    away()
      .at('20:30:30')
      .fix(home, { afterMs: 300_000 })
      .at('20:31:30')
      .fix(home, { afterMs: 300_000 })
      .at('21:10:00')
      .wait()
      .expect([]);
    const { events } = away()
      .at('20:59:00')
      .fix(home)
      .at('20:31:30')
      .fix(faraway, { afterMs: 1_720_000 })
      .at('21:10:00')
      .fix(home)
      .expect([
        '21:00:00 confirmed curfew 20:30:00- left-during belief',
        '21:00:00 ended curfew 20:30:00-20:32:00 left-during complied belief',
      ]);
    expect(events.map(({ revision }) => revision)).toEqual([1, 2]);
  });

  test('lifted early by a new version: told when that is known', () => {
    const lifted = { ...suspended({ endsAtMs: at('20:40:00') }), sequence: 2 };
    const out = scenario(DAY, suspended()).at('18:59:30').fix(home).at('20:30:00').fix(faraway);
    out.at('20:31:00').fix(faraway).at('20:45:00').watch(lifted);
    out.expect(['20:45:00 confirmed curfew 20:30:00- left-during belief']);
  });
});

describe('custody', () => {
  const held = (endsAt: string | null): CustodyPeriod => ({
    custodyPeriodId: 'CP-1',
    startsAtMs: at('20:00:00'),
    endsAtMs: endsAt === null ? null : at(endsAt),
    knownFromMs: at('20:05:00'),
    knownUntilMs: null,
  });
  const custody = (endsAt: string | null, sequence = 1) => {
    const [activation] = curfew().activations;
    return { ...curfew([], sequence), activations: [{ ...activation!, custodyPeriods: [held(endsAt)] }] };
  };

  test('is said with the alert, which is raised all the same', () => {
    const out = scenario(DAY, custody(null)).at('18:59:30').fix(home).at('20:30:00').fix(faraway);
    const { events } = out
      .at('20:31:00')
      .fix(faraway)
      .expect([
        '20:30:02 suspected curfew 20:30:00- left-during belief',
        '20:31:02 confirmed curfew 20:30:00- left-during belief',
      ]);
    expect(events.map(({ inCustody }) => inCustody)).toEqual([true, true]);
  });

  test('recorded while an alert stands, and over while it stands: amended each time', () => {
    const out = scenario(DAY, curfew())
      .at('18:59:30')
      .fix(home)
      .at('19:58:00')
      .fix(faraway)
      .at('19:59:00')
      .fix(faraway);
    const { events } = out
      .at('20:05:01')
      .watch(custody('21:00:00', 2))
      .at('21:10:00')
      .wait()
      .expect([
        '19:58:02 suspected curfew 19:58:00- left-during belief',
        '19:59:02 confirmed curfew 19:58:00- left-during belief',
        '20:05:01 amended curfew 19:58:00- left-during belief',
        '21:00:00 amended curfew 19:58:00- left-during belief',
      ]);
    expect(events.map(({ inCustody }) => inCustody ?? false)).toEqual([false, false, true, false]);
  });
});

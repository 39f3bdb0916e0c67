import { describe, expect, test } from 'vitest';
import { instant, scenario } from './scenario.js';
import { faraway, middle as home, term, watch, zone } from './world.js';

const DAY = '2026-06-10';
const address = zone();
const windows = [instant(DAY, '19:00:00'), instant(DAY, '+1 07:00:00')];
const curfew = (changes = {}) => watch([address], [term('curfew', address, { windows, ...changes })]);

describe('a curfew that opens', () => {
  test('on someone seen outside twice and silent since: confirmed at the edge, with no ping', () => {
    const { events } = scenario(DAY, curfew())
      .at('18:57:40')
      .fix(faraway)
      .at('18:58:40')
      .fix(faraway)
      .at('19:02:00')
      .wait()
      .expect(['19:01:30 confirmed curfew 19:00:00- late-home edge']);
    expect(events[0]!.window).toEqual({ opensAtMs: windows[0], closesAtMs: windows[1] });
    expect(events[0]!.explanation).toMatchObject({
      edgeAtMs: windows[0],
      fixes: [{ fixedAtMs: instant(DAY, '18:57:40') }, { fixedAtMs: instant(DAY, '18:58:40'), accuracyMetres: 8 }],
    });
    expect(events[0]!.explanation.fixes[0]!.signedDistanceMetres).toBeCloseTo(900, -1);
  });

  test('on someone seen outside once: suspected', () => {
    scenario(DAY, curfew())
      .at('18:58:40')
      .fix(faraway)
      .at('19:10:00')
      .wait()
      .expect(['19:01:30 suspected curfew 19:00:00- late-home edge']);
  });

  test('on someone last seen ten minutes before: unknown-at-edge only', () => {
    const { events } = scenario(DAY, curfew())
      .at('18:49:00')
      .fix(faraway)
      .at('18:50:00')
      .fix(faraway)
      .at('23:00:00')
      .wait()
      .expect(['19:01:30 suspected unknown-at-edge 19:00:00- silence']);
    expect(events[0]!.explanation).toMatchObject({ newestFixAtMs: instant(DAY, '18:50:00'), edgeAtMs: windows[0] });
  });

  test('on someone never seen: unknown-at-edge', () => {
    scenario(DAY, curfew())
      .at('18:50:00')
      .wait()
      .at('19:05:00')
      .wait()
      .expect(['19:01:30 suspected unknown-at-edge 19:00:00- silence']);
  });

  test('on someone at home: nothing', () => {
    scenario(DAY, curfew()).at('18:59:10').fix(home).at('+1 06:00:00').wait().expect([]);
  });

  test('on someone at home shortly after the edge: nothing', () => {
    scenario(DAY, curfew())
      .at('18:57:10')
      .fix(faraway)
      .at('18:58:10')
      .fix(faraway)
      .at('19:00:20')
      .fix(home)
      .at('23:00:00')
      .wait()
      .expect([]);
  });

  test('last fix home before the edge, next one home received after it: nothing', () => {
    scenario(DAY, curfew())
      .at('18:59:50')
      .fix(home)
      .at('19:00:50')
      .fix(home, { afterMs: 30_000 })
      .at('19:10:00')
      .wait()
      .expect([]);
  });

  test('first fix after the edge still outside: confirmed by it, dated at the edge', () => {
    scenario(DAY, curfew())
      .at('18:59:30')
      .fix(faraway)
      .at('19:00:30')
      .fix(faraway)
      .at('19:10:00')
      .wait()
      .expect(['19:00:32 confirmed curfew 19:00:00- late-home edge']);
  });

  test('outside only after an unknown edge: from the fix', () => {
    scenario(DAY, curfew())
      .at('18:00:00')
      .fix(home)
      .at('19:00:30')
      .fix(faraway)
      .at('19:01:30')
      .fix(faraway)
      .expect([
        '19:00:32 suspected curfew 19:00:30- late-home belief',
        '19:01:32 confirmed curfew 19:00:30- late-home belief',
      ]);
  });
});

describe('late fixes for an edge that was told by tick', () => {
  test('home in time: the finding is withdrawn', () => {
    scenario(DAY, curfew())
      .at('18:57:40')
      .fix(faraway)
      .at('18:58:40')
      .fix(faraway)
      .at('19:00:10')
      .fix(home, { afterMs: 120_000 })
      .at('19:10:00')
      .wait()
      .expect(['19:01:30 confirmed curfew 19:00:00- late-home edge', '19:02:10 withdrawn curfew 19:00:00- edge']);
  });

  test('suspected becomes confirmed', () => {
    scenario(DAY, curfew())
      .at('18:58:40')
      .fix(faraway)
      .at('19:00:10')
      .fix(faraway, { afterMs: 120_000 })
      .at('19:10:00')
      .wait()
      .expect([
        '19:01:30 suspected curfew 19:00:00- late-home edge',
        '19:02:10 confirmed curfew 19:00:00- late-home edge',
      ]);
  });

  test('unknown becomes nothing when the wearer was at home', () => {
    scenario(DAY, curfew())
      .at('18:49:00')
      .fix(faraway)
      .at('19:03:00')
      .fix(home)
      .at('19:10:00')
      .wait()
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '19:03:02 withdrawn unknown-at-edge 19:00:00- silence',
      ]);
  });

  test('unknown is superseded by a violation', () => {
    const { events } = scenario(DAY, curfew())
      .at('18:49:00')
      .fix(home)
      .at('19:03:00')
      .fix(faraway)
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '19:03:02 suspected curfew 19:03:00- late-home belief',
        '19:03:02 withdrawn unknown-at-edge 19:00:00- silence superseded',
      ]);
    expect(events[2]!.supersededBy).toBe(events[1]!.alertId);
  });

  test('a backlog that shows two fixes outside before the edge supersedes the unknown once it has come in', () => {
    const { events } = scenario(DAY, curfew())
      .at('18:30:00')
      .fix(home)
      .at('18:57:00')
      .fix(faraway, { afterMs: 600_000 })
      .at('18:58:00')
      .fix(faraway, { afterMs: 541_000 })
      .at('19:20:00')
      .wait()
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '19:08:35 confirmed curfew 19:00:00- late-home edge',
        '19:08:35 withdrawn unknown-at-edge 19:00:00- silence superseded',
      ]);
    expect(events[2]!.supersededBy).toBe(events[1]!.alertId);
  });

  test('a backlog under way does not raise what its next fix takes back', () => {
    const backlog = scenario(DAY, curfew()).at('18:40:00').fix(home).at('18:56:00').fix(home, { afterMs: 60_000 });
    for (let minute = 57; minute < 60; minute++) backlog.at(`18:${minute}:00`).fix(faraway, { afterMs: 7_200_000 });
    backlog.at('19:00:10').fix(home, { afterMs: 7_200_000 }).expect([]);
  });

  test('far after the edge: restored', () => {
    scenario(DAY, curfew())
      .at('18:49:00')
      .fix(home)
      .at('21:00:00')
      .fix(home)
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '21:00:02 ended unknown-at-edge 19:00:00-21:00:00 restored silence',
      ]);
  });

  test('one unknown for a silence over several edges, amended at each', () => {
    scenario(DAY, curfew())
      .at('18:49:00')
      .fix(home)
      .at('+1 08:00:00')
      .fix(faraway)
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '+1 07:01:30 amended unknown-at-edge 19:00:00- silence',
        '+1 08:00:02 ended unknown-at-edge 19:00:00-+1 08:00:00 restored silence',
      ]);
  });
});

describe('within and at the end of a window', () => {
  test('left and came back', () => {
    scenario(DAY, curfew())
      .at('18:59:30')
      .fix(home)
      .at('22:00:00')
      .fix(home)
      .at('22:01:00')
      .fix(faraway)
      .at('22:02:00')
      .fix(faraway)
      .at('22:03:00')
      .stay(home)
      .at('22:10:00')
      .wait()
      .expect([
        '22:01:02 suspected curfew 22:01:00- left-during belief',
        '22:02:02 confirmed curfew 22:01:00- left-during belief',
        '22:04:02 ended curfew 22:01:00-22:03:00 left-during complied belief',
      ]);
  });

  test('out at its end, silent since: ended by tick at the edge', () => {
    const out = scenario(DAY, curfew()).at('18:59:30').fix(home).at('+1 06:54:00').fix(home);
    out.at('+1 06:55:00').fix(faraway).at('+1 06:56:00').fix(faraway).at('+1 07:30:00').wait();
    out.expect([
      '+1 06:55:02 suspected curfew +1 06:55:00- left-during belief',
      '+1 06:56:02 confirmed curfew +1 06:55:00- left-during belief',
      '+1 07:01:30 ended curfew +1 06:55:00-+1 07:00:00 out-at-end window-closed edge',
    ]);
  });

  test('out for the whole window', () => {
    const short = [instant(DAY, '19:00:00'), instant(DAY, '19:03:00')];
    const out = scenario(DAY, curfew({ windows: short }))
      .at('18:58:30')
      .fix(faraway)
      .at('18:59:30')
      .fix(faraway);
    out.at('19:00:30').fix(faraway).at('19:02:30').fix(faraway).at('19:03:30').fix(faraway);
    out.expect([
      '19:00:32 confirmed curfew 19:00:00- late-home edge',
      '19:03:32 ended curfew 19:00:00-19:03:00 out-for-whole-window window-closed edge',
    ]);
  });

  test('a late fix moves an end that a tick had told', () => {
    const out = scenario(DAY, curfew())
      .at('18:59:30')
      .fix(home)
      .at('+1 06:56:00')
      .fix(home)
      .at('+1 06:57:00')
      .fix(faraway);
    out.at('+1 06:58:00').fix(faraway).at('+1 06:59:30').fix(home, { afterMs: 180_000 });
    out.expect([
      '+1 06:57:02 suspected curfew +1 06:57:00- left-during belief',
      '+1 06:58:02 confirmed curfew +1 06:57:00- left-during belief',
      '+1 07:01:30 ended curfew +1 06:57:00-+1 07:00:00 out-at-end window-closed edge',
      '+1 07:02:30 amended curfew +1 06:57:00-+1 06:59:30 left-during complied belief',
    ]);
  });

  test('grace: nothing until the violation has lasted so long, by fix or by tick; the start does not move', () => {
    const graced = () =>
      scenario(DAY, curfew({ graceMs: 300_000 }))
        .at('18:59:30')
        .fix(faraway)
        .at('19:00:30')
        .fix(faraway)
        .at('19:01:30')
        .fix(faraway);
    graced().at('19:04:00').stay(home).at('19:10:00').wait().expect([]);
    graced().at('19:10:00').wait().expect(['19:06:30 confirmed curfew 19:00:00- late-home edge']);
    graced()
      .at('19:05:20')
      .fix(faraway)
      .at('19:06:20')
      .stay(home)
      .expect([
        '19:05:22 confirmed curfew 19:00:00- late-home edge',
        '19:07:22 ended curfew 19:00:00-19:06:20 late-home complied belief',
      ]);
  });
});

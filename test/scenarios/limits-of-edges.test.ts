/** Limits and branches of edges, silence, absences and late fixes: each was found by breaking it and seeing nothing fail. */
import { describe, expect, test } from 'vitest';
import type { Absence } from '../../src/engine/types.js';
import { instant, scenario } from './scenario.js';
import { circle, faraway, middle, place, term, watch, zone } from './world.js';

const DAY = '2026-06-10';
const at = (time: string) => instant(DAY, time);

const square = zone();
const exclusion = (changes = {}) => watch([square], [term('exclusion', square, changes)]);

const home = circle('Z-home', middle, 100);
const curfew = (windows: readonly string[], changes = {}) =>
  watch([home], [term('curfew', home, { windows: windows.map(at), windowsUntilMs: at('+1 23:00:00'), ...changes })]);
const evening = ['19:00:00', '22:00:00'];

/** A metre outside the square, which a fix of 8 m cannot tell from inside. */
const shortlyOut = place(115);

describe('edges', () => {
  test('a fix exactly as long after an edge as it takes to settle tells about it', () => {
    scenario(DAY, curfew(evening))
      .at('18:58:00')
      .stay(faraway)
      .at('19:01:30')
      .fix(middle)
      .expect(['19:01:30 confirmed curfew 19:00:00- late-home edge', '19:01:32 withdrawn curfew 19:00:00- edge']);
  });

  test('a fix exactly as long after an edge confirms what was suspected there, by the edge', () => {
    scenario(DAY, curfew(evening))
      .at('18:59:00')
      .fix(faraway)
      .at('19:01:30')
      .fix(faraway)
      .expect([
        '19:01:30 suspected curfew 19:00:00- late-home edge',
        '19:01:32 confirmed curfew 19:00:00- late-home edge',
      ]);
  });

  test('a state exactly as old as the gap limit stands at an edge', () => {
    scenario(DAY, curfew(evening))
      .at('18:54:00')
      .stay(faraway)
      .at('19:02:00')
      .wait()
      .expect(['19:01:30 confirmed curfew 19:00:00- late-home edge']);
  });

  test('a fix received exactly a minute after its time is not delayed', () => {
    const { events } = scenario(DAY, curfew(evening))
      .at('18:58:30')
      .fix(faraway)
      .at('18:59:30')
      .fix(faraway, { afterMs: 60_000 })
      .at('19:03:00')
      .wait()
      .expect(['19:01:30 confirmed curfew 19:00:00- late-home edge']);
    expect(events[0]!.delayedByMs).toBe(0);
  });

  test('evidence at an edge reaches back to the last gap', () => {
    const { events } = scenario(DAY, curfew(evening))
      .at('18:50:00')
      .fix(faraway)
      .at('18:58:00')
      .stay(faraway)
      .at('19:02:00')
      .wait()
      .expect(['19:01:30 confirmed curfew 19:00:00- late-home edge']);
    const fixes = events[0]!.explanation.fixes.map(({ fixedAtMs }) => fixedAtMs);
    expect(fixes).toEqual([at('18:58:00'), at('18:59:00')]);
  });

  test('an end after a gap lies between the edge and the first fix, not before the edge', () => {
    scenario(DAY, curfew(evening))
      .at('18:58:00')
      .stay(faraway)
      .at('19:30:00')
      .stay(middle)
      .expect([
        '19:01:30 confirmed curfew 19:00:00- late-home edge',
        '19:31:02 ended curfew 19:00:00-(19:00:00..)19:30:00 late-home complied belief',
      ]);
  });

  test('beliefs from before a window do not confirm in it by one fix', () => {
    const { events } = scenario(
      DAY,
      exclusion({ windows: [at('12:05:00'), at('13:00:00')], windowsUntilMs: at('23:00:00') }),
    )
      .at('12:02:00')
      .stay(middle)
      .at('12:04:00')
      .fix(shortlyOut)
      .at('12:05:30')
      .fix(middle)
      .expect(['12:05:32 suspected exclusion 12:05:30- belief']);
    expect(events[0]!.explanation.belief).toBe(0.912);
  });

  test('a window that was over before its condition was published is not judged by what stood', () => {
    const window = { windows: [at('12:01:30'), at('12:02:30')], windowsUntilMs: at('23:00:00') };
    const late = { ...window, conditionId: 'C-late', publishedAtMs: at('12:03:00') };
    scenario(DAY, watch([square], []))
      .at('12:00:00')
      .stay(middle)
      .at('12:03:01')
      .watch(watch([square], [term('exclusion', square, late)], { sequence: 2 }))
      .at('12:10:00')
      .wait()
      .expect([]);
  });

  test('fixes of before a publication are judged by the opening of their own time', () => {
    scenario(DAY, exclusion({ startsAtMs: at('12:00:00'), publishedAtMs: at('12:30:00') }))
      .at('11:58:00')
      .fix(middle, { afterMs: 2_000_000 })
      .at('11:59:00')
      .fix(middle, { afterMs: 2_000_000 })
      .at('12:01:00')
      .fix(middle, { afterMs: 2_000_000 })
      .expect(['12:34:20 confirmed exclusion 12:00:00- edge']);
  });

  test('a publication within an episode begins no other', () => {
    scenario(DAY, exclusion({ startsAtMs: at('12:00:00'), publishedAtMs: at('12:03:00') }))
      .at('11:58:00')
      .stay(middle)
      .at('12:01:00')
      .fix(middle)
      .at('12:10:00')
      .wait()
      .expect(['12:01:02 confirmed exclusion 12:00:00- edge']);
  });

  test('what lasted through its grace by the clock is not taken back by the one fix since that may be an outlier', () => {
    const window = { windows: [at('12:00:00'), at('12:12:00')], windowsUntilMs: at('23:00:00') };
    scenario(DAY, exclusion({ ...window, graceMs: 600_000 }))
      .at('12:01:00')
      .stay(middle)
      .at('12:04:00')
      .fix(faraway)
      .at('12:20:00')
      .wait()
      .expect([
        '12:12:30 confirmed exclusion 12:01:00- belief',
        '12:13:30 ended exclusion 12:01:00-12:12:00 window-closed edge',
      ]);
  });

  test('where the tag goes and the order ends at the same instant, the tag went', () => {
    const ends = { endsAtMs: at('12:05:00'), endsBecause: 'order-ended' as const };
    scenario(DAY, watch([square], [term('exclusion', square, ends)], {}, { removedAtMs: at('12:05:00') }))
      .at('12:01:00')
      .stay(middle)
      .at('12:10:00')
      .wait()
      .expect([
        '12:01:02 suspected exclusion 12:01:00- belief',
        '12:02:02 confirmed exclusion 12:01:00- belief',
        '12:05:00 ended exclusion 12:01:00-12:05:00 tag-removed edge',
      ]);
  });
});

describe('telling', () => {
  test('what lasted exactly as long as its grace is told, also where fixes settle it before a tick would', () => {
    scenario(DAY, exclusion({ graceMs: 180_000 }))
      .at('12:01:00')
      .stay(middle)
      .at('12:03:00')
      .fix(middle)
      .at('12:04:00')
      .stay(faraway)
      .expect([
        '12:05:02 confirmed exclusion 12:01:00- belief',
        '12:05:02 ended exclusion 12:01:00-12:04:00 complied belief',
      ]);
  });

  test('an end that was told is not taken back because a backlog comes in', () => {
    scenario(DAY, curfew(['19:00:00', '19:10:00']))
      .at('18:58:00')
      .stay(faraway)
      .at('19:02:00')
      .stay(faraway)
      .at('19:08:00')
      .fix(faraway, { afterMs: 420_000 })
      .at('19:20:00')
      .wait()
      .expect([
        '19:01:30 confirmed curfew 19:00:00- late-home edge',
        '19:11:30 ended curfew 19:00:00-19:10:00 out-for-whole-window window-closed edge',
      ]);
  });

  test('an end that was told stays where the condition goes afterwards', () => {
    scenario(DAY, curfew(['19:00:00', '19:10:00']))
      .at('18:58:00')
      .stay(faraway)
      .at('19:30:00')
      .watch(watch([home], [], { sequence: 2 }))
      .at('19:40:00')
      .wait()
      .expect([
        '19:01:30 confirmed curfew 19:00:00- late-home edge',
        '19:11:30 ended curfew 19:00:00-19:10:00 out-for-whole-window window-closed edge',
      ]);
  });
});

describe('suspensions', () => {
  const suspended = (from: string, knownFrom: string, lines: readonly string[]) => {
    const times = { startsAtMs: at(from), endsAtMs: at('12:10:00'), knownFromMs: at(knownFrom), knownUntilMs: null };
    const suspensions = [{ suspensionId: 'S-1', conditionId: null, ...times }];
    scenario(DAY, watch([square], [term('exclusion', square)], {}, { suspensions }))
      .at('12:01:00')
      .fix(middle)
      .at('12:11:00')
      .wait()
      .expect(lines);
  };

  test('one that begins at the very instant of the input holds back what it found', () => {
    suspended('12:01:02', '12:00:00', ['12:10:00 suspected exclusion 12:01:00- belief']);
    suspended('12:01:03', '12:00:00', ['12:01:02 suspected exclusion 12:01:00- belief']);
  });

  test('one that is recorded later holds back nothing before', () => {
    suspended('12:00:00', '12:01:03', ['12:01:02 suspected exclusion 12:01:00- belief']);
  });
});

describe('crossings', () => {
  test('one fix inside is taken back where those about it are further apart than the gap limit', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(place(-300))
      .at('12:04:00')
      .fix(middle)
      .at('12:08:00')
      .fix(place(300))
      .expect(['12:04:02 suspected exclusion 12:04:00- belief', '12:08:02 withdrawn exclusion 12:04:00- belief']);
  });

  test('the worse of the two fixes says how deep one must be', () => {
    const crossedTo = (accuracyMetres: number, lines: readonly string[]) =>
      scenario(DAY, exclusion())
        .at('12:00:00')
        .fix(place(-300))
        .at('12:01:00')
        .fix(place(300), { accuracyMetres })
        .expect(lines);
    crossedTo(60, []);
    crossedTo(8, [
      '12:01:02 suspected exclusion 12:00:20- crossing',
      '12:01:02 ended exclusion 12:00:20-12:00:40 complied crossing',
    ]);
  });
});

describe('unknown at an edge', () => {
  test('a fix exactly as long after a close as it takes to settle tells about it', () => {
    scenario(DAY, curfew(['19:00:00', '20:00:00']))
      .at('19:01:00')
      .stay(middle)
      .at('20:01:30')
      .fix(faraway)
      .expect([
        '20:01:30 suspected unknown-at-edge 20:00:00- silence',
        '20:01:32 withdrawn unknown-at-edge 20:00:00- silence',
      ]);
  });

  test('a fix at home exactly the gap limit after the edge takes it back', () => {
    scenario(DAY, curfew(evening))
      .at('18:40:00')
      .stay(middle)
      .at('19:05:00')
      .fix(middle)
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '19:05:02 withdrawn unknown-at-edge 19:00:00- silence',
      ]);
  });

  test('is over when the order is, whenever the tag is heard of again', () => {
    const ends = { endsAtMs: at('20:00:00'), endsBecause: 'order-ended' };
    scenario(DAY, curfew(evening, ends))
      .at('18:40:00')
      .stay(middle)
      .at('20:30:00')
      .stay(middle)
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '20:00:00 ended unknown-at-edge 19:00:00-20:00:00 order-ended silence',
      ]);
  });

  test('a violation accounts for the close of its own window, also where it began at a fix', () => {
    scenario(DAY, curfew(['19:00:00', '20:00:00']))
      .at('18:59:00')
      .stay(middle)
      .at('19:10:00')
      .stay(faraway)
      .at('20:30:00')
      .stay(faraway)
      .expect([
        '19:10:02 suspected curfew 19:10:00- left-during belief',
        '19:11:02 confirmed curfew 19:10:00- left-during belief',
        '20:01:30 ended curfew 19:10:00-20:00:00 out-at-end window-closed edge',
      ]);
  });

  test('and where it began and ended at edges between two fixes', () => {
    scenario(DAY, curfew(['19:00:00', '19:30:00']))
      .at('18:58:00')
      .stay(faraway)
      .at('19:45:00')
      .stay(faraway)
      .expect([
        '19:01:30 confirmed curfew 19:00:00- late-home edge',
        '19:31:30 ended curfew 19:00:00-19:30:00 out-for-whole-window window-closed edge',
      ]);
  });
});

describe('absences', () => {
  const absent = (from: string, until: string): { absences: Absence[] } => ({
    absences: [{ absenceId: 'AB-1', startsAtMs: at(from), endsAtMs: at(until), knownFromMs: 0 }],
  });
  const outFor = (from: string, until: string, windows: readonly string[], fixes: readonly string[]) => {
    const played = scenario(DAY, curfew(windows, absent(from, until)));
    for (const time of fixes) played.at(time).stay(faraway);
    return played;
  };

  test('one that is over when a window opens is none of that window', () => {
    const { events } = outFor(
      '18:00:00',
      '19:00:00',
      ['19:00:00', '19:05:00'],
      ['18:58:00', '19:01:00', '19:07:00'],
    ).expect([
      '19:01:02 confirmed curfew 19:00:00- late-home edge',
      '19:06:30 ended curfew 19:00:00-19:05:00 out-for-whole-window window-closed edge',
    ]);
    expect(events.map(({ absenceId }) => absenceId)).toEqual([undefined, undefined]);
  });

  test('one that begins when a window closes does not end what the close ends', () => {
    outFor('19:05:00', '20:00:00', ['19:00:00', '19:05:00'], ['18:58:00', '19:01:00', '19:07:00']).expect([
      '19:01:02 confirmed curfew 19:00:00- late-home edge',
      '19:06:30 ended curfew 19:00:00-19:05:00 out-for-whole-window window-closed edge',
    ]);
  });

  test('one that lasts until a window closes leaves the next window as it is', () => {
    const windows = ['19:00:00', '20:00:00', '21:00:00', '22:00:00'];
    outFor('18:30:00', '20:00:00', windows, ['18:58:00', '20:58:00', '21:01:00']).expect([
      '21:01:02 confirmed curfew 21:00:00- late-home edge',
    ]);
  });
});

describe('late fixes', () => {
  test('one that corrects the fix of the very instant of a snapshot is put in its place', () => {
    const played = scenario(DAY, exclusion());
    for (let minute = 0; minute < 15; minute++) played.at(`12:${String(minute).padStart(2, '0')}:00`).fix(faraway);
    played
      .at('12:15:00')
      .stay(middle)
      .at('12:15:00')
      .fix(faraway, { afterMs: 120_000, accuracyMetres: 3 })
      .expect([
        '12:15:02 suspected exclusion 12:15:00- belief',
        '12:16:02 confirmed exclusion 12:15:00- belief',
        '12:17:00 amended exclusion 12:16:00- belief',
      ]);
  });
});

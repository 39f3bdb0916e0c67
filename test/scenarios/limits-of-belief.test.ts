/** Limits and branches of belief and doubt: each was found by breaking it and seeing nothing fail. */
import { describe, expect, test } from 'vitest';
import { instant, scenario } from './scenario.js';
import { faraway, middle, place, squareRing, term, watch, zone } from './world.js';

const DAY = '2026-06-10';
const at = (time: string) => instant(DAY, time);

const square = zone();
const exclusion = (changes = {}) => watch([square], [term('exclusion', square, changes)]);

/** Just inside and just outside the square: 1 m each, which a fix of 8 m cannot tell apart. */
const [barelyIn, shortlyOut] = [place(99), place(115)];

describe('doubts', () => {
  test('a doubt before a gap does not begin the episode after it', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(faraway)
      .at('12:02:00')
      .fix(barelyIn)
      .at('12:08:00')
      .fix(middle)
      .expect(['12:08:02 suspected exclusion 12:08:00- belief']);
  });

  test('a doubt that was left does not begin the episode after it; one that was not does', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(faraway)
      .at('12:02:00')
      .fix(barelyIn)
      .at('12:03:00')
      .fix(shortlyOut)
      .at('12:04:00')
      .fix(middle)
      .expect(['12:04:02 suspected exclusion 12:04:00- belief']);
    scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(faraway)
      .at('12:02:00')
      .fix(barelyIn)
      .at('12:04:00')
      .fix(middle)
      .expect(['12:04:02 suspected exclusion 12:02:00- belief']);
  });

  test('a doubt when a window closes is none', () => {
    scenario(DAY, exclusion({ windows: [at('12:00:00'), at('12:10:00')], windowsUntilMs: at('23:00:00') }))
      .at('12:06:00')
      .stay(faraway)
      .at('12:09:00')
      .fix(barelyIn)
      .at('12:11:00')
      .stay(faraway)
      .expect([]);
  });
});

describe('belief', () => {
  test('a fix inside that is too poor to speak for a violation does not end one', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(middle)
      .at('12:02:00')
      .fix(place(90), { accuracyMetres: 200 })
      .at('12:03:00')
      .stay(faraway)
      .expect([
        '12:00:02 suspected exclusion 12:00:00- belief',
        '12:01:02 confirmed exclusion 12:00:00- belief',
        '12:04:02 ended exclusion 12:00:00-12:03:00 complied belief',
      ]);
  });

  test('two good fixes further apart than the gap limit confirm: a tag that sends every six minutes can prove a visit', () => {
    const { events } = scenario(DAY, exclusion())
      .at('11:54:00')
      .fix(faraway)
      .at('12:00:00')
      .fix(middle)
      .at('12:06:00')
      .fix(middle)
      .expect(['12:00:02 suspected exclusion 12:00:00- belief', '12:06:02 confirmed exclusion 12:00:00- belief']);
    const fixes = events.at(-1)!.explanation.fixes.map(({ fixedAtMs }) => fixedAtMs);
    expect(fixes).toEqual([at('12:00:00'), at('12:06:00')]);
  });

  test('evidence begins anew after half an hour of silence', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(middle)
      .at('12:31:00')
      .stay(middle)
      .expect(['12:00:02 suspected exclusion 12:00:00- belief', '12:32:02 confirmed exclusion 12:00:00- belief']);
    const fixes = events.at(-1)!.explanation.fixes.map(({ fixedAtMs }) => fixedAtMs);
    expect(fixes).toEqual([at('12:31:00'), at('12:32:00')]);
  });

  test('a fix after a gap does not say whether one before it, at a window’s end, was an outlier', () => {
    scenario(DAY, exclusion({ windows: [at('12:00:00'), at('12:10:00')], windowsUntilMs: at('23:00:00') }))
      .at('12:05:00')
      .stay(middle)
      .at('12:08:00')
      .fix(faraway)
      .at('12:20:00')
      .fix(middle)
      .expect([
        '12:05:02 suspected exclusion 12:05:00- belief',
        '12:06:02 confirmed exclusion 12:05:00- belief',
        '12:11:30 ended exclusion 12:05:00-12:08:00 complied belief',
      ]);
  });

  test('an end that the closing alone made is not told with a belief that would have ended it: what just misses a threshold is not rounded to it', () => {
    const { events } = scenario(
      DAY,
      exclusion({ windows: [at('12:00:00'), at('13:00:00')], windowsUntilMs: at('23:00:00') }),
    )
      .at('12:05:00')
      .stay(middle)
      .at('12:07:00')
      .stay(middle)
      .at('12:12:00')
      .fix(place(160))
      .at('12:37:00')
      .fix(place(160))
      .at('13:05:00')
      .wait()
      .expect([
        '12:05:02 suspected exclusion 12:05:00- belief',
        '12:06:02 confirmed exclusion 12:05:00- belief',
        '13:01:30 ended exclusion 12:05:00-12:12:00 complied belief',
      ]);
    // 0.0503 after the second: one outside and a long silence are not yet enough.
    expect(events.at(-1)!.explanation).toMatchObject({ belief: 0.051, thresholds: { endAt: 0.05 } });
  });

  test('a fix on the other side is news, however soon it comes', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(middle)
      .at('12:01:02')
      .fix(place(150))
      .at('12:01:04')
      .fix(place(150))
      .at('12:02:00')
      .fix(place(150))
      .expect([
        '12:00:02 suspected exclusion 12:00:00- belief',
        '12:01:02 confirmed exclusion 12:00:00- belief',
        '12:02:02 ended exclusion 12:00:00-12:01:02 complied belief',
      ]);
  });

  test('poor fixes in a hole do not confirm that one is in the zone around it', () => {
    const holed = zone({ shape: { type: 'polygons', polygons: [[squareRing(100), squareRing(10).reverse()]] } });
    scenario(DAY, watch([holed], [term('exclusion', holed)]))
      .at('12:00:00')
      .fix(place(50))
      .at('12:01:00')
      .fix(middle, { accuracyMetres: 40 })
      .at('12:02:00')
      .fix(middle, { accuracyMetres: 40 })
      .expect(['12:00:02 suspected exclusion 12:00:00- belief', '12:02:02 withdrawn exclusion 12:00:00- belief']);
  });

  test('a fix claims no more than any tag can know', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(place(97), { accuracyMetres: 1 })
      .at('12:01:00')
      .fix(place(97), { accuracyMetres: 1 })
      .expect(['12:00:02 suspected exclusion 12:00:00- belief']);
  });

  test('a jump to the very edge of a victim’s zone is not suspected', () => {
    const jumpTo = (east: number, lines: readonly string[]) =>
      scenario(DAY, exclusion({ confirmOn: 'first-fix' }))
        .at('12:00:00')
        .stay(place(60_000))
        .at('12:02:00')
        .fix(place(east))
        .expect(lines);
    jumpTo(97, []);
    jumpTo(0, ['12:02:02 suspected exclusion 12:02:00- first-fix']);
  });
});

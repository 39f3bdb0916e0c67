/** What is said about the watching itself: a tag's clock that runs ahead, a schedule that has run out. */
import { describe, expect, it } from 'vitest';
import { instant, scenario } from './scenario.js';
import { faraway, middle, term, watch, zone } from './world.js';

const DAY = '2026-03-10';
const at = (time: string) => instant(DAY, time);

describe('a clock that runs ahead', () => {
  const victim = zone({ priority: 'victim' });
  const excluded = watch([victim], [term('exclusion', victim, { confirmOn: 'first-fix' })]);
  const ahead = { afterMs: -75_000 };

  it('three fixes dated 75 s ahead in a victim’s zone: the third is judged at its receipt', () => {
    const { events, notJudged } = scenario(DAY, excluded)
      .at('12:01:15')
      .fix(middle, ahead)
      .at('12:01:30')
      .fix(middle, ahead)
      .at('12:01:40')
      .fix(middle, ahead)
      .expect(['12:00:25 confirmed exclusion 12:00:25- first-fix', '12:00:25 confirmed clock-ahead 12:00:00- device']);
    expect(events.map(({ clockAheadMs }) => clockAheadMs)).toEqual([75_000, 75_000]);
    expect(notJudged).toEqual(['ahead-of-clock', 'ahead-of-clock', null]);
  });

  it('goes on being judged, is told once, and is over with the first of three in a row that are not ahead', () => {
    let told = scenario(DAY, excluded);
    for (let minute = 10; minute < 20; minute++) {
      told = told.at(`13:${minute}:00`).fix(minute < 15 ? faraway : middle, { afterMs: -3_600_000 });
    }
    const { notJudged } = told
      .at('12:20:00')
      .fix(faraway)
      .at('12:21:00')
      .fix(faraway)
      .at('12:22:00')
      .fix(faraway)
      .expect([
        '12:12:00 confirmed clock-ahead 12:10:00- device',
        '12:15:00 confirmed exclusion 12:15:00- first-fix',
        '12:21:02 ended exclusion 12:15:00-12:20:00 complied belief',
        '12:22:02 ended clock-ahead 12:10:00-12:20:02 restored device',
      ]);
    expect(notJudged.slice(2)).toEqual(Array(11).fill(null));
  });

  it('three minutes ahead, a message that is two minutes on its way now and then, and two of them one after the other: told once', () => {
    let told = scenario(DAY, excluded);
    const sent = Array.from({ length: 50 }, (_, minute) => {
      const isLate = minute % 11 < 2 || minute % 7 === 5;
      return { minute, afterMs: isLate ? -55_000 : -178_000 };
    });
    const inOrder = sent.sort((a, b) => a.minute * 60_000 + a.afterMs - (b.minute * 60_000 + b.afterMs));
    for (const { minute, afterMs } of inOrder)
      told = told.at(`12:${String(minute).padStart(2, '0')}:00`).fix(faraway, { afterMs });
    told.expect(['12:04:02 confirmed clock-ahead 12:01:02- device']);
  });

  it('a store that it sends at once says nothing of it, however many look right', () => {
    let told = scenario(DAY, excluded);
    const ahead = { afterMs: -178_000 };
    for (const minute of [10, 11, 12]) told = told.at(`12:${minute}:00`).fix(faraway, ahead);
    // Half an hour of it, all received at 12:41:30 and the seconds after.
    for (let minute = 13; minute < 44; minute++) {
      const receivedAtMs = at('12:41:30') + minute * 1_000;
      const time = `12:${minute}:00`;
      told = told.at(time).fix(faraway, { afterMs: receivedAtMs - at(time) });
    }
    told.at('12:46:00').fix(faraway, ahead).expect(['12:09:02 confirmed clock-ahead 12:07:02- device']);
  });

  it('a mistake now and then is no clock, and never the newest', () => {
    scenario(DAY, excluded)
      .at('13:00:00')
      .fix(middle, { afterMs: -3_600_000 })
      .at('12:01:00')
      .fix(faraway)
      .at('13:02:00')
      .fix(middle, { afterMs: -3_600_000 })
      .at('13:03:00')
      .fix(middle, { afterMs: -3_600_000 })
      .at('12:04:00')
      .fix(faraway)
      .at('13:20:00')
      .fix(middle, { afterMs: -3_600_000 })
      .at('13:31:00')
      .fix(middle, { afterMs: -3_600_000 })
      .at('13:42:00')
      .fix(middle, { afterMs: -3_600_000 })
      .expect([]);
  });

  it('a fix from before that comes late or once more does not say that the clock is right', () => {
    const ahead = { afterMs: -3_600_000 };
    scenario(DAY, excluded)
      .at('12:09:00')
      .fix(faraway)
      .at('13:10:00')
      .fix(middle, ahead)
      .at('12:08:30')
      .fix(faraway, { afterMs: 110_000 })
      .at('13:11:00')
      .fix(middle, ahead)
      .at('12:09:00')
      .fix(faraway, { afterMs: 150_000 })
      .at('13:12:00')
      .fix(middle, ahead)
      .at('12:09:00')
      .fix(faraway, { afterMs: 190_000 })
      .expect(['12:12:00 confirmed exclusion 12:12:00- first-fix', '12:12:00 confirmed clock-ahead 12:10:00- device']);
  });

  it('a fix that is sent again is not another one', () => {
    const again = { afterMs: -3_600_000 };
    const { notJudged } = scenario(DAY, excluded)
      .at('13:00:00')
      .fix(middle, again)
      .at('13:00:00')
      .fix(middle, { afterMs: -3_590_000 })
      .at('13:00:00')
      .fix(middle, { afterMs: -3_580_000 })
      .expect([]);
    expect(notJudged).toEqual(['ahead-of-clock', 'repeated', 'repeated']);
  });

  it('a fix that is sent again once its own date has come is no news: neither a place nor a clock that is right', () => {
    const { notJudged } = scenario(DAY, excluded)
      .at('12:10:00')
      .fix(middle, { afterMs: -600_000 })
      .at('12:11:00')
      .fix(faraway, { afterMs: -600_000 })
      .at('12:12:00')
      .fix(faraway, { afterMs: -600_000 })
      .at('12:19:00')
      .fix(faraway, { afterMs: -600_000 })
      .at('12:10:00')
      .fix(middle)
      .at('12:10:00')
      .fix(middle, { afterMs: 60_000 })
      .at('12:21:10')
      .fix(faraway, { afterMs: -600_000 })
      .expect(['12:02:00 confirmed clock-ahead 12:00:00- device']);
    expect(notJudged).toEqual(['ahead-of-clock', 'ahead-of-clock', null, null, 'repeated', 'repeated', null]);
  });

  it('put right, it may give the same instants again: another fix of one counts', () => {
    let told = scenario(DAY, excluded);
    for (const minute of [10, 11, 12, 13]) told = told.at(`12:${minute}:00`).fix(faraway, { afterMs: -600_000 });
    const { notJudged } = told
      .at('12:11:00')
      .fix(middle)
      .at('12:12:00')
      .fix(middle)
      .at('12:13:00')
      .fix(middle)
      .expect([
        '12:02:00 confirmed clock-ahead 12:00:00- device',
        '12:11:02 confirmed exclusion 12:11:00- first-fix',
        '12:13:02 ended clock-ahead 12:00:00-12:11:02 restored device',
      ]);
    expect(notJudged.at(-1)).toBeNull();
  });

  it('ends with the tag', () => {
    const removed = watch([victim], [term('exclusion', victim)], { sequence: 2 }, { removedAtMs: at('12:10:00') });
    let told = scenario(DAY, excluded);
    for (const minute of [0, 1, 2]) told = told.at(`13:0${minute}:00`).fix(faraway, { afterMs: -3_600_000 });
    told
      .at('12:05:00')
      .watch(removed)
      .at('12:20:00')
      .wait()
      .expect([
        '12:02:00 confirmed clock-ahead 12:00:00- device',
        '12:10:00 ended clock-ahead 12:00:00-12:10:00 tag-removed device',
      ]);
  });

  it('judges nothing of a tag that is not on anybody when it is received', () => {
    const later = watch([victim], [term('exclusion', victim)], {}, { fittedAtMs: at('12:30:00') });
    let told = scenario(DAY, later);
    for (const minute of [0, 1, 2, 3]) told = told.at(`13:0${minute}:00`).fix(middle, { afterMs: -3_600_000 });
    expect(told.expect([]).notJudged).toEqual(Array(4).fill('not-fitted'));
  });
});

describe('a schedule that has run out', () => {
  const home = zone();
  const nights = (untilDay: number) => ({
    windows: Array.from({ length: untilDay }, (_, day) => [
      at('19:00:00') + day * 86_400_000,
      at('+1 07:00:00') + day * 86_400_000,
    ]).flat(),
    windowsUntilMs: at('12:00:00') + untilDay * 86_400_000,
  });
  const curfew = (untilDay: number, sequence: number) =>
    watch([home], [term('curfew', home, nights(untilDay))], { sequence });

  it('is told once, though nobody is home for nights, and is over when it is expanded anew', () => {
    scenario(DAY, curfew(1, 1))
      .at('18:00:00')
      .stay(middle)
      .at('+1 06:59:00')
      .stay(middle)
      .at('+1 20:00:00')
      .stay(faraway)
      .at('+2 20:00:00')
      .stay(faraway)
      .at('+2 21:00:00')
      .watch(curfew(5, 2))
      .at('+2 21:01:00')
      .stay(faraway)
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '+1 06:59:02 ended unknown-at-edge 19:00:00-+1 06:59:00 restored silence',
        '+1 12:00:00 confirmed schedule-ran-out +1 12:00:00- edge',
        '+2 21:00:00 ended schedule-ran-out +1 12:00:00-+2 21:00:00 restored edge',
        '+2 21:01:02 suspected curfew +2 21:01:00- late-home belief',
        '+2 21:02:02 confirmed curfew +2 21:01:00- late-home belief',
      ]);
  });

  it('says nothing where the term ends before, and ends with the term', () => {
    const ends = { ...nights(1), endsAtMs: at('+1 11:00:00'), endsBecause: 'order-ended' as const };
    scenario(DAY, watch([home], [term('exclusion', home, ends)]))
      .at('18:00:00')
      .wait()
      .at('+2 12:00:00')
      .wait()
      .expect([]);
    const later = { ...nights(1), endsAtMs: at('+1 15:00:00'), endsBecause: 'order-ended' as const };
    scenario(DAY, watch([home], [term('exclusion', home, later)]))
      .at('18:00:00')
      .wait()
      .at('+2 12:00:00')
      .wait()
      .expect([
        '+1 12:00:00 confirmed schedule-ran-out +1 12:00:00- edge',
        '+1 15:00:00 ended schedule-ran-out +1 12:00:00-+1 15:00:00 order-ended edge',
      ]);
  });
});

/** What a trail says of clocks that run ahead. */
import { expect, test } from 'vitest';
import { markClocks, newestByClock } from '../../src/views/trail-clock.js';

const MINUTE_MS = 60_000;
const AHEAD_MS = 30 * MINUTE_MS;

const fix = (minute: number, aheadMs: number, changes: { latitude?: number | null; notJudged?: string } = {}) => ({
  activationId: 'A-1',
  fixedAtMs: minute * MINUTE_MS + aheadMs,
  receivedAtMs: minute * MINUTE_MS,
  latitude: 51,
  notJudged: aheadMs > 0 ? 'ahead-of-clock' : null,
  ...changes,
});
const said = (fixes: readonly { notJudged: string | null; clockAheadMs?: number }[]) =>
  fixes.map(({ notJudged, clockAheadMs }) => [notJudged, clockAheadMs]);

test('how far ahead each fix was, and of a clock that runs ahead that it was judged; over the pages of a trail', () => {
  const all = [
    fix(0, 0),
    fix(1, AHEAD_MS),
    fix(2, AHEAD_MS),
    fix(3, AHEAD_MS),
    fix(4, AHEAD_MS),
    // One that looks right was late; three in a row are a clock that is right again.
    fix(50, 0),
    fix(51, AHEAD_MS),
    fix(52, 0),
    fix(53, 0),
    fix(54, 0),
    fix(55, AHEAD_MS),
  ];
  const wanted = [
    [null, undefined],
    ['ahead-of-clock', AHEAD_MS],
    ['ahead-of-clock', AHEAD_MS],
    [null, AHEAD_MS],
    [null, AHEAD_MS],
    [null, undefined],
    [null, AHEAD_MS],
    [null, undefined],
    [null, undefined],
    [null, undefined],
    ['ahead-of-clock', AHEAD_MS],
  ];
  expect(said(markClocks(all, new Map()).fixes)).toEqual(wanted);
  for (let cut = 1; cut < all.length; cut++) {
    const first = markClocks(all.slice(0, cut), new Map());
    const second = markClocks(all.slice(cut), first.clocks);
    expect(said([...first.fixes, ...second.fixes])).toEqual(wanted);
  }
});

test('another reason stands beside it, and a message without a position says nothing of a clock', () => {
  const [first, second, third] = [fix(1, AHEAD_MS), fix(2, AHEAD_MS), fix(3, AHEAD_MS, { notJudged: 'mechanism' })];
  const message = { ...fix(4, AHEAD_MS), latitude: null, notJudged: 'no-position' };
  expect(said(markClocks([first!, second!, third!, message], new Map()).fixes).slice(2)).toEqual([
    ['mechanism', AHEAD_MS],
    ['no-position', undefined],
  ]);
});

test('the newest position is the last of a clock that runs ahead, and never a lone fix from the future', () => {
  const newest = fix(0, 0);
  expect(newestByClock({ newest, ahead: [fix(1, AHEAD_MS), fix(2, AHEAD_MS)] })).toBe(newest);
  const running = newestByClock({ newest, ahead: [fix(1, AHEAD_MS), fix(2, AHEAD_MS), fix(3, AHEAD_MS)] });
  expect(running).toMatchObject({ receivedAtMs: 3 * MINUTE_MS, clockAheadMs: AHEAD_MS });
  expect(newestByClock({ newest: null, ahead: [] })).toBeNull();
});

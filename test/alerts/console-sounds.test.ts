/** Who of the control room can be heard, and who could not be. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type SoundSpan, tellSounds } from '../../src/alerts/console-sounds.js';

const NOW_MS = Date.UTC(2026, 10, 28, 4);
const MINUTE_MS = 60_000;
/** Minutes ago. */
const ago = (minutes: number) => new Date(NOW_MS - minutes * MINUTE_MS).toISOString();

let made = 0;
const span = (who: string, sound: SoundSpan['sound'], from: number, seen = 0): SoundSpan => ({
  spanId: `span ${made++}`,
  who,
  sound,
  fromMs: NOW_MS - from * MINUTE_MS,
  seenAtMs: NOW_MS - seen * MINUTE_MS,
  isOver: seen > 0,
});

it('tells how many are heard, who is not, and who was not', () => {
  const told = tellSounds(
    [
      span('sam', 'off', 300, 200),
      span('sam', 'on', 200),
      span('alex', 'blocked', 90),
      span('kim', 'off', 80, 40),
      span('kim', 'off', 2000, 1400),
    ],
    NOW_MS,
  );
  expect(told).toEqual({
    heard: 1,
    silent: [{ who: 'alex', sound: 'blocked', since: ago(90) }],
    silentBefore: [
      { who: 'kim', sound: 'off', since: ago(80), until: ago(40) },
      { who: 'sam', sound: 'off', since: ago(300), until: ago(200) },
      { who: 'kim', sound: 'off', since: ago(2000), until: ago(1400) },
    ],
  });
});

it('somebody is heard by one page, whatever their others do; and silent only while none of them sounds', () => {
  const told = tellSounds(
    [
      span('sam', 'on', 300, 100),
      span('sam', 'off', 200),
      span('sam', 'on', 40),
      // The wall screen.
      span('alex', 'off', 200),
      span('alex', 'on', 300),
    ],
    NOW_MS,
  );
  expect(told).toEqual({
    heard: 2,
    silent: [],
    silentBefore: [{ who: 'sam', sound: 'off', since: ago(100), until: ago(40) }],
  });
});

it('a connection that is made again goes on with the silence of before; a page that was loaded and started is none', () => {
  const told = tellSounds(
    [
      span('sam', 'off', 480, 300),
      span('sam', 'off', 299.5, 100),
      span('sam', 'off', 99.9),
      span('kim', 'off', 50.5, 50),
      span('kim', 'on', 50),
    ],
    NOW_MS,
  );
  expect(told).toEqual({ heard: 1, silent: [{ who: 'sam', sound: 'off', since: ago(480) }], silentBefore: [] });
});

it('whoever has gone, or whose api was killed, is neither heard nor silent', () => {
  const gone = [span('sam', 'on', 60, 0.1), span('alex', 'off', 60, 0.1)];
  const killed = [span('kim', 'on', 60, 1), span('jo', 'off', 60, 1)].map((one) => ({ ...one, isOver: false }));
  expect(tellSounds([...gone, ...killed], NOW_MS)).toMatchObject({
    heard: 0,
    silent: [],
    silentBefore: [{ who: 'alex' }, { who: 'jo' }],
  });
});

it('whose page does not say it is told as that, and nothing of it later, also where another page of theirs was heard meanwhile', () => {
  const pages = [
    span('sam', 'untold', 60),
    span('sam', 'on', 30, 20),
    span('kim', 'untold', 60, 10),
    span('alex', 'off', 60, 10),
    span('alex', 'untold', 9.9),
    span('jo', 'untold', 60),
    span('jo', 'off', 5),
  ];
  expect(tellSounds(pages, NOW_MS)).toEqual({
    heard: 0,
    silent: [
      { who: 'jo', sound: 'off', since: ago(5) },
      { who: 'alex', sound: 'untold', since: ago(9.9) },
      { who: 'sam', sound: 'untold', since: ago(60) },
    ],
    silentBefore: [{ who: 'alex', sound: 'off', since: ago(60), until: ago(10) }],
  });
});

it('a minute is told as silent exactly where a page is silent, or for less than a minute none is there, and none sounds', () => {
  const spans = fc.array(
    fc.record({
      sound: fc.constantFrom('on', 'off', 'blocked'),
      from: fc.integer({ min: 1, max: 200 }),
      lasts: fc.integer({ min: 1, max: 60 }),
    }),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(spans, (pages) => {
      const given = pages.map(({ sound, from, lasts }) => span('sam', sound, from, Math.max(0, from - lasts)));
      const { heard, silent, silentBefore } = tellSounds(given, NOW_MS);
      const told = [...silentBefore, ...silent.map((one) => ({ ...one, until: ago(0) }))];
      for (let minute = 200.5; minute > 0; minute--) {
        const atMs = NOW_MS - minute * MINUTE_MS;
        const isAt = (one: SoundSpan) => one.fromMs <= atMs && atMs <= one.seenAtMs;
        const isSilent =
          given.some((one) => one.sound !== 'on' && isAt(one)) && !given.some((one) => one.sound === 'on' && isAt(one));
        const isTold = told.some(({ since, until }) => Date.parse(since) <= atMs && atMs <= Date.parse(until));
        if (isSilent !== isTold) return false;
      }
      return heard === (given.some((one) => one.sound === 'on' && one.seenAtMs === NOW_MS) ? 1 : 0);
    }),
  );
});

/** Who could be heard in the control room, and when nobody. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONSOLE_SOUNDS, type ConsoleSound, type SoundSpan, tellSounds } from '../../src/alerts/console-sounds.js';

const NOW_MS = Date.UTC(2026, 10, 28, 4);
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** Minutes ago. */
const ago = (minutes: number) => new Date(NOW_MS - minutes * MINUTE_MS).toISOString();

const span = (who: string, sound: ConsoleSound, from: number, seen = 0): SoundSpan => ({
  spanId: `${who} ${from}`,
  who,
  sound,
  fromMs: NOW_MS - from * MINUTE_MS,
  seenAtMs: NOW_MS - seen * MINUTE_MS,
  isOver: false,
});

describe('of consoles', () => {
  it('tells how many are heard, who is not, and who was not', () => {
    const told = tellSounds(
      [
        span('sam', 'off', 300, 200),
        span('sam', 'on', 200),
        span('alex', 'blocked', 90),
        span('kim', 'off', 80, 40),
        span('kim', 'off', 2000, 1400),
        // A page that was loaded and started.
        span('sam', 'off', 200.5, 200),
      ],
      NOW_MS,
    );
    expect(told).toMatchObject({
      audible: 1,
      silent: [{ who: 'alex', sound: 'blocked', since: ago(90) }],
      silentBefore: [
        { who: 'kim', sound: 'off', since: ago(80), until: ago(40) },
        { who: 'sam', sound: 'off', since: ago(300), until: ago(200) },
        { who: 'kim', sound: 'off', since: ago(2000), until: ago(1400) },
      ],
    });
  });

  it('that started its shift a moment ago is one, and heard', () => {
    const told = tellSounds([{ ...span('sam', 'off', 60), isOver: true }, span('sam', 'on', 0)], NOW_MS);
    expect(told).toMatchObject({ audible: 1, silent: [], silentBefore: [{ who: 'sam' }] });
  });

  it('that was killed is neither heard nor silent a minute later', () => {
    expect(tellSounds([span('sam', 'on', 60, 1), span('alex', 'off', 60, 1)], NOW_MS)).toMatchObject({
      audible: 0,
      silent: [],
    });
  });
});

describe('nobody is heard', () => {
  it('between two shifts, and since the last one ended; not while one console of several goes', () => {
    const { unheard } = tellSounds(
      [
        span('sam', 'on', DAY_MINUTES + 10, 600),
        span('alex', 'on', 700, 500),
        span('kim', 'on', 450, 30),
        span('kim', 'off', 30),
      ],
      NOW_MS,
    );
    expect(unheard).toEqual([
      { since: ago(500), until: ago(450) },
      { since: ago(30), until: null },
    ]);
  });

  it('all day where no console ever said anything', () => {
    expect(tellSounds([], NOW_MS).unheard).toEqual([{ since: ago(DAY_MINUTES), until: null }]);
  });

  it('in exactly those minutes of the day in which no console is on', () => {
    const spans = fc.array(
      fc.record({
        sound: fc.constantFrom(...CONSOLE_SOUNDS),
        from: fc.integer({ min: 0, max: 1.5 * DAY_MINUTES }),
        lasts: fc.integer({ min: 0, max: 600 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(spans, (made) => {
        const given = made.map(({ sound, from, lasts }, n) => span(`P-${n}`, sound, from, Math.max(0, from - lasts)));
        const { unheard } = tellSounds(given, NOW_MS);
        for (let minute = DAY_MINUTES - 0.5; minute > 0; minute--) {
          const atMs = NOW_MS - minute * MINUTE_MS;
          const isHeard = given.some((one) => one.sound === 'on' && one.fromMs <= atMs && atMs <= one.seenAtMs);
          const isTold = unheard.some(
            ({ since, until }) => Date.parse(since) <= atMs && (until === null || atMs <= Date.parse(until)),
          );
          if (isHeard === isTold) return false;
        }
        return true;
      }),
    );
  });
});

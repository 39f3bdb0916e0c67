import { describe, expect, test } from 'vitest';
import {
  EPISODE_STATES,
  type EpisodeEvent,
  type EpisodeState,
  SAYINGS,
  type Standing,
  TRANSITIONS,
} from '../../src/engine/fold/transitions.js';
import { scenario } from '../scenarios/scenario.js';
import { faraway, middle, place, term, watch, zone } from '../scenarios/world.js';

const DAY = '2026-06-10';
const square = zone();

/** What brings an exclusion into each state by 12:02, the instant of the last fix. */
const INTO: Readonly<Record<EpisodeState, readonly ['in' | 'out', 'in' | 'out']>> = {
  clear: ['out', 'out'],
  suspected: ['out', 'in'],
  confirmed: ['in', 'in'],
};

type Where = 'in' | 'out' | 'beside';
type Fix = readonly [at: string, where: Where];

/** The fixes that make each event happen to it, the last of them; null: no single step leads there from that state. */
const THEN: Readonly<Record<EpisodeState, Readonly<Record<EpisodeEvent, readonly Fix[] | null>>>> = {
  clear: {
    'belief-high': null,
    'belief-likely': [['12:03:00', 'in']],
    'belief-doubtful': [['12:07:01', 'beside']],
    'belief-unlikely': [['12:09:00', 'out']],
    'belief-low': [['12:03:00', 'out']],
    'opening-edge-likely': null,
    'opening-edge-high': null,
    'closing-edge': [['12:31:00', 'out']],
  },
  suspected: {
    'belief-high': [['12:03:00', 'in']],
    // After so long a silence nothing is left of the fix before.
    'belief-likely': [['12:33:00', 'in']],
    'belief-doubtful': [['12:03:00', 'beside']],
    'belief-unlikely': [['12:03:00', 'out']],
    'belief-low': null,
    'opening-edge-likely': null,
    'opening-edge-high': null,
    'closing-edge': [['12:31:00', 'out']],
  },
  confirmed: {
    'belief-high': [['12:03:00', 'in']],
    'belief-likely': [['12:09:00', 'in']],
    'belief-doubtful': [['12:03:00', 'out']],
    'belief-unlikely': [['12:09:00', 'out']],
    'belief-low': [
      ['12:03:00', 'out'],
      ['12:04:00', 'out'],
    ],
    'opening-edge-likely': null,
    'opening-edge-high': null,
    'closing-edge': [['12:31:00', 'out']],
  },
};

const lastWord: Readonly<Record<string, string>> = {
  started: 'suspected',
  confirmed: 'confirmed',
  ended: 'ended',
  withdrawn: 'withdrawn',
};

describe('the table of an episode', () => {
  const cases = EPISODE_STATES.flatMap((state) =>
    (Object.keys(TRANSITIONS[state]) as EpisodeEvent[]).map((event) => [state, event] as const),
  ).filter(([state, event]) => THEN[state][event] !== null);

  test.each(cases)('%s, %s: what the fold says is what the table says', (state, event) => {
    const half = Date.parse(`${DAY}T12:30:00Z`);
    const ends = event === 'closing-edge' ? { endsAtMs: half, endsBecause: 'order-ended' as const } : {};
    const at = (where: Where) => ({ in: middle, out: faraway, beside: place(103) })[where];
    const [first, second] = INTO[state];
    const upTo1202 = () =>
      scenario(DAY, watch([square], [term('exclusion', square, ends)]))
        .at('12:01:00')
        .fix(at(first))
        .at('12:02:00')
        .fix(at(second));
    const told = { clear: [], suspected: [expect.any(String)], confirmed: [expect.any(String), expect.any(String)] };
    upTo1202().expect(told[state] as string[]);
    const { outcome, next } = TRANSITIONS[state][event];
    const then = upTo1202();
    for (const [time, where] of THEN[state][event]!) then.at(time).fix(at(where));
    const played = then.expect([
      ...told[state],
      ...(outcome === 'none'
        ? []
        : [expect.stringContaining(` ${outcome === 'started' && next === 'confirmed' ? next : lastWord[outcome]} `)]),
    ] as string[]);
    expect(played.state.open.filter((episode) => episode.raised).map((episode) => episode.strength)).toEqual(
      next === 'clear' ? [] : [next],
    );
  });

  test('every first violation that suffices confirms at once', () => {
    scenario(DAY, watch([square], [term('exclusion', square, { confirmOn: 'first-fix' })]))
      .at('12:01:00')
      .fix(middle)
      .expect(['12:01:02 confirmed exclusion 12:01:00- first-fix']);
    expect(TRANSITIONS.clear['belief-high']).toEqual({ next: 'confirmed', outcome: 'started' });
  });
});

describe('the table of sayings', () => {
  const standings = Object.keys(SAYINGS) as Standing[];

  test('is total, says nothing of what is the same, and takes back what is nothing', () => {
    for (const was of standings) {
      expect(Object.keys(SAYINGS[was])).toEqual(standings);
      expect(SAYINGS[was][was]).toEqual([]);
      if (was !== 'nothing') expect(SAYINGS[was].nothing).toEqual(['withdrawn']);
    }
  });

  test('says confirmed before ended, once each', () => {
    for (const row of Object.values(SAYINGS)) {
      for (const types of Object.values(row)) {
        expect(new Set(types).size).toBe(types.length);
        if (types.includes('ended')) expect(types.at(-1)).toBe('ended');
      }
    }
  });
});

/** What proves nothing, and what one fix proves. Ten pings in any order: `lateness.test.ts`; a zone between two fixes: `crossings.test.ts`. */
import { describe, expect, test } from 'vitest';
import type { Mechanism, Zone } from '../../src/engine/types.js';
import { scenario } from './scenario.js';
import { middle, type Place, place, squareRing, term, watch, zone } from './world.js';

const DAY = '2026-06-10';

/** 2 km across. */
const large = zone({ shape: { type: 'polygons', polygons: [[squareRing(1_000)]] } });
/** 300 m off its eastern edge. */
const outside = place(1_300);

const minute = (n: number): string => `12:${String(n).padStart(2, '0')}:00`;

interface Fix {
  readonly at: Place;
  readonly mechanism?: Mechanism;
  readonly accuracyMetres?: number;
}

function playMinutely(of: Zone, fixes: readonly Fix[], lines: readonly string[]) {
  const played = scenario(DAY, watch([of], [term('exclusion', of)]));
  fixes.forEach(({ at, ...position }, i) => {
    played.at(minute(i)).fix(at, position);
  });
  return played.expect(lines);
}

const times = (count: number, fix: Fix): Fix[] => Array.from({ length: count }, () => fix);

describe('nothing is confirmed', () => {
  test('five LBS fixes inside: nothing is said at all, and why is stored', () => {
    const { notJudged, state } = playMinutely(large, times(5, { at: middle, mechanism: 'LBS' }), []);
    expect(notJudged).toEqual(times(5, { at: middle }).map(() => 'mechanism'));
    expect(state.open).toEqual([]);
  });

  test('ten fixes in a hole of the zone', () => {
    const holed = zone({
      shape: { type: 'polygons', polygons: [[squareRing(1_000), [...squareRing(200)].reverse()]] },
    });
    playMinutely(holed, times(10, { at: middle, accuracyMetres: 8 }), []);
    playMinutely(holed, times(10, { at: place(150, -150), accuracyMetres: 50 }), []);
  });

  test('one fix 800 m inside that claims 1.9 m, between twenty outside', () => {
    const around = times(10, { at: outside });
    playMinutely(
      large,
      [...around, { at: place(200), accuracyMetres: 1.9 }, ...around],
      ['12:10:02 suspected exclusion 12:10:00- belief', '12:11:02 withdrawn exclusion 12:10:00- belief'],
    );
  });

  test('ten fixes 20 m outside, of 50 m accuracy', () => {
    playMinutely(large, times(10, { at: place(1_020), accuracyMetres: 50 }), []);
  });
});

test('a victim zone: one GPS fix confirms, and one that no tag makes by itself does not', () => {
  const victim: Zone = { ...large, priority: 'victim' };
  const watched = watch([victim], [term('exclusion', victim, { confirmOn: 'first-fix' })]);
  const { events } = scenario(DAY, watched)
    .at('12:00:00')
    .fix(outside)
    .at('12:01:00')
    .fix(place(500), { mechanism: 'LBS' })
    .at('12:02:00')
    .fix(place(800))
    .expect(['12:02:02 confirmed exclusion 12:02:00- first-fix']);
  expect(events[0]).toMatchObject({ severity: 'critical', revision: 1, strength: 'confirmed' });
  expect(events[0]!.explanation.fixes).toHaveLength(1);
});

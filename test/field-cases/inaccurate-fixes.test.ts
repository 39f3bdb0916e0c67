/** Field cases of inaccurate fixes that were taken for evidence. */
import { expect } from 'vitest';
import type { ConditionKind, TagWatch } from '../../src/engine/types.js';
import { createNormal, createUniform, fixStep, outcomeOf, START_MS } from '../engine/correlated-fixes.js';
import { describeEvent, type Step } from '../scenarios/scenario.js';
import { CENTRE, squareRing, term, watch, zone } from '../scenarios/world.js';
import { fieldCase } from './field-case.js';

const DAY = '2026-11-27';
const NOON_MS = Date.parse(`${DAY}T12:00:00Z`);
const MINUTE_MS = 60_000;
const METRES_PER_DEGREE = 111_195;

/** A tag without a model: its accuracies are the 68 % circle's. */
function square(kind: ConditionKind, sideMetres: number): TagWatch {
  const home = zone({ shape: { type: 'polygons', polygons: [[squareRing(sideMetres / 2)]] } });
  return watch([home], [term(kind, home)], { accuracyConvention: 'r68' });
}

function north(metres: number) {
  return { latitude: CENTRE.latitude + metres / METRES_PER_DEGREE, longitude: CENTRE.longitude };
}

/** A fix a minute from noon on: metres north of the middle, and accuracy. */
const minutes = (...fixes: readonly (readonly [metres: number, accuracyMetres: number])[]): Step[] =>
  fixes.map(([metres, accuracy], i) => fixStep(NOON_MS + i * MINUTE_MS, north(metres), accuracy));

const good = [3, 8] as const;

function homeWith(poor: readonly [metres: number, accuracyMetres: number]): string {
  const steps = minutes(good, good, good, poor, poor, poor, poor, good, good);
  const { confirmed, events } = outcomeOf(square('curfew', 120), steps);
  expect(confirmed).toBe(0);
  return `not confirmed; ${events.map((event) => describeEvent(event, DAY)).join('; ') || 'no event'}`;
}

fieldCase('01', 'four fixes of 3,000 m, 300 m away, of one who is at home', () => homeWith([300, 3_000]));

fieldCase('04', 'four fixes of 150 m, 10 m outside, of one who is at home', () => homeWith([70, 150]));

fieldCase('05', 'ten hours at home with fixes of 10 to 200 m', () => {
  const tag = square('curfew', 100);
  const found: string[] = [];
  for (const r68 of [10, 20, 40, 60, 100, 200]) {
    const sigma = r68 / 1.51;
    const night = (offNorth: number, count: number): Step[] => {
      const normal = createNormal(createUniform(42));
      return Array.from({ length: count }, (_, i) => {
        const [y, x] = [offNorth + sigma * normal(), sigma * normal()];
        const shrink = Math.cos((CENTRE.latitude * Math.PI) / 180);
        const longitude = CENTRE.longitude + x / METRES_PER_DEGREE / shrink;
        return fixStep(START_MS + i * MINUTE_MS, { ...north(y), longitude }, r68);
      });
    };
    expect(outcomeOf(tag, night(0, 600)).confirmed, `r68 ${r68}`).toBe(0);
    if (r68 === 20) {
      const { byFix } = outcomeOf(tag, night(400, 10));
      expect(byFix).not.toBeNull();
      expect(byFix!).toBeLessThanOrEqual(3);
      found.push(`400 m away confirmed by fix ${byFix}`);
    }
  }
  return `none of the nights confirmed; ${found.join()}`;
});

fieldCase('06', 'four fixes of 3,000 m during a breach', () => {
  const poor = [0, 3_000] as const;
  const { events } = outcomeOf(square('exclusion', 120), minutes(good, good, good, poor, poor, poor, poor, good, good));
  expect(events.map((event) => describeEvent(event, DAY))).toEqual([
    '12:00:00 suspected exclusion 12:00:00- belief',
    '12:01:00 confirmed exclusion 12:00:00- belief',
  ]);
  return 'one episode from 12:00, not ended';
});

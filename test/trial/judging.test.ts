import { describe, expect, it } from 'vitest';
import { square } from '../../src/simulator/area.js';
import type { Observation } from '../../src/simulator/observe.js';
import type { TrialAlert } from '../../src/trial/alerts.js';
import { judge } from '../../src/trial/judge.js';
import { isProvable } from '../../src/trial/provable.js';
import { curfew, exclusion, inclusion, journey, minutes, spot } from '../../src/trial/scenario.js';
import { poissonUpper95, quantile } from '../../src/trial/statistics.js';
import { violationsOf } from '../../src/trial/truth.js';
import { pointAt, type Stage, type TrialCondition } from '../../src/trial/world.js';

const ZONE = square(spot(0), 200);
const violation = { conditionId: 'C-exclusion', fromMs: minutes(10), toMs: minutes(40) };

interface Fix {
  readonly min: number;
  readonly east: number;
  readonly r95?: number;
  readonly told?: number;
  readonly correlationS?: number;
  readonly isFaulty?: boolean;
  readonly mechanism?: 'GPS' | 'LBS';
}

function observationOf({
  min,
  east,
  r95 = 20,
  told = 8,
  correlationS = 0,
  isFaulty = false,
  mechanism = 'GPS',
}: Fix): Observation {
  const atMs = minutes(min);
  const position = { ...pointAt(spot(east)), accuracyMetres: told, mechanism };
  return {
    ping: {
      tagId: 'T-1',
      identity: String(min),
      sequence: null,
      fixedAtMs: atMs,
      position,
      deviceEvents: [],
      speedKmh: null,
      headingDegrees: null,
      altitudeMetres: null,
      satellites: null,
      batteryPercent: null,
    },
    receivedAtMs: atMs + 3_000,
    truth: { atMs, at: pointAt(spot(east)), r95Metres: r95, correlationS, isFaulty },
  };
}

const stageWith = (fixes: readonly Fix[], condition: Partial<TrialCondition> = {}): Stage => ({
  conditions: [exclusion(ZONE, condition)],
  track: journey(spot(0), minutes(0)).done(),
  fromMs: minutes(0),
  toMs: minutes(60),
  observations: fixes.map(observationOf),
});

describe('what can be proved', () => {
  // The middle of the zone lies 100 m from its edge.
  it.each<[string, boolean, Fix[], Partial<TrialCondition>?]>([
    [
      'two fixes wholly inside',
      true,
      [
        { min: 12, east: 0 },
        { min: 13, east: 10 },
      ],
    ],
    ['one alone', false, [{ min: 12, east: 0 }]],
    ['one alone, where one is enough', true, [{ min: 12, east: 0 }], { confirmOn: 'first-fix' }],
    ['one poor one, where one is enough', false, [{ min: 12, east: 90 }], { confirmOn: 'first-fix' }],
    [
      'two that reach over the edge',
      false,
      [
        { min: 12, east: 85 },
        { min: 13, east: 85 },
      ],
    ],
    [
      'two whose told accuracy reaches over it',
      false,
      [
        { min: 12, east: 0, told: 80 },
        { min: 13, east: 0, told: 80 },
      ],
    ],
    [
      'two of one error',
      false,
      [
        { min: 12, east: 70, correlationS: 300 },
        { min: 13, east: 70, correlationS: 300 },
      ],
    ],
    [
      'two of one error, beyond doubt',
      true,
      [
        { min: 12, east: 0, correlationS: 300 },
        { min: 13, east: 0, correlationS: 300 },
      ],
    ],
    [
      'two of one error, five minutes apart',
      true,
      [
        { min: 12, east: 70, correlationS: 300 },
        { min: 17, east: 70, correlationS: 300 },
      ],
    ],
    [
      'one between them that shows the contrary',
      false,
      [
        { min: 12, east: 0 },
        { min: 13, east: 300 },
        { min: 14, east: 0 },
      ],
    ],
    [
      'two from before it',
      false,
      [
        { min: 7, east: 0 },
        { min: 8, east: 0 },
      ],
    ],
    [
      'faulty ones',
      false,
      [
        { min: 12, east: 0, isFaulty: true },
        { min: 13, east: 0, isFaulty: true },
      ],
    ],
    [
      'cells',
      false,
      [
        { min: 12, east: 0, mechanism: 'LBS' },
        { min: 13, east: 0, mechanism: 'LBS' },
      ],
    ],
  ])('%s: %s', (_name, expected, fixes, condition) => {
    expect(isProvable(stageWith(fixes, condition), violation)).toBe(expected);
  });
});

const alert = (changes: Partial<TrialAlert>): TrialAlert => ({
  conditionId: 'C-exclusion',
  kind: 'exclusion',
  startedAtMs: minutes(11),
  endedAtMs: minutes(40),
  endedByFixes: true,
  confirmedAtMs: minutes(12),
  confirmedFixAtMs: minutes(12),
  withdrawn: false,
  ...changes,
});

describe('the judge', () => {
  it.each<[string, TrialAlert[], [detected: number, missed: number, falseConfirmed: number, early: number]]>([
    ['told in time', [alert({})], [1, 0, 0, 0]],
    ['never told', [], [0, 1, 0, 0]],
    ['suspected alone', [alert({ confirmedAtMs: null, confirmedFixAtMs: null })], [0, 1, 0, 0]],
    ['taken back', [alert({ withdrawn: true })], [0, 1, 0, 0]],
    ['of another condition', [alert({ conditionId: 'C-other' })], [0, 1, 1, 0]],
    ['confirmed before it began', [alert({ startedAtMs: minutes(2), confirmedFixAtMs: minutes(3) })], [0, 1, 1, 0]],
    [
      'after it was over',
      [alert({ startedAtMs: minutes(45), endedAtMs: null, confirmedFixAtMs: minutes(46) })],
      [0, 1, 1, 0],
    ],
    ['a warning', [alert({ kind: 'buffer' })], [0, 1, 0, 0]],
    ['closed by fixes while it went on', [alert({ endedAtMs: minutes(20) })], [1, 0, 0, 1]],
    ['closed for another reason', [alert({ endedAtMs: minutes(20), endedByFixes: false })], [1, 0, 0, 0]],
    [
      'told in two alerts',
      [alert({}), alert({ startedAtMs: minutes(30), confirmedFixAtMs: minutes(31) })],
      [1, 0, 0, 0],
    ],
  ])('%s', (_name, alerts, [detected, missed, falseConfirmed, early]) => {
    const verdict = judge([violation], () => true, alerts);
    expect(verdict.detected).toBe(detected);
    expect(verdict.missed).toHaveLength(missed);
    expect(verdict.falseConfirmed).toHaveLength(falseConfirmed);
    expect(verdict.endedEarly).toHaveLength(early);
  });

  it('counts apart what could not be proved', () => {
    expect(judge([violation], () => false, [])).toMatchObject({ detected: 0, missed: [], cannotBeProved: 1 });
  });
});

describe('the truth', () => {
  const track = journey(spot(300), minutes(0))
    .until(minutes(10))
    .to(spot(0), 1.4)
    .until(minutes(30))
    .to(spot(300), 1.4);
  const stage = (condition: TrialCondition): Stage => ({
    conditions: [condition],
    track: track.done(),
    fromMs: minutes(0),
    toMs: minutes(60),
    observations: [],
  });

  it('is when the track crosses the boundary, to a second', () => {
    const [visit, ...others] = violationsOf(stage(exclusion(ZONE)));
    expect(others).toEqual([]);
    expect(Math.abs(visit!.fromMs - (minutes(10) + (200 / 1.4) * 1000))).toBeLessThan(2_000);
    expect(Math.abs(visit!.toMs - (minutes(30) + (100 / 1.4) * 1000))).toBeLessThan(2_000);
  });

  it('has the windows, the grace and the end of the condition', () => {
    const during = { windows: [minutes(20), minutes(25)] };
    expect(violationsOf(stage(exclusion(ZONE, during)))).toEqual([
      { conditionId: 'C-exclusion', fromMs: minutes(20), toMs: minutes(25) },
    ]);
    expect(violationsOf(stage(exclusion(ZONE, { graceMs: 3_600_000 })))).toEqual([]);
    expect(violationsOf(stage(exclusion(ZONE, { endsAtMs: minutes(5) })))).toEqual([]);
    expect(violationsOf(stage(curfew([minutes(0), minutes(60)], ZONE)))).toHaveLength(2);
    expect(violationsOf(stage(inclusion(ZONE, { endsAtMs: minutes(35) })))).toHaveLength(2);
  });
});

describe('statistics', () => {
  // Garwood's exact limits, from tables.
  it.each([
    [0, 2.996],
    [1, 4.744],
    [5, 10.513],
    [20, 29.062],
  ])('the mean under which %d is seen at least is at most %d', (count, upper) => {
    expect(poissonUpper95(count)).toBeCloseTo(upper, 2);
  });

  it('are right beyond tables: twice the quantile of a chi square', () => {
    expect(Math.abs(poissonUpper95(400) - 434.6)).toBeLessThan(0.7);
    expect(Math.abs(poissonUpper95(1000) - 1053.7)).toBeLessThan(1.5);
  });

  it.each([
    [0.5, 3],
    [0.95, 5],
    [0, 1],
  ])('the quantile %d of 1 to 5 is %d', (share, value) => {
    expect(quantile([5, 3, 1, 2, 4], share)).toBe(value);
  });
});

import { describe, expect, it } from 'vitest';
import { CONTESTANTS } from '../../src/trial/contestants.js';
import { runScenario } from '../../src/trial/run-scenarios.js';
import { runOf } from '../../src/trial/scenario.js';
import { SCENARIOS } from '../../src/trial/scenarios/all.js';
import { violationsOf } from '../../src/trial/truth.js';

describe('the scenarios', () => {
  it('have names of their own', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  });

  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    '%s: the true track violates what it says, and observations come in order of receipt',
    (_name, scenario) => {
      for (const run of [0, 1, 2]) {
        const stage = runOf(scenario, 1, run);
        expect(violationsOf(stage)).toHaveLength(scenario.violations);
        const receipts = stage.observations.map(({ receivedAtMs }) => receivedAtMs);
        expect(receipts).toEqual([...receipts].sort((a, b) => a - b));
        expect(receipts.at(-1)).toBeLessThanOrEqual(stage.toMs);
        const times = stage.track.map(({ atMs }) => atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }
    },
  );

  it('are the same for the same seed and run, and others for another', () => {
    const scenario = SCENARIOS[0]!;
    expect(runOf(scenario, 7, 1)).toEqual(runOf(scenario, 7, 1));
    expect(runOf(scenario, 7, 1).observations).not.toEqual(runOf(scenario, 7, 2).observations);
    expect(runOf(scenario, 7, 1).observations).not.toEqual(runOf(scenario, 8, 1).observations);
  });

  it('judge everybody by the same runs, each violation once', () => {
    const scenario = SCENARIOS.find(({ name }) => name === 'short-entry')!;
    const tallies = runScenario(scenario, 1, 3, CONTESTANTS);
    for (const { row } of tallies.values()) {
      expect(row.runs).toBe(3);
      expect(row.detected + row.missed + row.cannotBeProved).toBe(3 * scenario.violations);
    }
  });
});

/** Scenarios by seeds, each run judged for everybody. */
import type { TrialAlert } from './alerts.js';
import type { Contestant } from './contestants.js';
import { judge, type Verdict } from './judge.js';
import { isProvable } from './provable.js';
import { runOf, type Scenario } from './scenario.js';
import { quantile } from './statistics.js';
import { type Violation, violationsOf } from './truth.js';

/** A row of the report, in its shape. */
export interface ScenarioRow {
  readonly name: string;
  readonly runs: number;
  readonly detected: number;
  readonly missed: number;
  readonly cannotBeProved: number;
  readonly delayMedianS: number | null;
  readonly delayP95S: number | null;
  readonly falseConfirmed: number;
}

/** A run that somebody has to look at. */
export interface WrongRun {
  readonly run: number;
  readonly missed: readonly Violation[];
  readonly falseConfirmed: readonly TrialAlert[];
  readonly endedEarly: readonly TrialAlert[];
}

export interface Tally {
  readonly row: ScenarioRow;
  readonly endedEarly: number;
  readonly delaysS: readonly number[];
  /** Those in which something was missed, false, or closed too early. */
  readonly wrong: readonly WrongRun[];
}

export function runScenario(
  scenario: Scenario,
  seed: number,
  runs: number,
  contestants: readonly Contestant[],
): Map<string, Tally> {
  const verdicts = new Map<string, Verdict[]>(contestants.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run++) {
    const stage = runOf(scenario, seed, run);
    const violations = violationsOf(stage);
    const proofs = new Map(violations.map((violation) => [violation, isProvable(stage, violation)]));
    for (const { name, play } of contestants) {
      verdicts.get(name)!.push(judge(violations, (violation) => proofs.get(violation)!, play(stage)));
    }
  }
  return new Map([...verdicts].map(([name, of]) => [name, tallyOf(scenario.name, of)]));
}

const sum = (verdicts: readonly Verdict[], of: (verdict: Verdict) => number) =>
  verdicts.reduce((total, verdict) => total + of(verdict), 0);

function tallyOf(name: string, verdicts: readonly Verdict[]): Tally {
  const delaysS = verdicts.flatMap((verdict) => verdict.delaysS);
  const runs = verdicts.map(({ missed, falseConfirmed, endedEarly }, run) => ({
    run,
    missed,
    falseConfirmed,
    endedEarly,
  }));
  return {
    row: {
      name,
      runs: verdicts.length,
      detected: sum(verdicts, ({ detected }) => detected),
      missed: sum(verdicts, ({ missed }) => missed.length),
      cannotBeProved: sum(verdicts, ({ cannotBeProved }) => cannotBeProved),
      delayMedianS: quantile(delaysS, 0.5),
      delayP95S: quantile(delaysS, 0.95),
      falseConfirmed: sum(verdicts, ({ falseConfirmed }) => falseConfirmed.length),
    },
    delaysS,
    endedEarly: sum(verdicts, ({ endedEarly }) => endedEarly.length),
    wrong: runs.filter((each) => each.missed.length + each.falseConfirmed.length + each.endedEarly.length > 0),
  };
}

/** Runs and days that went wrong for the engine, to be staged again and looked at. */
import { alertsOf, type TrialAlert } from './alerts.js';
import { HOME_TASKS, labelOf, stayHome } from './home-table.js';
import { judge } from './judge.js';
import { goOut, TRAVELS } from './out-table.js';
import { playEngine } from './play-engine.js';
import { runOf } from './scenario.js';
import { SCENARIOS } from './scenarios/all.js';
import type { TaskResult } from './tasks.js';
import { type Violation, violationsOf } from './truth.js';
import type { Stage } from './world.js';

export interface Case {
  readonly title: string;
  readonly happens: string;
  /** Number of the run, or of the day. */
  readonly run: number;
  readonly missed: readonly Violation[];
  readonly falseConfirmed: readonly TrialAlert[];
  readonly endedEarly: readonly TrialAlert[];
  /** The same as it was. */
  stage(): Stage;
}

export function casesOf(seed: number, engine: string, results: readonly TaskResult[]): Case[] {
  return results.flatMap((result) => {
    if (result.sort === 'control' || result.sort === 'device') return [];
    return result.sort === 'scenario' ? scenarioCases(seed, engine, result) : dayCases(seed, result);
  });
}

function scenarioCases(seed: number, engine: string, result: Extract<TaskResult, { sort: 'scenario' }>): Case[] {
  const scenario = SCENARIOS[result.index]!;
  const { name: title, happens } = scenario;
  return result.tallies
    .get(engine)!
    .wrong.map((wrong) => ({ title, happens, ...wrong, stage: () => runOf(scenario, seed, wrong.run) }));
}

function dayCases(seed: number, { sort, index, falseDays }: Extract<TaskResult, { sort: 'home' | 'out' }>): Case[] {
  if (sort === 'home') {
    const task = HOME_TASKS[index]!;
    const title = `A day at home, ${labelOf(task)}`;
    return falseDays.map((day) => dayCase(title, 'Nobody leaves.', day, () => stayHome(task, seed, day)));
  }
  const travels = TRAVELS[index]!;
  const title = `A day out and about, ${travels}`;
  return falseDays.map((day) => dayCase(title, 'He keeps every condition.', day, () => goOut(travels, seed, day)));
}

function dayCase(title: string, happens: string, run: number, stageAgain: () => Stage): Case {
  const stage = stageAgain();
  const { falseConfirmed } = judge(violationsOf(stage), () => false, alertsOf(playEngine(stage)));
  return { title, happens, run, missed: [], falseConfirmed, endedEarly: [], stage: stageAgain };
}

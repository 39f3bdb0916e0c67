/** The work of a trial in parts that can be done apart, in any order: the same part gives the same result. */
import { CONTESTANTS, ENGINE } from './contestants.js';
import { CONTROLS, type ControlRow, runControl } from './controls.js';
import { countHome, HOME_TASKS } from './home-table.js';
import { countOut, TRAVELS } from './out-table.js';
import { runScenario, type Tally } from './run-scenarios.js';
import { SCENARIOS } from './scenarios/all.js';

export type Task =
  | { readonly sort: 'scenario'; readonly index: number; readonly seed: number; readonly runs: number }
  | { readonly sort: 'control'; readonly index: number; readonly seed: number; readonly runs: number }
  | {
      readonly sort: 'home' | 'out';
      readonly index: number;
      readonly seed: number;
      readonly fromDay: number;
      readonly toDay: number;
    };

/** By contestant. */
export type TaskResult =
  | { readonly sort: 'scenario'; readonly index: number; readonly tallies: ReadonlyMap<string, Tally> }
  | { readonly sort: 'control'; readonly index: number; readonly row: ControlRow }
  | {
      readonly sort: 'home' | 'out';
      readonly index: number;
      readonly days: number;
      readonly counts: ReadonlyMap<string, number>;
    };

/** How much is done. */
export interface Size {
  readonly scenarioRuns: number;
  readonly controlRuns: number;
  readonly homeDays: number;
  readonly outDays: number;
}

export const FULL: Size = { scenarioRuns: 20, controlRuns: 1_000, homeDays: 1_000, outDays: 260 };
export const QUICK: Size = { scenarioRuns: 6, controlRuns: 100, homeDays: 100, outDays: 16 };

/** Tag-days of one part. */
const DAYS_AT_ONCE = 50;

export function tasksOf(seed: number, size: Size): Task[] {
  const days = (sort: 'home' | 'out', index: number, count: number): Task[] =>
    Array.from({ length: Math.ceil(count / DAYS_AT_ONCE) }, (_, part) => ({
      sort,
      index,
      seed,
      fromDay: part * DAYS_AT_ONCE,
      toDay: Math.min(count, (part + 1) * DAYS_AT_ONCE),
    }));
  return [
    ...TRAVELS.flatMap((_, index) => days('out', index, size.outDays)),
    ...HOME_TASKS.flatMap((_, index) => days('home', index, size.homeDays)),
    ...CONTROLS.map((_, index): Task => ({ sort: 'control', index, seed, runs: size.controlRuns })),
    ...SCENARIOS.map((_, index): Task => ({ sort: 'scenario', index, seed, runs: size.scenarioRuns })),
  ];
}

export function doTask(task: Task): TaskResult {
  const { index, seed } = task;
  switch (task.sort) {
    case 'scenario':
      return { sort: 'scenario', index, tallies: runScenario(SCENARIOS[index]!, seed, task.runs, CONTESTANTS) };
    case 'control': {
      const engine = CONTESTANTS.find(({ name }) => name === ENGINE)!;
      return { sort: 'control', index, row: runControl(CONTROLS[index]!, seed, task.runs, engine) };
    }
    case 'home': {
      const counts = countHome(HOME_TASKS[index]!, seed, task.fromDay, task.toDay, CONTESTANTS);
      return { sort: 'home', index, days: task.toDay - task.fromDay, counts };
    }
    case 'out': {
      const counts = countOut(TRAVELS[index]!, seed, task.fromDay, task.toDay, CONTESTANTS);
      return { sort: 'out', index, days: task.toDay - task.fromDay, counts };
    }
  }
}

/** The work of a trial in parts that can be done apart, in any order: the same part gives the same result. */
import { CONTESTANTS, ENGINE } from './contestants.js';
import { CONTROLS, type ControlRow, runControl } from './controls.js';
import { countDays, type DayCount } from './count-days.js';
import { DEVICE_STORIES } from './device-stories.js';
import { type DeviceCounts, runStory } from './devices.js';
import { HOME_TASKS, stayHome } from './home-table.js';
import { goOut, TRAVELS } from './out-table.js';
import { runScenario, type Tally } from './run-scenarios.js';
import { SCENARIOS } from './scenarios/all.js';

export type Task =
  | { readonly sort: 'scenario'; readonly index: number; readonly seed: number; readonly runs: number }
  | { readonly sort: 'control'; readonly index: number; readonly seed: number; readonly runs: number }
  | { readonly sort: 'device'; readonly index: number; readonly seed: number; readonly runs: number }
  | {
      readonly sort: 'home' | 'out';
      readonly index: number;
      readonly seed: number;
      readonly fromDay: number;
      readonly toDay: number;
    };

export type TaskResult =
  | { readonly sort: 'scenario'; readonly index: number; readonly tallies: ReadonlyMap<string, Tally> }
  | { readonly sort: 'control'; readonly index: number; readonly row: ControlRow }
  | { readonly sort: 'device'; readonly index: number; readonly counts: DeviceCounts }
  | ({ readonly sort: 'home' | 'out'; readonly index: number } & DayCount);

/** How much is done. */
export interface Size {
  readonly scenarioRuns: number;
  readonly controlRuns: number;
  readonly deviceRuns: number;
  readonly homeDays: number;
  readonly outDays: number;
}

export const FULL: Size = { scenarioRuns: 20, controlRuns: 1_000, deviceRuns: 100, homeDays: 1_000, outDays: 260 };
export const QUICK: Size = { scenarioRuns: 6, controlRuns: 100, deviceRuns: 10, homeDays: 100, outDays: 16 };

/** At home there are 12,000 days, and a plain rule is wrong on nearly each of them: some tell enough. */
const RIVALS_AT_HOME_EVERY = 5;

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
    ...DEVICE_STORIES.map((_, index): Task => ({ sort: 'device', index, seed, runs: size.deviceRuns })),
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
    case 'device':
      return { sort: 'device', index, counts: runStory(DEVICE_STORIES[index]!, seed, task.runs) };
    case 'home':
    case 'out': {
      const { fromDay, toDay } = task;
      const stageDay = (day: number) =>
        task.sort === 'home' ? stayHome(HOME_TASKS[index]!, seed, day) : goOut(TRAVELS[index]!, seed, day);
      const rivalEvery = task.sort === 'home' ? RIVALS_AT_HOME_EVERY : 1;
      return { sort: task.sort, index, ...countDays(stageDay, fromDay, toDay, CONTESTANTS, rivalEvery) };
    }
  }
}

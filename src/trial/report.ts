/** What a trial found, in the shape of its JSON. */
import { type Case, casesOf } from './cases.js';
import { CONTESTANTS, ENGINE } from './contestants.js';
import type { ControlRow } from './controls.js';
import type { Counted } from './count-days.js';
import { addCounts, type DeviceRow, deviceRows } from './devices.js';
import { HOME_TASKS, type HomeRow, homeRow } from './home-table.js';
import { type OutRow, outRow, TRAVELS } from './out-table.js';
import type { ScenarioRow } from './run-scenarios.js';
import type { TaskResult } from './tasks.js';

/** Of one contestant. */
export interface Tables {
  readonly scenarios: readonly ScenarioRow[];
  readonly home: readonly HomeRow[];
  readonly out: readonly OutRow[];
}

export interface Aim {
  readonly name: string;
  readonly aim: number;
  /** Null: it did not come about at all. */
  readonly found: number | null;
  readonly met: boolean;
}

/** The JSON of `--json`. */
export interface Report extends Tables {
  readonly seed: number;
  readonly rivals: Readonly<Record<string, Tables>>;
  readonly devices: readonly DeviceRow[];
  readonly aims: readonly Aim[];
}

/** Everything that was found, of which the report is a part. */
export interface Findings {
  readonly seed: number;
  /** By contestant. */
  readonly tables: ReadonlyMap<string, Tables>;
  /** Confirmed alerts that fixes ended while the violation went on, by contestant, over all scenarios. */
  readonly endedEarly: ReadonlyMap<string, number>;
  /** The engine's, of all that it detected. */
  readonly delaysS: readonly number[];
  readonly controls: readonly ControlRow[];
  /** What was found of tags themselves, by kind. */
  readonly devices: readonly DeviceRow[];
  /** The engine's, to be looked at. */
  readonly cases: readonly Case[];
}

export function assemble(seed: number, results: readonly TaskResult[]): Findings {
  const tables = new Map<string, Tables>();
  const endedEarly = new Map<string, number>();
  for (const { name } of CONTESTANTS) {
    const scenarios: ScenarioRow[] = [];
    let early = 0;
    for (const result of results) {
      if (result.sort !== 'scenario') continue;
      const tally = result.tallies.get(name)!;
      scenarios.push(tally.row);
      early += tally.endedEarly;
    }
    const home = addDays(results, 'home', HOME_TASKS.length, name);
    const out = addDays(results, 'out', TRAVELS.length, name);
    tables.set(name, {
      scenarios,
      home: HOME_TASKS.map((task, index) => homeRow(task, home[index]!)),
      out: TRAVELS.map((travels, index) => outRow(travels, out[index]!)),
    });
    endedEarly.set(name, early);
  }
  const delaysS = results.flatMap((result) => (result.sort === 'scenario' ? result.tallies.get(ENGINE)!.delaysS : []));
  const controls = results.flatMap((result) => (result.sort === 'control' ? [result.row] : []));
  const devices = deviceRows(addCounts(results.flatMap((result) => (result.sort === 'device' ? [result.counts] : []))));
  return { seed, tables, endedEarly, delaysS, controls, devices, cases: casesOf(seed, ENGINE, results) };
}

/** Of each row, what the parts of it come to for one contestant. */
function addDays(results: readonly TaskResult[], sort: 'home' | 'out', rows: number, name: string): Counted[] {
  const sums = Array.from({ length: rows }, (): Counted => ({ days: 0, falseConfirmed: 0 }));
  for (const result of results) {
    if (result.sort !== sort) continue;
    const { days, falseConfirmed } = result.counts.get(name)!;
    const sum = sums[result.index]!;
    sums[result.index] = { days: sum.days + days, falseConfirmed: sum.falseConfirmed + falseConfirmed };
  }
  return sums;
}

export function reportOf({ seed, tables, devices }: Findings, aims: readonly Aim[]): Report {
  const rivals = [...tables].filter(([name]) => name !== ENGINE);
  return { seed, ...tables.get(ENGINE)!, rivals: Object.fromEntries(rivals), devices, aims };
}

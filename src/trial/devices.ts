/** What the engine finds of tags themselves, against what is true of each: found, missed and false, by kind. */
import type { EngineEvent } from '../engine/types.js';
import { createRandom } from '../simulator/random.js';
import { DEVICE_KINDS, type DeviceStory, type DeviceTruth, type JudgedKind } from './device-stories.js';
import { playEngine } from './play-engine.js';
import { quantile } from './statistics.js';

/** Of one kind in some runs. */
export interface DeviceCount {
  readonly found: number;
  readonly missed: number;
  /** Told, not taken back, and not so, or told a second time. */
  readonly false: number;
  /** From when it began to when it was first told. */
  readonly delaysS: readonly number[];
}
export type DeviceCounts = Readonly<Record<JudgedKind, DeviceCount>>;

/** A row of the report, in its shape. */
export interface DeviceRow {
  readonly kind: JudgedKind;
  readonly found: number;
  readonly missed: number;
  readonly false: number;
  readonly delayMedianS: number | null;
}

interface ToldDevice {
  readonly kind: JudgedKind;
  readonly startedAtMs: number;
  readonly firstToldAtMs: number;
}

const isJudged = (kind: string): kind is JudgedKind => (DEVICE_KINDS as readonly string[]).includes(kind);

/** What stands of each alert about the tag when all is over. */
export function devicesTold(events: readonly EngineEvent[]): ToldDevice[] {
  const firstAtMs = new Map<string, number>();
  const newest = new Map<string, EngineEvent>();
  for (const event of events) {
    if (!firstAtMs.has(event.alertId)) firstAtMs.set(event.alertId, event.raisedAtMs);
    newest.set(event.alertId, event);
  }
  return [...newest.values()].flatMap(({ alertId, kind, type, episode }) =>
    !isJudged(kind) || type === 'withdrawn'
      ? []
      : [{ kind, startedAtMs: episode.startedAtMs, firstToldAtMs: firstAtMs.get(alertId)! }],
  );
}

export function judgeDevices(truth: readonly DeviceTruth[], told: readonly ToldDevice[]): DeviceCounts {
  const countOf = (kind: JudgedKind): DeviceCount => {
    const own = told.filter((each) => each.kind === kind);
    const used = new Set<ToldDevice>();
    const delaysS: number[] = [];
    let missed = 0;
    for (const { fromMs, toMs } of truth.filter((each) => each.kind === kind)) {
      const telling = own.find((each) => !used.has(each) && each.startedAtMs >= fromMs && each.startedAtMs <= toMs);
      if (telling === undefined) missed++;
      else {
        used.add(telling);
        delaysS.push((telling.firstToldAtMs - telling.startedAtMs) / 1000);
      }
    }
    return { found: used.size, missed, false: own.length - used.size, delaysS };
  };
  return Object.fromEntries(DEVICE_KINDS.map((kind) => [kind, countOf(kind)])) as DeviceCounts;
}

/** The same seed and story give the same counts. */
export function runStory(story: DeviceStory, seed: number, runs: number): DeviceCounts {
  return addCounts(
    Array.from({ length: runs }, (_, run) => {
      const { stage, truth } = story.stage(createRandom(seed, 'device', story.name, run));
      return judgeDevices(truth, devicesTold(playEngine(stage)));
    }),
  );
}

export function addCounts(all: readonly DeviceCounts[]): DeviceCounts {
  const sumOf = (kind: JudgedKind): DeviceCount => {
    const own = all.map((counts) => counts[kind]);
    const sum = (column: 'found' | 'missed' | 'false') => own.reduce((total, each) => total + each[column], 0);
    return {
      found: sum('found'),
      missed: sum('missed'),
      false: sum('false'),
      delaysS: own.flatMap(({ delaysS }) => delaysS),
    };
  };
  return Object.fromEntries(DEVICE_KINDS.map((kind) => [kind, sumOf(kind)])) as DeviceCounts;
}

export const deviceRows = (counts: DeviceCounts): DeviceRow[] =>
  DEVICE_KINDS.map((kind) => {
    const { delaysS, ...rest } = counts[kind];
    return { kind, ...rest, delayMedianS: quantile(delaysS, 0.5) };
  });

/** How fast a design is over one set of tracks: rounds of all designs in turn, then single calls. */
import type { Batch, Design } from './designs.js';
import { percentile, type Summary, summarise } from './statistics.js';
import { fixOf, type Tracks } from './tracks.js';

/**
 * Fixes that are made, untimed, before they are timed together: reading a clock then costs nothing. No more than a service has in hand
 * at once: 20,000 were 16 MB of objects that had left the caches and outlived two collections before they were read.
 */
const BATCH_FIXES = 1_000;
export const ROUNDS = 5;
const WARM_UP_SECONDS = 0.4;
/** Single calls that are timed for the percentiles. */
const TIMED_CALLS = 200_000;
/** Naive designs may take milliseconds: calls are timed no longer than this. */
const TIMED_SECONDS = 2;

export interface Speed {
  /** Fixes per second of wall clock, over rounds. */
  readonly perSecond: Summary;
  /** Fixes per second of processor time of the process (with its garbage collector): what a busy machine does not disturb. */
  readonly perCpuSecond: Summary;
  readonly callP50Us: number;
  readonly callP99Us: number;
  readonly fixes: number;
  /** Events per thousand fixes. */
  readonly eventsPer1000: number;
}

/** Where a design has got to: every design sees the same fixes in the same order. */
export interface Player {
  readonly design: Design;
  next(): Batch;
}

/** Plays all tags minute by minute, in an order of tags that looks like arrival and is the same for every design. */
export function createPlayer(design: Design, tracks: Tracks, tagIds: readonly string[], order: Int32Array): Player {
  let minute = 0;
  let at = 0;
  return {
    design,
    next() {
      const tags = new Int32Array(BATCH_FIXES);
      const inputs = [];
      for (let i = 0; i < BATCH_FIXES; i++) {
        tags[i] = order[at]!;
        inputs.push(fixOf(tracks, tagIds, order[at]!, minute));
        if (++at < order.length) continue;
        at = 0;
        minute++;
      }
      return { tags, inputs };
    },
  };
}

interface Round {
  seconds: number;
  cpuSeconds: number;
  fixes: number;
  events: number;
}

/** Runs whole batches until they have taken so many seconds. */
function playRound({ design, next }: Player, seconds: number): Round {
  const round: Round = { seconds: 0, cpuSeconds: 0, fixes: 0, events: 0 };
  while (round.seconds < seconds) {
    const batch = next();
    const cpuBefore = process.cpuUsage();
    const before = performance.now();
    round.events += design.run(batch);
    round.seconds += (performance.now() - before) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    round.cpuSeconds += (cpu.user + cpu.system) / 1e6;
    round.fixes += batch.inputs.length;
  }
  return round;
}

/** Times single calls, the clock's own cost (some 0.05 µs) included; microseconds, ascending. */
function timeCalls({ design, next }: Player): Float64Array {
  const durations = new Float64Array(TIMED_CALLS);
  const limitAt = performance.now() + TIMED_SECONDS * 1_000;
  let calls = 0;
  while (calls < TIMED_CALLS && performance.now() < limitAt) {
    const { tags, inputs } = next();
    for (let i = 0; i < inputs.length && calls < TIMED_CALLS; i++, calls++) {
      const before = performance.now();
      design.step(tags[i]!, inputs[i]!);
      durations[calls] = (performance.now() - before) * 1_000;
    }
  }
  return durations.subarray(0, calls).sort();
}

/** Measures the players in turn, round by round, so that what disturbs the machine disturbs all of them. */
export function measure(players: readonly Player[], seconds: number): Speed[] {
  for (const player of players) playRound(player, WARM_UP_SECONDS);
  const rounds = players.map((): Round[] => []);
  for (let r = 0; r < ROUNDS; r++)
    players.forEach((player, index) => {
      rounds[index]!.push(playRound(player, seconds / ROUNDS));
    });
  return players.map((player, index) => {
    const own = rounds[index]!;
    const fixes = own.reduce((sum, round) => sum + round.fixes, 0);
    const events = own.reduce((sum, round) => sum + round.events, 0);
    const calls = timeCalls(player);
    return {
      perSecond: summarise(own.map((round) => round.fixes / round.seconds)),
      perCpuSecond: summarise(own.map((round) => round.fixes / round.cpuSeconds)),
      callP50Us: percentile(calls, 0.5),
      callP99Us: percentile(calls, 0.99),
      fixes,
      eventsPer1000: (1_000 * events) / fixes,
    };
  });
}

/** Bytes in use after everything that can go has gone. */
export function settledBytes(): number {
  if (global.gc === undefined) throw new Error('The benchmark needs node --expose-gc.');
  global.gc();
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

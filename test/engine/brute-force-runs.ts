/** Runs of the engine beside the brute force over seeded worlds; a difference is told with what repeats it. */
import { advance, initialState } from '../../src/engine/advance.js';
import type { EngineInput } from '../../src/engine/inputs.js';
import { applyShared, createSharedIndex } from '../../src/engine/near/shared-index.js';
import type { KeptFix } from '../../src/engine/state.js';
import { HORIZON_FIXES, SNAPSHOT_EVERY_FIXES } from '../../src/engine/thresholds.js';
import type { EngineEvent, NotJudged } from '../../src/engine/types.js';
import { type CompiledOwn, compileTag, joinShared } from '../../src/engine/watch/compile.js';
import { type PreparedTerm, prepareTerms, termKeyOf } from '../../src/engine/watch/terms.js';
import { createBruteForce, evaluateTrack, fixOf, type Standing } from './brute-force.js';
import {
  generateTown,
  generateTrack,
  generateWearer,
  pick,
  type Sent,
  START_MS,
  type Town,
} from './generated-worlds.js';
import type { Random } from './geometry/generated-zones.js';

const MINUTE_MS = 60_000;

/** mulberry32 (public domain, Tommy Ettinger): worlds are drawn from numbered seeds, so that one can be run alone. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Sides {
  readonly engine: (input: EngineInput) => readonly EngineEvent[];
  /** Why the newest ping did not count. */
  readonly notJudged: () => NotJudged | null;
  readonly own: CompiledOwn;
  readonly terms: readonly PreparedTerm[];
}

/** The engine with its indexes, and the plain list of all terms. */
function bothSides(town: Town, tag: ReturnType<typeof generateWearer>['tag']): Sides {
  const index = createSharedIndex();
  for (const each of town.shared) applyShared(index, each);
  const own = compileTag(tag).activations[0]!;
  const joined = joinShared(own, index);
  let state = initialState(own.activationId);
  let notJudged: NotJudged | null = null;
  const engine = (input: EngineInput) => {
    const result = advance(state, input, joined);
    state = result.state;
    if (input.type === 'ping') notJudged = result.notJudged;
    return result.events;
  };
  const everyone = town.shared.flatMap(({ terms, zones }) => prepareTerms(terms, zones, new Map()));
  return { engine, notJudged: () => notJudged, own, terms: [...own.terms, ...everyone] };
}

export interface Tally {
  pings: number;
  late: number;
  events: number;
  readonly byRule: Map<string, number>;
}

export const emptyTally = (): Tally => ({ pings: 0, late: 0, events: 0, byRule: new Map() });

function count(tally: Tally, events: readonly EngineEvent[]): void {
  tally.events += events.length;
  for (const { kind, type, explanation } of events) {
    const key = `${kind} ${type} ${explanation.rule}`;
    tally.byRule.set(key, (tally.byRule.get(key) ?? 0) + 1);
  }
}

/**
 * One wearer's track in the order it was sent, with the same ticks: the very same events, byte for byte, after every input.
 * Returns what differs, or null.
 */
export function compareInOrder(random: Random, town: Town, pings: number, tally: Tally): string | null {
  const wearer = generateWearer(random, town, random() < 0.4);
  const { engine, own, terms } = bothSides(town, wearer.tag);
  const brute = createBruteForce(own, terms);
  const events: EngineEvent[] = [];
  const give = (input: EngineInput): string | null => {
    // What is told of the watching itself, and of the tag, lies beside the fold: `about-the-watching.test.ts`, `devices.test.ts`.
    const found = engine(input).filter(({ conditionId }) => conditionId !== null);
    const wanted = input.type === 'ping' ? brute.ping(input.ping, input.receivedAtMs) : brute.tick(input.atMs);
    if (found.length === 0 && wanted.length === 0) return null;
    count(tally, wanted);
    events.push(...found);
    const [ours, theirs] = [JSON.stringify(found), JSON.stringify(wanted)];
    return ours === theirs ? null : `${JSON.stringify(input)}\nengine ${ours}\nplain  ${theirs}`;
  };
  const sent = withClocksAhead(random, generateTrack(random, wearer, pings));
  let differs = give({ type: 'watch', atMs: START_MS });
  for (let i = 0; i < sent.length && differs === null; i++) {
    const { ping, receivedAtMs } = sent[i]!;
    tally.pings++;
    differs = give({ type: 'ping', ping, receivedAtMs });
    if (random() < 0.01) differs ??= give({ type: 'ping', ping, receivedAtMs: receivedAtMs + 1 });
    for (const atMs of ticksBetween(random, receivedAtMs, sent[i + 1]?.receivedAtMs ?? receivedAtMs + 1e8)) {
      differs ??= give({ type: 'tick', atMs });
    }
  }
  if (differs !== null) return differs;
  const twice = overlapping(standingOf(events));
  return twice === null ? null : `two alerts of one time: ${twice}`;
}

const AT_ONCE_MS = 4_000;

/** Now and then the clock of the tag runs ahead for a while. */
function withClocksAhead(random: Random, sent: readonly Sent[]): Sent[] {
  let left = 0;
  let aheadMs = 0;
  return sent.map(({ ping, receivedAtMs }) => {
    if (left > 0) left--;
    else if (random() < 0.003) {
      left = Math.floor(1 + 80 * random());
      aheadMs = pick(random, [90_000, 3_600_000, 80_000_000]);
    }
    // What was held back is not ahead of its receipt, and would be out of order.
    const isAhead = left > 0 && receivedAtMs - ping.fixedAtMs < AT_ONCE_MS;
    return { ping: isAhead ? { ...ping, fixedAtMs: ping.fixedAtMs + aheadMs } : ping, receivedAtMs };
  });
}

/** A tick now and then; some a minute apart where nothing comes for long. */
function ticksBetween(random: Random, fromMs: number, untilMs: number): number[] {
  const lengthMs = untilMs - fromMs;
  if (lengthMs < 3 * MINUTE_MS) return random() < 0.1 ? [fromMs + Math.round(random() * (lengthMs - 2)) + 1] : [];
  const minutes = [1, 2, 3, 5, 8, 15, 30, 60, 200, 1_440].map((each) => fromMs + each * MINUTE_MS);
  return minutes.filter((atMs) => atMs < untilMs);
}

/**
 * How much later than its fix a ping may be for the engine to judge it live: within the horizon, also where it holds less time,
 * which is at least as many fixes as `HORIZON_FIXES` without those between two snapshots.
 */
const LATEST_MS = 25 * MINUTE_MS;
const LATEST_FIXES = HORIZON_FIXES - SNAPSHOT_EVERY_FIXES;

/**
 * One wearer's track out of order within the horizon, with repeats and corrections: in the end the same alerts as the sorted,
 * complete track. Returns what differs, or null.
 */
export function compareOutOfOrder(random: Random, town: Town, pings: number, tally: Tally): string | null {
  const wearer = generateWearer(random, town, false);
  const { engine, notJudged, own, terms } = bothSides(town, wearer.tag);
  const arrivals = delay(random, generateTrack(random, wearer, pings));
  const lastMs = arrivals.at(-1)!.receivedAtMs;
  const quietMs = lastMs + 7 * 24 * 60 * MINUTE_MS;
  const events: EngineEvent[] = [...engine({ type: 'watch', atMs: START_MS })];
  let newestMs = 0;
  let beyond = 0;
  arrivals.forEach(({ ping, receivedAtMs }, i) => {
    tally.pings++;
    if (ping.fixedAtMs < newestMs) tally.late++;
    newestMs = Math.max(newestMs, ping.fixedAtMs);
    events.push(...engine({ type: 'ping', ping, receivedAtMs }));
    if (notJudged() === 'beyond-horizon') beyond++;
    for (const atMs of ticksBetween(random, receivedAtMs, arrivals[i + 1]?.receivedAtMs ?? receivedAtMs + 1e6)) {
      events.push(...engine({ type: 'tick', atMs }));
    }
  });
  events.push(...engine({ type: 'tick', atMs: quietMs }));
  count(tally, events);
  if (beyond > 0) return `${beyond} fixes were beyond the horizon, which no delay here is`;
  const twice = overlapping(standingOf(events));
  if (twice !== null) return `two alerts of one time: ${twice}`;
  const track = sortTrack(arrivals, own);
  const [ours, theirs] = [standingOf(events), evaluateTrack(own, terms, track, quietMs)].map((list) =>
    list.map((each) => JSON.stringify(each)).sort(),
  );
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return null;
  const only = (list: string[], other: string[]) => list.filter((each) => !other.includes(each)).join('\n  ');
  return `only the engine:\n  ${only(ours!, theirs!)}\nonly the whole track:\n  ${only(theirs!, ours!)}`;
}

function delay(random: Random, sent: readonly Sent[]): Sent[] {
  const share = pick(random, [0.03, 0.2, 1]);
  const late = sent.flatMap(({ ping }, i) => {
    const farthestMs = sent[i + LATEST_FIXES]?.ping.fixedAtMs ?? Infinity;
    const latestMs = Math.min(LATEST_MS, farthestMs - ping.fixedAtMs - 501);
    const after = () => ping.fixedAtMs + 500 + Math.round((random() < share ? 1 : 0.01) * random() * latestMs);
    const once = { ping, receivedAtMs: after() };
    if (random() < 0.9 || ping.position === null) return [once];
    // Sent again, or corrected: of two fixes of one instant one counts, whichever came first.
    const metres = ping.position.accuracyMetres;
    const corrected = { ...ping, position: { ...ping.position, accuracyMetres: metres === null ? null : metres + 3 } };
    return [once, { ping: random() < 0.5 ? ping : corrected, receivedAtMs: after() }];
  });
  return late.sort((a, b) => a.receivedAtMs - b.receivedAtMs);
}

/** The fixes that count, by device time, one an instant. */
function sortTrack(arrivals: readonly Sent[], own: CompiledOwn): KeptFix[] {
  const byInstant = new Map<number, KeptFix>();
  for (const { ping, receivedAtMs } of arrivals) {
    const fix = fixOf(ping, receivedAtMs, own);
    if (fix === null) continue;
    const other = byInstant.get(fix.fixedAtMs);
    if (other === undefined || fix.accuracyMetres < other.accuracyMetres) byInstant.set(fix.fixedAtMs, fix);
  }
  return [...byInstant.values()].sort((a, b) => a.fixedAtMs - b.fixedAtMs);
}

/** The last word of every alert that was not withdrawn. */
function standingOf(events: readonly EngineEvent[]): Standing[] {
  const last = new Map<string, EngineEvent>();
  for (const event of events) last.set(event.alertId, event);
  return [...last.values()]
    .filter(({ type }) => type !== 'withdrawn')
    .map((event) => ({
      termKey: termKeyOf(event)!,
      kind: event.kind,
      strength: event.strength,
      startedAtMs: event.episode.startedAtMs,
      endedAtMs: event.episode.endedAtMs,
      endedAfterMs: event.episode.endedAfterMs ?? null,
      endedBecause: event.endedBecause ?? null,
    }));
}

/** Two alerts of one term and kind about one time; null: there are none. */
function overlapping(standing: readonly Standing[]): string | null {
  for (const a of standing) {
    for (const b of standing) {
      if (a === b || a.termKey !== b.termKey || a.kind !== b.kind) continue;
      if (a.startedAtMs <= b.startedAtMs && b.startedAtMs < (a.endedAtMs ?? Infinity)) return JSON.stringify([a, b]);
    }
  }
  return null;
}

/** Most towns are small, so that most of the time goes to pings and not to the plain side's terms. */
function townSize(random: Random): number {
  const draw = random();
  return draw < 0.45 ? 5 : draw < 0.8 ? 20 : draw < 0.95 ? 60 : 250;
}

const WEARERS = 5;
const PINGS = 1_250;

/** A world of one seed: five wearers in one town, one of them out of order. Returns what differs, with the seed. */
export function compareWorld(seed: number, tally: Tally): string[] {
  const random = randomOf(seed);
  const town = generateTown(random, townSize(random));
  return Array.from({ length: WEARERS }, (_, n) => {
    const compare = n > 0 ? compareInOrder : compareOutOfOrder;
    const differs = compare(randomOf(seed + n), town, PINGS, tally);
    return differs === null ? [] : [`world ${seed} of ${town.zones.length} shared zones, wearer ${n}: ${differs}`];
  }).flat();
}

/** Worlds until so many pings have been compared; stops at the first that differs. */
export function compareWorlds(random: Random, pings: number): { tally: Tally; differing: string[] } {
  const tally = emptyTally();
  let differing: string[] = [];
  while (tally.pings < pings && differing.length === 0) differing = compareWorld(Math.floor(random() * 2 ** 31), tally);
  return { tally, differing };
}

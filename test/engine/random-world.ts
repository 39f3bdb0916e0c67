/** Seeded small worlds for properties: a few conditions around one place, a track of some hours, delays, silences, changes. */
import fc from 'fast-check';
import type { TagWatch, Term, Zone } from '../../src/engine/types.js';
import type { Step } from '../scenarios/scenario.js';
import { circle, pingAt, place, shared, term, watch, zone, zoneKey } from '../scenarios/world.js';

export const START_MS = Date.parse('2026-06-10T12:00:00Z');
const MINUTE_MS = 60_000;
const MAX_FIXES = 60;
/** Long enough for several windows, short enough for thousands of runs. */
const LENGTH_MS = 4 * 60 * MINUTE_MS;

/** Inside all zones, on the square's edge, outside the small zones, outside all; and beyond them, with a zone between. */
const PLACES = [place(0), place(100), place(300), place(1000), place(-300), place(-90, 250), place(160)];
/** Not reached within a minute, but within two; not within five minutes; the same elsewhere. */
const FAR_PLACES = [place(8_000), place(40_000), place(0, -40_000)];

const terms = fc.record({
  exclusion: fc.boolean(),
  inclusion: fc.boolean(),
  curfew: fc.boolean(),
  otherCurfew: fc.boolean(),
  shared: fc.boolean(),
  firstFix: fc.boolean(),
  bufferMetres: fc.constantFrom(null, 80, 250),
  graceMs: fc.constantFrom(0, 0, 0, 180_000),
  publishedAfterMs: fc.constantFrom(-1e9, -1e9, 70 * MINUTE_MS),
  windowMinutes: fc.array(fc.constantFrom(1, 3, 7, 20, 45), { minLength: 2, maxLength: 12 }),
  otherMinutes: fc.array(fc.constantFrom(2, 10, 30), { minLength: 2, maxLength: 12 }),
  endsAfterMs: fc.option(fc.constantFrom(60 * MINUTE_MS, 100 * MINUTE_MS)),
});

const fix = fc.record({
  afterMs: fc.constantFrom(20_000, 60_000, 60_000, 60_000, 89_000, 240_000, 301_000, 1_500_000),
  at: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...PLACES) },
    { weight: 1, arbitrary: fc.constantFrom(...FAR_PLACES) },
  ),
  /** Fixes in a row at one place, as many as it takes to be believed to have got there. */
  times: fc.constantFrom(1, 1, 1, 1, 1, 2, 3, 4),
  delayMs: fc.constantFrom(500, 500, 2_000, 2_000, 40_000, 75_000, 130_000, 1_500_000),
  mechanism: fc.constantFrom('GPS', 'GPS', 'GPS', 'GPS', 'RF', 'LBS'),
});

const change = fc.option(
  fc.record({
    afterMs: fc.integer({ min: 20, max: 200 }).map((minutes) => minutes * MINUTE_MS + 1_000),
    bigger: fc.boolean(),
  }),
);

/** A clock that runs ahead for some fixes in a row, and schedules whose edges are not expanded to the end. */
const watching = fc.record({
  /** Beyond what a right clock may be ahead by, also where a fix comes two minutes late. */
  aheadMs: fc.constantFrom(200_000, 600_000, 7_200_000),
  fromFix: fc.nat({ max: 20 }),
  fixes: fc.constantFrom(0, 1, 2, 5, 20, 60, 60),
  runsOutAfterMs: fc.constantFrom(null, 40 * MINUTE_MS, 130 * MINUTE_MS),
});

export interface World {
  readonly first: TagWatch;
  readonly steps: readonly Step[];
}

/** Alternating openings and closings from the lengths between them. */
function windowsOf(minutes: readonly number[]): number[] {
  const edges: number[] = [];
  let atMs = START_MS + 10 * MINUTE_MS;
  for (const length of minutes) {
    edges.push(atMs);
    atMs += length * MINUTE_MS;
  }
  return edges.slice(0, edges.length - (edges.length % 2));
}

/**
 * Worlds; `changes` also replaces the exclusion's zone and brings a shared condition while the track runs, `watching` has clocks
 * that run ahead and schedules that run out.
 */
export function worlds(options: { changes: boolean; watching?: boolean }): fc.Arbitrary<World> {
  const faults = options.watching === true ? watching : fc.constant(null);
  const runs = fc.array(fix, { minLength: 1, maxLength: 60 });
  return fc.tuple(terms, runs, change, faults).map(([spec, runs, changed, faulty]) => {
    const fixes = runs.flatMap((run) => Array.from({ length: run.times }, () => run)).slice(0, MAX_FIXES);
    const { bufferMetres } = spec;
    const square = zone({ bufferMetres });
    const home = circle('Z-home', place(0), 150);
    const near = circle('Z-near', place(150), 200);
    const common: Partial<Term> = {
      graceMs: spec.graceMs,
      confirmOn: spec.firstFix ? 'first-fix' : 'belief',
      publishedAtMs: START_MS + spec.publishedAfterMs,
      ...(spec.endsAfterMs === null ? {} : { endsAtMs: START_MS + spec.endsAfterMs, endsBecause: 'order-ended' }),
    };
    const expanded = (windows: number[]): Partial<Term> => {
      const untilMs = faulty?.runsOutAfterMs == null ? Infinity : START_MS + faulty.runsOutAfterMs;
      if (untilMs === Infinity) return { windows };
      const known = windows.filter((atMs) => atMs < untilMs);
      return { windows: known.slice(0, known.length - (known.length % 2)), windowsUntilMs: untilMs };
    };
    const curfew = { ...common, ...expanded(windowsOf(spec.windowMinutes)) };
    const other = { ...common, conditionId: 'C-other', ...expanded(windowsOf(spec.otherMinutes)) };
    const list = [
      ...(spec.exclusion ? [term('exclusion', square, common)] : []),
      ...(spec.inclusion ? [term('inclusion', near, common)] : []),
      ...(spec.curfew ? [term('curfew', home, curfew)] : []),
      ...(spec.otherCurfew ? [term('curfew', near, other)] : []),
    ];
    const zones = [square, home, near];
    const first = watch(zones, list);
    const steps: Step[] = [];
    let fixedAtMs = START_MS;
    let receivedAtMs = START_MS;
    for (const [i, each] of fixes.entries()) {
      fixedAtMs += each.afterMs;
      if (fixedAtMs > START_MS + LENGTH_MS) break;
      // A tag sends in order: what it held back comes before what is newer.
      receivedAtMs = Math.max(receivedAtMs, fixedAtMs + each.delayMs);
      const isAhead = faulty !== null && i >= faulty.fromFix && i < faulty.fromFix + faulty.fixes;
      const toldAtMs = isAhead ? fixedAtMs + faulty.aheadMs : fixedAtMs;
      const ping = pingAt(toldAtMs, each.at, { mechanism: each.mechanism as 'GPS' });
      steps.push({ atMs: receivedAtMs, input: { type: 'ping', ping, receivedAtMs } });
    }
    if (options.changes && changed !== null)
      steps.push(...changesAt(START_MS + changed.afterMs, changed.bigger, first));
    if (options.changes && spec.shared) steps.push(sharedAt(START_MS + 95 * MINUTE_MS));
    steps.sort((a, b) => a.atMs - b.atMs);
    const endMs = Math.ceil((steps.at(-1)?.atMs ?? START_MS) / MINUTE_MS + 60) * MINUTE_MS;
    steps.push({ atMs: endMs, input: { type: 'tick', atMs: endMs } });
    return { first, steps };
  });
}

/** The exclusion's square is replaced by a circle, published half a second later. */
function changesAt(atMs: number, bigger: boolean, first: TagWatch): Step[] {
  const { bufferMetres } = first.zones['Z-1@1']!;
  const next: Zone = circle('Z-1', place(0), bigger ? 400 : 50, { version: 2, bufferMetres });
  const old = first.activations[0]!.terms;
  const terms = old.flatMap((each) => {
    if (each.kind !== 'exclusion' || (each.endsAtMs ?? Infinity) <= atMs) return [each];
    const replaced = { ...each, zoneKey: zoneKey(next), startsAtMs: atMs, publishedAtMs: atMs + 500 };
    return [{ ...each, endsAtMs: atMs, endsBecause: 'version-changed' as const }, replaced];
  });
  const activations = [{ ...first.activations[0]!, terms }];
  const zones = { ...first.zones, [zoneKey(next)]: next };
  return [{ atMs: atMs + 1_500, watch: { ...first, sequence: 2, activations, zones } }];
}

function sharedAt(atMs: number): Step {
  const school = circle('Z-school', place(0), 120, { bufferMetres: 60 });
  const everyone = term('exclusion', school, { conditionId: 'C-schools', startsAtMs: atMs, publishedAtMs: atMs });
  return { atMs: atMs + 800, shared: shared([school], [everyone]) };
}

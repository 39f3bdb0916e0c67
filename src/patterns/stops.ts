/**
 * Where somebody stayed: fixes within a radius of one place for a time, one after the other. Silence is no stop: nothing is put into a longer
 * gap, neither that they stayed nor that they went, and how long they stayed at the least is counted without what is silence to the engine: two
 * fixes with a quarter of an hour between them are no stop. A fold, so that a day goes on where the day before ended. Pure.
 *
 * In this order, of each fix:
 * 1. one that is less accurate than the radius says nothing: it neither begins, ends nor bridges a stop;
 * 2. later than a gap after what was last heard, it ends what was there, and begins anew;
 * 3. one whose distance to the place (of the fixes so far, each by its accuracy) is within the radius and two of its σ, which are
 *    no more than the radius once more, is there;
 * 4. one that is not proves nothing alone; the second in a row says that they have moved, since the first. Where what was there is no stop
 *    yet, the newest part of it that is near the first stays: whoever comes on foot has been there since they came.
 */
import { GAP_LIMIT_MS, SIGMA_FLOOR_METRES } from '../engine/thresholds.js';
import { type Metres, metresFrom, type PatternFix, type Place, placeAt, type Span } from './pattern-fix.js';

export interface StopRule {
  readonly radiusMetres: number;
  /** Of the time that they were seen there. */
  readonly leastMs: number;
  readonly gapMs: number;
}

/** Ours. */
export const DEFAULT_STOP_RULE: StopRule = { radiusMetres: 75, leastMs: 600_000, gapMs: 900_000 };

/** `open`: they were there when the time that was asked for ended, or now. */
export type StopEnd = 'moved' | 'gap' | 'open';

export interface Stop extends Place {
  /** Of its first and its last fix. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** As near the place is known, in 95 of a hundred. */
  readonly radiusMetres: number;
  readonly fixes: number;
  readonly longestGapMs: number;
  readonly end: StopEnd;
}

/** The fixes that are there so far. Changed in place by the fold that has it: forty thousand of them are a month. */
interface Gathered {
  readonly first: PatternFix;
  readonly metres: (to: Place) => Metres;
  untilMs: number;
  fixes: number;
  longestGapMs: number;
  /** Without gaps that are silence to the engine. */
  seenMs: number;
  /** Of 1/σ², with the metres from the first fix that it weighs. */
  weight: number;
  east: number;
  north: number;
  sigmaSum: number;
  /** Until it is a stop: its newest fixes. */
  kept: PatternFix[] | null;
}

export interface StopsState {
  readonly gathered: Readonly<Gathered> | null;
  /** One fix elsewhere, which proves nothing yet. */
  readonly away: PatternFix | null;
}

export const NO_STOPS: StopsState = { gathered: null, away: null };

/** Of ten fixes of somebody who sits still one is farther off than two σ. */
const SIGMAS = 2;
/** So many are gone back over: whoever comes on foot is near no more of them, and every move goes over them. */
const MOST_KEPT = 128;

const weightOf = ({ sigmaMetres }: PatternFix): number => 1 / (sigmaMetres * sigmaMetres);

const begin = (first: PatternFix): Gathered => ({
  first,
  metres: metresFrom(first),
  untilMs: first.atMs,
  fixes: 1,
  longestGapMs: 0,
  seenMs: 0,
  weight: weightOf(first),
  east: 0,
  north: 0,
  sigmaSum: first.sigmaMetres,
  kept: [first],
});

function isThere(gathered: Gathered, fix: PatternFix, { radiusMetres }: StopRule): boolean {
  const at = gathered.metres(fix);
  const [east, north] = [at.east - gathered.east, at.north - gathered.north];
  const reach = radiusMetres + Math.min(radiusMetres, SIGMAS * fix.sigmaMetres);
  return east * east + north * north <= reach * reach;
}

/** Also backwards. */
function gather(into: Gathered, fix: PatternFix): void {
  const at = into.metres(fix);
  const own = weightOf(fix);
  const gapMs = Math.abs(fix.atMs - into.untilMs);
  into.longestGapMs = Math.max(into.longestGapMs, gapMs);
  if (gapMs <= GAP_LIMIT_MS) into.seenMs += gapMs;
  into.untilMs = fix.atMs;
  into.fixes += 1;
  into.weight += own;
  into.east += (own / into.weight) * (at.east - into.east);
  into.north += (own / into.weight) * (at.north - into.north);
  into.sigmaSum += fix.sigmaMetres;
}

function gatherOn(into: Gathered, fix: PatternFix, { leastMs }: StopRule): void {
  gather(into, fix);
  if (into.seenMs >= leastMs) into.kept = null;
  into.kept?.push(fix);
  // A copy at every one would cost more than a list that is twice as long for a while.
  if (into.kept !== null && into.kept.length > 2 * MOST_KEPT) into.kept = into.kept.slice(-MOST_KEPT);
}

/** What is there with a fix elsewhere: it, and of what was no stop yet the newest ones without a break that are near. */
function gatherBack({ kept }: Gathered, away: PatternFix, rule: StopRule): Gathered {
  const back = begin(away);
  let from = kept?.length ?? 0;
  while (from > 0 && isThere(back, kept![from - 1]!, rule)) gather(back, kept![--from]!);
  const [first = away, ...rest] = [...(kept?.slice(from) ?? []), away];
  const forward = begin(first);
  for (const fix of rest) gatherOn(forward, fix, rule);
  return forward;
}

/** Errors nearer in time than this are taken for one: of whoever sits in a house. */
const ONE_ERROR_MS = 600_000;
const R95_PER_SIGMA = 2.45;

/** Whoever comes and goes is within the radius a little before and after: so many fixes that are as far off as can be. */
const FIXES_OF_THE_WAY = 2;

function toStop(gathered: Readonly<Gathered>, end: StopEnd, { leastMs, radiusMetres }: StopRule): Stop[] {
  const { first, untilMs, fixes, longestGapMs, seenMs, east, north, sigmaSum } = gathered;
  if (seenMs < leastMs) return [];
  const lengthMs = untilMs - first.atMs;
  const sigma = sigmaSum / fixes / Math.sqrt(1 + lengthMs / ONE_ERROR_MS);
  return [
    {
      ...placeAt(first, { east, north }),
      fromMs: first.atMs,
      untilMs,
      radiusMetres: R95_PER_SIGMA * Math.max(SIGMA_FLOOR_METRES, sigma) + (FIXES_OF_THE_WAY * radiusMetres) / fixes,
      fixes,
      longestGapMs,
      end,
    },
  ];
}

/** `fixes` in order of time, all of them after what the state has. Stops that have ended. */
export function foldStops(
  state: StopsState,
  fixes: readonly PatternFix[],
  rule: StopRule,
): { readonly state: StopsState; readonly stops: readonly Stop[] } {
  const stops: Stop[] = [];
  let gathered =
    state.gathered === null ? null : { ...state.gathered, kept: state.gathered.kept && [...state.gathered.kept] };
  let { away } = state;
  for (const fix of fixes) {
    if (fix.sigmaMetres > rule.radiusMetres) continue;
    if (gathered === null) {
      gathered = begin(fix);
      continue;
    }
    const isHere = isThere(gathered, fix, rule);
    const heardMs = isHere ? gathered.untilMs : (away?.atMs ?? gathered.untilMs);
    if (fix.atMs - heardMs > rule.gapMs) {
      stops.push(...toStop(gathered, 'gap', rule));
      [gathered, away] = [begin(fix), null];
    } else if (isHere) {
      gatherOn(gathered, fix, rule);
      away = null;
    } else if (away === null) {
      away = fix;
    } else {
      stops.push(...toStop(gathered, 'moved', rule));
      gathered = gatherBack(gathered, away, rule);
      // Where they are on the way, the two are not at one place either.
      away = isThere(gathered, fix, rule) ? null : fix;
      if (away === null) gatherOn(gathered, fix, rule);
    }
  }
  return { state: { gathered, away }, stops };
}

/** What the state has when a time ends that was asked for. */
export function endStops({ gathered }: StopsState, untilMs: number, rule: StopRule): readonly Stop[] {
  if (gathered === null) return [];
  return toStop(gathered, untilMs - gathered.untilMs > rule.gapMs ? 'gap' : 'open', rule);
}

/** Those of a time; `fixes` in order. */
export function findStops(fixes: readonly PatternFix[], { untilMs }: Span, rule: StopRule): readonly Stop[] {
  const { state, stops } = foldStops(NO_STOPS, fixes, rule);
  return [...stops, ...endStops(state, untilMs, rule)];
}

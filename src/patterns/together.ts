/**
 * When two were within a distance of each other: both on the straight way between two fixes of theirs that lie at most a gap apart. What lies in
 * a longer gap of either is not compared. Pure.
 */
import { metresPerDegreeLatitude, metresPerDegreeLongitude, wrapLongitude } from '../engine/geometry/exact.js';
import { type Intervals, intersect, lengthMs, subtract, unite } from '../schemes/intervals.js';
import type { Metres, PatternFix, Place, Span } from './pattern-fix.js';

export interface TogetherRule {
  readonly withinMetres: number;
  /** Over a longer one the straight way says nothing. */
  readonly gapMs: number;
}

/** Ours; the gap is the engine's. */
export const DEFAULT_TOGETHER_RULE: TogetherRule = { withinMetres: 100, gapMs: 300_000 };
/** A fix with a larger σ says too little of who was near whom. */
const GOOD_SIGMA_METRES = 100;
/** Apart for no longer than this, and seen all the while, is one meeting; the time apart is not counted. */
const APART_MS = 300_000;
const R95_PER_SIGMA = 2.45;

export interface Approach {
  readonly atMs: number;
  readonly metres: number;
  /** By the accuracies of the fixes on both sides of it, in 95 of a hundred: the distance may be so much less or more. */
  readonly errorMetres: number;
  /** From it to the nearest fix of each. */
  readonly firstOffMs: number;
  readonly secondOffMs: number;
  /** In the middle of the two. */
  readonly place: Place;
}

export interface Meeting extends Span {
  /** Within the distance, in all. */
  readonly togetherMs: number;
  readonly closest: Approach;
  /** Fixes of each within it. */
  readonly firstFixes: number;
  readonly secondFixes: number;
}

export interface Compared {
  readonly meetings: readonly Meeting[];
  readonly comparedMs: number;
  readonly togetherMs: number;
  /** The whole time without what was compared. */
  readonly notCompared: Intervals;
  /** When nothing can be said of where each was. */
  readonly firstUnseen: Intervals;
  readonly secondUnseen: Intervals;
}

interface Way extends Span {
  readonly from: PatternFix;
  readonly to: PatternFix;
}

const goodOf = (fixes: readonly PatternFix[]): readonly PatternFix[] =>
  fixes.filter(({ sigmaMetres }) => sigmaMetres <= GOOD_SIGMA_METRES);

const waysOf = (fixes: readonly PatternFix[], gapMs: number): readonly Way[] =>
  fixes.slice(1).flatMap((to, i) => {
    const from = fixes[i]!;
    return to.atMs - from.atMs <= gapMs ? [{ from, to, fromMs: from.atMs, untilMs: to.atMs }] : [];
  });

/** Part of a time that both ways have, in which they were within the distance. */
interface Near extends Span {
  readonly closest: Approach;
}

const offMs = ({ from, to }: Way, atMs: number): number => Math.min(atMs - from.atMs, to.atMs - atMs);
const worseSigma = ({ from, to }: Way): number => Math.max(from.sigmaMetres, to.sigmaMetres);

/** On the straight way, at an instant of it. */
function placeOn({ from, to }: Way, atMs: number): Place {
  const share = (atMs - from.atMs) / (to.atMs - from.atMs);
  return {
    latitude: from.latitude + share * (to.latitude - from.latitude),
    longitude: from.longitude + share * wrapLongitude(to.longitude - from.longitude),
  };
}

/** 100 m are off by 2 cm over this: cosines are asked for where somebody has moved a kilometre, and not of each fix. */
const SAME_SCALE_DEGREES = 0.01;

/** Two straight ways over the time that they have in common: where they are within the distance, the parts of a parabola. */
function createComparison({ withinMetres }: TogetherRule) {
  let atLatitude = Number.POSITIVE_INFINITY;
  let perLatitude = 0;
  let perLongitude = 0;
  const apart = (first: Place, second: Place): Metres => {
    if (Math.abs(first.latitude - atLatitude) > SAME_SCALE_DEGREES) {
      atLatitude = first.latitude;
      perLatitude = metresPerDegreeLatitude(atLatitude);
      perLongitude = metresPerDegreeLongitude(atLatitude);
    }
    return {
      east: wrapLongitude(second.longitude - first.longitude) * perLongitude,
      north: (second.latitude - first.latitude) * perLatitude,
    };
  };
  return (first: Way, second: Way, fromMs: number, untilMs: number): Near | null => {
    const start = apart(placeOn(first, fromMs), placeOn(second, fromMs));
    const end = apart(placeOn(first, untilMs), placeOn(second, untilMs));
    const [east, north] = [end.east - start.east, end.north - start.north];
    // |start + share · move|² over share from 0 to 1.
    const square = east * east + north * north;
    const along = start.east * east + start.north * north;
    const share = square === 0 ? 0 : Math.min(1, Math.max(0, -along / square));
    const [nearEast, nearNorth] = [start.east + share * east, start.north + share * north];
    const metres = Math.sqrt(nearEast * nearEast + nearNorth * nearNorth);
    if (metres > withinMetres) return null;
    const lengthMs = untilMs - fromMs;
    const beyond = start.east * start.east + start.north * start.north - withinMetres * withinMetres;
    const root = Math.sqrt(Math.max(0, along * along - square * beyond));
    const enters = square === 0 ? 0 : Math.max(0, (-along - root) / square);
    const leaves = square === 0 ? 1 : Math.min(1, (-along + root) / square);
    const atMs = fromMs + share * lengthMs;
    const [one, other] = [placeOn(first, atMs), placeOn(second, atMs)];
    return {
      fromMs: fromMs + enters * lengthMs,
      untilMs: fromMs + leaves * lengthMs,
      closest: {
        atMs: Math.round(atMs),
        metres,
        errorMetres: R95_PER_SIGMA * Math.hypot(worseSigma(first), worseSigma(second)),
        firstOffMs: Math.round(offMs(first, atMs)),
        secondOffMs: Math.round(offMs(second, atMs)),
        place: {
          latitude: (one.latitude + other.latitude) / 2,
          longitude: wrapLongitude(one.longitude + wrapLongitude(other.longitude - one.longitude) / 2),
        },
      },
    };
  };
}

/** In order of time. */
function* listNear(first: readonly Way[], second: readonly Way[], rule: TogetherRule): Generator<Near> {
  const compare = createComparison(rule);
  for (let i = 0, j = 0; i < first.length && j < second.length; ) {
    const [a, b] = [first[i]!, second[j]!];
    const [fromMs, untilMs] = [Math.max(a.fromMs, b.fromMs), Math.min(a.untilMs, b.untilMs)];
    const near = fromMs < untilMs ? compare(a, b, fromMs, untilMs) : null;
    if (near !== null) yield near;
    if (a.untilMs < b.untilMs) i += 1;
    else j += 1;
  }
}

const seenBy = (ways: readonly Way[]): Intervals => unite(ways.map(({ fromMs, untilMs }) => [fromMs, untilMs]));

/** How many of them lie before an instant. */
function countBefore(fixes: readonly PatternFix[], atMs: number): number {
  let [from, until] = [0, fixes.length];
  while (from < until) {
    const middle = (from + until) >> 1;
    if (fixes[middle]!.atMs < atMs) from = middle + 1;
    else until = middle;
  }
  return from;
}
const countWithin = (fixes: readonly PatternFix[], { fromMs, untilMs }: Span): number =>
  countBefore(fixes, untilMs + 1) - countBefore(fixes, fromMs);

/** Both in order of time, and within the span. */
export function compareTracks(
  first: readonly PatternFix[],
  second: readonly PatternFix[],
  span: Span,
  rule: TogetherRule,
): Compared {
  const [good, others] = [goodOf(first), goodOf(second)];
  const [ways, otherWays] = [waysOf(good, rule.gapMs), waysOf(others, rule.gapMs)];
  const [firstSeen, secondSeen] = [seenBy(ways), seenBy(otherWays)];
  const compared = intersect(firstSeen, secondSeen);
  const found: { readonly fromMs: number; untilMs: number; togetherMs: number; closest: Approach }[] = [];
  let unbroken = 0;
  for (const { fromMs, untilMs, closest } of listNear(ways, otherWays, rule)) {
    // Of a hole in what is compared nobody knows whether they stayed together.
    while (unbroken + 1 < compared.length && compared[unbroken]![1] <= fromMs) unbroken += 1;
    const last = found.at(-1);
    const goesOn = last !== undefined && fromMs - last.untilMs <= APART_MS && last.untilMs >= compared[unbroken]![0];
    if (!goesOn) {
      found.push({ fromMs, untilMs, togetherMs: untilMs - fromMs, closest });
      continue;
    }
    last.untilMs = untilMs;
    last.togetherMs += untilMs - fromMs;
    if (closest.metres < last.closest.metres) last.closest = closest;
  }
  const whole: Intervals = [[span.fromMs, span.untilMs]];
  const meetings = found.map((meeting) => ({
    ...meeting,
    firstFixes: countWithin(good, meeting),
    secondFixes: countWithin(others, meeting),
  }));
  return {
    meetings,
    comparedMs: lengthMs(compared),
    togetherMs: meetings.reduce((sum, { togetherMs }) => sum + togetherMs, 0),
    notCompared: subtract(whole, compared),
    firstUnseen: subtract(whole, firstSeen),
    secondUnseen: subtract(whole, secondSeen),
  };
}

/**
 * What a fix is evidence of, and what the fixes make one believe of one term.
 *
 * Evidence: how much better a violation would have foreseen the fix than compliance, as the logarithm of that ratio. Not how likely the
 * wearer is in the zone: a small zone holds little of a wide bell whatever is so, and whoever sits at home with poor fixes would be out. Of
 * two readings the weaker counts where it speaks for a violation, or against one that is confirmed. Belief: the log odds of being in
 * violation, by a filter of two states. A fix adds what it is evidence of; with time what is believed leaks away, for people move; after
 * a long silence nothing is.
 */
import { exp, ln } from '../geometry/exact.js';
import { probabilityInHoles, probabilityInside, REACH, shareOfRound } from '../geometry/gaussian.js';
import { bandSquareMetres, contains, type PreparedZone, signedDistanceMetres } from '../geometry/zone.js';
import type { KeptFix, Sighting } from '../state.js';
import {
  CERTAIN_LOG_ODDS,
  CLEAR_LOG_ODDS,
  CORRELATION_MS,
  CORRELATION_MS_PER_METRE,
  FAR_SHARE,
  FAR_SPREAD,
  FIRST_FIX_RATIO,
  FORGET_MS,
  HOLE_SHARE,
  KEEPS_PER_MINUTE,
  LEAST_EVIDENCE,
  LONGEST_CORRELATION_MS,
  OPEN_SKY_SIGMA_METRES,
  OUTLIER_SHARE,
  OUTLIER_SPREAD,
  SURROUNDINGS_METRES,
} from '../thresholds.js';
import type { PreparedTerm } from '../watch/terms.js';

/** No fix says more than this, for it may be an outlier. */
const MOST_EVIDENCE = ln((1 - OUTLIER_SHARE / 2) / (OUTLIER_SHARE / 2));
const FIRST_FIX_EVIDENCE = ln(FIRST_FIX_RATIO);

/** Whether a fix is in violation of a term, were it active: by its centre. */
export function violates(term: PreparedTerm, fix: Sighting): boolean {
  return contains(term.shape, fix.latitude, fix.longitude) === term.violatedInside;
}

/** Whether one of the fixes does: at an edge those that could be either are passed over. */
export function someViolates(term: PreparedTerm, fixes: readonly Sighting[]): boolean {
  return fixes.some((fix) => violates(term, fix));
}

/**
 * What a fix adds to the log odds of a violation; `before` is the judged fix before it. Errors stay the same for a while, the longer the
 * poorer the fixes: the sooner one follows, the less accurate it is taken to be. On the same side as the one before and within
 * `CORRELATION_MS` of it, it may be the same outlier, too, and counts in the share of them that passed. `isConfirmed`: the violation is.
 */
export function evidenceOf(
  term: PreparedTerm,
  before: KeptFix | undefined,
  fix: KeptFix,
  isConfirmed: boolean,
  isViolating = violates(term, fix),
): number {
  if (before === undefined) return weigh(term, fix, fix.sigmaMetres, isConfirmed, isViolating);
  const apartMs = fix.fixedAtMs - before.fixedAtMs;
  const evidence = weigh(term, fix, sigmaAfter(apartMs, fix.sigmaMetres), isConfirmed, isViolating);
  const isNews = apartMs >= CORRELATION_MS || evidence === 0 || violates(term, before) !== isViolating;
  return isNews ? evidence : (evidence * apartMs) / CORRELATION_MS;
}

/** σ of what is new in a fix so long after another, metres: as many as fit into the time of one error are together as good as one. */
function sigmaAfter(apartMs: number, sigmaMetres: number): number {
  const correlationMs = Math.min(
    LONGEST_CORRELATION_MS,
    CORRELATION_MS + CORRELATION_MS_PER_METRE * Math.max(0, sigmaMetres - OPEN_SKY_SIGMA_METRES),
  );
  const newMs = Math.max(CORRELATION_MS, apartMs);
  return newMs >= correlationMs ? sigmaMetres : sigmaMetres * Math.sqrt(correlationMs / newMs);
}

/** How many times better a violation foresees a fix by itself than compliance does, by the more cautious of both readings. */
export function likelihoodRatioOf(term: PreparedTerm, fix: KeptFix): number {
  return exp(weigh(term, fix, fix.sigmaMetres, true, violates(term, fix)));
}

/** Whether a fix in violation is enough to confirm a first-fix condition. */
export function isEnoughAlone(term: PreparedTerm, fix: KeptFix): boolean {
  return violates(term, fix) && weigh(term, fix, fix.sigmaMetres, true, true) >= FIRST_FIX_EVIDENCE;
}

/**
 * The weaker of both readings where they speak for a violation, or it is confirmed; else the normalised one. A fix never speaks for a
 * violation against its own centre: whoever stands in a hole too small for the fix's accuracy is where he may be.
 */
function weigh(
  term: PreparedTerm,
  fix: KeptFix,
  sigmaMetres: number,
  isConfirmed: boolean,
  isViolating: boolean,
): number {
  const isInside = isViolating === term.violatedInside;
  const metres = signedDistanceMetres(term.shape, fix.latitude, fix.longitude, isInside);
  // The best case for each side: exactly here, or where the other side is nearest.
  const best = Math.min(MOST_EVIDENCE, (metres * metres) / (2 * sigmaMetres * sigmaMetres));
  if (isConfirmed && best < LEAST_EVIDENCE) return 0;
  const normalised = weighNormalised(term, fix, sigmaMetres, metres, isViolating);
  if (normalised > 0) return isViolating ? atLeast(Math.min(normalised, best)) : 0;
  if (!isConfirmed) return -atLeast(-normalised);
  return isViolating ? 0 : -atLeast(Math.min(-normalised, best));
}

function atLeast(evidence: number): number {
  return evidence < LEAST_EVIDENCE ? 0 : Math.min(MOST_EVIDENCE, evidence);
}

/**
 * The normalised reading: the density of the fix were he anywhere in the zone, against that were he anywhere around it, or far away; of
 * both a share of outliers. In units of one over the area of the surroundings. Of a zone larger than its surroundings only as much counts
 * as they are large: where he is in the rest of it is no matter of this boundary.
 */
function weighNormalised(
  { shape, violatedInside }: PreparedTerm,
  fix: KeptFix,
  sigmaMetres: number,
  metres: number,
  isViolating: boolean,
): number {
  const { extent } = shape;
  const { latitude, longitude } = fix;
  const band = bandSquareMetres(extent, SURROUNDINGS_METRES);
  const isInside = isViolating === violatedInside;
  const isFar = Math.abs(metres) >= REACH * sigmaMetres;
  const within = isFar
    ? isInside
      ? 1
      : 0
    : probabilityInside(shape, latitude, longitude, sigmaMetres, isInside, metres);
  const reached = shareOfRound(metres - SURROUNDINGS_METRES, extent.areaSquareMetres + band, sigmaMetres);
  const around = Math.max(0, reached - within);
  const near = violatedInside && shape.holes !== null ? nearWithHoles(shape, fix, sigmaMetres, around, band) : around;
  const outliers = OUTLIER_SHARE / OUTLIER_SPREAD;
  const inside = (1 - OUTLIER_SHARE) * within * Math.max(1, band / extent.areaSquareMetres) + outliers;
  const outside = (1 - OUTLIER_SHARE) * ((1 - FAR_SHARE) * near + (FAR_SHARE * (1 - within)) / FAR_SPREAD) + outliers;
  return violatedInside ? ln(inside / outside) : ln(outside / inside);
}

/** Half of the time in a hole, of what is `around` the zone; `band`: how large that is, square metres. */
function nearWithHoles(
  shape: PreparedZone,
  { latitude, longitude }: KeptFix,
  sigmaMetres: number,
  around: number,
  band: number,
): number {
  const holes = probabilityInHoles(shape, latitude, longitude, sigmaMetres);
  const beyond = Math.max(0, around - holes);
  return (1 - HOLE_SHARE) * beyond + (HOLE_SHARE * holes * band) / shape.extent.holesSquareMetres;
}

const MINUTE_MS = 60_000;
const KEPT_EXPONENT_PER_MS = ln(KEEPS_PER_MINUTE) / MINUTE_MS;

export function logOdds(probability: number): number {
  return ln(probability / (1 - probability));
}

export function probabilityOf(odds: number): number {
  return 1 / (1 + exp(-odds));
}

/** The log odds after a fix that adds `evidence`, where `odds` is of the fix before it. After a long silence nothing is known of before. */
export function believe(odds: number, before: KeptFix | undefined, fix: KeptFix, evidence: number): number {
  const apartMs = fix.fixedAtMs - (before?.fixedAtMs ?? -Infinity);
  const next = (apartMs > FORGET_MS ? 0 : leak(odds, apartMs)) + evidence;
  return Math.min(CERTAIN_LOG_ODDS, Math.max(-CERTAIN_LOG_ODDS, next));
}

function leak(odds: number, apartMs: number): number {
  const kept = exp(KEPT_EXPONENT_PER_MS * apartMs);
  return logOdds(0.5 + (probabilityOf(odds) - 0.5) * kept);
}

/**
 * The log odds after these fixes, oldest first, from not knowing, of a term of which nothing is raised; 0 where there are none.
 */
export function beliefOver(term: PreparedTerm, fixes: readonly KeptFix[]): number {
  let odds = 0;
  let before: KeptFix | undefined;
  for (const fix of fixes) {
    odds = Math.max(CLEAR_LOG_ODDS, believe(odds, before, fix, evidenceOf(term, before, fix, false)));
    before = fix;
  }
  return odds;
}

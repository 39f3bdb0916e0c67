/** What an event rests on: fixes with their distances, rule, thresholds. Distances are computed here, only when one is told. */
import { likelihoodRatioOf, probabilityOf } from '../fold/belief.js';
import { signedDistanceMetres } from '../geometry/zone.js';
import type { Finding, KeptFix, Told } from '../state.js';
import {
  CONFIRM_AT,
  CROSSING_DEPTH_SIGMAS,
  CROSSING_SPEED_LIMIT_METRES_PER_SECOND,
  END_AT,
  FIRST_FIX_RATIO,
  GAP_LIMIT_MS,
  SETTLE_MS,
  SPEED_LIMIT_METRES_PER_SECOND,
} from '../thresholds.js';
import type { EventType, ExplainedFix, Explanation, Rule } from '../types.js';
import type { PreparedTerm } from '../watch/prepared-term.js';

/** Distances are told to 0.1 m: more would be noise, and fewer digits make the same bytes everywhere. */
const TENTHS = 10;
/** Belief to 0.001. */
const THOUSANDTHS = 1000;
/** Likelihood ratios to 0.01. */
const HUNDREDTHS = 100;

const toTenths = (metres: number): number => Math.round(metres * TENTHS) / TENTHS;

function explainFix(term: PreparedTerm, fix: KeptFix): ExplainedFix {
  const metres = toTenths(signedDistanceMetres(term.zoneShape, fix.latitude, fix.longitude));
  return {
    fixedAtMs: fix.fixedAtMs,
    latitude: fix.latitude,
    longitude: fix.longitude,
    // Negative zero has other bytes in JSON than a comparison suggests.
    signedDistanceMetres: metres === 0 ? 0 : metres,
    accuracyMetres: fix.accuracyMetres,
    likelihoodRatio: Math.round(likelihoodRatioOf(term, fix) * HUNDREDTHS) / HUNDREDTHS,
  };
}

function thresholdsOf(term: PreparedTerm | undefined, rule: Rule): Record<string, number> {
  const thresholds: Record<string, number> = { gapLimitMs: GAP_LIMIT_MS };
  if (rule === 'edge' || rule === 'silence') thresholds.settleMs = SETTLE_MS;
  if (rule === 'belief' || rule === 'first-fix') {
    if (rule === 'belief') thresholds.confirmAt = CONFIRM_AT;
    else thresholds.leastLikelihoodRatio = FIRST_FIX_RATIO;
    thresholds.endAt = END_AT;
  }
  if (rule === 'crossing') {
    thresholds.depthSigmas = CROSSING_DEPTH_SIGMAS;
    thresholds.speedLimitMetresPerSecond = CROSSING_SPEED_LIMIT_METRES_PER_SECOND;
  }
  if (term?.kind === 'buffer') thresholds.bufferMetres = term.zone.bufferMetres ?? 0;
  if (term !== undefined && term.term.graceMs > 0) thresholds.graceMs = term.term.graceMs;
  return thresholds;
}

/** An explanation while it is put together: keys stand in the order in which they are told. */
type Draft = { -readonly [Key in keyof Explanation]?: Explanation[Key] };

function explanation(
  term: PreparedTerm | undefined,
  rule: Rule,
  fixes: readonly KeptFix[],
  edgeAtMs: number | null,
  newestFixAtMs: number | null | undefined,
  logOdds: number | undefined,
  impossibleSpeed = false,
): Explanation {
  // An edge is judged by the state before it; an episode that began at one may be confirmed by fixes after it, by belief.
  // Where one fix is enough its own ratio is the reason, whatever was believed before it.
  const belief = logOdds === undefined || rule !== 'belief' ? undefined : probabilityOf(logOdds);
  const explained: Draft = { rule };
  if (belief !== undefined) explained.belief = Math.round(belief * THOUSANDTHS) / THOUSANDTHS;
  // A term that has vanished took its zone with it: no distance can be told.
  explained.fixes = term === undefined ? [] : fixes.map((fix) => explainFix(term, fix));
  if (edgeAtMs !== null) explained.edgeAtMs = edgeAtMs;
  if (newestFixAtMs !== undefined) explained.newestFixAtMs = newestFixAtMs;
  const thresholds = thresholdsOf(term, rule);
  if (impossibleSpeed) thresholds.speedLimitMetresPerSecond = SPEED_LIMIT_METRES_PER_SECOND;
  explained.thresholds = thresholds;
  return explained as Explanation;
}

/** Of an event about a finding. `newestFixAtMs` is told where silence is the reason. */
export function explainFinding(
  type: EventType,
  finding: Finding,
  term: PreparedTerm | undefined,
  newestFixAtMs: number | null,
): Explanation {
  const silence = finding.rule === 'silence' ? newestFixAtMs : undefined;
  if (finding.crossing !== undefined) {
    const { chordMetres, depthMetres } = finding.crossing;
    const { thresholds, ...all } = explanation(term, finding.rule, finding.evidence, null, undefined, undefined);
    const crossing = { chordMetres: toTenths(chordMetres), depthMetres: toTenths(depthMetres) };
    return { ...all, crossing, thresholds };
  }
  if (type !== 'ended' || finding.end === null) {
    const { rule, evidence, edgeAtMs, logOdds, impossibleSpeed } = finding;
    return explanation(term, rule, evidence, edgeAtMs, silence, logOdds, impossibleSpeed);
  }
  const { end } = finding;
  const last = finding.lastViolating === null ? [] : [finding.lastViolating];
  if (end.fix === null) {
    return explanation(term, finding.rule === 'silence' ? 'silence' : 'edge', last, end.atMs, silence, undefined);
  }
  const rule = finding.rule === 'silence' ? 'silence' : 'belief';
  return explanation(term, rule, [...last, end.fix], null, silence, end.logOdds);
}

/** Of a withdrawal: the fix that took the reason away, where one did. */
export function explainWithdrawal(told: Told, term: PreparedTerm | undefined, cause: KeptFix | null): Explanation {
  const newest = told.rule === 'silence' ? (cause?.fixedAtMs ?? null) : undefined;
  return explanation(term, told.rule, cause === null ? [] : [cause], told.lastEdgeAtMs, newest, undefined);
}

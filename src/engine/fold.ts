/** One fix folded into one term: what the fixes alone make of it. Ticks never come here. */
import { beliefOver, believe, logOdds, probabilityOfViolation, violates } from './belief.js';
import { AT_ONCE, closingOf, closingOfEpisode, endAt, type Finding, findingOf, intervalOf } from './finding.js';
import { type ActiveInterval, activeIntervalAt, type Fitted, type Opening, openingsBetween } from './intervals.js';
import type { PreparedTerm } from './prepared-term.js';
import { type Episode, exactly, type KeptFix } from './state.js';
import {
  CERTAIN_LOG_ODDS,
  CLEAR_LOG_ODDS,
  CORRELATION_MS,
  EVIDENCE_FIXES,
  FIRST_FIX_AT,
  GAP_LIMIT_MS,
  SETTLE_MS,
  SUSPECT_ABOVE,
  WITHDRAW_AT,
} from './thresholds.js';
import { type EpisodeEvent, TRANSITIONS } from './transitions.js';

export interface FoldedTerm {
  readonly open: Episode | null;
  /** Episodes that are over. A suspected one that was withdrawn is in neither. */
  readonly settled: readonly Finding[];
  /** Up to when episodes cover the time since the fix before: no edge until then is unknown. */
  readonly coveredUntilMs: number;
}

const LIKELY_LOG_ODDS = logOdds(SUSPECT_ABOVE);
const DOUBTFUL_LOG_ODDS = logOdds(WITHDRAW_AT);

/**
 * Folds the fix `fix` into a term whose open episode is `open`. `before` are the judged fixes before it, newest last; it is
 * newer than all of them.
 */
export function foldFix(
  term: PreparedTerm,
  fitted: Fitted,
  open: Episode | null,
  before: readonly KeptFix[],
  fix: KeptFix,
): FoldedTerm {
  const settled: Finding[] = [];
  const previousAtMs = before.at(-1)?.fixedAtMs ?? -Infinity;
  let fromMs = previousAtMs;
  let coveredUntilMs = -Infinity;
  if (open !== null) {
    const interval = intervalOf(open, term, fitted);
    if (interval !== null && fix.fixedAtMs < interval.endsAtMs) {
      if (!open.raised) return { open: goOnDoubting(term, interval, open, before, fix), settled, coveredUntilMs };
      return goOn(term, open, before.at(-1)!, fix, settled);
    }
    if (interval !== null) {
      const known = afterInterval(term, open, before.at(-1)!, fix);
      if (open.raised) settled.push(findingOf(open, closingOfEpisode(known, interval, AT_ONCE), true));
      fromMs = Math.max(fromMs, interval.endsAtMs - 1);
      if (open.raised) coveredUntilMs = interval.endsAtMs;
    }
  }
  // An edge further from the last fix than the gap limit finds no state that stands.
  const untilMs = Math.min(fix.fixedAtMs, previousAtMs + GAP_LIMIT_MS);
  const openings = untilMs > fromMs ? openingsBetween(term, fitted, fromMs, untilMs, fix.fixedAtMs) : [];
  for (const opening of openings) {
    const found = openAtEdge(term, opening, before);
    if (found === null) continue;
    const settledByFix = fix.fixedAtMs - opening.atMs <= SETTLE_MS;
    if (settledByFix && !violates(term, fix)) continue;
    if (fix.fixedAtMs < opening.interval.endsAtMs) return goOn(term, found, before.at(-1)!, fix, settled);
    settled.push(findingOf(found, closingOf(opening.interval, AT_ONCE), true));
    coveredUntilMs = opening.interval.endsAtMs;
  }
  const interval = activeIntervalAt(term, fitted, fix.fixedAtMs);
  if (interval === null || !violates(term, fix)) return { open: null, settled, coveredUntilMs };
  const violation = probabilityOfViolation(term, fix, true);
  if (violation <= SUSPECT_ABOVE) return { open: null, settled, coveredUntilMs };
  const odds = believe(term, Math.min(0, beliefOver(term, before)), before.at(-1), fix, violation);
  return { open: openAtFix(term, interval, before, fix, violation, odds), settled, coveredUntilMs };
}

/**
 * What the belief after a fix is to an episode. `evidence`: the fixes that speak for it, oldest first; nearer in time than errors'
 * correlation they may be one error, and confirm nothing. Null: it is confirmed, and nobody asks any more.
 */
function levelOf(
  term: PreparedTerm,
  odds: number,
  violation: number,
  evidence: readonly KeptFix[] | null,
): EpisodeEvent {
  const isCertain = odds >= CERTAIN_LOG_ODDS;
  if (isCertain && (evidence === null || spanMs(evidence) >= CORRELATION_MS)) return 'belief-high';
  if (term.term.confirmOn === 'first-fix' && violation >= FIRST_FIX_AT) return 'belief-high';
  if (odds > LIKELY_LOG_ODDS) return 'belief-likely';
  if (odds > DOUBTFUL_LOG_ODDS) return 'belief-doubtful';
  return odds > -CERTAIN_LOG_ODDS ? 'belief-unlikely' : 'belief-low';
}

function spanMs(fixes: readonly KeptFix[]): number {
  return fixes.length === 0 ? 0 : fixes.at(-1)!.fixedAtMs - fixes[0]!.fixedAtMs;
}

/** A doubt that nothing was said of meets a fix: null where it is clear again. */
function goOnDoubting(
  term: PreparedTerm,
  interval: ActiveInterval,
  doubt: Episode,
  before: readonly KeptFix[],
  fix: KeptFix,
): Episode | null {
  const apartMs = fix.fixedAtMs - before.at(-1)!.fixedAtMs;
  const violation = probabilityOfViolation(term, fix);
  const odds = believe(term, doubt.logOdds, before.at(-1), fix, violation);
  if (violation <= SUSPECT_ABOVE) {
    return odds <= CLEAR_LOG_ODDS ? null : doubtAfter(doubt, odds, fix);
  }
  const starts = openAtFix(term, interval, before, fix, violation, odds);
  if (doubt.leftAt !== null || apartMs > GAP_LIMIT_MS) return starts;
  const { startedAtMs, reason, buffer } = doubt;
  const evidence = addEvidence(doubt, apartMs, fix);
  return { ...starts, startedAtMs, reason, evidence, ...(buffer === undefined ? {} : { buffer }) };
}

/** What is left of an episode, not raised, after a fix that speaks against it. */
function doubtAfter(episode: Episode, odds: number, fix: KeptFix): Episode {
  const doubt = copyOf(episode);
  doubt.raised = false;
  doubt.logOdds = odds;
  doubt.leftAt = fix;
  return doubt;
}

/** A raised episode meets a fix in its interval; `last` is the fix before. */
function goOn(term: PreparedTerm, episode: Episode, last: KeptFix, fix: KeptFix, settled: Finding[]): FoldedTerm {
  const coveredUntilMs = fix.fixedAtMs;
  const isViolating = violates(term, fix);
  const violation = probabilityOfViolation(term, fix, isViolating);
  const odds = believe(term, episode.logOdds, last, fix, violation);
  const speaksFor = violation > SUSPECT_ABOVE;
  const isConfirmed = episode.strength === 'confirmed';
  const apartMs = fix.fixedAtMs - last.fixedAtMs;
  const evidence = isConfirmed ? episode.evidence : addEvidence(episode, apartMs, speaksFor ? fix : null);
  const level = levelOf(term, odds, violation, isConfirmed ? null : evidence);
  const { next, outcome } = TRANSITIONS[episode.strength][level];
  const leftAt = speaksFor ? null : (episode.leftAt ?? (isViolating ? null : fix));
  if (next === 'clear') {
    if (outcome === 'ended') settled.push(findingOf(episode, endAt(episode, leftAt ?? fix, odds), true));
    const doubt = odds <= CLEAR_LOG_ODDS ? null : doubtAfter(episode, odds, fix);
    return { open: doubt, settled, coveredUntilMs };
  }
  const lastViolating = speaksFor ? fix : episode.lastViolating;
  const now = copyOf(episode);
  now.logOdds = odds;
  now.leftAt = leftAt;
  now.evidence = evidence;
  now.lastViolating = lastViolating;
  if (outcome === 'none') return { open: now, settled, coveredUntilMs };
  const byEdge = episode.edgeAtMs !== null && fix.fixedAtMs - episode.edgeAtMs <= SETTLE_MS;
  now.strength = next === 'confirmed' ? 'confirmed' : 'suspected';
  now.rule = byEdge ? 'edge' : ruleOf(term, odds);
  now.foundAtMs = fix.fixedAtMs;
  now.foundLogOdds = odds;
  return { open: now, settled, coveredUntilMs };
}

type EpisodeDraft = { -readonly [Key in keyof Episode]: Episode[Key] };

/** Field by field: spread, it would be a quarter of all that a fix costs with which an episode goes on. */
function copyOf(episode: Episode): EpisodeDraft {
  const copy: EpisodeDraft = {
    termKey: episode.termKey,
    kind: episode.kind,
    startedAtMs: episode.startedAtMs,
    strength: episode.strength,
    raised: episode.raised,
    logOdds: episode.logOdds,
    foundLogOdds: episode.foundLogOdds,
    leftAt: episode.leftAt,
    rule: episode.rule,
    foundAtMs: episode.foundAtMs,
    edgeAtMs: episode.edgeAtMs,
    reason: episode.reason,
    evidence: episode.evidence,
    lastViolating: episode.lastViolating,
  };
  if (episode.buffer !== undefined) copy.buffer = episode.buffer;
  return copy;
}

/** A violation that one fix confirmed says so; what several made likely is belief. */
function ruleOf(term: PreparedTerm, odds: number): 'belief' | 'first-fix' {
  return term.term.confirmOn === 'first-fix' && odds < CERTAIN_LOG_ODDS ? 'first-fix' : 'belief';
}

/** The first of a run and the newest ones, with a fix that speaks for it; after a gap the run starts anew. */
function addEvidence({ evidence }: Episode, apartMs: number, fix: KeptFix | null): readonly KeptFix[] {
  if (fix === null) return apartMs > GAP_LIMIT_MS ? [] : evidence;
  if (apartMs > GAP_LIMIT_MS) return [fix];
  const first = evidence[0];
  if (first === undefined || evidence.length < EVIDENCE_FIXES) return exactly([...evidence, fix]);
  return exactly([first, ...evidence.slice(2), fix]);
}

/** The episode as the first fix after its interval leaves it: it tells whether the last ones in it were outliers. */
function afterInterval(term: PreparedTerm, episode: Episode, last: KeptFix, fix: KeptFix): Episode {
  if (fix.fixedAtMs - last.fixedAtMs > GAP_LIMIT_MS) return episode;
  return { ...episode, logOdds: believe(term, episode.logOdds, last, fix, probabilityOfViolation(term, fix)) };
}

/** The episode that the state before an edge amounts to; null where it is complying, or too old to stand. */
export function openAtEdge(term: PreparedTerm, opening: Opening, before: readonly KeptFix[]): Episode | null {
  const last = before.at(-1);
  if (last === undefined || opening.atMs - last.fixedAtMs > GAP_LIMIT_MS || !violates(term, last)) return null;
  const odds = beliefOver(term, before);
  const run = runBefore(term, before);
  const level = levelOf(term, odds, probabilityOfViolation(term, last), run);
  if (level !== 'belief-high' && level !== 'belief-likely') return null;
  const { next } = TRANSITIONS.clear[level === 'belief-high' ? 'opening-edge-high' : 'opening-edge-likely'];
  return {
    termKey: term.key,
    kind: term.kind,
    startedAtMs: opening.atMs,
    strength: next === 'confirmed' ? 'confirmed' : 'suspected',
    raised: true,
    logOdds: odds,
    foundLogOdds: odds,
    leftAt: null,
    rule: 'edge',
    foundAtMs: opening.atMs,
    edgeAtMs: opening.atMs,
    // Found out when the condition was switched on: whether he came home late or left is not known.
    reason: term.term.kind === 'curfew' && !opening.switchOn ? 'late-home' : null,
    evidence: run,
    lastViolating: last,
  };
}

/** The fixes in violation that stand last before an edge, with no gap between them; oldest first. */
function runBefore(term: PreparedTerm, before: readonly KeptFix[]): readonly KeptFix[] {
  let first = before.length - 1;
  while (first > 0 && before.length - first < EVIDENCE_FIXES) {
    const earlier = before[first - 1]!;
    if (before[first]!.fixedAtMs - earlier.fixedAtMs > GAP_LIMIT_MS || !violates(term, earlier)) break;
    first--;
  }
  return before.slice(first);
}

/** The episode that a fix starts which speaks for one, raised or not. */
function openAtFix(
  term: PreparedTerm,
  interval: ActiveInterval,
  before: readonly KeptFix[],
  fix: KeptFix,
  violation: number,
  odds: number,
): Episode {
  const { next } = TRANSITIONS.clear[levelOf(term, odds, violation, [fix])];
  return {
    termKey: term.key,
    kind: term.kind,
    startedAtMs: fix.fixedAtMs,
    strength: next === 'confirmed' ? 'confirmed' : 'suspected',
    raised: next !== 'clear',
    logOdds: odds,
    foundLogOdds: odds,
    leftAt: null,
    rule: ruleOf(term, odds),
    foundAtMs: fix.fixedAtMs,
    edgeAtMs: null,
    reason: term.term.kind === 'curfew' ? reasonAtFix(term, interval, before.at(-1)) : null,
    evidence: [fix],
    lastViolating: fix,
  };
}

/** Whoever was seen at home in the window, or just before it opened, has left; of anyone else only late is known. */
export function reasonAtFix(term: PreparedTerm, interval: ActiveInterval, last: KeptFix | undefined) {
  const seenHome = last !== undefined && last.fixedAtMs >= interval.startsAtMs - GAP_LIMIT_MS && !violates(term, last);
  return seenHome ? 'left-during' : 'late-home';
}

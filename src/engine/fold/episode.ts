/** One term's episode: what a fix makes of it, how it ends, and as what it is found. What the fixes alone make: ticks never come here. */

import { AT_ONCE, type Episode, exactly, type Finding, type FindingEnd, type KeptFix } from '../state.js';
import {
  CERTAIN_LOG_ODDS,
  CLEAR_LOG_ODDS,
  CORRELATION_MS,
  EVIDENCE_FIXES,
  FORGET_MS,
  GAP_LIMIT_MS,
  SETTLE_MS,
  SUSPECT_ABOVE,
  WITHDRAW_AT,
} from '../thresholds.js';
import {
  type ActiveInterval,
  activeIntervalAt,
  type Fitted,
  type Opening,
  openingsBetween,
  type PreparedTerm,
} from '../watch/terms.js';
import { beliefOver, believe, evidenceOf, isEnoughAlone, logOdds, violates } from './belief.js';
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
    if (settledByFix && evidenceOf(term, before.at(-1), fix, false) < 0) continue;
    if (fix.fixedAtMs < opening.interval.endsAtMs) return goOn(term, found, before.at(-1)!, fix, settled);
    settled.push(findingOf(found, closingOf(opening.interval, AT_ONCE), true));
    coveredUntilMs = opening.interval.endsAtMs;
  }
  const interval = activeIntervalAt(term, fitted, fix.fixedAtMs);
  if (interval === null || !violates(term, fix)) return { open: null, settled, coveredUntilMs };
  const evidence = evidenceOf(term, before.at(-1), fix, false, true);
  if (evidence <= 0) return { open: null, settled, coveredUntilMs };
  const odds = believe(Math.min(0, beliefOver(term, before)), before.at(-1), fix, evidence);
  return { open: openAtFix(term, interval, before, fix, odds), settled, coveredUntilMs };
}

/**
 * What the belief after the fix `newest` is to an episode. `evidence`: the fixes that speak for it, oldest first; nearer in time than
 * errors' correlation they may be one error, and confirm nothing. Null: it is confirmed, and nobody asks any more.
 */
function levelOf(term: PreparedTerm, odds: number, newest: KeptFix, evidence: readonly KeptFix[] | null): EpisodeEvent {
  const isCertain = odds >= CERTAIN_LOG_ODDS;
  if (isCertain && (evidence === null || spanMs(evidence) >= CORRELATION_MS)) return 'belief-high';
  if (evidence !== null && term.term.confirmOn === 'first-fix' && isEnoughAlone(term, newest)) return 'belief-high';
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
  const weight = evidenceOf(term, before.at(-1), fix, false);
  const odds = believe(doubt.logOdds, before.at(-1), fix, weight);
  if (weight <= 0) {
    return odds <= CLEAR_LOG_ODDS ? null : doubtAfter(doubt, odds, weight < 0 ? fix : doubt.leftAt);
  }
  const starts = openAtFix(term, interval, before, fix, odds);
  // Between fixes that could be either for so long there is as little as in a gap.
  const isOld = fix.fixedAtMs - doubt.lastViolating.fixedAtMs > GAP_LIMIT_MS;
  if (doubt.leftAt !== null || isOld) return starts;
  const { startedAtMs, reason, buffer } = doubt;
  const evidence = addEvidence(doubt, apartMs, fix);
  return { ...starts, startedAtMs, reason, evidence, ...(buffer === undefined ? {} : { buffer }) };
}

/** What is left of an episode, not raised, after a fix that does not speak for it; `leftAt`: the newest that speaks against it. */
function doubtAfter(episode: Episode, odds: number, leftAt: KeptFix | null): Episode {
  const doubt = copyOf(episode);
  doubt.raised = false;
  doubt.logOdds = odds;
  doubt.leftAt = leftAt;
  return doubt;
}

/** A raised episode meets a fix in its interval; `last` is the fix before. */
function goOn(term: PreparedTerm, episode: Episode, last: KeptFix, fix: KeptFix, settled: Finding[]): FoldedTerm {
  const coveredUntilMs = fix.fixedAtMs;
  const isViolating = violates(term, fix);
  const isConfirmed = episode.strength === 'confirmed';
  const weight = evidenceOf(term, last, fix, isConfirmed, isViolating);
  const odds = believe(episode.logOdds, last, fix, weight);
  const speaksFor = weight > 0;
  const apartMs = fix.fixedAtMs - last.fixedAtMs;
  const evidence = isConfirmed ? episode.evidence : addEvidence(episode, apartMs, speaksFor ? fix : null);
  const level = levelOf(term, odds, fix, isConfirmed ? null : evidence);
  const { next, outcome } = TRANSITIONS[episode.strength][level];
  // One that could be either neither begins the run that ends it nor breaks it off.
  const leavesAt = weight < 0 && !isViolating ? fix : null;
  const leftAt = speaksFor ? null : (episode.leftAt ?? leavesAt);
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

/** The first of a run and the newest ones, with a fix that speaks for it; after a long silence the run starts anew. */
function addEvidence({ evidence }: Episode, apartMs: number, fix: KeptFix | null): readonly KeptFix[] {
  if (fix === null) return apartMs > FORGET_MS ? [] : evidence;
  if (apartMs > FORGET_MS) return [fix];
  const first = evidence[0];
  if (first === undefined || evidence.length < EVIDENCE_FIXES) return exactly([...evidence, fix]);
  return exactly([first, ...evidence.slice(2), fix]);
}

/** The episode as the first fix after its interval leaves it: it tells whether the last ones in it were outliers. */
function afterInterval(term: PreparedTerm, episode: Episode, last: KeptFix, fix: KeptFix): Episode {
  if (fix.fixedAtMs - last.fixedAtMs > GAP_LIMIT_MS) return episode;
  const evidence = evidenceOf(term, last, fix, episode.strength === 'confirmed');
  return { ...episode, logOdds: believe(episode.logOdds, last, fix, evidence) };
}

/** The episode that the state before an edge amounts to; null where it is complying, or too old to stand. */
export function openAtEdge(term: PreparedTerm, opening: Opening, before: readonly KeptFix[]): Episode | null {
  const run = runBefore(term, before);
  const last = run.at(-1);
  if (last === undefined || opening.atMs - last.fixedAtMs > GAP_LIMIT_MS) return null;
  const odds = beliefOver(term, before);
  const level = levelOf(term, odds, last, run);
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

/** The fixes that speak for a violation and stand last before an edge, no gap between them and none that could be either; oldest first. */
function runBefore(term: PreparedTerm, before: readonly KeptFix[]): readonly KeptFix[] {
  const run: KeptFix[] = [];
  for (let i = before.length - 1; i >= 0 && run.length < EVIDENCE_FIXES; i--) {
    const fix = before[i]!;
    if (run.length > 0 && run[0]!.fixedAtMs - fix.fixedAtMs > GAP_LIMIT_MS) break;
    const evidence = evidenceOf(term, before[i - 1], fix, false);
    if (evidence < 0) break;
    if (evidence > 0) run.unshift(fix);
  }
  return run;
}

/** The episode that a fix starts which speaks for one, raised or not. */
function openAtFix(
  term: PreparedTerm,
  interval: ActiveInterval,
  before: readonly KeptFix[],
  fix: KeptFix,
  odds: number,
): Episode {
  const { next } = TRANSITIONS.clear[levelOf(term, odds, fix, [fix])];
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
  const isRecent = last !== undefined && last.fixedAtMs >= interval.startsAtMs - GAP_LIMIT_MS;
  const seenHome = isRecent && evidenceOf(term, undefined, last, false) < 0;
  return seenHome ? 'left-during' : 'late-home';
}

/**
 * From when on a tick may judge an instant that no fix has passed: settled, and, where the newest fix came delayed, not while
 * the backlog that it belongs to may still be coming in.
 */
export function tickJudgesFromMs(instantMs: number, backlogMs: number): number {
  return Math.max(instantMs, backlogMs) + SETTLE_MS;
}

/** An episode as a finding. */
export function findingOf(episode: Episode, end: FindingEnd | null, settled: boolean, dueAtMs = AT_ONCE): Finding {
  return {
    termKey: episode.termKey,
    kind: episode.kind,
    startedAtMs: episode.startedAtMs,
    strength: episode.strength,
    rule: episode.rule,
    foundAtMs: episode.foundAtMs,
    edgeAtMs: episode.edgeAtMs,
    reason: episode.reason,
    evidence: episode.evidence,
    logOdds: episode.foundLogOdds,
    lastViolating: episode.lastViolating,
    end,
    dueAtMs,
    lastEdgeAtMs: null,
    settled,
  };
}

/** The end that an active interval gives to its episode; null where no end is known. */
export function closingOf(interval: ActiveInterval, backlogMs: number): FindingEnd | null {
  if (interval.endsAtMs === Infinity) return null;
  const scheduled = interval.endsBecause === 'window-closed' || interval.endsBecause === 'absence-began';
  return {
    atMs: interval.endsAtMs,
    because: interval.endsBecause,
    afterMs: null,
    fix: null,
    // Only what was planned is waited for: where a record says that it is over, what replaces it is judged at once as well.
    dueAtMs: scheduled ? tickJudgesFromMs(interval.endsAtMs, backlogMs) : interval.endsAtMs,
  };
}

/** Whether the newest fixes make a confirmed violation less likely than not, without having ended it yet. */
function isLeaving(episode: Episode): episode is Episode & { readonly leftAt: KeptFix } {
  return episode.strength === 'confirmed' && episode.leftAt !== null && episode.logOdds < 0;
}

/** The end that fixes give: at the first of the run that speaks against the violation. */
function endAt(episode: Episode, left: KeptFix, logOdds: number, dueAtMs = AT_ONCE): FindingEnd {
  const apartMs = left.fixedAtMs - episode.lastViolating.fixedAtMs;
  const afterMs = apartMs > GAP_LIMIT_MS ? Math.max(episode.lastViolating.fixedAtMs, episode.startedAtMs) : null;
  return { atMs: left.fixedAtMs, because: 'complied', afterMs, fix: left, dueAtMs, logOdds };
}

/**
 * How an episode that the fixes left open ends with its interval: at the edge, or where its newest fixes make it less likely
 * than not, at the first of them. Null where no end is known.
 */
export function closingOfEpisode(episode: Episode, interval: ActiveInterval, backlogMs: number): FindingEnd | null {
  const closing = closingOf(interval, backlogMs);
  if (closing === null || !isLeaving(episode)) return closing;
  // Not later for a backlog under way: what a tick told about the edge is amended at once.
  return endAt(episode, episode.leftAt, episode.logOdds, interval.endsAtMs + SETTLE_MS);
}

/** The interval an open episode lives in; null where a change of the watch has taken it away. */
export function intervalOf(episode: Episode, term: PreparedTerm, fitted: Fitted): ActiveInterval | null {
  return activeIntervalAt(term, fitted, episode.startedAtMs);
}

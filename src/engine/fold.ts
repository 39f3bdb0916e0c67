/** One fix folded into one term: what the fixes alone make of it. Ticks never come here. */
import { closingOf, type Finding, findingOf, intervalOf } from './finding.js';
import { contains } from './geometry/zone.js';
import { type ActiveInterval, activeIntervalAt, type Fitted, type Opening, openingsBetween } from './intervals.js';
import type { PreparedTerm } from './prepared-term.js';
import type { Episode, KeptFix } from './state.js';
import { GAP_LIMIT_MS, SETTLE_MS } from './thresholds.js';
import { type EpisodeEvent, TRANSITIONS } from './transitions.js';

export interface FoldedTerm {
  readonly open: Episode | null;
  /** Episodes that are over. A suspected one that was withdrawn is in neither. */
  readonly settled: readonly Finding[];
  /** Up to when episodes cover the time since the fix before: no edge until then is unknown. */
  readonly coveredUntilMs: number;
}

/** Whether a fix is in violation of a term, were it active: by its centre. */
export function violates(term: PreparedTerm, fix: KeptFix): boolean {
  return contains(term.shape, fix.latitude, fix.longitude) === term.violatedInside;
}

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
    if (interval !== null && fix.fixedAtMs < interval.endsAtMs) return goOn(term, open, fix, settled);
    if (interval !== null) {
      settled.push(findingOf(open, closingOf(interval, fix), true));
      fromMs = Math.max(fromMs, interval.endsAtMs - 1);
      coveredUntilMs = interval.endsAtMs;
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
    if (fix.fixedAtMs < opening.interval.endsAtMs) return goOn(term, found, fix, settled);
    settled.push(findingOf(found, closingOf(opening.interval, fix), true));
    coveredUntilMs = opening.interval.endsAtMs;
  }
  const interval = activeIntervalAt(term, fitted, fix.fixedAtMs);
  if (interval === null || !violates(term, fix)) return { open: null, settled, coveredUntilMs };
  return { open: openAtFix(term, interval, before, fix), settled, coveredUntilMs };
}

/** An open episode meets a fix in its interval. */
function goOn(term: PreparedTerm, episode: Episode, fix: KeptFix, settled: Finding[]): FoldedTerm {
  const apartMs = fix.fixedAtMs - episode.lastViolating.fixedAtMs;
  let event: EpisodeEvent = 'complying-fix';
  if (violates(term, fix)) event = apartMs <= GAP_LIMIT_MS ? 'sufficing-violating-fix' : 'lone-violating-fix';
  const { next, outcome } = TRANSITIONS[episode.strength][event];
  const coveredUntilMs = fix.fixedAtMs;
  if (next === 'clear') {
    if (outcome === 'ended') {
      const afterMs = apartMs > GAP_LIMIT_MS ? Math.max(episode.lastViolating.fixedAtMs, episode.startedAtMs) : null;
      const end = { atMs: fix.fixedAtMs, because: 'complied', afterMs, fix, dueAtMs: fix.fixedAtMs } as const;
      settled.push(findingOf(episode, end, true));
    }
    return { open: null, settled, coveredUntilMs };
  }
  if (outcome !== 'confirmed') return { open: { ...episode, lastViolating: fix }, settled, coveredUntilMs };
  const byEdge = episode.edgeAtMs !== null && fix.fixedAtMs - episode.edgeAtMs <= SETTLE_MS;
  const open: Episode = {
    ...episode,
    strength: next,
    rule: byEdge ? 'edge' : 'two-fixes',
    foundAtMs: fix.fixedAtMs,
    evidence: [episode.lastViolating, fix],
    lastViolating: fix,
  };
  return { open, settled, coveredUntilMs };
}

/** The episode that the state before an edge amounts to; null where it is complying, or too old to stand. */
export function openAtEdge(term: PreparedTerm, opening: Opening, before: readonly KeptFix[]): Episode | null {
  const last = before.at(-1);
  if (last === undefined || opening.atMs - last.fixedAtMs > GAP_LIMIT_MS || !violates(term, last)) return null;
  const earlier = before.at(-2);
  const firstFix = term.term.confirmOn === 'first-fix';
  const two = earlier !== undefined && last.fixedAtMs - earlier.fixedAtMs <= GAP_LIMIT_MS && violates(term, earlier);
  const event = two || firstFix ? 'opening-edge-sufficing' : 'opening-edge-lone';
  const { next } = TRANSITIONS.clear[event];
  return {
    termKey: term.key,
    kind: term.term.kind,
    startedAtMs: opening.atMs,
    strength: next === 'confirmed' ? 'confirmed' : 'suspected',
    rule: 'edge',
    foundAtMs: opening.atMs,
    edgeAtMs: opening.atMs,
    // Found out when the condition was switched on: whether he came home late or left is not known.
    reason: term.term.kind === 'curfew' && !opening.switchOn ? 'late-home' : null,
    evidence: two && !firstFix ? [earlier, last] : [last],
    lastViolating: last,
  };
}

/** The episode that a violating fix starts. */
function openAtFix(term: PreparedTerm, interval: ActiveInterval, before: readonly KeptFix[], fix: KeptFix): Episode {
  const firstFix = term.term.confirmOn === 'first-fix';
  const { next } = TRANSITIONS.clear[firstFix ? 'sufficing-violating-fix' : 'lone-violating-fix'];
  return {
    termKey: term.key,
    kind: term.term.kind,
    startedAtMs: fix.fixedAtMs,
    strength: next === 'confirmed' ? 'confirmed' : 'suspected',
    rule: firstFix ? 'first-fix' : 'two-fixes',
    foundAtMs: fix.fixedAtMs,
    edgeAtMs: null,
    reason: term.term.kind === 'curfew' ? reasonAtFix(term, interval, before.at(-1)) : null,
    evidence: [fix],
    lastViolating: fix,
  };
}

/** Whoever was seen at home in the window, or just before it opened, has left; of anyone else only late is known. */
function reasonAtFix(term: PreparedTerm, interval: ActiveInterval, last: KeptFix | undefined) {
  const seenHome = last !== undefined && last.fixedAtMs >= interval.startsAtMs - GAP_LIMIT_MS && !violates(term, last);
  return seenHome ? 'left-during' : 'late-home';
}

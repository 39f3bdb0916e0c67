/**
 * The engine as it was before it weighed two likelihoods (commit 9c8a19f), as one rule: the probability of being inside under a flat
 * prior, added up as log odds in a filter of two states. Without what the engine does besides: late fixes, impossible speeds,
 * crossings, buffers. Held to what that engine said of a table of worlds.
 */
import { prepareBell } from './bell.js';
import type { RivalKind, Rule, Saying, SeenFix } from './rival.js';

const GAP_LIMIT_MS = 300_000;
const SETTLE_MS = 90_000;
const SIGMA_FLOOR_METRES = 5;
const OUTLIER_SHARE = 0.11;
const CORRELATION_MS = 10_000;
const KEEPS_PER_MINUTE = 0.9;
const CERTAIN = Math.log(0.95 / 0.05);
const CLEAR = -2.5;
const SUSPECT_ABOVE = 0.5;
const DOUBTFUL = Math.log(0.35 / 0.65);
const FIRST_FIX_AT = 0.8;
const KEPT_FIXES = 8;

interface Kept {
  readonly atMs: number;
  readonly isViolating: boolean;
  readonly probability: number;
}

interface Episode {
  status: 'doubt' | 'suspected' | 'confirmed';
  odds: number;
  /** A fix that spoke against it since it was last spoken for. */
  isLeft: boolean;
  /** The first and the newest fix that speak for it. */
  firstMs: number;
  newestMs: number;
}

const logOdds = (probability: number) => Math.log(probability / (1 - probability));

function believe(odds: number, before: Kept | undefined, fix: Kept): number {
  const apartMs = fix.atMs - (before?.atMs ?? Number.NEGATIVE_INFINITY);
  const isGap = apartMs > GAP_LIMIT_MS;
  const isNews = isGap || apartMs >= CORRELATION_MS || before!.isViolating !== fix.isViolating;
  const leaked = isGap ? 0 : leak(odds, apartMs);
  const next = leaked + (isNews ? 1 : apartMs / CORRELATION_MS) * logOdds(fix.probability);
  return Math.min(CERTAIN, Math.max(-CERTAIN, next));
}

function leak(odds: number, apartMs: number): number {
  return logOdds(0.5 + (1 / (1 + Math.exp(-odds)) - 0.5) * KEEPS_PER_MINUTE ** (apartMs / 60_000));
}

function beliefOver(fixes: readonly Kept[]): number {
  let odds = 0;
  fixes.forEach((fix, index) => {
    odds = Math.max(CLEAR, believe(odds, fixes[index - 1], fix));
  });
  return odds;
}

export const AS_IT_WAS: RivalKind = {
  name: 'asItWas',
  title: 'the engine as it was',
  start: (condition, _area, shape, stage): Rule => {
    const bell = prepareBell(shape);
    const perSigma = (stage.accuracyConvention ?? 'r68') === 'r68' ? 1.51 : 2.45;
    const isExclusion = condition.kind === 'exclusion';
    let kept: Kept[] = [];
    let episode: Episode | null = null;
    let wasActive = true;

    const weigh = ({ atMs, spot, violatingMetres, accuracyMetres }: SeenFix): Kept => {
      const sigma = Math.max(SIGMA_FLOOR_METRES, Math.round((100 * accuracyMetres) / perSigma) / 100);
      const isViolating = isExclusion ? violatingMetres >= 0 : violatingMetres > 0;
      const share = bell(spot.east, spot.north, sigma, isViolating === isExclusion);
      const inside = OUTLIER_SHARE / 2 + (1 - OUTLIER_SHARE) * share;
      const violation = isExclusion ? inside : 1 - inside;
      return { atMs, isViolating, probability: isViolating ? violation : Math.min(0.5, violation) };
    };

    const statusOf = (odds: number, fix: Kept, spanMs: number): Episode['status'] => {
      if (odds >= CERTAIN && spanMs >= CORRELATION_MS) return 'confirmed';
      if (condition.confirmOn === 'first-fix' && fix.probability >= FIRST_FIX_AT) return 'confirmed';
      return odds > 0 ? 'suspected' : 'doubt';
    };

    const openAtFix = (odds: number, fix: Kept): Episode => ({
      status: statusOf(odds, fix, 0),
      odds,
      isLeft: false,
      firstMs: fix.atMs,
      newestMs: fix.atMs,
    });

    /** The state before a window's opening, where it stands. */
    const openAtEdge = (fix: Kept): Episode | null => {
      const last = kept.at(-1);
      if (last === undefined || fix.atMs - last.atMs > GAP_LIMIT_MS || !last.isViolating) return null;
      if (fix.atMs - last.atMs <= SETTLE_MS && !fix.isViolating) return null;
      const odds = beliefOver(kept);
      let first = kept.length - 1;
      while (first > 0 && kept.length - first < 6 && kept[first - 1]!.isViolating) first--;
      const status = statusOf(odds, last, last.atMs - kept[first]!.atMs);
      return status === 'doubt'
        ? null
        : { status, odds, isLeft: false, firstMs: kept[first]!.atMs, newestMs: last.atMs };
    };

    const goOn = (open: Episode, last: Kept, fix: Kept): Episode | null => {
      const odds = believe(open.odds, last, fix);
      const speaksFor = fix.probability > SUSPECT_ABOVE;
      const isGap = fix.atMs - last.atMs > GAP_LIMIT_MS;
      if (open.status === 'doubt') {
        if (!speaksFor) return odds <= CLEAR ? null : { ...open, odds, isLeft: true };
        if (open.isLeft || isGap) return openAtFix(odds, fix);
        return { ...openAtFix(odds, fix), firstMs: open.firstMs };
      }
      if (open.status === 'confirmed') {
        if (odds > -CERTAIN) return { ...open, odds };
        return null;
      }
      const firstMs = isGap ? fix.atMs : open.firstMs;
      const newestMs = speaksFor ? fix.atMs : isGap ? firstMs : open.newestMs;
      const status = statusOf(odds, fix, newestMs - firstMs);
      if (status === 'confirmed') return { status, odds, isLeft: false, firstMs, newestMs };
      if (odds > DOUBTFUL) return { status: 'suspected', odds, isLeft: !speaksFor, firstMs, newestMs };
      return odds <= CLEAR ? null : { status: 'doubt', odds, isLeft: true, firstMs, newestMs };
    };

    return {
      see(seen, isActive): Saying {
        const fix = weigh(seen);
        const last = kept.at(-1);
        if (!isActive) episode = null;
        else {
          if (!wasActive && episode === null) episode = openAtEdge(fix);
          if (episode !== null && last !== undefined) episode = goOn(episode, last, fix);
          else if (fix.isViolating && fix.probability > SUSPECT_ABOVE) {
            episode = openAtFix(believe(Math.min(0, beliefOver(kept)), last, fix), fix);
          }
        }
        wasActive = isActive;
        kept = [...kept.slice(1 - KEPT_FIXES), fix];
        return episode?.status === 'confirmed' ? 'violation' : 'none';
      },
    };
  },
};

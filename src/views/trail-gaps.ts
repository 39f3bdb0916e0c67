/**
 * What the gaps in a trail leave open, for whoever reads it: nothing is raised over a gap longer than the engine infers over, and
 * nothing is left unsaid either. Judged by the versions of conditions and zones that stood then.
 */

import { cannotExclude } from '../engine/fold/between.js';
import { applyShared, createSharedIndex } from '../engine/near/shared-index.js';
import { GAP_LIMIT_MS } from '../engine/thresholds.js';
import { compileTag } from '../engine/watch/compile.js';
import type { PreparedTerm } from '../engine/watch/terms.js';
import type { TrailGap, WatchFacts } from '../ports/watch.js';
import { draftSharedWatch, draftTagWatch, horizonOf } from '../watchlist/watch-builder.js';

/** A fix of a trail, as far as gaps are concerned. */
export interface GapFix {
  readonly tagId: string;
  readonly activationId: string;
  readonly fixedAtMs: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly notJudged: string | null;
}

/** A ping of a trail: a fix, or a message without a position. */
type GapPing = Omit<GapFix, 'latitude' | 'longitude'> & {
  readonly latitude: number | null;
  readonly longitude: number | null;
};

function isEvidence<Ping extends GapPing>(ping: Ping): ping is Ping & GapFix {
  return ping.notJudged === null && ping.latitude !== null && ping.longitude !== null;
}

/** A straight line across a gap; the wearer wore that tag. */
export interface GapLine {
  readonly before: GapFix;
  readonly after: GapFix;
}

export interface GapDeps {
  /** All that stands in these tags' watches, and the shared conditions with a zone near one of the lines. */
  readonly readFacts: (lines: readonly GapLine[]) => Promise<{ readonly own: WatchFacts; readonly shared: WatchFacts }>;
  readonly nowMs: number;
}

/**
 * Adds `gapBefore` to the fixes that end a gap. `fixes` are in order of device time; `before` is the newest fix that was evidence
 * before them, and `last` that one for the fixes after them. Fixes that are no evidence end no gap.
 */
export async function addGaps<Fix extends GapPing>(
  fixes: readonly Fix[],
  before: Fix | null,
  deps: GapDeps,
): Promise<{ readonly fixes: readonly (Fix & { readonly gapBefore?: TrailGap })[]; readonly last: Fix | null }> {
  const lines: GapLine[] = [];
  let last: (Fix & GapFix) | null = before !== null && isEvidence(before) ? before : null;
  for (const after of fixes) {
    if (!isEvidence(after)) continue;
    const isGap = last?.activationId === after.activationId && after.fixedAtMs - last.fixedAtMs > GAP_LIMIT_MS;
    if (isGap) lines.push({ before: last!, after });
    last = after;
  }
  if (lines.length === 0) return { fixes, last };
  const termsOf = compileFacts(await deps.readFacts(lines), deps.nowMs);
  const gaps = new Map<GapPing, TrailGap>(lines.map((line) => [line.after, gapOf(line, termsOf(line.after))]));
  const withGap = (fix: Fix) => {
    const gapBefore = gaps.get(fix);
    return gapBefore === undefined ? fix : { ...fix, gapBefore };
  };
  return { fixes: fixes.map(withGap), last };
}

interface ActivationTerms {
  readonly terms: readonly PreparedTerm[];
  readonly fittedAtMs: number;
  readonly removedAtMs: number;
}

function compileFacts(
  { own, shared }: Awaited<ReturnType<GapDeps['readFacts']>>,
  nowMs: number,
): (fix: GapFix) => ActivationTerms | undefined {
  const horizonMs = horizonOf(nowMs);
  const always = () => 0;
  const index = createSharedIndex();
  for (const condition of shared.conditions) {
    applyShared(index, draftSharedWatch(condition, shared, horizonMs).finish(always, 0, nowMs));
  }
  const byActivation = new Map<string, ActivationTerms>();
  for (const tag of own.tags) {
    const { activations } = compileTag(draftTagWatch(tag, own, horizonMs).finish(always, 0, nowMs));
    for (const { activationId, terms, fittedAtMs, removedAtMs } of activations) {
      byActivation.set(activationId, { terms: [...terms, ...index.terms.values()], fittedAtMs, removedAtMs });
    }
  }
  return ({ activationId }) => byActivation.get(activationId);
}

/** An activation that is not on record any more has nothing in force. */
function gapOf({ before, after }: GapLine, found: ActivationTerms | undefined): TrailGap {
  const { terms, ...fitted } = found ?? { terms: [], fittedAtMs: 0, removedAtMs: 0 };
  const crossed = cannotExclude(terms, fitted, before, after);
  const name = ({ term, zone }: PreparedTerm) => ({
    conditionId: term.conditionId,
    conditionVersion: term.conditionVersion,
    zoneId: zone.zoneId,
    zoneVersion: zone.version,
  });
  return { fromMs: before.fixedAtMs, cannotExclude: crossed === null ? null : crossed.map(name) };
}

/**
 * Which fixes of a trail come from a clock that runs ahead, by the engine's own rule (`engine/fold/clocks.ts`): it lies in no ping by
 * itself, so it is not on record but found by whoever reads the trail, as far as the trail goes.
 */
import { isAhead, noteAhead, noteRight } from '../engine/fold/clocks.js';
import type { TrailClocks } from '../ports/watch.js';

/** A fix of a trail, as far as clocks are concerned. */
export interface ClockFix {
  readonly activationId: string;
  readonly fixedAtMs: number;
  readonly receivedAtMs: number;
  readonly latitude: number | null;
  readonly notJudged: string | null;
  readonly clockAheadMs?: number;
}

export interface MarkedClocks<Fix> {
  readonly fixes: readonly Fix[];
  readonly clocks: TrailClocks;
}

/**
 * Says `clockAheadMs` of fixes that are dated ahead of their receipt, and of those of a clock that runs ahead that they were judged:
 * at their receipt. Where the trail begins it takes as many as the rule asks for to know that a clock runs.
 */
export function markClocks<Fix extends ClockFix>(fixes: readonly Fix[], before: TrailClocks): MarkedClocks<Fix> {
  const clocks = new Map(before);
  const marked = fixes.map((fix) => {
    if (fix.latitude === null) return fix;
    const known = clocks.get(fix.activationId);
    if (!isAhead(fix)) {
      if (known === undefined || fix.notJudged !== null) return fix;
      const noted = noteRight(known.fixes, fix, known.runs);
      if (noted === null) clocks.delete(fix.activationId);
      else clocks.set(fix.activationId, { ...known, fixes: noted });
      return fix;
    }
    const noted = noteAhead(known?.fixes ?? [], fix, known?.runs ?? false);
    clocks.set(fix.activationId, noted);
    const isJudged = noted.runs && fix.notJudged === 'ahead-of-clock';
    return { ...fix, clockAheadMs: fix.fixedAtMs - fix.receivedAtMs, ...(isJudged ? { notJudged: null } : {}) };
  });
  return { fixes: marked, clocks };
}

/** The newest fix: the last one of a clock that runs ahead where there is one after the newest of the others. */
export function newestByClock<Fix extends ClockFix>({
  newest,
  ahead,
}: {
  readonly newest: Fix | null;
  readonly ahead: readonly Fix[];
}): Fix | null {
  return markClocks(ahead, new Map()).fixes.findLast(({ notJudged }) => notJudged === null) ?? newest;
}

/** A stretch of a trail with all that its reader finds in it and no ping says by itself: speeds, gaps, clocks. */
import type { TrailClocks } from '../ports/watch.js';
import { type ClockFix, markClocks } from './trail-clock.js';
import { addGaps, type GapDeps, type GapFix } from './trail-gaps.js';
import { judgeStretch, type SpeedFix } from './trail-speeds.js';

/** A ping of a trail: a fix, or a message without a position. */
type Ping = Omit<SpeedFix & GapFix & ClockFix, 'latitude' | 'longitude'> & {
  readonly latitude: number | null;
  readonly longitude: number | null;
};

/** What the stretch before left: its newest fix that was evidence, and what the clocks of the tags were known to be. */
export interface StretchBefore<Fix> {
  readonly evidence?: Fix | null;
  readonly clocks?: TrailClocks;
}

export async function judgeTrailStretch<Fix extends Ping, Place>(
  read: { readonly points: readonly (Fix & Place)[]; readonly next: Place | null },
  before: StretchBefore<Fix> | null,
  gapDeps: GapDeps,
): Promise<{ readonly points: readonly Fix[]; readonly next: (Place & StretchBefore<Fix>) | null }> {
  const evidence = before?.evidence ?? null;
  const { points, next } = judgeStretch<Fix & Place, Place>(read, evidence);
  const { fixes, last } = await addGaps<Fix>(points, evidence, gapDeps);
  const marked = markClocks(fixes, before?.clocks ?? new Map());
  return { points: marked.fixes, next: next === null ? null : { ...next, evidence: last, clocks: marked.clocks } };
}

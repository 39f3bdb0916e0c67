/**
 * Which fixes of a trail imply a speed that no wearer reaches, by the engine's own rule (`engine/fold/evidence.ts`): it lies in no ping by
 * itself, so it is not on record but found by whoever reads the trail, as far as the trail goes.
 */
import { sigmaMetres, weighSpeed } from '../engine/fold/evidence.js';
import type { KeptFix } from '../engine/state.js';
import type { TrailModel } from '../ports/watch.js';

/** A fix of a trail, as far as speeds are concerned. */
export interface SpeedFix {
  readonly activationId: string;
  readonly fixedAtMs: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number | null;
  readonly notJudged: string | null;
  /** What its tag's model says of accuracies; none: the 68 % circle is meant (`watch-builder.ts`). */
  readonly model?: TrailModel | null;
}

/** A ping of a trail: a fix, or a message without a position. */
type SpeedPing = Omit<SpeedFix, 'latitude' | 'longitude'> & {
  readonly latitude: number | null;
  readonly longitude: number | null;
};

export interface MarkedTrail<Fix> {
  readonly fixes: readonly Fix[];
  /** How many of them are judged for good: what comes after the others may yet agree with them. */
  readonly judged: number;
}

function isEvidence<Ping extends SpeedPing>(ping: Ping): ping is Ping & SpeedFix {
  return ping.notJudged === null && ping.latitude !== null && ping.longitude !== null;
}

/**
 * Says `impossible-speed` of the fixes that are. `fixes` are in order of device time; `before` is the newest fix that was evidence
 * before them.
 */
export function markSpeeds<Fix extends SpeedPing>(fixes: readonly Fix[], before: SpeedPing | null): MarkedTrail<Fix> {
  const impossible = new Set<number>();
  let activationId = before?.activationId ?? null;
  let anchor: Candidate | null = before !== null && isEvidence(before) ? candidateOf(before, -1) : null;
  let newest = anchor;
  let waiting: readonly Candidate[] = [];
  fixes.forEach((fix, i) => {
    if (!isEvidence(fix)) return;
    if (fix.activationId !== activationId) [activationId, anchor, newest, waiting] = [fix.activationId, null, null, []];
    // Of several of one instant the engine judges one.
    if (newest !== null && fix.fixedAtMs <= newest.fixedAtMs) return;
    const candidate = candidateOf(fix, i);
    newest = candidate;
    const weighed = weighSpeed(anchor ?? undefined, waiting, candidate);
    waiting = weighed.waiting;
    if (weighed.evidence.length > 0) anchor = candidate;
    else impossible.add(i);
    for (const { place } of weighed.evidence) impossible.delete(place);
  });
  const marked = fixes.map((fix, i) => (impossible.has(i) ? { ...fix, notJudged: 'impossible-speed' as const } : fix));
  return { fixes: marked, judged: waiting[0]?.place ?? fixes.length };
}

/**
 * A stretch of a trail with its speeds judged. Where more follows (`next`), those at its end that the next stretch may agree with
 * are left to it: `next` is the place before them.
 */
export function judgeStretch<Fix extends SpeedPing & Place, Place>(
  { points, next }: { readonly points: readonly Fix[]; readonly next: Place | null },
  before: SpeedPing | null,
): { readonly points: readonly Fix[]; readonly next: Place | null } {
  const { fixes, judged } = markSpeeds(points, before);
  if (next === null || judged === 0) return { points: fixes, next };
  return { points: fixes.slice(0, judged), next: points[judged - 1]! };
}

interface Candidate extends KeptFix {
  readonly place: number;
}

function candidateOf({ fixedAtMs, latitude, longitude, accuracyMetres, model }: SpeedFix, place: number): Candidate {
  const metres = accuracyMetres ?? model?.defaultAccuracyMetres ?? 0;
  const sigma = sigmaMetres(metres, model?.accuracyConvention ?? 'r68');
  return { place, fixedAtMs, latitude, longitude, accuracyMetres: metres, sigmaMetres: sigma };
}

/**
 * Where a wearer was, as bands without holes: at home, out, or UNKNOWN. For who looks at days of somebody; what is a violation the engine
 * alone says. Home is where a curfew of then has somebody be, also outside of its hours.
 */
import { sigmaMetres } from '../engine/fold/evidence.js';
import { contains, signedDistanceMetres } from '../engine/geometry/zone.js';
import { GAP_LIMIT_MS } from '../engine/thresholds.js';
import type { PreparedTerm } from '../engine/watch/terms.js';
import type { TrailModel } from '../ports/watch.js';
import type { Presence } from '../wire/timeline.js';
import { type ClockFix, markClocks } from './trail-clock.js';
import { markSpeeds } from './trail-speeds.js';

/** A fix on record, as far as it matters here; in order of device time. */
export interface PresenceFix extends ClockFix {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number | null;
  readonly model?: TrailModel | null;
}

/** While a tag was on the wearer, with what was judged then. */
export interface WornThen {
  readonly activationId: string;
  readonly fittedAtMs: number;
  /** Infinity while it is. */
  readonly removedAtMs: number;
  readonly terms: readonly PreparedTerm[];
}

export interface Band {
  readonly presence: Presence;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Evidence {
  readonly activationId: string;
  readonly atMs: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number;
  /** Null: nobody knows how accurate it is. */
  readonly sigmaMetres: number | null;
}

/** Those that say where the wearer was, by when they were made. */
export function listEvidence(fixes: readonly PresenceFix[]): Evidence[] {
  const { fixes: marked } = markClocks(markSpeeds(fixes, null).fixes, new Map());
  const evidence = marked
    .filter(({ notJudged }) => notJudged === null)
    .map(({ activationId, fixedAtMs, receivedAtMs, clockAheadMs, latitude, longitude, accuracyMetres, model }) => {
      const told = accuracyMetres ?? model?.defaultAccuracyMetres ?? 0;
      return {
        activationId,
        atMs: clockAheadMs === undefined ? fixedAtMs : receivedAtMs,
        latitude,
        longitude,
        accuracyMetres: told,
        sigmaMetres: told > 0 ? sigmaMetres(told, model?.accuracyConvention ?? 'r68') : null,
      };
    });
  return evidence.sort((a, b) => a.atMs - b.atMs);
}

/**
 * `home` within an address, `out` further from all of them than the fix is accurate; in between it could be either, and stays what it
 * was: whoever sits by the window does not come and go. Where nobody knows what it was, one fix that is no farther from the boundary than
 * it is accurate says nothing, on whichever side it lies (`before` null: nothing was heard for longer than a gap).
 */
function judgeFix(homes: readonly PreparedTerm[], fix: Evidence, before: Presence | null): Presence {
  const then = homes.filter(({ startsAtMs, endsAtMs }) => startsAtMs <= fix.atMs && fix.atMs < endsAtMs);
  if (then.length === 0) return 'heard';
  const { latitude, longitude, accuracyMetres } = fix;
  const inside = then.filter(({ zoneShape }) => contains(zoneShape, latitude, longitude));
  const distance = ({ zoneShape }: PreparedTerm) => signedDistanceMetres(zoneShape, latitude, longitude);
  if (inside.length > 0) {
    const isSure = before !== null || inside.some((home) => distance(home) < -accuracyMetres);
    return isSure ? 'home' : 'unknown';
  }
  const isNear = then.some((home) => distance(home) <= accuracyMetres);
  if (!isNear) return 'out';
  return before === 'home' || before === 'out' ? before : 'unknown';
}

/**
 * A silence that is one because of what was deleted is told so: from the first message that was deleted until the last, and on to the end
 * of the silence where that is no longer than a gap. `stretches`: the first first.
 */
export function tellDeleted(
  bands: readonly Band[],
  stretches: readonly { readonly fromMs: number; readonly toMs: number }[],
): Band[] {
  return bands.flatMap((band) => {
    if (band.presence !== 'unknown') return [band];
    const told: Band[] = [];
    let fromMs = band.fromMs;
    for (const stretch of stretches) {
      if (stretch.toMs < fromMs || stretch.fromMs >= band.untilMs) continue;
      // What was heard just before and just after it, was heard then.
      const startMs = stretch.fromMs - fromMs <= GAP_LIMIT_MS ? fromMs : stretch.fromMs;
      const endMs = band.untilMs - stretch.toMs <= GAP_LIMIT_MS ? band.untilMs : stretch.toMs;
      if (endMs <= startMs) continue;
      if (startMs > fromMs) told.push({ presence: 'unknown', fromMs, untilMs: startMs });
      const last = told.at(-1);
      if (last?.presence === 'deleted' && last.untilMs === startMs) told[told.length - 1] = { ...last, untilMs: endMs };
      else told.push({ presence: 'deleted', fromMs: startMs, untilMs: endMs });
      fromMs = endMs;
    }
    return fromMs < band.untilMs ? [...told, { presence: 'unknown' as const, fromMs, untilMs: band.untilMs }] : told;
  });
}

/** `fixes` begin a gap's length before `fromMs`, so that what was known then is known. */
export function bandPresence(
  fixes: readonly PresenceFix[],
  worn: readonly WornThen[],
  fromMs: number,
  untilMs: number,
): { readonly bands: readonly Band[]; readonly fixes: number } {
  const bands: Band[] = [];
  const add = (presence: Presence, fromAtMs: number, untilAtMs: number): void => {
    const [startMs, endMs] = [Math.max(fromAtMs, fromMs), Math.min(untilAtMs, untilMs)];
    if (endMs <= startMs) return;
    const last = bands.at(-1);
    if (last?.presence === presence && last.untilMs === startMs) bands[bands.length - 1] = { ...last, untilMs: endMs };
    else bands.push({ presence, fromMs: startMs, untilMs: endMs });
  };
  const byActivation = new Map<string, Evidence[]>();
  for (const fix of listEvidence(fixes)) {
    const own = byActivation.get(fix.activationId);
    if (own === undefined) byActivation.set(fix.activationId, [fix]);
    else own.push(fix);
  }
  let coveredMs = fromMs;
  let count = 0;
  for (const { activationId, fittedAtMs, removedAtMs, terms } of worn) {
    const [startMs, endMs] = [Math.max(fromMs, fittedAtMs), Math.min(untilMs, removedAtMs)];
    if (startMs >= endMs) continue;
    add('not-fitted', coveredMs, startMs);
    const homes = terms.filter(({ kind }) => kind === 'curfew');
    let held: { readonly atMs: number; readonly presence: Presence } | null = null;
    for (const fix of byActivation.get(activationId) ?? []) {
      if (fix.atMs >= endMs) break;
      const before: Presence | null = held !== null && fix.atMs - held.atMs <= GAP_LIMIT_MS ? held.presence : null;
      add(before ?? 'unknown', held?.atMs ?? startMs, fix.atMs);
      held = { atMs: fix.atMs, presence: judgeFix(homes, fix, before) };
      if (fix.atMs >= fromMs) count += 1;
    }
    // After the last fix the silence is not a gap before it is too long.
    if (held !== null) add(held.presence, held.atMs, Math.min(endMs, held.atMs + GAP_LIMIT_MS));
    add('unknown', held === null ? startMs : held.atMs + GAP_LIMIT_MS, endMs);
    coveredMs = endMs;
  }
  add('not-fitted', coveredMs, untilMs);
  return { bands, fixes: count };
}

/** How far each fix of a track was from the zones that the alerts are about, and what it says by itself: by the engine's own rules. */
import { likelihoodRatioOf } from '../engine/fold/belief.js';
import { sigmaMetres } from '../engine/fold/evidence.js';
import { signedDistanceMetres } from '../engine/geometry/zone.js';
import { applyShared, createSharedIndex } from '../engine/near/shared-index.js';
import { compileTag } from '../engine/watch/compile.js';
import { type PreparedTerm, termKeyOf, zoneTermKey } from '../engine/watch/terms.js';
import { isPlaced, type TrailFix } from '../formats/trails/trail.js';
import type { Measured, PackAlert, PackFix, PackModel, PackSource, PackTerm } from './pack-model.js';

/** As the engine tells them (`engine/tell/event.ts`): distances to 0.1 m, ratios to 0.01. */
const round = (value: number, perUnit: number): number => Math.round(value * perUnit) / perUnit || 0;

/** A second and more of work where the track is long: not for a thread that others wait for. */
export const toPackModel = (source: PackSource): PackModel => ({
  ...source,
  ...measureTrack(source.track, source.alerts),
});

export function measureTrack(
  track: readonly TrailFix[],
  alerts: readonly PackAlert[],
): { readonly terms: readonly PackTerm[]; readonly track: readonly PackFix[] } {
  const terms = termsOf(alerts);
  return {
    terms: [...terms].map(([key, { term, zone }]) => ({
      key,
      conditionId: term.conditionId,
      zoneId: zone.zoneId,
      zoneVersion: zone.version,
      priority: zone.priority,
    })),
    track: track.map((fix) => ({ fix, measured: measure(fix, terms) })),
  };
}

/** The terms that the findings name, by key. */
function termsOf(alerts: readonly PackAlert[]): ReadonlyMap<string, PreparedTerm> {
  const terms = new Map<string, PreparedTerm>();
  for (const { findings, inputs } of alerts) {
    if (inputs === null) continue;
    const index = createSharedIndex();
    for (const shared of inputs.shared) applyShared(index, shared);
    const own = compileTag(inputs.watch).activations.flatMap((activation) => activation.terms);
    const known = new Map([...own, ...index.terms.values()].map((term) => [term.key, term]));
    for (const finding of findings) {
      const named = termKeyOf(finding);
      const key = named === null ? null : zoneTermKey(named);
      const term = key === null ? undefined : known.get(key);
      if (key !== null && term !== undefined) terms.set(key, term);
    }
  }
  return terms;
}

function measure(fix: TrailFix, terms: ReadonlyMap<string, PreparedTerm>): ReadonlyMap<string, Measured> {
  const measured = new Map<string, Measured>();
  if (!isPlaced(fix)) return measured;
  const { latitude, longitude, fixedAtMs, model } = fix;
  const accuracyMetres = fix.accuracyMetres ?? model?.defaultAccuracyMetres ?? null;
  for (const [key, term] of terms) {
    const metres = round(signedDistanceMetres(term.zoneShape, latitude, longitude), 10);
    let likelihoodRatio: number | null = null;
    if (fix.notJudged === null && accuracyMetres !== null) {
      const sigma = sigmaMetres(accuracyMetres, model?.accuracyConvention ?? 'r68');
      const kept = { fixedAtMs, latitude, longitude, accuracyMetres, sigmaMetres: sigma };
      likelihoodRatio = round(likelihoodRatioOf(term, kept), 100);
    }
    measured.set(key, { signedDistanceMetres: metres, likelihoodRatio });
  }
  return measured;
}

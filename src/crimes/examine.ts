/** One wearer's fixes on record as they are matched: the same for the command, for a run, and for what is shown of one match. Pure. */
import { sigmaMetres } from '../engine/fold/evidence.js';
import type { Scene } from '../matching/judge.js';
import { type MatchTrack, prepareTrack } from '../matching/match-track.js';
import type { StoredCrime } from '../store/crime-batches.js';
import type { RecordedFix } from '../store/match-fixes.js';
import { markSpeeds } from '../views/trail-speeds.js';

/** A crime's scene, with its place in the batch. */
export interface PlacedScene extends Scene {
  readonly place: number;
}

export const toScene = ({ place, content }: StoredCrime): PlacedScene => ({
  place,
  latitude: content.latitude,
  longitude: content.longitude,
  fromMs: Date.parse(content.from),
  toMs: Date.parse(content.to),
  placeErrorMetres: content.placeErrorMetres,
});

/** `fixes`: tag by tag, in order of time. One at a speed that nobody reaches is no evidence: of having been there, or of having been elsewhere. */
export function toMatchTrack(wearerId: string, fixes: readonly RecordedFix[]): MatchTrack {
  const { fixes: marked } = markSpeeds(fixes, null);
  return prepareTrack(
    wearerId,
    marked
      .filter(({ notJudged }) => notJudged === null)
      .map(({ fixedAtMs, latitude, longitude, accuracyMetres, model }) => ({
        atMs: fixedAtMs,
        latitude,
        longitude,
        sigmaMetres: sigmaMetres(accuracyMetres, model?.accuracyConvention ?? 'r68'),
      })),
  );
}

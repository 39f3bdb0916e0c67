/** What one wearer's fixes say of one crime, by what is on record now. */
import { toMatchTrack } from '../../../crimes/examine.js';
import { toMatchFacts } from '../../../crimes/match-facts.js';
import { judge, outcomeAlone, prepareScene } from '../../../matching/judge.js';
import { OTHER_RADII_METRES } from '../../../matching/match-crimes.js';
import { firstFrom } from '../../../matching/match-track.js';
import type { Database } from '../../../ports/database.js';
import type { StoredBatch, StoredCrime } from '../../../store/crime-batches.js';
import { readRecordedFixes } from '../../../store/match-fixes.js';
import type { MatchShown } from '../../../wire/crime-batch.js';

/** On either side of the window, as a run has it. */
const AROUND_MS = 86_400_000;

export interface Asked {
  readonly batch: StoredBatch;
  readonly crime: StoredCrime;
  readonly wearerId: string;
  readonly nowMs: number;
}

type Told = Omit<MatchShown, 'batchId' | 'place' | 'crime' | 'wearerId' | 'outcomeOfRun'>;

const toIso = (atMs: number | null | undefined): string | null =>
  atMs === null || atMs === undefined ? null : new Date(atMs).toISOString();
const toTenth = (metres: number): number => Math.round(metres * 10) / 10;
const toKmh = (metresPerSecond: number): number => Math.round(metresPerSecond * 36) / 10;

export async function showMatch(db: Database, { batch, crime, wearerId, nowMs }: Asked): Promise<Told> {
  const { radiusMetres, fastestMetresPerSecond } = batch;
  const { latitude, longitude, placeErrorMetres } = crime.content;
  const fromMs = Date.parse(crime.content.from);
  const toMs = Date.parse(crime.content.to);
  const fixes = await readRecordedFixes(db, wearerId, fromMs - AROUND_MS, toMs + AROUND_MS);
  const track = toMatchTrack(wearerId, fixes);
  const scene = { latitude, longitude, fromMs, toMs, placeErrorMetres };
  const sceneAt = (radius: number) => prepareScene(scene, { radiusMetres: radius, fastestMetresPerSecond });
  const judged = judge(track, sceneAt(radiusMetres));
  const others = OTHER_RADII_METRES.filter((radius) => radius !== radiusMetres);
  const first = firstFrom(track.goodAtMs, fromMs);
  const last = firstFrom(track.goodAtMs, toMs + 1);
  const { unseen } = judged;
  const errors = [...track.good.slice(first, last)].map((at) => track.sigmaMetres[at]!).sort((a, b) => a - b);
  const needed = unseen?.neededMetresPerSecond ?? null;
  return {
    ...toMatchFacts(judged, Object.fromEntries(others.map((radius) => [radius, outcomeAlone(track, sceneAt(radius))]))),
    radiusMetres,
    fastestKmh: toKmh(fastestMetresPerSecond),
    readAt: new Date(nowMs).toISOString(),
    coverage: {
      goodFixes: last - first,
      lastBefore: toIso(track.goodAtMs[first - 1]),
      firstAfter: toIso(track.goodAtMs[last]),
      errorMetres:
        errors.length === 0 ? null : { median: toTenth(errors[errors.length >> 1]!), widest: toTenth(errors.at(-1)!) },
      easiest:
        unseen === null
          ? null
          : {
              from: toIso(unseen.fromMs),
              to: toIso(unseen.toMs),
              // In no time at all: no speed would have done.
              neededKmh: needed === null || needed === Infinity ? null : toKmh(needed),
            },
    },
  };
}

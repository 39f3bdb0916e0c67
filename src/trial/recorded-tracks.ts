/**
 * Tracks that somebody recorded, with zones laid over them: what the engine confirms fix by fix, beside an evaluation of the whole
 * track at once. Nobody knows the truth of them; where the two differ is to be looked at.
 */

import type { Ping, TagWatch, Zone } from '../engine/types.js';
import { parsePing } from '../formats/pings/tagwatch-ping.js';
import type { TrackItem, TrackOptions } from '../formats/tracks/track-item.js';
import { between, type Point, towards } from '../simulator/ground.js';
import { createRandom } from '../simulator/random.js';
import { alertsOf, type TrialAlert } from './alerts.js';
import { playInputs } from './play-engine.js';
import { ACTIVATION_ID } from './world.js';

/** The files carry no accuracy: the radius of 95 % that they are given. */
export const TRACK_ACCURACY_METRES = 15;
const ZONES_PER_TAG = 12;
const LEAST_RADIUS_METRES = 60;
const LARGEST_RADIUS_METRES = 300;
/** A zone's middle lies at most so far from a fix, so that some tracks go through it and some past it. */
const ASIDE_METRES = 250;
/** Fixes further apart are no run. */
const RUN_GAP_MS = 300_000;
const PROOF_APART_MS = 10_000;
/** Received so soon after it was made. */
const LATENCY_MS = 2_000;

interface LaidZone {
  readonly zoneId: string;
  readonly centre: Point;
  readonly radiusMetres: number;
}

/** A run of fixes within a zone. */
interface Visit {
  readonly fromMs: number;
  readonly toMs: number;
  readonly fixes: number;
  /** Two fixes, ten seconds apart, whose circles of 95 % lie wholly inside. */
  readonly isCertain: boolean;
}

export interface TrackRow {
  readonly tagId: string;
  readonly fixes: number;
  readonly zones: number;
  /** Visits of the batch evaluation that are certain, and those of them that the engine has confirmed. */
  readonly certain: number;
  readonly found: number;
  /** What the engine confirmed, and of that what no two fixes in a row bear out. */
  readonly confirmed: number;
  readonly unfounded: number;
}

export const tagColumnOptions = (column: string): TrackOptions => ({
  tag: { column },
  accuracyMetres: TRACK_ACCURACY_METRES,
});

/** By tag, in order of time, one fix an instant. */
export async function collectFixes(items: AsyncIterable<TrackItem>): Promise<Map<string, Ping[]>> {
  const tags = new Map<string, Ping[]>();
  for await (const item of items) {
    if (!item.ok) continue;
    const parsed = parsePing(item.ping, Date.parse(item.ping.fixedAt) + LATENCY_MS);
    if (!parsed.ok || parsed.ping.position === null) continue;
    const { tagId } = parsed.ping;
    const pings = tags.get(tagId);
    if (pings === undefined) tags.set(tagId, [parsed.ping]);
    else pings.push(parsed.ping);
  }
  return tags;
}

export function judgeTrack(tagId: string, unsorted: readonly Ping[], seed: number): TrackRow {
  const sorted = [...unsorted].sort((a, b) => a.fixedAtMs - b.fixedAtMs);
  const pings = sorted.filter(({ fixedAtMs }, i) => i === 0 || fixedAtMs !== sorted[i - 1]!.fixedAtMs);
  const zones = layZones(tagId, pings, seed);
  const alerts = confirmedOf(tagId, pings, zones);
  const row = {
    tagId,
    fixes: pings.length,
    zones: zones.length,
    certain: 0,
    found: 0,
    confirmed: alerts.length,
    unfounded: 0,
  };
  for (const zone of zones) {
    const visits = visitsOf(zone, pings);
    const own = alerts.filter(({ conditionId }) => conditionId === conditionOf(zone));
    const certain = visits.filter(({ isCertain }) => isCertain);
    row.certain += certain.length;
    row.found += certain.filter((visit) => own.some((alert) => overlaps(alert, visit))).length;
    row.unfounded += own.filter((alert) => !visits.some((visit) => visit.fixes > 1 && overlaps(alert, visit))).length;
  }
  return row;
}

const conditionOf = ({ zoneId }: LaidZone) => `C-${zoneId}`;

function overlaps({ startedAtMs, endedAtMs }: TrialAlert, { fromMs, toMs }: Visit): boolean {
  return startedAtMs <= toMs && (endedAtMs ?? Number.POSITIVE_INFINITY) >= fromMs;
}

function layZones(tagId: string, pings: readonly Ping[], seed: number): LaidZone[] {
  const random = createRandom(seed, 'tracks', tagId);
  return Array.from({ length: ZONES_PER_TAG }, (_, index) => ({
    zoneId: `Z-${index + 1}`,
    centre: towards(random.pick(pings).position!, random.between(0, ASIDE_METRES), random.between(0, 360)),
    radiusMetres: Math.round(random.between(LEAST_RADIUS_METRES, LARGEST_RADIUS_METRES)),
  }));
}

function confirmedOf(tagId: string, pings: readonly Ping[], zones: readonly LaidZone[]): TrialAlert[] {
  const fromMs = pings[0]!.fixedAtMs - 60_000;
  const watch: TagWatch = {
    tagId,
    sequence: 1,
    publishedAtMs: fromMs,
    accuracyConvention: 'r95',
    defaultAccuracyMetres: null,
    intervalSeconds: 60,
    activations: [
      {
        activationId: ACTIVATION_ID,
        wearerId: 'W-1',
        fittedAtMs: 0,
        removedAtMs: null,
        terms: zones.map((zone) => ({
          conditionId: conditionOf(zone),
          conditionVersion: 1,
          zoneKey: `${zone.zoneId}@1`,
          kind: 'exclusion',
          confirmOn: 'belief',
          graceMs: 0,
          startsAtMs: 0,
          endsAtMs: null,
          endsBecause: null,
          publishedAtMs: 0,
          windows: null,
          windowsUntilMs: null,
        })),
      },
    ],
    zones: Object.fromEntries(zones.map((zone) => [`${zone.zoneId}@1`, toZone(zone)])),
  };
  const received = pings.map((ping) => ({ ping, receivedAtMs: ping.fixedAtMs + LATENCY_MS }));
  const toMs = pings.at(-1)!.fixedAtMs + 600_000;
  const events = playInputs({ watch, shared: [], observations: received, fromMs, toMs });
  return alertsOf(events).filter(({ confirmedAtMs, withdrawn }) => confirmedAtMs !== null && !withdrawn);
}

function toZone({ zoneId, centre, radiusMetres }: LaidZone): Zone {
  const { latitude, longitude } = centre;
  return {
    zoneId,
    version: 1,
    priority: 'standard',
    bufferMetres: null,
    shape: { type: 'circle', latitude, longitude, radiusMetres },
  };
}

/** The whole track at once: runs of fixes inside, with no gap between them. */
function visitsOf({ centre, radiusMetres }: LaidZone, pings: readonly Ping[]): Visit[] {
  const visits: Visit[] = [];
  let run: Ping[] = [];
  const isClear = (ping: Ping) => radiusMetres - metresFrom(centre, ping) >= TRACK_ACCURACY_METRES;
  const end = () => {
    if (run.length > 0) visits.push(visitOf(run, isClear));
    run = [];
  };
  for (const ping of pings) {
    const isInside = metresFrom(centre, ping) <= radiusMetres;
    const last = run.at(-1);
    if (!isInside || (last !== undefined && ping.fixedAtMs - last.fixedAtMs > RUN_GAP_MS)) end();
    if (isInside) run.push(ping);
  }
  end();
  return visits;
}

function visitOf(run: readonly Ping[], isClear: (ping: Ping) => boolean): Visit {
  const clear = run.filter(isClear);
  const apartMs = clear.length === 0 ? 0 : clear.at(-1)!.fixedAtMs - clear[0]!.fixedAtMs;
  return {
    fromMs: run[0]!.fixedAtMs,
    toMs: run.at(-1)!.fixedAtMs,
    fixes: run.length,
    isCertain: clear.length > 1 && apartMs >= PROOF_APART_MS,
  };
}

function metresFrom(centre: Point, { position }: Ping): number {
  const { eastMetres, northMetres } = between(centre, position!);
  return Math.hypot(eastMetres, northMetres);
}

/**
 * A trail as GeoJSON and CSV (`trail-gpx.ts`, `trail-kml.ts`: the others): text piece by piece, so that fourteen days of fixes
 * need no memory. Each point stands for itself; lines are left to whoever draws, because a straight line between two fixes is not
 * the route.
 */
import type { DeletedStretch } from '../../ports/retention.js';
import type { Placed, TrailPoint } from '../../ports/trail.js';
import type { TrailGap } from '../../ports/watch.js';
import { toCsvLine } from '../csv-line.js';

/** One recorded ping, as it is told. */
export interface TrailFix extends Omit<TrailPoint, 'identity' | 'notJudged'> {
  /** Why it was no evidence; null: nothing in it, nor in those around it, spoke against it. */
  readonly notJudged: string | null;
  /** How far the clock of the tag was ahead of the receipt; absent: it was not. Judged, it was judged at its receipt. */
  readonly clockAheadMs?: number;
  /** Of the first fix after a gap in the evidence. */
  readonly gapBefore?: TrailGap;
}

export type PlacedFix = Placed<TrailFix>;

export function isPlaced(fix: TrailFix): fix is PlacedFix {
  return fix.latitude !== null && fix.longitude !== null;
}

/** How a trail is written: `head` once, `fixes` for each stretch of fixes in order, `tail` once. */
export interface TrailWriter {
  head(): string;
  fixes(fixes: readonly TrailFix[]): string;
  tail(): string;
}

/** Loss of signal: further apart than this, fixes are not of one segment (`product.md`, "Facts to get right"). */
export const SEGMENT_GAP_MS = 300_000;

export const instant = (ms: number) => new Date(ms).toISOString();

/** As a file tells it: from the first message that retention deleted to the last, and how many at least. */
export const toDeleted = ({ fromMs, toMs, messages }: DeletedStretch) => ({
  from: instant(fromMs),
  to: instant(toMs),
  messages,
});

/**
 * A FeatureCollection with one Point a fix, longitude first, altitude third where there is one (RFC 7946). A message without a
 * position has no geometry. What was deleted stands beside the features, as `deleted`.
 */
export function createGeoJsonTrail(_name = '', deleted: readonly DeletedStretch[] = []): TrailWriter {
  let isFirst = true;
  const feature = ({ latitude, longitude, fixedAtMs, receivedAtMs, ...properties }: TrailFix) => {
    const { altitudeMetres } = properties;
    const coordinates = altitudeMetres === null ? [longitude, latitude] : [longitude, latitude, altitudeMetres];
    return JSON.stringify({
      type: 'Feature',
      geometry: latitude === null ? null : { type: 'Point', coordinates },
      properties: { ...pickProperties(properties), fixedAt: instant(fixedAtMs), receivedAt: instant(receivedAtMs) },
    });
  };
  return {
    head: () => '{"type":"FeatureCollection","features":[',
    fixes(fixes) {
      if (fixes.length === 0) return '';
      const comma = isFirst ? '\n' : ',\n';
      isFirst = false;
      return comma + fixes.map(feature).join(',\n');
    },
    tail: () => `\n]${deleted.length === 0 ? '' : `,"deleted":${JSON.stringify(deleted.map(toDeleted))}`}}\n`,
  };
}

/** Named one by one, so that what a caller's fixes carry besides does not reach the file. */
function pickProperties(fix: Omit<TrailFix, 'latitude' | 'longitude' | 'fixedAtMs' | 'receivedAtMs'>) {
  const { tagId, activationId, sequence, accuracyMetres, mechanism, speedKmh, headingDegrees } = fix;
  const {
    altitudeMetres,
    satellites,
    batteryPercent,
    deviceEvents,
    notJudged,
    clockAheadMs,
    positionIgnored,
    gapBefore,
  } = fix;
  return {
    tagId,
    activationId,
    sequence,
    accuracyMetres,
    mechanism,
    speedKmh,
    headingDegrees,
    altitudeMetres,
    satellites,
    batteryPercent,
    deviceEvents,
    notJudged,
    ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
    ...(positionIgnored === undefined ? {} : { positionIgnored }),
    ...(gapBefore === undefined
      ? {}
      : { gapBefore: { from: instant(gapBefore.fromMs), cannotExclude: gapBefore.cannotExclude } }),
  };
}

const CSV_COLUMNS: readonly (readonly [name: string, pick: (fix: TrailFix) => string | number | null])[] = [
  ['tagId', (fix) => fix.tagId],
  ['activationId', (fix) => fix.activationId],
  ['sequence', (fix) => fix.sequence],
  ['fixedAt', (fix) => instant(fix.fixedAtMs)],
  ['receivedAt', (fix) => instant(fix.receivedAtMs)],
  ['latitude', (fix) => fix.latitude],
  ['longitude', (fix) => fix.longitude],
  ['accuracyMetres', (fix) => fix.accuracyMetres],
  ['mechanism', (fix) => fix.mechanism],
  ['speedKmh', (fix) => fix.speedKmh],
  ['headingDegrees', (fix) => fix.headingDegrees],
  ['altitudeMetres', (fix) => fix.altitudeMetres],
  ['satellites', (fix) => fix.satellites],
  ['batteryPercent', (fix) => fix.batteryPercent],
  ['deviceEvents', (fix) => fix.deviceEvents.join(' ')],
  ['notJudged', (fix) => fix.notJudged],
  ['clockAheadMs', (fix) => fix.clockAheadMs ?? null],
  ['positionIgnored', (fix) => fix.positionIgnored ?? null],
  ['gapBeforeFrom', ({ gapBefore }) => (gapBefore === undefined ? null : instant(gapBefore.fromMs))],
  ['cannotExclude', ({ gapBefore }) => (gapBefore === undefined ? null : listOf(gapBefore))],
];

/** As in `C-9@3/Z-4@2 C-7@1/Z-1@1`; `any` where nothing can be excluded. */
function listOf({ cannotExclude }: TrailGap): string {
  if (cannotExclude === null) return 'any';
  return cannotExclude
    .map((one) => `${one.conditionId}@${one.conditionVersion}/${one.zoneId}@${one.zoneVersion}`)
    .join(' ');
}

/** Why a line of a stretch that was deleted is no evidence: `fixedAt` is when the first of its messages was made. */
const DELETED = 'deleted';

/** A line a stretch that retention deleted, between the pings. */
export function deletedCsvLine(stretch: DeletedStretch): string {
  const { from, to, messages } = toDeleted(stretch);
  const cells: Readonly<Record<string, string>> = { fixedAt: from, notJudged: DELETED };
  return toCsvLine([...CSV_COLUMNS.map(([name]) => cells[name] ?? null), to, messages]);
}

/**
 * One line a ping under a header (RFC 4180); nothing where the tag did not say. A stretch that was deleted has a line of its own, in its
 * place by time.
 */
export function createCsvTrail(_name = '', deleted: readonly DeletedStretch[] = []): TrailWriter {
  const waiting = [...deleted];
  const until = (atMs: number): string => {
    let lines = '';
    while (waiting.length > 0 && waiting[0]!.fromMs <= atMs) lines += deletedCsvLine(waiting.shift()!);
    return lines;
  };
  return {
    head: () => toCsvLine([...CSV_COLUMNS.map(([name]) => name), 'deletedTo', 'deletedMessages']),
    fixes: (fixes) =>
      fixes
        .map((fix) => until(fix.fixedAtMs) + toCsvLine([...CSV_COLUMNS.map(([, pick]) => pick(fix)), null, null]))
        .join(''),
    tail: () => until(Number.POSITIVE_INFINITY),
  };
}

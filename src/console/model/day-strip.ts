/** A stretch of somebody's day as bands: what was heard, and what was not. Pure. */
import type { Feature, FeatureCollection, LineString, Point } from 'geojson';
import type { AlertItem } from '../../alerts/alert.js';

/** Loss of signal: further apart than this, fixes tell nothing of what lies between. */
export const GAP_MS = 5 * 60_000;

/** A fix or a message of the trail, as the page needs it. */
export interface TrailPoint {
  readonly atMs: number;
  /** Null: a message without a position. */
  readonly at: readonly [longitude: number, latitude: number] | null;
  readonly deviceEvents: readonly string[];
  /** Why it was no evidence; null: nothing spoke against it. */
  readonly notJudged: string | null;
}

/** Reads the trail's GeoJSON. */
export function readTrail({ features }: FeatureCollection): TrailPoint[] {
  return features.flatMap(({ geometry, properties }: Feature): TrailPoint[] => {
    const atMs = Date.parse(String(properties?.['fixedAt']));
    if (Number.isNaN(atMs)) return [];
    const [longitude = 0, latitude = 0] = geometry?.type === 'Point' ? (geometry as Point).coordinates : [];
    const events: unknown = properties?.['deviceEvents'];
    const notJudged: unknown = properties?.['notJudged'];
    return [
      {
        atMs,
        at: geometry?.type === 'Point' ? [longitude, latitude] : null,
        deviceEvents: Array.isArray(events) ? events.map(String) : [],
        notJudged: typeof notJudged === 'string' ? notJudged : null,
      },
    ];
  });
}

export interface Band {
  readonly kind: 'heard' | 'unknown';
  readonly fromMs: number;
  readonly toMs: number;
}

/** The whole of a stretch of time, without holes: no fix for too long is UNKNOWN, never "as before". */
export function bandsOf(points: readonly TrailPoint[], fromMs: number, toMs: number): Band[] {
  const bands: Band[] = [];
  const add = (kind: Band['kind'], from: number, to: number) => {
    const last = bands.at(-1);
    if (to <= from) return;
    if (last?.kind === kind && last.toMs === from) bands[bands.length - 1] = { ...last, toMs: to };
    else bands.push({ kind, fromMs: from, toMs: to });
  };
  const fixes = points.filter(({ at, atMs }) => at !== null && atMs >= fromMs && atMs <= toMs).map(({ atMs }) => atMs);
  let atMs = fromMs;
  // What was heard before the stretch is not known here: it begins with its first fix.
  if (fixes[0] === undefined) return [{ kind: 'unknown', fromMs, toMs }];
  add('unknown', fromMs, fixes[0]);
  atMs = fixes[0];
  for (const next of [...fixes.slice(1), toMs]) {
    const isLast = next === toMs;
    if (next - atMs > GAP_MS) {
      // After the last fix the silence is not a gap before it is too long.
      if (isLast) add('heard', atMs, Math.min(next, atMs + GAP_MS));
      add('unknown', isLast ? Math.min(next, atMs + GAP_MS) : atMs, next);
    } else {
      add('heard', atMs, next);
    }
    atMs = next;
  }
  return bands;
}

/** An alert on the strip: where it lies, cut to the stretch; null: outside. */
export function spanOf(item: AlertItem, fromMs: number, toMs: number): readonly [fromMs: number, toMs: number] | null {
  const startMs = Date.parse(item.episode.startedAt);
  const endMs = item.episode.endedAt === null ? toMs : Date.parse(item.episode.endedAt);
  if (endMs < fromMs || startMs > toMs) return null;
  return [Math.max(startMs, fromMs), Math.min(endMs, toMs)];
}

/** The trail as the map draws it: lines where it was heard without a gap, dashed ones over gaps, and the fixes. */
export function trailFeatures(points: readonly TrailPoint[]): FeatureCollection {
  const placed = points.filter(({ at }) => at !== null) as (TrailPoint & { readonly at: readonly [number, number] })[];
  const features: Feature[] = placed.map(({ at }) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [...at] },
    properties: { part: 'fix' },
  }));
  const line = (coordinates: readonly (readonly [number, number])[], part: 'heard' | 'gap') => {
    if (coordinates.length < 2) return;
    const geometry: LineString = { type: 'LineString', coordinates: coordinates.map((at) => [...at]) };
    features.push({ type: 'Feature', geometry, properties: { part } });
  };
  let run: (readonly [number, number])[] = [];
  for (const [index, { at, atMs }] of placed.entries()) {
    const before = placed[index - 1];
    if (before !== undefined && atMs - before.atMs > GAP_MS) {
      line(run, 'heard');
      line([before.at, at], 'gap');
      run = [];
    }
    run.push(at);
  }
  line(run, 'heard');
  return { type: 'FeatureCollection', features };
}

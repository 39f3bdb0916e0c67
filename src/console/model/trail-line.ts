/** A trail as the page has it, and as the map draws it. Pure. */
import type { Feature, FeatureCollection, LineString, Point } from 'geojson';

/** Loss of signal: further apart than this, fixes tell nothing of what lies between. */
export const GAP_MS = 5 * 60_000;

/** A fix or a message of the trail, as the page needs it. */
export interface TrailPoint {
  readonly atMs: number;
  /** Null: a message without a position. */
  readonly at: readonly [longitude: number, latitude: number] | null;
  /** Null: it was not told. */
  readonly accuracyMetres: number | null;
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
    const accuracy: unknown = properties?.['accuracyMetres'];
    return [
      {
        atMs,
        at: geometry?.type === 'Point' ? [longitude, latitude] : null,
        accuracyMetres: typeof accuracy === 'number' ? accuracy : null,
        deviceEvents: Array.isArray(events) ? events.map(String) : [],
        notJudged: typeof notJudged === 'string' ? notJudged : null,
      },
    ];
  });
}

type Placed = TrailPoint & { readonly at: readonly [number, number] };

/**
 * The trail as the map draws it: lines where it was heard without a gap, dashed ones over gaps, and the fixes; those that were no
 * evidence are hollow, and no line leads to them.
 */
export function trailFeatures(points: readonly TrailPoint[]): FeatureCollection {
  const all = points.filter((point): point is Placed => point.at !== null);
  const placed = all.filter(({ notJudged }) => notJudged === null);
  const features: Feature[] = all.map(({ at, notJudged }) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [...at] },
    properties: { part: notJudged === null ? 'fix' : 'doubted' },
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

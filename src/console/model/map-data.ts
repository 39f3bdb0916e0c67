/** What the map draws, as GeoJSON. Pure. */
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { type AlertItem, strengthOf } from '../../alerts/alert.js';
import type { PositionItem } from '../../wire/feed-messages.js';
import type { ZoneInfo } from '../api.js';

export type Bounds = readonly [west: number, south: number, east: number, north: number];

const METRES_PER_DEGREE = 111_195;
const CIRCLE_CORNERS = 64;
/** A wearer that has been silent for the gap limit is drawn as such: where they are now is not known. */
export const STALE_MS = 5 * 60_000;

/** A circle as a ring, drawn only: 64 corners are 0.1 % short of the radius. */
export function circleRing(centre: readonly number[], radiusMetres: number): [number, number][] {
  const [longitude = 0, latitude = 0] = centre;
  const north = radiusMetres / METRES_PER_DEGREE;
  const east = north / Math.cos((latitude * Math.PI) / 180);
  return Array.from({ length: CIRCLE_CORNERS + 1 }, (_, index) => {
    const angle = ((index % CIRCLE_CORNERS) / CIRCLE_CORNERS) * 2 * Math.PI;
    return [longitude + east * Math.cos(angle), latitude + north * Math.sin(angle)];
  });
}

/** Metres between two places near to each other, as the circles are drawn. */
export function distanceMetres(
  [west, south]: readonly [number, number],
  [east, north]: readonly [number, number],
): number {
  const dx = (east - west) * Math.cos((south * Math.PI) / 180);
  return Math.hypot(dx, north - south) * METRES_PER_DEGREE;
}

/** A zone wider than this is an area to stay in, and is drawn by its edge alone: a tint over everything tells nothing. */
const LARGE_DEGREES = 0.1;

type Outline = Polygon | MultiPolygon;

/** A sharp corner reaches at most so many times the width of the ring. */
const MITRE_LIMIT = 2;

/** A closed ring so many metres further out, drawn only: each corner moved along the line that halves it. */
export function widenRing(ring: readonly (readonly number[])[], metres: number): [number, number][] {
  const [, latitude = 0] = ring[0] ?? [];
  const east = Math.cos((latitude * Math.PI) / 180);
  const flat = ring.slice(0, -1).map(([x = 0, y = 0]) => [x * east, y] as const);
  const at = (index: number) => flat[(index + flat.length) % flat.length]!;
  const area = flat.reduce((sum, [x, y], index) => sum + x * at(index + 1)[1] - at(index + 1)[0] * y, 0);
  const outwards = (area > 0 ? 1 : -1) * (metres / METRES_PER_DEGREE);
  const normal = (from: readonly [number, number], to: readonly [number, number]): readonly [number, number] => {
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
    return [(to[1] - from[1]) / length, (from[0] - to[0]) / length];
  };
  const wide = flat.map(([x, y], index): [number, number] => {
    const [a, b] = [normal(at(index - 1), [x, y]), normal([x, y], at(index + 1))];
    const [mx, my] = [a[0] + b[0], a[1] + b[1]];
    const length = Math.hypot(mx, my) || 1;
    const reach = Math.min(MITRE_LIMIT, 2 / length) * outwards;
    return [(x + (mx / length) * reach) / east, y + (my / length) * reach];
  });
  return [...wide, wide[0]!];
}

function boxOf(shape: Outline): Bounds {
  const points = (shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates).flatMap(
    (rings) => rings[0] ?? [],
  );
  const longitudes = points.map(([longitude = 0]) => longitude);
  const latitudes = points.map(([, latitude = 0]) => latitude);
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)];
}

/**
 * Zones as polygons, and a point below each for its name (a polygon's label would be drawn once a tile). `style` tells them apart:
 * `victim`, `small` (another address), `large`, `shared`.
 */
export function zoneFeatures(zones: Iterable<ZoneInfo>): {
  readonly areas: FeatureCollection;
  readonly names: FeatureCollection;
  readonly buffers: FeatureCollection;
} {
  const areas: Feature[] = [];
  const names: Feature[] = [];
  const buffers: Feature[] = [];
  for (const { zoneId, name, priority, geometry, radiusMetres, bufferMetres } of zones) {
    const shape: Outline =
      geometry.type === 'Point'
        ? { type: 'Polygon', coordinates: [circleRing(geometry.coordinates, radiusMetres ?? 1)] }
        : geometry;
    const [west, south, east, north] = boxOf(shape);
    const isLarge = east - west > LARGE_DEGREES || north - south > LARGE_DEGREES;
    const style = priority === 'victim' ? 'victim' : geometry.type === 'Point' ? 'small' : isLarge ? 'large' : 'shared';
    const properties = { zoneId, name, style };
    if (bufferMetres !== null && bufferMetres > 0) {
      const rings =
        geometry.type === 'Point'
          ? [circleRing(geometry.coordinates, (radiusMetres ?? 1) + bufferMetres)]
          : (shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates).map(([outer = []]) =>
              widenRing(outer, bufferMetres),
            );
      buffers.push({ type: 'Feature', geometry: { type: 'MultiLineString', coordinates: rings }, properties });
    }
    areas.push({ type: 'Feature', geometry: shape, properties });
    names.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [(west + east) / 2, south] }, properties });
  }
  return {
    areas: { type: 'FeatureCollection', features: areas },
    names: { type: 'FeatureCollection', features: names },
    buffers: { type: 'FeatureCollection', features: buffers },
  };
}

const SEVERITY_RANK: Readonly<Record<AlertItem['severity'], number>> = { low: 0, medium: 2, high: 4, critical: 6 };
/** More severe is more; of the same severity what is confirmed. */
export const rankOf = (item: AlertItem): number =>
  SEVERITY_RANK[item.severity] + (strengthOf(item, item.confirmedAt) === 'suspected' ? 0 : 1);

/** The most serious open alert of each wearer; of equal ones the newest. */
export function openAlertsByWearer(alerts: Iterable<AlertItem>): ReadonlyMap<string, AlertItem> {
  const open = new Map<string, AlertItem>();
  for (const item of alerts) {
    // What has ended is still unresolved, but the wearer's place now has nothing to do with it.
    if (item.status !== 'open' || item.episode.endedAt !== null || item.type === 'withdrawn') continue;
    const known = open.get(item.wearerId);
    const isFirst = known === undefined || rankOf(item) > rankOf(known);
    if (isFirst || (rankOf(item) === rankOf(known) && item.raisedAt > known.raisedAt)) open.set(item.wearerId, item);
  }
  return open;
}

/** Lines of latitude and longitude, for orientation where there is no map underneath. */
export function graticule([west, south, east, north]: Bounds, stepDegrees: number): FeatureCollection {
  const features: Feature[] = [];
  const line = (coordinates: [number, number][], label: string) =>
    features.push({ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: { label } });
  const steps = (from: number, to: number) =>
    Array.from(
      { length: Math.floor(to / stepDegrees) - Math.ceil(from / stepDegrees) + 1 },
      (_, index) => (Math.ceil(from / stepDegrees) + index) * stepDegrees,
    );
  for (const longitude of steps(west, east)) {
    line(
      [
        [longitude, south],
        [longitude, north],
      ],
      `${Math.abs(longitude).toFixed(2)}° ${longitude < 0 ? 'W' : 'E'}`,
    );
  }
  for (const latitude of steps(south, north)) {
    line(
      [
        [west, latitude],
        [east, latitude],
      ],
      `${Math.abs(latitude).toFixed(2)}° ${latitude < 0 ? 'S' : 'N'}`,
    );
  }
  return { type: 'FeatureCollection', features };
}

/** Where most people are: the middle eight tenths in each direction, so that one far away does not make the rest a dot. */
export function middleBounds(positions: readonly PositionItem[]): Bounds | null {
  if (positions.length === 0) return null;
  const between = (values: number[]): [number, number] => {
    const sorted = values.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
    return [at(0.1), at(0.9)];
  };
  const [west, east] = between(positions.map(({ longitude }) => longitude));
  const [south, north] = between(positions.map(({ latitude }) => latitude));
  return [west, south, east, north];
}

/** The fixes that an alert rests on, numbered in their order, each with its confidence circle where its accuracy is known. */
export function momentFeatures({ explanation }: Pick<AlertItem, 'explanation'>): FeatureCollection {
  const features = explanation.fixes.flatMap(({ longitude, latitude, accuracyMetres }, index): Feature[] => {
    const point: Feature = {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [longitude, latitude] },
      properties: { part: 'fix', number: String(index + 1) },
    };
    if (accuracyMetres === null) return [point];
    const ring = circleRing([longitude, latitude], accuracyMetres);
    return [
      { type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { part: 'circle' } },
      point,
    ];
  });
  return { type: 'FeatureCollection', features };
}

/** A box around the fixes of an alert and their circles; null where it rests on none. */
export function boundsOf({ explanation }: Pick<AlertItem, 'explanation'>): Bounds | null {
  const corners = explanation.fixes.flatMap(({ longitude, latitude, accuracyMetres }) =>
    circleRing([longitude, latitude], accuracyMetres ?? 1),
  );
  return boundsAround(corners);
}

/** A box around the points of a collection; null where it has none. */
export function boundsOfPoints({ features }: FeatureCollection): Bounds | null {
  return boundsAround(
    features.flatMap(({ geometry }) => (geometry.type === 'Point' ? [geometry.coordinates as [number, number]] : [])),
  );
}

function boundsAround(points: readonly (readonly [longitude: number, latitude: number])[]): Bounds | null {
  const [first, ...rest] = points;
  if (first === undefined) return null;
  let [west, south, east, north] = [first[0], first[1], first[0], first[1]];
  // A fortnight of fixes is more than a call takes arguments.
  for (const [longitude, latitude] of rest) {
    west = Math.min(west, longitude);
    east = Math.max(east, longitude);
    south = Math.min(south, latitude);
    north = Math.max(north, latitude);
  }
  return [west, south, east, north];
}

/** The formats in which a trail is exported, and how to write one. */
import type { DeletedStretch } from '../../ports/retention.js';
import { createCsvTrail, createGeoJsonTrail, type TrailFix, type TrailWriter } from './trail.js';
import { createGpxTrail } from './trail-gpx.js';
import { createKmlTrail } from './trail-kml.js';

interface TrailFormatSpec {
  readonly mediaType: string;
  readonly extension: string;
  readonly create: (name: string, deleted?: readonly DeletedStretch[]) => TrailWriter;
}

export const TRAIL_FORMATS = {
  geojson: { mediaType: 'application/geo+json', extension: 'geojson', create: createGeoJsonTrail },
  csv: { mediaType: 'text/csv', extension: 'csv', create: createCsvTrail },
  gpx: { mediaType: 'application/gpx+xml', extension: 'gpx', create: createGpxTrail },
  kml: { mediaType: 'application/vnd.google-earth.kml+xml', extension: 'kml', create: createKmlTrail },
} as const satisfies Record<string, TrailFormatSpec>;
export type TrailFormat = keyof typeof TRAIL_FORMATS;

/** Fixes that are written at once where they come one by one. */
const FIXES_AT_ONCE = 1_000;

/** A trail as text, piece by piece; `rows` in order of device time, `name` what it is called. */
export async function* writeTrack(
  format: TrailFormat,
  rows: AsyncIterable<TrailFix> | Iterable<TrailFix>,
  name = 'trail',
): AsyncGenerator<string, void, undefined> {
  const writer = TRAIL_FORMATS[format].create(name);
  yield writer.head();
  let fixes: TrailFix[] = [];
  for await (const row of rows) {
    fixes.push(row);
    if (fixes.length < FIXES_AT_ONCE) continue;
    yield writer.fixes(fixes);
    fixes = [];
  }
  yield writer.fixes(fixes) + writer.tail();
}

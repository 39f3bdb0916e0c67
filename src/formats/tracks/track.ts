/** Track files of every format that Tagwatch reads, gzipped or not, as pings. */
import { readCsvTrack } from './csv.js';
import { peek, toUtf8, ungzip } from './track-bytes.js';
import { readGeoJsonTrack } from './track-geojson.js';
import { readGpxTrack } from './track-gpx.js';
import { type TrackItem, type TrackOptions, type TrackReader, TrackUnreadable } from './track-item.js';
import { readKmlTrack } from './track-kml.js';
import { readNdjsonTrack } from './track-ndjson.js';
import { readPltTrack } from './track-plt.js';

interface TrackFormatSpec {
  readonly read: TrackReader;
  readonly title: string;
  readonly extensions: readonly string[];
  /** Null: none is registered, so it does not come over HTTP. */
  readonly mediaType: string | null;
}

export const TRACK_FORMATS = {
  csv: { read: readCsvTrack, title: 'CSV', extensions: ['csv', 'tsv'], mediaType: 'text/csv' },
  gpx: { read: readGpxTrack, title: 'GPX', extensions: ['gpx'], mediaType: 'application/gpx+xml' },
  geojson: { read: readGeoJsonTrack, title: 'GeoJSON', extensions: ['geojson'], mediaType: 'application/geo+json' },
  kml: {
    read: readKmlTrack,
    title: 'KML with gx:Track',
    extensions: ['kml'],
    mediaType: 'application/vnd.google-earth.kml+xml',
  },
  plt: { read: readPltTrack, title: "GeoLife's PLT", extensions: ['plt'], mediaType: null },
  ndjson: {
    read: readNdjsonTrack,
    title: "Tagwatch's pings, one a line",
    extensions: ['ndjson', 'jsonl'],
    mediaType: 'application/x-ndjson',
  },
} as const satisfies Record<string, TrackFormatSpec>;
export type TrackFormat = keyof typeof TRACK_FORMATS;

const FORMAT_NAMES = Object.keys(TRACK_FORMATS) as readonly TrackFormat[];

/** What is known of a file before its content; the first that says something decides. */
export interface TrackSource {
  readonly format?: TrackFormat;
  /** File name, for its extension; `.gz` is passed over. */
  readonly name?: string;
  /** As in `Content-Type`; parameters are passed over. */
  readonly mediaType?: string;
  /** Most bytes after gzip has been undone; without it, any number. */
  readonly maxBytes?: number;
}

/** How far the beginning is looked at, bytes. */
const SNIFF_BYTES = 4_096;

function findByName(name: string): TrackFormat | undefined {
  const extension = /\.([a-z0-9]+)(\.gz)?$/.exec(name.toLowerCase())?.[1] ?? '';
  return FORMAT_NAMES.find((format) => (TRACK_FORMATS[format].extensions as readonly string[]).includes(extension));
}

function findByMediaType(mediaType: string): TrackFormat | undefined {
  const type = mediaType.split(';', 1)[0]!.trim().toLowerCase();
  return FORMAT_NAMES.find((format) => TRACK_FORMATS[format].mediaType === type);
}

/** The format that the beginning of the content looks like; whatever else it is, it may be CSV. */
function findByContent(head: Buffer): TrackFormat {
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text.startsWith('<')) return /<(\w+:)?kml[\s>]/.test(text) ? 'kml' : 'gpx';
  if (text.startsWith('{'))
    return /^[^\n]*"(tagId|fixedAt)"\s*:/.test(text) && !/"(features|geometry)"\s*:/.test(text) ? 'ndjson' : 'geojson';
  return /^geolife trajectory/i.test(text) ? 'plt' : 'csv';
}

/** How a file will be read: by what is known of it, otherwise by its beginning. */
export function findTrackFormat({ format, name, mediaType }: TrackSource, head: Buffer): TrackFormat {
  return (
    format ??
    (name === undefined ? undefined : findByName(name)) ??
    (mediaType === undefined ? undefined : findByMediaType(mediaType)) ??
    findByContent(head)
  );
}

/** The same, refused where there is more of it: a small gzip may hold gigabytes. */
async function* limit(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TrackUnreadable(`There are more than ${maxBytes} bytes in it.`);
    yield chunk;
  }
}

/**
 * Reads a track file in bounded memory, in the order of the file. What is no fix comes as an item that says why and where, and
 * reading goes on; throws {@link TrackUnreadable} where it cannot, with the line where there is one, and `TrackCut` where that
 * is true of the rest alone.
 */
export async function* readTrack(
  chunks: AsyncIterable<Uint8Array>,
  source: TrackSource,
  options: TrackOptions,
): AsyncGenerator<TrackItem> {
  const { maxBytes = Number.POSITIVE_INFINITY } = source;
  const { head, all } = await peek(toUtf8(limit(ungzip(chunks), maxBytes)), ({ length }) => length >= SNIFF_BYTES);
  if (head.length === 0) {
    await all.return(undefined);
    throw new TrackUnreadable('The file is empty.');
  }
  if (head.toString('latin1', 0, 4) === 'PK\u0003\u0004') {
    await all.return(undefined);
    throw new TrackUnreadable('This is a zip archive (a KMZ is one): unpack it and give what is in it.');
  }
  yield* TRACK_FORMATS[findTrackFormat(source, head)].read(all, options);
}

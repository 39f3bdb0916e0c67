/** Zone files of every format that Tagwatch reads, gzipped or not. What they hold is judged by `zone-file-check.ts`. */
import { peek, toUtf8, ungzip } from '../tracks/track-bytes.js';
import { TrackUnreadable } from '../tracks/track-item.js';
import { readGeoJsonZones } from './zone-file-geojson.js';
import {
  makeFinding,
  type ZoneFeature,
  type ZoneFileContent,
  type ZoneFileOptions,
  type ZoneFinding,
} from './zone-file-item.js';
import { readKmlZones } from './zone-file-kml.js';
import { readWktZones } from './zone-file-wkt.js';

/** Formats and the extensions of their files. */
export const ZONE_FILE_FORMATS = {
  geojson: ['geojson', 'json'],
  kml: ['kml'],
  wkt: ['wkt', 'ewkt', 'csv', 'tsv', 'txt'],
} as const;
export type ZoneFileFormat = keyof typeof ZONE_FILE_FORMATS;

const FORMAT_NAMES = Object.keys(ZONE_FILE_FORMATS) as readonly ZoneFileFormat[];
/** All zones of a county are a few megabytes. */
export const MAX_ZONE_FILE_BYTES = 64 * 1_048_576;
/** How far the beginning is looked at, bytes. */
const SNIFF_BYTES = 1_024;

/** The format that a file's name tells, `.gz` passed over; null: none. */
export function findZoneFormatByName(name: string): ZoneFileFormat | null {
  const extension = /\.([a-z0-9]+)(\.gz)?$/.exec(name.toLowerCase())?.[1] ?? '';
  return FORMAT_NAMES.find((format) => (ZONE_FILE_FORMATS[format] as readonly string[]).includes(extension)) ?? null;
}

function findByContent(head: Buffer): ZoneFileFormat {
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text.startsWith('<')) return 'kml';
  return text.startsWith('{') ? 'geojson' : 'wkt';
}

async function* limit(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MAX_ZONE_FILE_BYTES) {
      throw new TrackUnreadable(`There are more than ${MAX_ZONE_FILE_BYTES} bytes in it; part it.`);
    }
    yield chunk;
  }
}

async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  try {
    // Takes a byte order mark away.
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new TrackUnreadable('The text is not UTF-8.');
  }
}

async function read(
  chunks: AsyncIterable<Uint8Array>,
  format: ZoneFileFormat | null,
  name: string,
  options: ZoneFileOptions,
  content: { features: ZoneFeature[]; findings: ZoneFinding[] },
): Promise<ZoneFileContent> {
  const { head, all } = await peek(toUtf8(limit(ungzip(chunks))), ({ length }) => length >= SNIFF_BYTES);
  if (head.length === 0) throw new TrackUnreadable('The file is empty.');
  if (head.toString('latin1', 0, 4) === 'PK\u0003\u0004') {
    throw new TrackUnreadable('This is a zip archive (a KMZ is one): unpack it and give what is in it.');
  }
  const chosen = format ?? findZoneFormatByName(name) ?? findByContent(head);
  if (chosen === 'geojson') return readGeoJsonZones(await readText(all), options);
  if (chosen === 'wkt') return readWktZones(await readText(all), options);
  for await (const { feature, findings } of readKmlZones(all, options)) {
    if (feature !== null) content.features.push(feature);
    content.findings.push(...findings);
  }
  return { ...content, conditions: [] };
}

/**
 * Reads a zone file. `format` null: by the name's extension, otherwise by how it begins. What cannot be read is a finding among the
 * others, with its line where there is one; throws only what the source of the bytes throws.
 */
export async function readZoneFile(
  chunks: AsyncIterable<Uint8Array>,
  { format, name }: { readonly format: ZoneFileFormat | null; readonly name: string },
  options: ZoneFileOptions,
): Promise<ZoneFileContent> {
  const content = { features: [] as ZoneFeature[], findings: [] as ZoneFinding[] };
  const fail = (detail: string, line: number | null): ZoneFileContent => {
    const finding = makeFinding({ line }, { severity: 'error', check: 'unreadable', detail });
    return { ...content, conditions: [], findings: [...content.findings, finding] };
  };
  let found: ZoneFileContent;
  try {
    found = await read(chunks, format, name, options, content);
  } catch (error) {
    if (!(error instanceof TrackUnreadable)) throw error;
    const [, line, detail] = /^Line (\d+): (.*)$/s.exec(error.message) ?? [null, null, error.message];
    return fail(detail!, line === null ? null : Number(line));
  }
  if (found.features.length === 0 && !found.findings.some(({ severity }) => severity === 'error')) {
    return fail('There is no zone in it.', null);
  }
  return found;
}

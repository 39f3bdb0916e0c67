/** `npm run trial -- --tracks DIR`: reads the recorded tracks of a folder and prints what was found over them. */
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTrack } from '../formats/tracks/track.js';
import { peek, ungzip } from '../formats/tracks/track-bytes.js';
import { collectFixes, judgeTrack, type TrackRow, tagColumnOptions } from './recorded-tracks.js';
import { layOut } from './report-text.js';

/** How files name whose fix it is. */
const TAG_COLUMNS = ['tagId', 'vehicle_id', 'uid'] as const;
const HEAD_BYTES = 2_048;

/** Every CSV of the folder, gzipped or not, that names its tags in a column that is known. */
export async function judgeTracks(folder: string, seed: number): Promise<Map<string, TrackRow[]>> {
  const files = readdirSync(folder).filter((name) => /\.csv(\.gz)?$/.test(name));
  const found = new Map<string, TrackRow[]>();
  for (const name of files.sort()) {
    const column = await findTagColumn(join(folder, name));
    if (column === null) continue;
    const items = readTrack(createReadStream(join(folder, name)), { name }, tagColumnOptions(column));
    const tags = await collectFixes(items);
    found.set(
      name,
      [...tags].map(([tagId, pings]) => judgeTrack(tagId, pings, seed)),
    );
  }
  return found;
}

async function findTagColumn(file: string): Promise<string | null> {
  const { head, all } = await peek(ungzip(createReadStream(file)), ({ length }) => length >= HEAD_BYTES);
  await all.return(undefined);
  const header = head.toString('utf8').split(/\r?\n/, 1)[0]!.split(',');
  const columns = header.map((cell) => cell.replace(/"/g, ''));
  return TAG_COLUMNS.find((column) => columns.includes(column)) ?? null;
}

export function trackLines(found: ReadonlyMap<string, readonly TrackRow[]>): string[] {
  const rows = [...found].flatMap(([file, tags]) =>
    tags.map((row) => [
      `${file} ${row.tagId}`,
      ...[row.fixes, row.zones, row.certain, row.found, row.confirmed, row.unfounded].map(String),
    ]),
  );
  return layOut([
    ['track', 'fixes', 'zones', 'certain visits', 'of them confirmed', 'confirmed', 'unfounded'],
    ...rows,
  ]);
}

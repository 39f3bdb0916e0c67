/** Tracks with a known count of visits to one rectangle: generated for every clone, and the real buses where they are. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Track {
  readonly file: string;
  /** Null: one tag for the whole file. */
  readonly tagColumn: string | null;
  readonly tagIds: readonly string[];
  readonly rows: number;
  /** When tags were fitted and orders began. */
  readonly since: string;
  /** After the last fix. */
  readonly until: string;
  readonly zone: readonly [west: number, south: number, east: number, north: number];
  /** Confirmed exclusion alerts by tag. */
  readonly confirmed: Readonly<Record<string, number>>;
}

const ZONE = [-2.94, 53.42, -2.92, 53.44] as const;

/** Eight buses of one route in Liverpool on 26 January 2026 (real; kept outside the project). */
export function busTrack(dataDir: string): Track {
  const confirmed = { 4716: 1, 4720: 2, 4722: 1, 4733: 2, 4803: 2, 4836: 1, 4841: 1, 4842: 2 };
  return {
    file: join(dataDir, 'liverpool-bus-route14.csv'),
    tagColumn: 'vehicle_id',
    tagIds: Object.keys(confirmed),
    rows: 1_533,
    since: '2026-01-01T00:00:00Z',
    until: '2026-02-01T00:00:00Z',
    zone: ZONE,
    confirmed,
  };
}

const FIXES_PER_TAG = 60;
const FIX_EVERY_S = 30;

/**
 * Eight made-up tags that walk past the rectangle; tag n pays it n % 3 visits of six fixes, and once more puts a single fix
 * inside, which proves nothing.
 */
export function visitTrack(directory: string): Track {
  const confirmed: Record<string, number> = {};
  const lines = ['vehicle_id,timestamp,latitude,longitude'];
  const startMs = Date.parse('2026-02-01T12:00:00Z');
  for (let fix = 0; fix < FIXES_PER_TAG; fix++) {
    for (let tag = 0; tag < 8; tag++) {
      const tagId = `V-${tag}`;
      const visits = tag % 3;
      confirmed[tagId] = visits;
      const isVisit = fix % 20 >= 10 && fix % 20 < 16 && Math.floor(fix / 20) < visits;
      const isLoneFix = fix === 55;
      const latitude = isVisit || isLoneFix ? 53.43 + tag * 0.0005 : 53.46 + fix * 0.0002;
      const at = new Date(startMs + fix * FIX_EVERY_S * 1000 + tag * 1000);
      lines.push(`${tagId},${at.toISOString().slice(0, 19).replace('T', ' ')},${latitude.toFixed(6)},-2.930000`);
    }
  }
  const file = join(directory, 'visits.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return {
    file,
    tagColumn: 'vehicle_id',
    tagIds: Object.keys(confirmed),
    rows: FIXES_PER_TAG * 8,
    since: '2026-01-15T00:00:00Z',
    until: '2026-02-10T00:00:00Z',
    zone: ZONE,
    confirmed,
  };
}

/** One person in Beijing over months of 2008 (real; kept outside the project); the rectangle holds a tenth of the fixes. */
export function geolifeTrack(dataDir: string): Omit<Track, 'confirmed'> {
  return {
    file: join(dataDir, 'geolife-001.csv.gz'),
    tagColumn: null,
    tagIds: ['G-1'],
    rows: 108_607,
    since: '2008-10-01T00:00:00Z',
    until: '2009-01-01T00:00:00Z',
    zone: [116.32, 39.98, 116.33, 39.99],
  };
}

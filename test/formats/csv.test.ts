import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTrack } from '../../src/formats/tracks/track.js';
import type { TrackItem, TrackOptions } from '../../src/formats/tracks/track-item.js';

const ONE_TAG: TrackOptions = { tag: { tagId: 'T-1' }, accuracyMetres: 10 };

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, options: TrackOptions = ONE_TAG, chunkBytes = 7): Promise<TrackItem[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const rows: TrackItem[] = [];
  for await (const row of readTrack(inChunks(bytes, chunkBytes), { format: 'csv' }, options)) rows.push(row);
  return rows;
}

const pingsOf = (rows: readonly TrackItem[]) => rows.map((row) => (row.ok ? row.ping : row.detail));

describe('readCsvTrack', () => {
  it('a direction in words is no heading, also where the column of the heading is empty; it is told', async () => {
    const text =
      'timestamp,latitude,longitude,bearing,direction\n' +
      '2026-01-26T15:57:02Z,53.44451,-2.925173,,outbound\n' +
      '2026-01-26T15:57:24Z,53.445026,-2.923543,53,outbound\n';
    const rows = await read(text);
    expect(rows.flatMap((row) => (row.ok ? [row.ping.headingDegrees] : []))).toEqual([undefined, 53]);
    expect(rows.flatMap((row) => (row.ok ? [] : [row.detail]))).toEqual([
      'A direction in words, such as "outbound", is no heading in degrees: not read.',
    ]);
  });

  it('reads the shape of the bus file: a column for the tag, times without a zone, an empty bearing', async () => {
    const text =
      '"id","vehicle_id","trip_id","timestamp","latitude","longitude","bearing","origin"\n' +
      '23811684,"4716","1091","2026-01-26 15:57:02",53.44451,-2.925173,,Queen_Square\n' +
      '23812075,"4716","1091","2026-01-26 15:57:24",53.445026,-2.923543,53,Queen_Square\n';
    expect(await read(text, { tag: { column: 'vehicle_id' }, accuracyMetres: 10 })).toEqual([
      {
        ok: true,
        line: 2,
        place: 'line 2',
        ping: {
          tagId: '4716',
          fixedAt: '2026-01-26T15:57:02.000Z',
          latitude: 53.44451,
          longitude: -2.925173,
          accuracyMetres: 10,
        },
      },
      expect.objectContaining({ line: 3, ping: expect.objectContaining({ headingDegrees: 53 }) }),
    ]);
  });

  it('reads the shape of the walker file, gzipped, whatever the chunks', async () => {
    const text = 'lat,lng,datetime,uid\n39.984094,116.319236,2008-10-23 05:53:05,001\n';
    for (const chunkBytes of [1, 2, 10, 1_000]) {
      expect(pingsOf(await read(gzipSync(text), ONE_TAG, chunkBytes))).toEqual([
        {
          tagId: 'T-1',
          fixedAt: '2008-10-23T05:53:05.000Z',
          latitude: 39.984094,
          longitude: 116.319236,
          accuracyMetres: 10,
        },
      ]);
    }
  });

  it('finds columns whatever their capitals, separators, order, delimiter and byte order mark', async () => {
    const text =
      '\ufeffFix_Time;Long;LAT;Accuracy (m);Speed (m/s);Altitude\r\n' +
      '2026-01-26T15:57:02+01:00;-2.9;53.4;25;10;7.5\r\n';
    expect(pingsOf(await read(text))).toEqual([
      {
        tagId: 'T-1',
        fixedAt: '2026-01-26T14:57:02.000Z',
        latitude: 53.4,
        longitude: -2.9,
        accuracyMetres: 25,
        speedKmh: 36,
        altitudeMetres: 7.5,
      },
    ]);
  });

  it('reads epoch seconds and milliseconds, and takes no speed of an unknown unit', async () => {
    const text = 'timestamp,x,y,speed\n1769443022,-2.9,53.4,5\n1769443022500,-2.9,53.4,5\n';
    const pings = pingsOf(await read(text, { ...ONE_TAG, accuracyMetres: null }));
    expect(pings).toEqual([
      { tagId: 'T-1', fixedAt: '2026-01-26T15:57:02.000Z', latitude: 53.4, longitude: -2.9 },
      { tagId: 'T-1', fixedAt: '2026-01-26T15:57:02.500Z', latitude: 53.4, longitude: -2.9 },
    ]);
  });

  it('tells bad rows by their line and goes on', async () => {
    const text = [
      'tag,time,lat,lon,note',
      'A,2026-01-26 15:57:02,53.4,-2.9,fine',
      'A,26/13/2026 15:57,53.4,-2.9,',
      '',
      'A,2026-01-26 15:57:02,,-2.9,"two',
      'lines"',
      'A,2026-01-26 15:57:02,53.4',
      ',2026-01-26 15:57:02,53.4,-2.9,',
      'A,2026-01-26 15:57:03,53.4,-2.9,fine,and more',
    ].join('\n');
    const rows = await read(text, { tag: { column: 'Tag' }, accuracyMetres: 10 });
    expect(rows.map((row) => (row.ok ? row.line : `${row.line} ${row.detail}`))).toEqual([
      2,
      '3 The time "26/13/2026 15:57" cannot be read.',
      '6 The latitude is not a number.',
      '7 The longitude is not a number.',
      '8 The tag is empty.',
      9,
    ]);
  });

  it.each([
    ['', /empty/],
    [
      'who,where\n1,2\n',
      /latitude: looked for latitude, lat(.|\n)*longitude:(.|\n)*time:(.|\n)*columns seen: who, where/,
    ],
    ['39.98,116.31,2008-10-23 05:53:05\n', /columns seen: 39.98, 116.31/],
  ])('refuses %j as a whole', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('says in a few lines what is missing, whatever the file has in its first', async () => {
    const header = Array.from({ length: 500 }, (_, i) => `${i}${'x'.repeat(200)}`).join(',');
    const refused = await read(`${header}\n`).catch((error: Error) => error.message);
    expect(String(refused).length).toBeLessThan(4_000);
  });

  it('refuses a file without the column for the tag, an endless quote, and gzip that is cut off', async () => {
    const header = 'time,lat,lon\n2026-01-26 15:57:02,53.4,-2.9\n';
    await expect(read(header, { tag: { column: 'vehicle_id' }, accuracyMetres: 10 })).rejects.toThrow(
      /tag: looked for vehicle_id/,
    );
    await expect(read(`${header}"never closed\n${'x'.repeat(1_100_000)}`, ONE_TAG, 65_536)).rejects.toThrow(/not CSV/);
    await expect(read(gzipSync(header.repeat(50)).subarray(0, 60))).rejects.toThrow(/gzip/);
  });

  it('lets go of its source when the reader stops early', async () => {
    let released = false;
    async function* source() {
      try {
        yield Buffer.from('time,lat,lon\n');
        for (;;) yield Buffer.from('2026-01-26 15:57:02,53.4,-2.9\n');
      } finally {
        released = true;
      }
    }
    for await (const row of readTrack(source(), { format: 'csv' }, ONE_TAG)) if (row.line! > 5) break;
    await expect.poll(() => released).toBe(true);
  });
});

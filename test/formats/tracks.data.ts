import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { Ping } from '../../src/engine/types.js';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { readTrack } from '../../src/formats/tracks/track.js';
import type { TrackOptions } from '../../src/formats/tracks/track-item.js';
import { TRAIL_FORMATS, type TrailFormat, writeTrack } from '../../src/formats/trails/track-write.js';
import type { TrailFix } from '../../src/formats/trails/trail.js';
import { needDataDir } from '../support/data-dir.js';

const NOW_MS = Date.UTC(2026, 10, 23);
const FORMATS = Object.keys(TRAIL_FORMATS) as TrailFormat[];

async function* readPings(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: TrackOptions,
): AsyncGenerator<Ping> {
  for await (const item of readTrack(chunks, { name }, options)) {
    if (!item.ok && item.isNote) continue;
    const result = item.ok ? parsePing(item.ping, NOW_MS) : null;
    if (!result?.ok) throw new Error(`${item.place}: ${item.ok ? 'refused' : item.detail}`);
    yield result.ping;
  }
}

function toFix(ping: Ping): TrailFix {
  const { position, identity: _identity, ...fields } = ping;
  return { ...fields, ...position!, activationId: ping.tagId, receivedAtMs: NOW_MS, notJudged: null };
}

const REAL = [
  ['liverpool-bus-route14.csv', { column: 'vehicle_id' }, 1_533],
  // Of 108,607 fixes: the rest is more of the same.
  ['geolife-001.csv.gz', { tagId: 'T-001' }, 20_000],
] as const;

describe.each(REAL)('%s', (file, tag, rows) => {
  const path = join(needDataDir(), file);
  async function* open() {
    let count = 0;
    for await (const ping of readPings(createReadStream(path), file, { tag, accuracyMetres: 10 })) {
      if (count === rows) return;
      count += 1;
      yield ping;
    }
  }

  it.each(FORMATS)('is the same pings written as %s and read again', async (format) => {
    async function* fixes() {
      for await (const ping of open()) yield toFix(ping);
    }
    async function* bytes() {
      for await (const text of writeTrack(format, fixes())) yield Buffer.from(text);
    }
    const again = readPings(bytes(), `a.${TRAIL_FORMATS[format].extension}`, { tag: null, accuracyMetres: null });
    let count = 0;
    for await (const ping of open()) {
      const { value } = await again.next();
      if (JSON.stringify(value) !== JSON.stringify(ping)) expect(value).toEqual(ping);
      count += 1;
    }
    expect((await again.next()).done).toBe(true);
    expect(count).toBe(rows);
  });
});

/** Reads 50 MB of a format in a thread whose heap is a small part of that; posts the number of fixes. */
const READER = `
const { parentPort, workerData } = require('node:worker_threads');
const { format, module, head, fix, between, tail, count } = workerData;
async function* chunks() {
  yield Buffer.from(head);
  for (let from = 0; from < count; from += 100)
    yield Buffer.from(Array.from({ length: 100 }, (_, i) => fix.replaceAll('SECOND', String(i % 60).padStart(2, '0'))).join(between) + (from + 100 < count ? between : ''));
  yield Buffer.from(tail);
}
(async () => {
  const { readTrack } = await import(module);
  let fixes = 0;
  for await (const item of readTrack(chunks(), { format }, { tag: { tagId: 'T' }, accuracyMetres: 10 })) if (item.ok) fixes += 1;
  parentPort.postMessage(fixes);
})();
`;
const TIME = '2026-11-22T18:03:SECONDZ';
const LARGE = {
  gpx: [
    '<gpx><trk><trkseg>',
    `<trkpt lat="51.2787" lon="1.0803"><ele>14</ele><time>${TIME}</time></trkpt>`,
    '\n',
    '</trkseg></trk></gpx>',
  ],
  geojson: [
    '{"type":"FeatureCollection","features":[',
    `{"type":"Feature","geometry":{"type":"Point","coordinates":[1.0803,51.2787]},"properties":{"time":"${TIME}"}}`,
    ',\n',
    ']}',
  ],
} as const;
const LARGE_BYTES = 50_000_000;

it.each(Object.keys(LARGE) as (keyof typeof LARGE)[])(
  '50 MB of %s are read in a heap of 40 MB',
  async (format) => {
    const [head, fix, between, tail] = LARGE[format];
    const count = Math.ceil(LARGE_BYTES / (fix.length + between.length) / 100) * 100;
    // The compiled program: a thread does not go through the tests' compiler.
    const module = pathToFileURL(join(import.meta.dirname, '..', '..', 'dist', 'formats', 'tracks', 'track.js')).href;
    const worker = new Worker(READER, {
      eval: true,
      workerData: { format, module, head, fix, between, tail, count },
      resourceLimits: { maxOldGenerationSizeMb: 40 },
    });
    const fixes = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    expect(fixes).toBe(count);
  },
  300_000,
);

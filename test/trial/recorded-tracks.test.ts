import { expect, it } from 'vitest';
import type { TrackItem } from '../../src/formats/tracks/track-item.js';
import { towards } from '../../src/simulator/ground.js';
import { collectFixes, judgeTrack } from '../../src/trial/recorded-tracks.js';

/** Two hours of a walk to and fro, a fix every 20 s; one line of the file is no fix, one stands twice. */
async function* walk(): AsyncGenerator<TrackItem> {
  const from = { latitude: 39.98, longitude: 116.32 };
  const startMs = Date.UTC(2008, 9, 23, 6);
  for (let i = 0; i < 360; i++) {
    const along = i % 120 < 60 ? i % 60 : 60 - (i % 60);
    const { latitude, longitude } = towards(from, along * 25, 70);
    const fixedAt = new Date(startMs + i * 20_000).toISOString();
    const item: TrackItem = {
      ok: true,
      line: i,
      place: `line ${i}`,
      ping: { tagId: i % 2 === 0 ? 'A' : 'B', fixedAt, latitude, longitude, accuracyMetres: 15, mechanism: 'GPS' },
    };
    yield item;
    if (i === 100) yield item;
  }
  yield { ok: false, line: 361, place: 'line 361', detail: 'no fix' };
}

it('finds every certain visit to zones laid over a track, and nothing that no visit bears out', async () => {
  const tags = await collectFixes(walk());
  expect([...tags.keys()]).toEqual(['A', 'B']);
  const rows = [...tags].map(([tagId, pings]) => judgeTrack(tagId, pings, 3));
  expect(rows.map(({ fixes }) => fixes)).toEqual([180, 180]);
  for (const { certain, found, unfounded } of rows) {
    expect(certain).toBeGreaterThan(5);
    expect(found).toBe(certain);
    expect(unfounded).toBe(0);
  }
  expect([...tags].map(([tagId, pings]) => judgeTrack(tagId, pings, 3))).toEqual(rows);
});

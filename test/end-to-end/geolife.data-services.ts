/** 108,607 fixes of 2008 at full speed: the same alerts embedded and on real services, every row, and how fast it was. */
import { expect, it } from 'vitest';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { needDataDir } from '../support/data-dir.js';
import { type FeedAlert, makeHome, openFeed, put, startProgram } from '../support/program.js';
import { replay, untilRecorded } from './replaying.js';
import { openFreshPair } from './services.js';
import { geolifeTrack, type Track } from './tracks.js';

async function run(name: string, services: { env: Readonly<Record<string, string>>; close(): Promise<void> }) {
  const track: Track = { ...geolifeTrack(needDataDir()), confirmed: {} };
  const { since, zone } = track;
  const home = await makeHome(services.env);
  const program = await startProgram(home);
  try {
    await put(program.url, '/zones/Z-1', rectangle('Zone', ...zone));
    for (const tagId of track.tagIds) {
      await fitTag(program.url, { tagId, since });
      await exclude(program.url, { tagId, since }, 'Z-1');
    }
    const feed = await openFeed(program.url);
    const startedMs = performance.now();
    expect(await replay(program.url, track, ['--batch', '5000'])).toBe(0);
    const sentMs = performance.now();
    await foldedSince(program.url, track);
    const foldedMs = performance.now();
    await untilRecorded(program.url, track);
    const recordedMs = performance.now();
    const perSecond = (untilMs: number) => Math.round(track.rows / ((untilMs - startedMs) / 1000));
    process.stdout.write(
      `${name}: ${track.rows} pings, sent ${perSecond(sentMs)}/s, folded ${perSecond(foldedMs)}/s, recorded ${perSecond(recordedMs)}/s\n`,
    );
    const found = feed.events().map(({ eventId, alertId, type }: FeedAlert) => ({ eventId, alertId, type }));
    feed.close();
    expect(await program.stop()).toBe(0);
    return found;
  } finally {
    await program.kill();
    home.remove();
    await services.close();
  }
}

/** Waits until the engine has folded every ping of the track: its own count, from `/metrics`. */
async function foldedSince(url: string, track: Track): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    const counts = [...text.matchAll(/^tagwatch_pings_folded_total\{[^}]*\} (\d+)$/gm)].map(([, count]) =>
      Number(count),
    );
    if (counts.reduce((a, b) => a + b, 0) >= track.rows) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('folds and records GeoLife, with the same alerts on both pairs', { timeout: 900_000 }, async () => {
  const real = await run('Kafka and PostGIS', await openFreshPair());
  const embedded = await run('embedded', { env: {}, close: async () => {} });
  expect(real.filter(({ type }) => type === 'confirmed').length).toBeGreaterThan(0);
  expect(embedded).toEqual(real);
  expect(new Set(real.map(({ eventId }) => eventId)).size).toBe(real.length);
});

/** A zone between two fixes in the running program: a minute apart an alert, twenty minutes apart a word in the trail. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainAlert } from '../../src/cli/explain.js';
import { openPglite } from '../../src/store/pglite.js';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { type Home, makeHome, openFeed, put, send, startProgram } from '../support/program.js';
import { silentLog } from '../support/silent-log.js';

const TAG = 'T-across';
const SINCE = new Date(Date.now() - 7 * 86_400_000).toISOString();
const START_MS = Math.floor((Date.now() - 2 * 3_600_000) / 60_000) * 60_000;
const minute = (n: number) => new Date(START_MS + n * 60_000).toISOString();

/** West or east of a zone of about 300 m, 840 m from each other. */
const fix = (n: number, side: 'west' | 'east') => ({
  tagId: TAG,
  fixedAt: minute(n),
  latitude: 53.43,
  longitude: -2.93 + (side === 'west' ? -0.00633 : 0.00633),
  accuracyMetres: 5,
});

describe('a zone between two fixes', () => {
  let home: Home;
  let features: { properties: { fixedAt: string; gapBefore?: object } }[] = [];
  let csv = '';
  let alertId = '';
  let alerts: { kind: string }[] = [];

  beforeAll(async () => {
    home = await makeHome();
    const program = await startProgram(home);
    const fitted = { tagId: TAG, since: SINCE };
    await put(program.url, '/zones/Z-own', rectangle('Own', -2.93226, 53.42865, -2.92774, 53.43135));
    await put(program.url, '/zones/Z-all', rectangle('All', -2.9305, 53.4295, -2.9295, 53.4305));
    await fitTag(program.url, fitted);
    await exclude(program.url, fitted, 'Z-own');
    await put(program.url, '/conditions/C-all', {
      appliesTo: 'all-wearers',
      kind: 'exclusion',
      zoneId: 'Z-all',
      startsAt: minute(30),
    });
    const feed = await openFeed(program.url);
    for (const ping of [fix(0, 'west'), fix(1, 'east'), fix(2, 'east'), fix(22, 'west'), fix(42, 'east')]) {
      expect((await send(program.url, 'POST', '/pings', [ping])).status).toBe(202);
    }
    const ended = await feed.waitFor(({ event }) => event?.tagId === TAG && event.type === 'ended');
    alertId = ended.event!.alertId;
    feed.close();
    const path = `/wearers/W-${TAG}/trail?from=${minute(-60)}&to=${minute(60)}`;
    while (features.length < 5) {
      const { body } = await send(program.url, 'GET', path);
      features = (body as { features?: typeof features } | null)?.features ?? [];
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    csv = await (await fetch(`${program.url}/api/v1${path}`, { headers: { accept: 'text/csv' } })).text();
    const listed = await send(program.url, 'GET', `/alerts?wearerId=W-${TAG}`);
    alerts = (listed.body as { items: { kind: string }[] }).items;
    expect(await program.stop()).toBe(0);
  }, 180_000);

  afterAll(() => home.remove());

  test('a minute apart: one alert, suspected and over; explain finds the same and says what a line is worth', async () => {
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ kind: 'exclusion', type: 'ended', strength: 'suspected', alertId });
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const directory = join(home.env['TAGWATCH_DATA_DIR']!, 'database');
    const openDatabase = () => openPglite({ directory, log: silentLog });
    expect(await explainAlert([alertId], { openDatabase, out: say, err: say })).toBe(0);
    const text = lines.join('\n');
    expect(text).toContain('The wearer may have gone through a zone that must not be entered from ');
    expect(text).toMatch(
      /which need not be the way taken, goes 30\d(\.\d)? m through the zone, up to 150(\.\d)? m from its boundary/,
    );
    expect(text).toContain('the engine finds the same');
  });

  test('twenty minutes apart: no alert, and the trail says what cannot be excluded, by what was in force', () => {
    const gaps = features.flatMap(({ properties }) => (properties.gapBefore === undefined ? [] : [properties]));
    const own = { conditionId: `C-${TAG}`, conditionVersion: 1, zoneId: 'Z-own', zoneVersion: 1 };
    const all = { conditionId: 'C-all', conditionVersion: 1, zoneId: 'Z-all', zoneVersion: 1 };
    expect(gaps).toMatchObject([
      { fixedAt: minute(22), gapBefore: { from: minute(2), cannotExclude: [own] } },
      { fixedAt: minute(42), gapBefore: { from: minute(22), cannotExclude: [own, all] } },
    ]);
    expect(csv.split('\r\n')[0]).toContain('gapBeforeFrom,cannotExclude');
    expect(csv).toContain(`${minute(22)},C-${TAG}@1/Z-own@1 C-all@1/Z-all@1\r\n`);
  });
});

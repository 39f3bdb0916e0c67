/**
 * The running program. A zone between two fixes: a minute apart an alert, twenty minutes apart a word in the trail. A buffer that
 * warns. Fixes that prove nothing: nothing is confirmed, and everything is on record.
 */
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

const POOR_TAG = 'T-poor';
const NEAR_TAG = 'T-near';

/** A zone of 2 km with a hole of 400 m: each of these for itself proves nothing. */
function poorFixes() {
  const at = (n: number, longitude: number, more: object = {}) => ({
    tagId: POOR_TAG,
    fixedAt: minute(n),
    latitude: 53.43,
    longitude,
    accuracyMetres: 8,
    ...more,
  });
  const outside = (from: number) => Array.from({ length: 10 }, (_, i) => at(from + i, -2.9));
  return [
    ...Array.from({ length: 5 }, (_, i) => at(i, -2.92, { mechanism: 'LBS', accuracyMetres: 800 })),
    ...Array.from({ length: 10 }, (_, i) => at(10 + i, -2.93)),
    ...outside(30),
    at(40, -2.921, { accuracyMetres: 1.9 }),
    ...outside(41),
    ...Array.from({ length: 10 }, (_, i) => at(60 + i, -2.9147, { accuracyMetres: 50 })),
  ];
}

interface Listed {
  readonly alertId: string;
  readonly kind: string;
  readonly type: string;
  readonly strength?: string;
  readonly confirmedAt?: string;
  readonly severity?: string;
}

describe('a zone between two fixes, a buffer, and fixes that prove nothing', () => {
  let home: Home;
  let features: { properties: { fixedAt: string; gapBefore?: object } }[] = [];
  let csv = '';
  let alertId = '';
  let alerts: Listed[] = [];
  let poor: { alerts: Listed[]; features: { properties: { notJudged: string | null } }[] };
  let near: Listed[] = [];

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
    alerts = await alertsOf(program.url, TAG);
    poor = await sendPoor(program.url);
    near = await sendNear(program.url);
    expect(await program.stop()).toBe(0);
  });

  afterAll(() => home.remove());

  async function alertsOf(url: string, tagId: string): Promise<Listed[]> {
    const listed = await send(url, 'GET', `/alerts?wearerId=W-${tagId}`);
    return (listed.body as { items: Listed[] }).items;
  }

  async function sendPoor(url: string) {
    const ring = (metres: number) => {
      const [x, y] = [metres / 66_400, metres / 111_300];
      return [
        [-2.93 - x, 53.43 - y],
        [-2.93 + x, 53.43 - y],
        [-2.93 + x, 53.43 + y],
        [-2.93 - x, 53.43 + y],
        [-2.93 - x, 53.43 - y],
      ];
    };
    const fitted = { tagId: POOR_TAG, since: SINCE };
    const geometry = { type: 'Polygon', coordinates: [ring(1_000), ring(200).reverse()] };
    await put(url, '/zones/Z-holed', { type: 'Feature', geometry, properties: { name: 'Holed' } });
    await fitTag(url, fitted);
    await exclude(url, fitted, 'Z-holed');
    const pings = poorFixes();
    expect((await send(url, 'POST', '/pings', pings)).status).toBe(202);
    const path = `/wearers/W-${POOR_TAG}/trail?from=${minute(-60)}&to=${minute(90)}`;
    let found: { properties: { notJudged: string | null } }[] = [];
    while (found.length < pings.length) {
      found = ((await send(url, 'GET', path)).body as { features?: typeof found } | null)?.features ?? [];
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return { alerts: await alertsOf(url, POOR_TAG), features: found };
  }

  async function sendNear(url: string): Promise<Listed[]> {
    const fitted = { tagId: NEAR_TAG, since: SINCE };
    const school = rectangle('School', -2.81, 53.42, -2.8, 53.43);
    await put(url, '/zones/Z-school', { ...school, properties: { name: 'School', bufferMetres: 200 } });
    await fitTag(url, fitted);
    await exclude(url, fitted, 'Z-school');
    const feed = await openFeed(url);
    const at = (n: number, longitude: number) => ({ ...fix(n, 'west'), tagId: NEAR_TAG, latitude: 53.425, longitude });
    const pings = [at(0, -2.79), at(1, -2.798), at(2, -2.798), at(3, -2.79), at(4, -2.79)];
    for (const ping of pings) expect((await send(url, 'POST', '/pings', [ping])).status).toBe(202);
    await feed.waitFor(({ event }) => event?.tagId === NEAR_TAG && event.type === 'ended');
    feed.close();
    // What is explained is what stands on record, and the record comes a little later.
    const path = `/wearers/W-${NEAR_TAG}/trail?from=${minute(-60)}&to=${minute(60)}`;
    for (let recorded = 0; recorded < pings.length; ) {
      const { body } = await send(url, 'GET', path);
      recorded = (body as { features?: unknown[] } | null)?.features?.length ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return alertsOf(url, NEAR_TAG);
  }

  /** What `tagwatch explain` says, which finds the same. */
  async function explain(id: string): Promise<string> {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const directory = join(home.env['TAGWATCH_DATA_DIR']!, 'database');
    const openDatabase = () => openPglite({ directory, log: silentLog });
    expect(await explainAlert([id], { openDatabase, out: say, err: say }), lines.join('\n')).toBe(0);
    return lines.join('\n');
  }

  test('fixes that prove nothing: nothing is confirmed, everything is stored, with why it did not count', () => {
    expect(poor.alerts.filter(({ confirmedAt }) => confirmedAt !== undefined)).toEqual([]);
    expect(poor.alerts.filter(({ type }) => type !== 'withdrawn')).toEqual([]);
    const reasons = poor.features.map(({ properties }) => properties.notJudged);
    expect(reasons).toHaveLength(46);
    expect(reasons.map((reason) => reason ?? 'judged')).toEqual([
      ...Array.from({ length: 5 }, () => 'mechanism'),
      ...Array.from({ length: 41 }, () => 'judged'),
    ]);
  });

  test('a buffer warns of an approach, and is over beyond it', async () => {
    expect(near).toHaveLength(1);
    expect(near[0]).toMatchObject({ kind: 'buffer', type: 'ended', strength: 'confirmed', severity: 'low' });
    const text = await explain(near[0]!.alertId);
    expect(text).toContain('The wearer came near a zone that must not be entered from ');
    expect(text).toMatch(/bufferMetres 200/);
    expect(text).toMatch(
      /: 13\d(\.\d)? m outside the boundary, accuracy 5 m; 1\d times likelier from near the zone than from farther away/,
    );
  });

  test('a minute apart: one alert, suspected and over; explain finds the same and says what a line is worth', async () => {
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ kind: 'exclusion', type: 'ended', strength: 'suspected', alertId });
    const text = await explain(alertId);
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
    expect(csv).toContain(`${minute(22)},C-${TAG}@1/Z-own@1 C-all@1/Z-all@1,,\r\n`);
  });
});

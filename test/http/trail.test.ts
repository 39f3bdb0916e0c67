import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlacedFix, TrailFix } from '../../src/formats/trails/trail.js';
import { type App, createApp } from '../../src/http/app.js';
import { negotiate } from '../../src/http/plugins/negotiate.js';
import { registerPosition } from '../../src/http/routes/wearers/position.js';
import { registerTrail, type TrailDeps, type TrailPlace } from '../../src/http/routes/wearers/trail.js';
import { DatabaseUnavailable } from '../../src/ports/database.js';
import { pingAt, TEST_START_MS } from '../support/pings.js';
import { silentLog } from '../support/silent-log.js';

type Fix = PlacedFix & TrailPlace;
const HOURS_MS = 3_600_000;
const NOW_MS = TEST_START_MS + 24 * HOURS_MS;
const clock = { nowMs: () => NOW_MS };

let app: App;
let base: string;
let fixes: Fix[];
/** Reads that succeed before the database goes away. */
let readsLeft: number;

/** A tamper without a position. */
function messageAt(second: number): TrailFix {
  const { position: _, positionIgnored: _why, ...ping } = pingAt('T-1', second);
  const none = { latitude: null, longitude: null, accuracyMetres: null, mechanism: null };
  const rest = { activationId: 'AC-1', receivedAtMs: ping.fixedAtMs + 500, notJudged: 'no-position' };
  return { ...ping, ...none, ...rest, deviceEvents: ['strap-tamper'], positionIgnored: 'no-fix' };
}

function fixAt(second: number): Fix {
  const { position, ...ping } = pingAt('T-1', second);
  const receivedAtMs = ping.fixedAtMs + 500;
  return { ...ping, ...position!, activationId: 'AC-1', receivedAtMs, notJudged: null };
}

const readTrail: TrailDeps['readTrail'] = async ({ fromMs, toMs, limit, after }) => {
  if (readsLeft-- <= 0) throw new DatabaseUnavailable('away');
  const all = fixes.filter(({ fixedAtMs }) => fixedAtMs >= fromMs && fixedAtMs < toMs);
  const rest = after === null ? all : all.filter(({ fixedAtMs }) => fixedAtMs > after.fixedAtMs);
  const points = rest.slice(0, limit);
  return { points, next: rest.length > limit ? points.at(-1)! : null };
};

beforeEach(async () => {
  fixes = [];
  readsLeft = Number.POSITIVE_INFINITY;
  app = await createApp({ log: silentLog });
  registerTrail(app, {
    readTrail,
    listDeleted: async () => [],
    hasWearer: async (wearerId) => wearerId === 'W-1',
    clock,
    logger: silentLog,
  });
  registerPosition(app, {
    clock,
    livePosition: (wearerId) => {
      const { position, ...ping } = pingAt('T-1', 86_310);
      const live = { wearerId, activationId: 'AC-1', receivedAtMs: NOW_MS, ping: { ...ping, position: position! } };
      return wearerId === 'W-live' ? live : null;
    },
    latestPosition: async (wearerId) => {
      if (readsLeft <= 0) throw new DatabaseUnavailable('away');
      return wearerId === 'W-recorded' ? fixAt(60) : null;
    },
    readMessagesAfter: async ({ wearerId, afterMs }) => {
      if (readsLeft <= 0) throw new DatabaseUnavailable('away');
      return wearerId === 'W-9' ? [] : [messageAt(90), messageAt(30)].filter(({ fixedAtMs }) => fixedAtMs > afterMs);
    },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api/v1/wearers`;
});
afterEach(() => app.close());

const get = (path: string, accept?: string) => fetch(base + path, accept === undefined ? {} : { headers: { accept } });

describe('a trail', () => {
  test('of nobody is none, and of somebody who was nowhere is empty', async () => {
    const nobody = await get('/W-9/trail');
    expect([nobody.status, await nobody.json()]).toEqual([
      404,
      { title: 'Not found', status: 404, detail: 'There is no wearer W-9.' },
    ]);
    expect((await get('/W-1/trail')).status).toBe(200);
    // As a client sends it that does not take the steps of a path itself.
    for (const id of ['..', '.', '%2e%2E', 'a%20b']) {
      const [answer] = await once(request(`${base}`, { path: `/api/v1/wearers/${id}/trail` }).end(), 'response');
      expect([id, answer.statusCode]).toEqual([id, 400]);
      answer.resume();
    }
  });

  test('asked for at the ends of time is refused, not failed', async () => {
    for (const to of ['9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00Z', '0050-01-01T00:00:00Z']) {
      const answer = await get(`/W-1/trail?to=${encodeURIComponent(to)}`);
      expect([to, answer.status]).toEqual([to, 400]);
    }
  });

  test('longer than one read comes whole, in the type that was asked for', async () => {
    fixes = Array.from({ length: 5_000 }, (_, second) => fixAt(second));
    const geojson = await get('/W-1/trail');
    expect(geojson.headers.get('content-type')).toBe('application/geo+json');
    const { features } = (await geojson.json()) as { features: { properties: { sequence: number } }[] };
    expect(features.map(({ properties }) => properties.sequence)).toEqual(fixes.map(({ sequence }) => sequence));
    const csv = await get('/W-1/trail', 'text/csv');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect((await csv.text()).trimEnd().split('\r\n')).toHaveLength(5_001);
    const gpx = await get('/W-1/trail', 'application/gpx+xml');
    expect((await gpx.text()).split('<trkpt ')).toHaveLength(5_001);
    const kml = await get('/W-1/trail', 'application/vnd.google-earth.kml+xml');
    expect(kml.headers.get('content-disposition')).toBe('attachment; filename="W-1-trail.kml"');
    expect((await kml.text()).split('<gx:coord>')).toHaveLength(5_001);
  });

  test('is of the last day, or of the stretch that was asked for', async () => {
    fixes = [-60, 0, 60, 120].map(fixAt);
    const sequences = async (query: string) => {
      const { features } = (await (await get(`/W-1/trail${query}`)).json()) as {
        features: { properties: { sequence: number } }[];
      };
      return features.map(({ properties }) => properties.sequence);
    };
    expect(await sequences('')).toEqual([0, 60, 120]);
    expect(await sequences('?to=2026-11-22T18:02:00Z')).toEqual([-60, 0, 60]);
    expect(await sequences('?from=2026-11-22T18:01:00Z&to=2026-11-22T18:02:00Z')).toEqual([60]);
    expect(await sequences('?from=2026-11-09T18:00:00Z&to=2026-11-23T18:00:00Z')).toEqual([-60, 0, 60, 120]);
  });

  test.each([
    ['?from=2026-11-09T17:59:59Z&to=2026-11-23T18:00:00Z', 422],
    ['?from=2026-11-23T18:00:00Z&to=2026-11-23T18:00:00Z', 422],
    ['?from=now', 400],
  ])('%s is refused with its place: %i', async (query, status) => {
    const answer = await get(`/W-1/trail${query}`);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ errors: [{ pointer: '/from', in: 'query' }] });
  });

  test('in no type that there is: 406', async () => {
    expect((await get('/W-1/trail', 'image/png')).status).toBe(406);
  });

  test('with the database away is 503, and one that breaks off does not look whole', async () => {
    fixes = Array.from({ length: 5_000 }, (_, second) => fixAt(second));
    readsLeft = 1;
    const broken = await get('/W-1/trail');
    await expect(broken.text()).rejects.toThrow();
    expect((await get('/W-1/trail')).status).toBe(503);
  });
});

describe('a position', () => {
  test('is the live one, with its age; else the recorded one', async () => {
    expect(await (await get('/W-live/position')).json()).toMatchObject({
      wearerId: 'W-live',
      tagId: 'T-1',
      ageSeconds: 90,
    });
    const recorded = await (await get('/W-recorded/position')).json();
    expect(recorded).toMatchObject({ fixedAt: '2026-11-22T18:01:00.000Z', ageSeconds: 86_340 });
  });

  test('tells what the tag has said since without one, and where nothing else is known', async () => {
    const tamper = {
      tagId: 'T-1',
      activationId: 'AC-1',
      fixedAt: '2026-11-22T18:01:30.000Z',
      receivedAt: '2026-11-22T18:01:30.500Z',
      deviceEvents: ['strap-tamper'],
      positionIgnored: 'no-fix',
    };
    expect(await (await get('/W-recorded/position')).json()).toMatchObject({ messagesSince: [tamper] });
    expect(await (await get('/W-live/position')).json()).toMatchObject({ messagesSince: [] });
    const unknown = await get('/W-messages/position');
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { messagesSince: [tamper, {}] }]);
    expect(await (await get('/W-9/position')).json()).not.toHaveProperty('messagesSince');
  });

  test('that nobody knows is 404; 503 where only the database could tell', async () => {
    expect((await get('/W-9/position')).status).toBe(404);
    readsLeft = 0;
    expect((await get('/W-9/position')).status).toBe(503);
    expect((await get('/W-live/position')).status).toBe(200);
  });
});

test.each([
  [undefined, 'a/x'],
  ['', 'a/x'],
  ['*/*', 'a/x'],
  ['b/y', 'b/y'],
  ['B/Y;charset=utf-8', 'b/y'],
  ['a/x;q=0.2, b/y;q=0.8', 'b/y'],
  ['b/*, */*;q=0.5', 'b/y'],
  ['a/x;q=0, */*', 'b/y'],
  ['text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'a/x'],
  ['c/z', null],
  ['a/x;q=0', null],
])('Accept %s gets %s', (accept, type) => {
  expect(negotiate(accept, ['a/x', 'b/y'])).toBe(type);
});

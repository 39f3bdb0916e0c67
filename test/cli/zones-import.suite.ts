/** `tagwatch zones import` against the records' endpoints over HTTP, over any pair of adapters. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zones } from '../../src/cli/zones.js';
import type { Imported } from '../../src/cli/zones-import.js';
import type { Database } from '../../src/ports/database.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';

export interface ImportAdapters {
  readonly db: Database;
  readonly log: EventLog;
  stop(): Promise<void>;
}

const GEOFENCES = join(import.meta.dirname, '..', '..', 'geofences');
const MATCH_DAY = join(GEOFENCES, 'match-day.geojson');

const circle = (id: string, radiusMetres: number, over: object = {}) => ({
  type: 'Feature',
  id,
  properties: { name: `Zone ${id}`, radiusMetres, ...over },
  geometry: { type: 'Point', coordinates: [1.08, 51.28] },
});
const exclusion = (id: string, zoneId: string, over: object = {}) => ({
  id,
  appliesTo: 'all-wearers',
  kind: 'exclusion',
  zoneId,
  startsAt: '2026-04-01T00:00:00Z',
  ...over,
});

export function zonesImportSuite(name: string, open: () => Promise<ImportAdapters>): void {
  describe(`tagwatch zones import, ${name}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'tagwatch-zones-'));
    let adapters: ImportAdapters;
    let api: RecordsApi;
    let url = '';

    beforeAll(async () => {
      adapters = await open();
      api = await openRecordsApi(adapters.db, adapters.log, createTestClock('2026-03-20T12:00:00.000Z'));
      await api.startPublisher();
      await api.app.listen({ host: '127.0.0.1', port: 0 });
      url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      await api?.stop();
      await adapters?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    const write = (file: string, ...features: object[]) => {
      const path = join(directory, file);
      writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features }));
      return path;
    };
    const writeSet = (file: string, features: object[], conditions: object[]) => {
      const path = join(directory, file);
      writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features, conditions }));
      return path;
    };
    const run = async (...args: string[]) => {
      const out: string[] = [];
      const err: string[] = [];
      const deps = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line), env: {} };
      const code = await zones(['import', ...args, '--url', url], deps);
      return { code, out: out.join('\n'), err: err.join('\n') };
    };
    const runJson = async (...args: string[]) => {
      const { code, out } = await run(...args, '--json');
      const { results } = JSON.parse(out) as { results: Imported[] };
      return { code, told: results.map(({ record, id, outcome, version }) => [record, id, outcome, version]), results };
    };
    const versions = async (path: string) =>
      (await api.get(`${path}/versions`)).json<{ items: object[] }>().items.length;

    it('puts every set of geofences; a second run changes nothing', async () => {
      const first = await run(GEOFENCES, '--zones-only');
      expect(first).toMatchObject({ code: 0, err: '' });
      expect(first.out).toMatch(/schools\.geojson: zone "school-kings" created \(version 1\)/);
      expect(first.out).toMatch(/\n16 zones created\.$/);
      const again = await run(GEOFENCES, '--zones-only');
      expect(again).toEqual({ code: 0, err: '', out: '16 zones unchanged.' });
      expect(await versions('/zones/town-centre-dispersal')).toBe(1);
      const stored = (await api.get('/zones/town-centre-dispersal')).json();
      expect(stored).toMatchObject({
        properties: { bufferMetres: 30 },
        geometry: { coordinates: [{ length: 16 }, { length: 7 }] },
      });
    });

    it('puts the match day with its schedule, once', async () => {
      const first = await run(MATCH_DAY);
      expect(first).toMatchObject({ code: 0, err: '' });
      expect(first.out).toMatch(
        /condition "match-day-st-lawrence-ground" created .*\n1 zone unchanged, 1 condition created\.$/,
      );
      expect(await run(MATCH_DAY)).toMatchObject({ code: 0, out: '1 zone unchanged, 1 condition unchanged.' });
      const stored = (await api.get('/conditions/match-day-st-lawrence-ground')).json();
      expect(stored).toMatchObject({ appliesTo: 'all-wearers', schedule: { windows: [], exceptions: { length: 8 } } });
    });

    it('says what the API refuses in its words, and what is not sent because of it', async () => {
      const late = { effectiveAt: '2020-01-01T00:00:00Z' };
      expect((await run(write('now.geojson', circle('late', 100)))).code).toBe(0);
      const set = writeSet('late.geojson', [circle('late', 90, late)], [exclusion('x-late', 'late')]);
      const { code, results } = await runJson(set, '--replace');
      expect([code, results]).toEqual([
        1,
        [
          expect.objectContaining({
            id: 'late',
            outcome: 'refused',
            detail: expect.stringMatching(/^HTTP 422: .*effectiveAt/),
          }),
          expect.objectContaining({ id: 'x-late', outcome: 'not-sent' }),
        ],
      ]);
    });

    it('puts conditions after their zones, once, and not where the zone does not stand', async () => {
      const set = writeSet(
        'set.geojson',
        [circle('cond-a', 100), circle('cond-b', 100)],
        [
          exclusion('x-a', 'cond-a'),
          exclusion('x-b', 'cond-b', { graceMinutes: 5, startsAt: '2026-04-01T01:00:00+01:00' }),
        ],
      );
      expect((await runJson(set)).told.slice(2)).toEqual([
        ['condition', 'x-a', 'created', 1],
        ['condition', 'x-b', 'created', 1],
      ]);
      expect(await runJson(set)).toMatchObject({
        code: 0,
        told: [{ 2: 'unchanged' }, { 2: 'unchanged' }, { 2: 'unchanged' }, { 2: 'unchanged' }],
      });
      const moved = writeSet('moved.geojson', [circle('cond-a', 200)], [exclusion('x-a', 'cond-a')]);
      const kept = await runJson(moved);
      expect([kept.code, kept.told]).toEqual([
        1,
        [
          ['zone', 'cond-a', 'differs', 1],
          ['condition', 'x-a', 'not-sent', null],
        ],
      ]);
      const other = writeSet(
        'other.geojson',
        [circle('cond-a', 100)],
        [exclusion('x-a', 'cond-a', { graceMinutes: 9 })],
      );
      expect((await runJson(other)).told[1]).toEqual(['condition', 'x-a', 'differs', 1]);
      expect((await runJson(other, '--replace')).told[1]).toEqual(['condition', 'x-a', 'replaced', 2]);
    });

    it('leaves what stands there with another content, unless it is told to replace it', async () => {
      expect((await run(write('one.geojson', circle('r', 100)))).code).toBe(0);
      const changed = write('two.geojson', circle('r', 120, { bufferMetres: 30 }));
      const kept = await run(changed);
      expect([kept.code, kept.out]).toEqual([1, expect.stringMatching(/zone "r" differs \(version 1\): .*--replace/)]);
      expect(await versions('/zones/r')).toBe(1);
      expect((await runJson(changed, '--replace')).told).toEqual([['zone', 'r', 'replaced', 2]]);
      expect((await runJson(changed, '--replace')).told).toEqual([['zone', 'r', 'unchanged', 2]]);
      expect((await api.get('/zones/r')).json()).toMatchObject({ properties: { radiusMetres: 120, bufferMetres: 30 } });
    });

    it('sends nothing of a file with errors, and the others with --skip-bad', async () => {
      const file = write(
        'bad.geojson',
        circle('good', 100),
        circle('bad', 0),
        circle('twice', 50),
        circle('twice', 60),
      );
      const refused = await run(file);
      expect([refused.code, refused.out]).toEqual([1, '']);
      expect(refused.err).toMatch(/bad\.geojson: error: feature 2 "bad": A number of metres .*\(not-a-zone\)/);
      expect(refused.err).toMatch(/feature 4 "twice".* stands already at feature 3/);
      expect(refused.err).toMatch(/Nothing was sent/);
      expect((await api.get('/zones/good')).statusCode).toBe(404);
      const skipping = await runJson(file, '--skip-bad');
      expect([skipping.code, skipping.told.map(([, id]) => id)]).toEqual([1, ['good', 'twice']]);
    });

    it('puts the same zone from KML and WKT as from GeoJSON', async () => {
      const ring = [
        [1.05, 51.27],
        [1.06, 51.27],
        [1.06, 51.28],
        [1.05, 51.27],
      ];
      const folder = join(directory, 'formats');
      mkdirSync(folder);
      writeFileSync(
        join(folder, 'a.geojson'),
        JSON.stringify({
          type: 'Feature',
          id: 'tri',
          properties: { name: 'Triangle' },
          geometry: { type: 'Polygon', coordinates: [ring] },
        }),
      );
      expect((await runJson(join(folder, 'a.geojson'))).told).toEqual([['zone', 'tri', 'created', 1]]);
      // Begun elsewhere, and wound the other way.
      const turned = [ring[1]!, ring[0]!, ring[2]!, ring[1]!];
      const wkt = join(folder, 'b.wkt');
      writeFileSync(wkt, `tri\tTriangle\tSRID=4326;POLYGON((${turned.map((at) => at.join(' ')).join(', ')}))\n`);
      const kml = join(folder, 'c.kml');
      writeFileSync(
        kml,
        `<kml><Placemark id="tri"><name>Triangle</name><Polygon><outerBoundaryIs><LinearRing><coordinates>${ring.map((at) => at.join(',')).join(' ')}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>`,
      );
      expect((await runJson(wkt)).told).toEqual([['zone', 'tri', 'unchanged', 1]]);
      expect((await runJson(kml)).told).toEqual([['zone', 'tri', 'unchanged', 1]]);
    });

    it('gives up where nobody answers, and says what stands', async () => {
      const err: string[] = [];
      const deps = { out: () => {}, err: (line: string) => void err.push(line), giveUpAfterMs: 2_000, env: {} };
      // Port 9 (discard) is served by nobody on a test machine; the request is refused or not answered.
      expect(await zones(['import', MATCH_DAY, '--url', 'http://127.0.0.1:9'], deps)).toBe(1);
      expect(err.join('\n')).toMatch(/does not answer(.|\n)*Gave up: no answer from http:\/\/127\.0\.0\.1:9 for 2 s/);
    });
  });
}

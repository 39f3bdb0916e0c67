/** What the records' endpoints promise, over any pair of adapters. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TagWatch, Term } from '../../src/engine/types.js';
import type { Database } from '../../src/ports/database.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { recordTables } from '../../src/store/recording.js';
import { watchStore } from '../../src/store/watch.js';
import { boundBytes } from '../../src/watchlist/publication.js';
import { horizonOf } from '../../src/watchlist/watch-builder.js';
import { action, finding } from '../alerts/events.js';
import {
  createTestClock,
  openRecordsApi,
  type RecordsApi,
  readInputs,
  readShared,
  readWatches,
} from '../support/records.js';

export interface Adapters {
  readonly db: Database;
  readonly log: EventLog;
  stop(): Promise<void>;
}

const NOW = '2026-03-20T12:00:00.000Z';

export const square = (west: number, south: number, side = 0.01, properties: object = {}) => ({
  type: 'Feature',
  properties: { name: 'Square', ...properties },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
      ],
    ],
  },
});

export function recordsSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`records, ${name}`, () => {
    let adapters: Adapters;
    let api: RecordsApi;
    const clock = createTestClock(NOW);

    beforeAll(async () => {
      adapters = await open();
      api = await openRecordsApi(adapters.db, adapters.log, clock);
      await api.startPublisher();
    });
    afterAll(async () => {
      await api?.stop();
      await adapters?.stop();
    });

    const ok = async (path: string, body: object) => {
      const answer = await api.put(path, body);
      expect({ path, status: answer.statusCode, body: answer.json() }).toMatchObject({
        status: expect.toBeOneOf([200, 201]),
      });
      return answer;
    };
    /** A wearer, a tag and an order since 2026, with one name. */
    const fitWearer = async (n: string, fittedAt = '2026-01-01T00:00:00Z') => {
      await ok(`/wearers/W-${n}`, { name: `Wearer ${n}` });
      await ok(`/tags/T-${n}`, {});
      await ok(`/orders/O-${n}`, { wearerId: `W-${n}`, type: 'licence', startsAt: '2026-01-01T00:00:00Z' });
      await ok(`/activations/A-${n}`, { tagId: `T-${n}`, wearerId: `W-${n}`, fittedAt });
    };
    const exclusion = (n: string, over: object = {}) => ({
      orderId: `O-${n}`,
      kind: 'exclusion',
      zoneId: `Z-${n}`,
      startsAt: '2026-02-01T00:00:00Z',
      ...over,
    });
    const lastWatch = async (tagId: string) => (await readWatches(adapters.log, tagId)).at(-1);
    const pointers = (answer: { json(): { errors?: { pointer: string }[] } }) =>
      answer.json().errors?.map(({ pointer }) => pointer);

    it.each(['AA:BB:CC:DD:EE:FF', '+447700900123', 'Van 7', 'owner/phone', '357 – näher/é%漢', 'x'.repeat(128)])(
      'takes the tag id "%s", as the device has it',
      async (tagId) => {
        const path = `/tags/${encodeURIComponent(tagId)}`;
        const created = await api.put(path, {});
        expect([created.statusCode, created.headers.location, created.json().tagId]).toEqual([
          201,
          `/api/v1${path}`,
          tagId,
        ]);
        expect((await api.get(path)).json()).toMatchObject({ tagId, version: 1 });
        expect((await api.get(`${path}/versions`)).json().items).toHaveLength(1);
        const id = `ids-${tagId.length}-${tagId.charCodeAt(0)}`;
        await ok(`/wearers/W-${id}`, { name: 'W' });
        const fitted = { tagId, wearerId: `W-${id}`, fittedAt: '2026-01-01T00:00:00Z' };
        await ok(`/activations/A-${id}`, fitted);
        expect((await api.get(`/activations/A-${id}`)).json()).toMatchObject({ tagId });
        expect(await lastWatch(tagId)).toMatchObject({ tagId, activations: [{ wearerId: `W-${id}` }] });
      },
    );

    it.each(['%00', '%0A', 'T%E2%80%AE', '%E2%80%A8', 'x'.repeat(129), '%2E%2E'])(
      'refuses the tag id %s',
      async (escaped) => {
        expect((await api.put(`/tags/${escaped}`, {})).statusCode).toBeGreaterThanOrEqual(400);
        expect((await api.put(`/tags/${escaped}`, {})).statusCode).toBeLessThan(500);
      },
    );

    it('takes a withdrawal of consent when it is made, and none that is to come', async () => {
      await ok('/wearers/W-consent', { name: 'W' });
      const given = { wearerId: 'W-consent', givenAt: '2026-03-01T00:00:00Z', evidence: 'signed' };
      const ahead = { ...given, withdrawnAt: '2026-03-20T12:00:00.001Z' };
      const refused = [await api.put('/consents/CS-1', ahead)];
      await ok('/consents/CS-1', { ...given, expiresAt: '2026-09-01T00:00:00Z' });
      refused.push(await api.put('/consents/CS-1', ahead));
      expect(refused.map((answer) => [answer.statusCode, pointers(answer)])).toEqual(
        Array(2).fill([422, ['/withdrawnAt']]),
      );
      expect(refused[1]!.json().errors[0].detail).toContain('is in the future');
      await ok('/consents/CS-1', { ...given, withdrawnAt: NOW });
    });

    it('a note stays as it was written: a later one corrects it', async () => {
      for (const id of ['W-noted', 'W-noted-too']) await ok(`/wearers/${id}`, { name: 'W' });
      const written = { wearerId: 'W-noted', text: 'Rang at 10:40.\nMother answered.' };
      await ok('/notes/N-1', written);
      expect((await api.put('/notes/N-1', written)).json()).toMatchObject({ ...written, version: 1 });
      for (const [field, value] of Object.entries({ text: 'Nobody answered.', wearerId: 'W-noted-too' })) {
        const changed = await api.put('/notes/N-1', { ...written, [field]: value });
        expect([changed.statusCode, changed.json().errors]).toEqual([
          422,
          [{ pointer: `/${field}`, detail: expect.stringContaining('write another') }],
        ]);
      }
      expect((await api.put('/notes/N-2', { ...written, text: '' })).statusCode).toBe(422);
    });

    it('creates, repeats, changes and keeps every version', async () => {
      const created = await api.put('/wearers/W-1', { name: 'A', force: 'kent' });
      expect([created.statusCode, created.headers.etag, created.headers.location]).toEqual([
        201,
        '"1"',
        '/api/v1/wearers/W-1',
      ]);
      expect(created.json()).toEqual({
        wearerId: 'W-1',
        name: 'A',
        force: 'kent',
        version: 1,
        effectiveAt: NOW,
        recordedAt: NOW,
        author: 'local',
        correlationId: created.headers['x-request-id'],
      });
      const same = await api.put('/wearers/W-1', { force: 'kent', name: 'A' });
      expect([same.statusCode, same.headers.etag]).toEqual([200, '"1"']);
      const changed = await api.put('/wearers/W-1', { name: 'A', division: 'North' });
      expect([changed.statusCode, changed.headers.etag]).toEqual([200, '"2"']);
      expect((await api.get('/wearers/W-1')).json()).toMatchObject({ name: 'A', division: 'North', version: 2 });
      expect((await api.get('/wearers/W-1')).json()).not.toHaveProperty('force');
      const { items, next } = (await api.get('/wearers/W-1/versions')).json();
      expect(items.map(({ version, force }: { version: number; force?: string }) => [version, force])).toEqual([
        [1, 'kent'],
        [2, undefined],
      ]);
      expect(next).toBeNull();
    });

    it('what is judged about a wearer is apart from who that is, and no import of identities erases it', async () => {
      await ok('/wearers/W-judged', { name: 'A', force: 'kent' });
      await ok('/rag-ratings/W-judged', {
        rating: 'red',
        evidence: 'three breaches',
        nextReviewAt: '2026-04-01T00:00:00Z',
      });
      await ok('/mappa/W-judged', { category: 2, level: 3, reviewAt: '2026-05-01T00:00:00Z' });
      await ok('/memberships/W-judged', { cohort: 'FIXED' });
      await ok('/wearer-flags/W-judged', { flags: ['visit in pairs'] });
      const paths = ['rag-ratings', 'mappa', 'memberships', 'wearer-flags'].map((kind) => `/${kind}/W-judged`);
      const read = () => Promise.all(paths.map(async (path) => (await api.get(path)).json()));
      const before = await read();
      const line = JSON.stringify({ kind: 'wearer', id: 'W-judged', body: { name: 'Another spelling' } });
      const imported = await api.app.inject({
        method: 'POST',
        url: '/api/v1/records/import',
        headers: { 'content-type': 'application/x-ndjson' },
        payload: line,
      });
      expect(imported.json()).toEqual({ created: 0, changed: 1, unchanged: 0 });
      expect(await read()).toEqual(before);
      expect(before.map(({ version }) => version)).toEqual([1, 1, 1, 1]);
      // One that says no date holds from now: whoever asks what is in force has to find it.
      expect(before.map(({ effectiveAt }) => effectiveAt)).toEqual(before.map(({ recordedAt }) => recordedAt));
      // A wearer's own record has no place for it.
      expect(pointers(await api.put('/wearers/W-judged', { name: 'A', rag: 'red' }))).toEqual(['/rag']);
    });

    it('a restriction is lifted by saying so, never by an import that knows nothing of it', async () => {
      const restrictedTo = ['https://idp.example#7'];
      await ok('/wearers/W-kept', { name: 'A', restrictedTo });
      const left = await api.put('/wearers/W-kept', { name: 'B' });
      expect([left.statusCode, pointers(left)]).toEqual([422, ['/restrictedTo']]);
      expect((await api.put('/wearers/W-kept', { name: 'B', restrictedTo })).json()).toMatchObject({ restrictedTo });
      const lifted = await api.put('/wearers/W-kept', { name: 'B', restrictedTo: null });
      expect([lifted.statusCode, lifted.json().restrictedTo]).toEqual([200, null]);
      await ok('/wearers/W-kept', { name: 'C' });
    });

    it('a judgement is of somebody, comes into force when it says, and its past is not written anew', async () => {
      await ok('/wearers/W-past', { name: 'A' });
      expect(pointers(await api.put('/memberships/W-nobody-judged', { cohort: 'FREE' }))).toEqual(['']);
      expect(pointers(await api.put('/mappa/W-past', { category: 2, level: null }))).toEqual(['/level']);
      await ok('/memberships/W-past', { cohort: 'FLEX', effectiveAt: '2026-03-01T00:00:00Z' });
      const late = await api.put('/memberships/W-past', { cohort: 'FIXED', effectiveAt: '2026-03-02T00:00:00Z' });
      expect([late.statusCode, pointers(late)]).toEqual([422, ['/effectiveAt']]);
      expect(late.json().errors[0].detail).toMatch(/version 1 stands, in force from 2026-03-01T00:00:00.000Z/);
      const again = await api.put('/memberships/W-past', (await api.get('/memberships/W-past')).json());
      expect([again.statusCode, again.json().version]).toEqual([200, 1]);
      const next = await api.put('/memberships/W-past', { cohort: 'FREE', effectiveAt: '2026-04-01T00:00:00Z' });
      expect(next.json()).toMatchObject({ version: 2, cohort: 'FREE', effectiveAt: '2026-04-01T00:00:00.000Z' });
    });

    it('honours If-Match and If-None-Match', async () => {
      const match = (value: string) => ({ 'if-match': value });
      expect((await api.put('/wearers/W-2', { name: 'A' }, match('"1"'))).statusCode).toBe(412);
      expect((await api.put('/wearers/W-2', { name: 'A' }, { 'if-none-match': '*' })).statusCode).toBe(201);
      expect((await api.put('/wearers/W-2', { name: 'B' }, { 'if-none-match': '*' })).statusCode).toBe(412);
      expect((await api.put('/wearers/W-2', { name: 'B' }, match('"1", "7"'))).statusCode).toBe(200);
      const late = await api.put('/wearers/W-2', { name: 'C' }, match('"1"'));
      expect([late.statusCode, late.headers.etag, late.json().version]).toEqual([412, '"2"', 2]);
      expect((await api.put('/wearers/W-2', { name: 'C' }, match('*'))).statusCode).toBe(200);
      expect((await api.put('/wearers/W-2', { name: 'D' }, match('W/"3"'))).statusCode).toBe(412);
    });

    it('refuses ids, fields and references with their place', async () => {
      expect((await api.put('/wearers/a%20b', { name: 'A' })).statusCode).toBe(400);
      expect((await api.put(`/wearers/${'x'.repeat(65)}`, { name: 'A' })).statusCode).toBe(400);
      for (const name of ['A\u0000', '\ufeff', '\ufeffA'])
        expect((await api.put('/wearers/W-3', { name })).statusCode).toBe(422);
      expect(pointers(await api.put('/wearers/W-3', { nmae: 'A' }))).toEqual(['/name', '/nmae']);
      // Names that every object has are fields like any other.
      for (const name of ['constructor', 'toString', 'hasOwnProperty'])
        expect(pointers(await api.put('/wearers/W-3', { name: 'A', [name]: 0 }))).toEqual([`/${name}`]);
      const tag = await api.put('/tags/T-3', { modelId: 'nowhere' });
      expect([tag.statusCode, pointers(tag)]).toEqual([422, ['/modelId']]);
      const activation = { tagId: 'nowhere', wearerId: 'nobody', fittedAt: NOW };
      expect(pointers(await api.put('/activations/A-3', activation))).toEqual(['/tagId', '/wearerId']);
      expect(pointers(await api.put('/activations/A-3', { ...activation, removedAt: '2026-01-01T00:00:00Z' }))).toEqual(
        ['/removedAt'],
      );
      expect(pointers(await api.put('/orders/O-3', { wearerId: 'nobody', type: 'hdc', startsAt: NOW }))).toEqual([
        '/wearerId',
      ]);
      expect((await api.get('/orders/O-3')).statusCode).toBe(404);
      expect((await api.get('/orders/O-3/versions')).statusCode).toBe(404);
    });

    it('a time zone that another runtime took does not stand in the way of one that fits', async () => {
      await fitWearer('tz');
      await ok('/zones/Z-tz', square(1, 51));
      const curfew = (timeZone: string) =>
        exclusion('tz', {
          kind: 'curfew',
          schedule: { timeZone, windows: [{ days: ['mon'], from: '19:00', to: '07:00' }] },
        });
      expect(pointers(await api.put('/conditions/C-tz', curfew('IST')))).toEqual(['/schedule/timeZone']);
      await ok('/conditions/C-tz', curfew('Europe/London'));
      await adapters.db.query(
        `update condition_version set schedule = jsonb_set(schedule, '{timeZone}', '"IST"'),
           content = jsonb_set(content, '{schedule,timeZone}', '"IST"') where condition_id = $1`,
        ['C-tz'],
      );
      await adapters.db.query(
        `update record_version set content = jsonb_set(content, '{schedule,timeZone}', '"IST"') where record_id = $1`,
        ['C-tz'],
      );
      await ok('/conditions/C-tz', curfew('Asia/Kolkata'));
      expect((await lastWatch('T-tz'))?.activations[0]?.terms.map(({ windows }) => windows?.length)).toEqual([
        0,
        expect.any(Number),
      ]);
      await ok('/activations/A-tz', {
        tagId: 'T-tz',
        wearerId: 'W-tz',
        fittedAt: '2026-01-01T00:00:00Z',
        removedAt: '2026-04-01T00:00:00Z',
      });
    });

    it('refuses cursors of other lists, and of no list', async () => {
      await ok('/wearers/W-cursor', { name: 'A' });
      const encode = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url');
      const foreign = [
        encode(2 ** 53 - 1),
        encode(1e300),
        encode(-1),
        encode('a b'),
        encode('a\u0000'),
        encode('..'),
        encode(),
      ];
      for (const cursor of [...foreign, encode('W-1', 2), encode(null), 'x']) {
        for (const list of ['/wearers', '/zones', '/wearers/W-cursor/versions', '/conditions/C-cursor/versions']) {
          const answer = await api.get(`${list}?cursor=${cursor}`);
          expect([list, cursor, answer.statusCode]).toEqual([list, cursor, 400]);
        }
      }
      expect((await api.get(`/wearers/W-cursor/versions?cursor=${encode(2 ** 31 - 1)}`)).json()).toMatchObject({
        items: [],
      });
    });

    it('takes back what it answers: no new version, and with a change one more', async () => {
      await fitWearer('echo');
      await ok('/tag-models/M-echo', {
        name: 'M',
        accuracyConvention: 'r95',
        intervalSeconds: 60,
        supplier: 'S',
        silentAfterSeconds: null,
      });
      await ok('/zones/Z-echo', square(1, 51, 0.01, { priority: 'victim', bufferMetres: 5 }));
      const circle = {
        type: 'Feature',
        properties: { name: 'C', radiusMetres: 20 },
        geometry: { type: 'Point', coordinates: [1, 51] },
      };
      await ok('/zones/Z-echo-circle', circle);
      await ok('/zones/Z-echo-later', square(1, 51, 0.01, { effectiveAt: '2026-01-01T00:00:00Z' }));
      await ok('/zones/Z-echo-later', square(1, 51, 0.02, { effectiveAt: '2027-01-01T00:00:00Z' }));
      const window = { days: ['mon'], from: '19:00', to: '07:00' };
      const schedule = { timeZone: 'Europe/London', windows: [window] };
      await ok('/conditions/C-echo', exclusion('echo', { kind: 'curfew', schedule }));
      await ok('/conditions/C-echo-later', exclusion('echo', { effectiveAt: '2027-01-01T00:00:00Z' }));
      const span = { startsAt: '2026-03-01T00:00:00Z', endsAt: '2026-03-02T00:00:00Z' };
      await ok('/absences/B-echo', { orderId: 'O-echo', reason: 'r', ...span });
      await ok('/suspensions/S-echo', { wearerId: 'W-echo', reason: 'r', ...span });
      await ok('/custody-periods/P-echo', { wearerId: 'W-echo', ...span });
      const records = [
        '/wearers/W',
        '/tag-models/M',
        '/tags/T',
        '/activations/A',
        '/orders/O',
        '/zones/Z',
        '/conditions/C',
      ];
      await ok('/memberships/W-echo', { cohort: 'FIXED' });
      await ok('/wearer-flags/W-echo', { flags: ['visit in pairs'] });
      const ids = [
        ...records,
        '/memberships/W',
        '/wearer-flags/W',
        '/absences/B',
        '/suspensions/S',
        '/custody-periods/P',
      ].map((path) => `${path}-echo`);
      for (const path of [...ids, '/zones/Z-echo-circle', '/zones/Z-echo-later', '/conditions/C-echo-later']) {
        const stands = (await api.get(path)).json();
        const again = await api.put(path, stands);
        expect([path, again.statusCode, again.json()]).toEqual([path, 200, stands]);
      }
      clock.set('2026-03-20T13:00:00Z');
      for (const [path, change] of [
        ['/wearers/W-echo', { name: 'Other' }],
        ['/conditions/C-echo', { graceMinutes: 7 }],
        ['/zones/Z-echo', { properties: { name: 'Other', priority: 'victim' } }],
      ] as const) {
        const stands = (await api.get(path)).json();
        const changed = (await api.put(path, { ...stands, ...change })).json();
        expect([path, changed.version, changed.effectiveAt]).toEqual([path, 2, '2026-03-20T13:00:00.000Z']);
        // What was read before the change would undo it.
        const late = await api.put(path, stands);
        expect([path, late.statusCode, late.json().version]).toEqual([path, 412, 2]);
      }
      clock.set(NOW);
    });

    it('says of every version who wrote it, why and by which request, and takes that back', async () => {
      const first = await api.put('/wearers/W-why', { name: 'A', changeReason: 'taken on' });
      expect(first.json()).toMatchObject({
        author: 'local',
        changeReason: 'taken on',
        correlationId: first.headers['x-request-id'],
      });
      const stands = (await api.get('/wearers/W-why')).json();
      expect(stands).toEqual(first.json());
      expect((await api.put('/wearers/W-why', stands)).json()).toEqual(stands);
      // What came back beside a change is the reason of the one before.
      const renamed = await api.put('/wearers/W-why', { ...stands, name: 'B' }, { 'x-correlation-id': 'case-4711' });
      expect(renamed.json()).toMatchObject({ version: 2, correlationId: 'case-4711' });
      expect(renamed.json()).not.toHaveProperty('changeReason');
      await ok('/wearers/W-why', { name: 'C', changeReason: 'typo' });
      await ok('/wearers/W-why', { name: 'D', changeReason: 'typo' });
      // A reason alone is no change.
      await ok('/wearers/W-why', { name: 'D', changeReason: 'none' });
      const { items } = (await api.get('/wearers/W-why/versions')).json();
      expect(items.map(({ changeReason }: { changeReason?: string }) => changeReason)).toEqual([
        'taken on',
        undefined,
        'typo',
        'typo',
      ]);
      expect((await api.get('/wearers?limit=500')).json().items).toContainEqual(items.at(-1));
      const foreign = { name: 'E', author: 'somebody', correlationId: 'another' };
      expect(pointers(await api.put('/wearers/W-why', foreign))).toEqual(['/author', '/correlationId']);
      for (const changeReason of ['', 'x'.repeat(501), 'a\nb', 7])
        expect(pointers(await api.put('/wearers/W-why', { name: 'E', changeReason }))).toEqual(['/changeReason']);
      await ok('/zones/Z-why', { ...square(1, 51), changeReason: 'drawn anew' });
      expect((await api.get('/zones/Z-why')).json()).toMatchObject({ changeReason: 'drawn anew', author: 'local' });
    });

    it('a version that an older program wrote is there as any other', async () => {
      await fitWearer('older');
      await ok('/zones/Z-older', square(1, 51));
      const { rows } = await adapters.db.query<{ columns: string }>(
        `select string_agg(column_name, ', ') as columns from information_schema.columns
         where table_name = 'zone_version' and column_name not in ('version', 'zone_id', 'name')`,
      );
      const columns = rows[0]!.columns;
      await adapters.db.execute(`
        insert into zone_version (zone_id, version, name, ${columns})
          select zone_id, 2, 'Renamed', ${columns} from zone_version where zone_id = 'Z-older';
        update zone set version = 2 where zone_id = 'Z-older';
        insert into legal_order values ('O-by-older', 'W-older', 'bail', '2026-01-01', null, 1, '${NOW}');
        insert into record_version (record_kind, record_id, version, recorded_at, content) values
          ('order', 'O-by-older', 1, '${NOW}', '{"wearerId": "W-older", "type": "bail", "startsAt": "2026-01-01T00:00:00.000Z"}')`);
      expect((await api.get('/zones/Z-older')).json()).toMatchObject({
        version: 2,
        properties: { name: 'Renamed' },
        effectiveAt: null,
        author: 'local',
      });
      expect((await api.get('/orders/O-by-older')).json()).toMatchObject({
        wearerId: 'W-older',
        author: 'local',
        effectiveAt: NOW,
      });
      const whose = await adapters.db.query(
        `select distinct about_wearer_id from record_version where record_id in ('O-by-older', 'A-older', 'W-older', 'O-older')`,
      );
      expect(whose.rows).toEqual([{ about_wearer_id: 'W-older' }]);
    });

    it('refuses what only the server sets, and another id than the address has', async () => {
      await ok('/wearers/W-set', { name: 'A' });
      const body = { name: 'B', wearerId: 'W-other', recordedAt: '2020-01-01T00:00:00Z', effectiveAt: null };
      expect(pointers(await api.put('/wearers/W-set', body))).toEqual(['/wearerId']);
      expect(pointers(await api.put('/wearers/W-set', { ...body, wearerId: 'W-set' }))).toEqual([
        '/effectiveAt',
        '/recordedAt',
      ]);
      expect((await api.put('/wearers/W-new', { name: 'A', version: 1 })).statusCode).toBe(412);
      expect((await api.put('/zones/Z-set', { ...square(1, 51), version: 'x' })).statusCode).toBe(422);
      expect((await api.put('/zones/Z-set', { ...square(1, 51), effectiveAt: 'x' })).statusCode).toBe(422);
    });

    it('lists by pages', async () => {
      for (const n of ['a', 'B', 'c', 'D', 'e'])
        await ok(`/tag-models/M-${n}`, {
          name: n,
          accuracyConvention: 'r95',
          intervalSeconds: 60,
        });
      const seen: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const page: { items: { modelId: string }[]; next: string | null } = (
          await api.get(`/tag-models?limit=2${next && `&cursor=${next}`}`)
        ).json();
        seen.push(...page.items.map(({ modelId }) => modelId));
        next = page.next;
      }
      expect(seen.filter((id) => id !== 'M-echo')).toEqual(['M-B', 'M-D', 'M-a', 'M-c', 'M-e']);
      expect((await api.get('/tag-models?cursor=nonsense')).statusCode).toBe(400);
    });

    it('says what is in the way of an activation', async () => {
      await fitWearer('4');
      await ok('/wearers/W-4b', { name: 'B' });
      await ok('/tags/T-4b', {});
      const since = { fittedAt: '2026-03-01T00:00:00Z' };
      const taken = await api.put('/activations/A-4b', { tagId: 'T-4', wearerId: 'W-4b', ...since });
      expect(taken.statusCode).toBe(409);
      expect(taken.json().conflicts).toEqual([
        { activationId: 'A-4', tagId: 'T-4', wearerId: 'W-4', fittedAt: '2026-01-01T00:00:00.000Z' },
      ]);
      expect((await api.put('/activations/A-4b', { tagId: 'T-4b', wearerId: 'W-4', ...since })).statusCode).toBe(409);
      await ok('/activations/A-4', {
        tagId: 'T-4',
        wearerId: 'W-4',
        fittedAt: '2026-01-01T00:00:00Z',
        removedAt: since.fittedAt,
      });
      await ok('/activations/A-4b', { tagId: 'T-4', wearerId: 'W-4b', ...since });
      const moved = await api.put('/activations/A-4b', { tagId: 'T-4b', wearerId: 'W-4b', ...since });
      expect([moved.statusCode, pointers(moved)]).toEqual([422, ['/tagId']]);
      // Who wore it until weeks ago does not travel any more.
      expect((await lastWatch('T-4'))?.activations.map(({ activationId }) => activationId)).toEqual(['A-4b']);
      expect((await lastWatch('T-4'))?.overUntilMs).toBe(Date.parse(since.fittedAt));
    });

    it('gives a tag to one of many who ask at once', async () => {
      await ok('/tags/T-5', {});
      for (let i = 0; i < 6; i++) await ok(`/wearers/W-5-${i}`, { name: 'A' });
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          api.put(`/activations/A-5-${i}`, { tagId: 'T-5', wearerId: `W-5-${i}`, fittedAt: NOW }),
        ),
      );
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    });

    it('publishes a condition before it answers', async () => {
      await fitWearer('6');
      await ok('/tag-models/M-6', {
        name: 'M',
        accuracyConvention: 'r95',
        defaultAccuracyMetres: 20,
        intervalSeconds: 30,
      });
      await ok('/tags/T-6', { modelId: 'M-6' });
      await ok('/zones/Z-6', square(1, 51));
      await ok('/conditions/C-6', exclusion('6', { graceMinutes: 1.5 }));
      const watch = await lastWatch('T-6');
      expect(watch).toMatchObject({
        accuracyConvention: 'r95',
        defaultAccuracyMetres: 20,
        intervalSeconds: 30,
        activations: [
          {
            activationId: 'A-6',
            wearerId: 'W-6',
            removedAtMs: null,
            terms: [
              {
                conditionId: 'C-6',
                conditionVersion: 1,
                zoneKey: 'Z-6@1',
                kind: 'exclusion',
                confirmOn: 'belief',
                graceMs: 90_000,
                startsAtMs: Date.parse('2026-02-01T00:00:00Z'),
                endsAtMs: null,
                endsBecause: null,
                publishedAtMs: Date.parse(NOW),
                windows: null,
                windowsUntilMs: null,
              },
            ],
          },
        ],
      });
      expect(watch?.zones['Z-6@1']).toMatchObject({
        zoneId: 'Z-6',
        version: 1,
        priority: 'standard',
        shape: { type: 'polygons' },
      });
    });

    it('makes versions of zones and conditions, and keeps when terms were first published', async () => {
      await fitWearer('7');
      await ok('/zones/Z-7', square(1, 51, 0.01, { priority: 'victim' }));
      await ok('/conditions/C-7', exclusion('7'));
      const past = await api.put('/zones/Z-7', square(1, 51, 0.02, { effectiveAt: '2026-03-20T11:59:59Z' }));
      expect([past.statusCode, pointers(past)]).toEqual([422, ['/properties/effectiveAt']]);
      const early = await api.put(
        '/conditions/C-7',
        exclusion('7', { graceMinutes: 5, effectiveAt: '2026-03-01T00:00:00Z' }),
      );
      expect([early.statusCode, pointers(early)]).toEqual([422, ['/effectiveAt']]);

      clock.set('2026-03-20T13:00:00Z');
      const later = square(1, 51, 0.02, { priority: 'victim', effectiveAt: '2026-03-21T00:00:00Z' });
      expect((await ok('/zones/Z-7', later)).json()).toMatchObject({
        version: 2,
        effectiveAt: '2026-03-21T00:00:00.000Z',
      });
      expect((await ok('/zones/Z-7', later)).headers.etag).toBe('"2"');
      clock.set('2026-03-20T14:00:00Z');
      await ok('/conditions/C-7', exclusion('7', { confirmOn: 'belief' }));
      const terms = (await lastWatch('T-7'))?.activations[0]?.terms.map((term) => [
        `${term.conditionVersion} ${term.zoneKey}`,
        term.confirmOn,
        new Date(term.startsAtMs).toISOString(),
        term.endsAtMs && new Date(term.endsAtMs).toISOString(),
        term.endsBecause,
        new Date(term.publishedAtMs).toISOString(),
      ]);
      expect(terms).toEqual([
        ['1 Z-7@1', 'first-fix', '2026-02-01T00:00:00.000Z', '2026-03-20T14:00:00.000Z', 'version-changed', NOW],
        [
          '2 Z-7@1',
          'belief',
          '2026-03-20T14:00:00.000Z',
          '2026-03-21T00:00:00.000Z',
          'version-changed',
          '2026-03-20T14:00:00.000Z',
        ],
        ['2 Z-7@2', 'belief', '2026-03-21T00:00:00.000Z', null, null, '2026-03-20T14:00:00.000Z'],
      ]);
      const { items } = (await api.get('/zones/Z-7/versions')).json();
      expect(
        items.map(({ version, effectiveAt }: { version: number; effectiveAt: string }) => [version, effectiveAt]),
      ).toEqual([
        [1, null],
        [2, '2026-03-21T00:00:00.000Z'],
      ]);
      clock.set(NOW);
    });

    it('goes on under the same term where the words of the order alone are other', async () => {
      await fitWearer('words');
      await ok('/zones/Z-words', square(1, 51));
      const put = async (over: object) =>
        await ok('/conditions/C-words', exclusion('words', { zoneId: 'Z-words', ...over }));
      const judged = async () =>
        (await lastWatch('T-words'))?.activations[0]?.terms.map((term) => [term.conditionVersion, term.graceMs]);
      await put({});
      const before = await lastWatch('T-words');
      clock.set('2026-03-20T13:00:00Z');
      expect((await put({ wording: 'Not to enter.' })).json()).toMatchObject({ version: 2, wording: 'Not to enter.' });
      expect((await put({ wording: 'Not to go near.' })).json()).toMatchObject({ version: 3 });
      expect(await lastWatch('T-words')).toEqual(before);
      clock.set('2026-03-20T14:00:00Z');
      await put({ wording: 'Not to go near.', graceMinutes: 1 });
      await put({ graceMinutes: 1 });
      expect(await judged()).toEqual([
        [1, 0],
        [4, 60_000],
      ]);
      clock.set('2026-03-20T15:00:00Z');
      await put({});
      expect((await judged())?.at(-1)).toEqual([6, 0]);
      clock.set(NOW);
    });

    it('ends terms with their order', async () => {
      await fitWearer('8');
      await ok('/zones/Z-8', square(1, 51));
      await ok('/conditions/C-8', exclusion('8', { endsAt: '2026-06-01T00:00:00Z' }));
      await ok('/orders/O-8', {
        wearerId: 'W-8',
        type: 'licence',
        startsAt: '2026-01-01T00:00:00Z',
        endsAt: '2026-05-01T00:00:00Z',
      });
      expect((await lastWatch('T-8'))?.activations[0]?.terms).toMatchObject([
        { endsAtMs: Date.parse('2026-05-01T00:00:00Z'), endsBecause: 'order-ended' },
      ]);
    });

    it('gives a zone back as GeoJSON, and stores it in PostGIS', async () => {
      const circle = {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [1.08, 51.28] },
        properties: { name: 'Home', radiusMetres: 100, bufferMetres: 50, effectiveAt: '2020-01-01T00:00:00Z' },
      };
      await ok('/zones/Z-circle', circle);
      expect((await api.get('/zones/Z-circle')).json()).toEqual({
        zoneId: 'Z-circle',
        type: 'Feature',
        id: 'Z-circle',
        geometry: { type: 'Point', coordinates: [1.08, 51.28] },
        properties: { name: 'Home', priority: 'standard', radiusMetres: 100, bufferMetres: 50 },
        version: 1,
        effectiveAt: '2020-01-01T00:00:00.000Z',
        recordedAt: NOW,
        author: 'local',
        correlationId: expect.any(String),
      });
      await ok('/zones/Z-square', square(1, 51));
      expect((await api.get('/zones/Z-square')).json()).toMatchObject({
        geometry: square(1, 51).geometry,
        effectiveAt: null,
      });
      const { rows } = await adapters.db.query<{ zone_id: string; off: number }>(
        `select zone_id, abs(st_area(geometry::geography) / area_square_metres - 1) as off from zone_version
         where zone_id in ('Z-circle', 'Z-square') order by zone_id`,
      );
      expect(rows.map((row) => row.zone_id)).toEqual(['Z-circle', 'Z-square']);
      // A buffer has 32 corners; the sphere is not the spheroid.
      for (const { off } of rows) expect(off).toBeLessThan(0.01);
      const bowtie = await api.put('/zones/Z-bad', {
        ...square(1, 51),
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 1],
              [1, 0],
              [0, 1],
              [0, 0],
            ],
          ],
        },
      });
      expect(bowtie.statusCode).toBe(422);
      expect(pointers(bowtie)?.[0]).toMatch(/^\/geometry\/coordinates/);
      expect(pointers(await api.put('/zones/Z-bad', { ...square(1, 51), id: 'Z-other' }))).toEqual(['/id']);
    });

    it('refuses conditions that cannot be, saying where', async () => {
      await fitWearer('9');
      await ok('/zones/Z-9', square(1, 51));
      const refuse = async (over: object) => {
        const answer = await api.put('/conditions/C-9', exclusion('9', over));
        expect(answer.statusCode).toBe(422);
        return pointers(answer);
      };
      const always = { timeZone: 'Europe/London', windows: [{ days: ['mon'], from: '19:00', to: '07:00' }] };
      const elsewhere = [...always.windows, { days: ['mon'], from: '20:00', to: '21:00', zoneId: 'Z-9b' }];
      await ok('/zones/Z-9b', square(2, 51));
      for (const kind of ['inclusion', 'restriction', 'curfew']) {
        expect(await refuse({ kind, schedule: { ...always, windows: elsewhere } })).toEqual(['/schedule/windows/1']);
      }
      expect(await refuse({ appliesTo: 'all-wearers' })).toEqual(['/appliesTo']);
      expect(await refuse({ orderId: undefined })).toEqual(['/orderId']);
      expect(await refuse({ orderId: undefined, appliesTo: 'all-wearers', kind: 'inclusion' })).toEqual(['/appliesTo']);
      expect(await refuse({ zoneId: 'nowhere', orderId: 'none' })).toEqual(['/zoneId', '/orderId']);
      expect(await refuse({ endsAt: '2026-01-31T00:00:00Z' })).toEqual(['/endsAt']);
      expect(await refuse({ startsAt: '2026-02-30T00:00:00Z' })).toEqual(['/startsAt']);
      const curfew = (schedule: object) => refuse({ kind: 'curfew', schedule: { ...always, ...schedule } });
      expect(await curfew({ timeZone: 'Europe/Londn' })).toEqual(['/schedule/timeZone']);
      expect(await curfew({ windows: [{ days: ['mon'], from: '7:00', to: '24:00' }] })).toEqual([
        '/schedule/windows/0/from',
        '/schedule/windows/0/to',
      ]);
      expect(await curfew({ windows: [] })).toEqual(['/schedule/windows']);
      expect(await curfew({ windows: [{ days: ['mon'], from: '19:00', to: '07:00', zoneId: 'nowhere' }] })).toEqual([
        '/schedule/windows/0/zoneId',
      ]);
      expect((await api.get('/conditions/C-9')).statusCode).toBe(404);
    });

    it('expands a curfew of 2008 and of tomorrow, at two addresses', async () => {
      await fitWearer('10', '2008-10-20T00:00:00Z');
      await ok('/orders/O-10', { wearerId: 'W-10', type: 'licence', startsAt: '2008-10-20T00:00:00Z' });
      await ok('/zones/Z-10', square(1, 51));
      await ok('/zones/Z-10b', square(2, 51));
      const body = exclusion('10', {
        kind: 'curfew',
        startsAt: '2008-10-23T00:00:00Z',
        schedule: {
          timeZone: 'Europe/London',
          windows: [
            { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '19:00', to: '07:00' },
            { days: ['sat', 'sun'], from: '19:00', to: '07:00', zoneId: 'Z-10b' },
          ],
        },
      });
      await ok('/conditions/C-10', body);
      const terms = (await lastWatch('T-10'))?.activations[0]?.terms ?? [];
      expect(terms.map(({ zoneKey }) => zoneKey)).toEqual(['Z-10@1', 'Z-10b@1']);
      const [weekdays, weekend] = terms.map(({ windows }) => (windows ?? []).map((ms) => new Date(ms).toISOString()));
      expect(weekdays?.slice(0, 2)).toEqual(['2008-10-22T18:00:00.000Z', '2008-10-23T06:00:00.000Z']);
      expect(weekend?.slice(0, 2)).toEqual(['2008-10-25T18:00:00.000Z', '2008-10-26T07:00:00.000Z']);
      expect(weekdays?.at(-2)?.slice(0, 10)).toBe('2026-04-24');
      expect(terms[0]?.windowsUntilMs).toBe(Date.parse('2026-04-25T00:00:00Z'));
      const { rows } = await adapters.db.query(
        `select tzdb_version from condition_version where condition_id = 'C-10'`,
      );
      expect(rows).toEqual([{ tzdb_version: process.versions.tz }]);
      const stored = (await api.get('/conditions/C-10')).json();
      expect(stored.schedule.exceptions).toEqual([]);
      expect((await ok('/conditions/C-10', body)).headers.etag).toBe('"1"');
    });

    it('expands schedules and dated exceptions for every kind', async () => {
      await fitWearer('16');
      await ok('/zones/Z-16', square(1, 51));
      await ok('/zones/Z-16b', square(2, 51));
      const windows = [{ days: ['mon'], from: '09:00', to: '17:00' }];
      const matches = {
        timeZone: 'Europe/London',
        windows: [],
        exceptions: [
          {
            date: '2026-03-28',
            windows: [
              { from: '12:00', to: '19:00' },
              { from: '12:00', to: '19:00', zoneId: 'Z-16b' },
            ],
            reason: 'match-day',
          },
        ],
      };
      await ok('/conditions/C-16-a', exclusion('16', { schedule: matches }));
      for (const kind of ['inclusion', 'restriction'])
        await ok(
          `/conditions/C-16-${kind}`,
          exclusion('16', { kind, schedule: { timeZone: 'Europe/London', windows } }),
        );
      const terms = (await lastWatch('T-16'))?.activations[0]?.terms ?? [];
      const hours = terms.map(({ kind, zoneKey, windows: open }) => [
        `${kind} ${zoneKey}`,
        (open ?? []).slice(-2).map((ms) => new Date(ms).toISOString().slice(0, 16)),
      ]);
      expect(hours).toEqual([
        ['exclusion Z-16@1', ['2026-03-28T12:00', '2026-03-28T19:00']],
        ['exclusion Z-16b@1', ['2026-03-28T12:00', '2026-03-28T19:00']],
        ['inclusion Z-16@1', ['2026-04-20T08:00', '2026-04-20T16:00']],
        ['restriction Z-16@1', ['2026-04-20T08:00', '2026-04-20T16:00']],
      ]);
      expect(terms.map(({ tzdbVersion }) => tzdbVersion)).toEqual(terms.map(() => process.versions['tz']));
    });

    it('tells the engine of absences, suspensions and custody, with every version as long as it stood', async () => {
      await fitWearer('17');
      await fitWearer('18');
      await ok('/zones/Z-17', square(1, 51));
      const condition = (kind: string) => exclusion('17', { kind });
      for (const kind of ['curfew', 'inclusion', 'exclusion']) await ok(`/conditions/C-17-${kind}`, condition(kind));
      await ok('/conditions/C-18', exclusion('18', { zoneId: 'Z-17' }));
      const hours = (from: string, to: string) => ({ startsAt: `2026-03-20T${from}Z`, endsAt: `2026-03-20T${to}Z` });
      const absence = { orderId: 'O-17', reason: 'hospital', ...hours('10:00:00', '20:00:00') };
      expect(pointers(await api.put('/absences/AB-1', { ...absence, orderId: 'none', conditionIds: ['x'] }))).toEqual([
        '/orderId',
        '/conditionIds/0',
      ]);
      expect(pointers(await api.put('/absences/AB-1', { ...absence, conditionIds: ['C-17-curfew', 'C-18'] }))).toEqual([
        '/conditionIds/1',
      ]);
      expect(pointers(await api.put('/absences/AB-1', { ...absence, endsAt: '2026-03-20T09:00:00Z' }))).toEqual([
        '/endsAt',
      ]);
      expect(pointers(await api.put('/absences/AB-1', { ...absence, reason: undefined }))).toEqual(['/reason']);
      const outside = [
        { startsAt: '2025-12-31T23:59:59Z' },
        { orderId: 'O-17-over', startsAt: '2025-12-01T00:00:00Z', endsAt: '2026-01-02T00:00:00Z' },
      ];
      await ok('/orders/O-17-over', {
        wearerId: 'W-17',
        type: 'licence',
        startsAt: '2025-12-01T00:00:00Z',
        endsAt: '2026-01-01T00:00:00Z',
      });
      const refused = await Promise.all(outside.map((one) => api.put('/absences/AB-1', { ...absence, ...one })));
      expect(refused.map((answer) => [answer.statusCode, answer.json().errors])).toEqual([
        [
          422,
          [
            {
              pointer: '/startsAt',
              detail: 'is before its order begins: order O-17 holds from 2026-01-01T00:00:00.000Z, without an end',
            },
          ],
        ],
        [
          422,
          [
            {
              pointer: '/endsAt',
              detail:
                'is after its order ends: order O-17-over holds from 2025-12-01T00:00:00.000Z until 2026-01-01T00:00:00.000Z',
            },
          ],
        ],
      ]);
      expect((await ok('/absences/AB-1', absence)).statusCode).toBe(201);
      expect((await ok('/absences/AB-1', absence)).headers.etag).toBe('"1"');
      await ok('/absences/AB-2', { ...absence, conditionIds: ['C-17-exclusion', 'C-17-curfew'] });
      expect((await api.get('/absences/AB-2')).json()).toMatchObject({
        conditionIds: ['C-17-exclusion', 'C-17-curfew'],
        version: 1,
      });
      clock.set('2026-03-20T15:00:00Z');
      await ok('/absences/AB-1', { ...absence, ...hours('10:00:00', '16:00:00') });
      expect(pointers(await api.put('/absences/AB-1', { ...absence, orderId: 'O-18' }))).toEqual(['/orderId']);
      const terms = (await lastWatch('T-17'))?.activations[0]?.terms ?? [];
      const at = (text: string) => Date.parse(`2026-03-20T${text}Z`);
      const known = at('12:00:00');
      const named = { absenceId: 'AB-2', startsAtMs: at('10:00:00'), endsAtMs: at('20:00:00'), knownFromMs: known };
      const general = [
        { absenceId: 'AB-1', startsAtMs: at('10:00:00'), endsAtMs: at('15:00:00'), knownFromMs: known },
        { absenceId: 'AB-1', startsAtMs: at('15:00:00'), endsAtMs: at('16:00:00'), knownFromMs: at('15:00:00') },
      ];
      expect(terms.map(({ kind, absences }) => [kind, absences])).toEqual([
        ['curfew', [general[0], named, general[1]]],
        ['exclusion', [named]],
        ['inclusion', general],
      ]);

      const suspension = { wearerId: 'W-17', reason: 'tag is being changed', ...hours('15:00:00', '16:00:00') };
      expect(pointers(await api.put('/suspensions/S-1', { ...suspension, conditionId: 'C-18' }))).toEqual([
        '/conditionId',
      ]);
      expect(pointers(await api.put('/suspensions/S-1', { ...suspension, endsAt: undefined }))).toEqual(['/endsAt']);
      await ok('/suspensions/S-1', { ...suspension, conditionId: 'C-17-curfew' });
      clock.set('2026-03-20T15:10:00Z');
      await ok('/suspensions/S-1', suspension);
      await ok('/custody-periods/CP-1', { wearerId: 'W-17', startsAt: '2026-03-20T14:00:00Z' });
      expect(pointers(await api.put('/custody-periods/CP-1', { wearerId: 'W-18', startsAt: NOW }))).toEqual([
        '/wearerId',
      ]);
      const [before, now] = [at('15:00:00'), at('15:10:00')];
      const period = { suspensionId: 'S-1', startsAtMs: at('15:00:00'), endsAtMs: at('16:00:00') };
      expect((await lastWatch('T-17'))?.activations[0]).toMatchObject({
        suspensions: [
          { ...period, conditionId: 'C-17-curfew', knownFromMs: before, knownUntilMs: now },
          { ...period, conditionId: null, knownFromMs: now, knownUntilMs: null },
        ],
        custodyPeriods: [
          { custodyPeriodId: 'CP-1', startsAtMs: at('14:00:00'), endsAtMs: null, knownFromMs: now, knownUntilMs: null },
        ],
      });
      expect((await lastWatch('T-18'))?.activations[0]).not.toHaveProperty('suspensions');
      const listed = async (wearerId: string) =>
        (await api.get(`/absences?wearerId=${wearerId}`))
          .json()
          .items.map((one: { absenceId: string }) => one.absenceId);
      expect([await listed('W-17'), await listed('W-18')]).toEqual([['AB-1', 'AB-2'], []]);
      for (const list of ['absences', 'suspensions', 'custody-periods']) {
        expect((await api.get(`/${list}`)).json().items).not.toHaveLength(0);
      }
      expect((await api.get('/absences/AB-1/versions')).json().items).toHaveLength(2);
      clock.set(NOW);
    });

    it('adds up an order’s minutes in violation, without absences and what a person excused', async () => {
      await fitWearer('19');
      await ok('/zones/Z-19', square(1, 51));
      await ok('/conditions/C-19', exclusion('19', { kind: 'curfew' }));
      await ok('/conditions/C-19b', exclusion('19', { kind: 'curfew' }));
      const at = (text: string) => `2026-03-19T${text}:00.000Z`;
      const episode = (from: string, to: string | null) => ({
        startedAt: at(from),
        endedAt: to === null ? null : at(to),
      });
      let seq = 1_000;
      const alert = (alertId: string, from: string, to: string | null, over: object = {}) => {
        const fields = { alertId, kind: 'curfew', wearerId: 'W-19', conditionId: 'C-19', ...over } as const;
        const confirmed = finding({
          ...fields,
          episode: episode(from, null),
          type: 'confirmed',
          unreasonableMinutes: 4,
        });
        const ended = finding({ ...fields, revision: 2, type: 'ended', episode: episode(from, to) });
        return to === null ? [confirmed] : [confirmed, ended];
      };
      const events = [
        ...alert('V-whole', '19:00', '19:30'),
        ...alert('V-absent', '20:00', '21:00'),
        ...alert('V-other', '20:00', '20:10', { conditionId: 'C-19b' }),
        ...alert('V-open', '23:00', null),
        ...alert('V-excused', '22:00', '22:30'),
        action('disposed', [2, 0], { alertId: 'V-excused', wearerId: 'W-19', disposition: 'gps-drift' }),
        finding({ alertId: 'V-suspected', kind: 'curfew', wearerId: 'W-19', conditionId: 'C-19' }),
        ...alert('V-withdrawn', '21:00', null),
        finding({
          alertId: 'V-withdrawn',
          revision: 2,
          type: 'withdrawn',
          kind: 'curfew',
          wearerId: 'W-19',
          conditionId: 'C-19',
        }),
        ...alert('V-zone', '19:00', '19:30', { kind: 'exclusion' }),
        ...alert('V-foreign', '19:00', '19:30', { conditionId: 'C-18' }),
      ];
      await adapters.db.transaction((tx) =>
        recordTables.foldAlertEvents(
          tx,
          'E-1',
          events.map((event) => ({ seq: seq++, event })),
        ),
      );
      await ok('/absences/AB-19', {
        orderId: 'O-19',
        conditionIds: ['C-19'],
        startsAt: at('20:15'),
        endsAt: at('20:45'),
        reason: 'recorded a day later',
      });
      const atv = (await api.get('/orders/O-19/atv')).json();
      expect(atv).toMatchObject({ orderId: 'O-19', asOf: NOW, violationsCounted: 4, complete: true });
      expect(atv.unreasonableMinutes).toBe(30 + 30 + 10 + 4);
      const rows = atv.violations.map((one: Record<string, unknown>) => [
        one['alertId'],
        one['unreasonableMinutes'],
        one['counted'],
        one['notCountedBecause'],
      ]);
      expect(rows.sort()).toEqual([
        ['V-absent', 30, true, undefined],
        ['V-excused', 30, false, 'excused'],
        ['V-open', 4, true, undefined],
        ['V-other', 10, true, undefined],
        ['V-suspected', 0, false, 'suspected'],
        ['V-whole', 30, true, undefined],
      ]);
      expect((await api.get('/orders/O-none/atv')).statusCode).toBe(404);
    });

    it('publishes a condition of all wearers to every partition', async () => {
      await ok('/zones/Z-11', square(1, 51));
      await ok('/conditions/C-11', exclusion('11', { orderId: undefined, appliesTo: 'all-wearers' }));
      const sent = await readShared(adapters.log, 'C-11');
      expect(sent.map(({ partition }) => partition).sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
      expect(new Set(sent.map(({ shared }) => JSON.stringify(shared))).size).toBe(1);
      expect(sent[0]?.shared.terms).toMatchObject([{ conditionId: 'C-11', zoneKey: 'Z-11@1', endsAtMs: null }]);
      await ok('/zones/Z-11', square(1, 51, 0.03));
      const again = await readShared(adapters.log, 'C-11');
      expect(again).toHaveLength(24);
      expect(again.at(-1)?.shared.terms).toHaveLength(2);
    });

    it('keeps to its limits', async () => {
      await fitWearer('12');
      await ok('/zones/Z-12', square(1, 51));
      for (let i = 0; i < 100; i++) await ok(`/conditions/C-12-${i}`, exclusion('12'));
      const one = await api.put('/conditions/C-12-more', exclusion('12'));
      expect([one.statusCode, one.json().errors[0].detail]).toEqual([422, expect.stringContaining('100')]);
      await ok('/conditions/C-12-0', exclusion('12', { endsAt: '2026-03-01T00:00:00Z' }));
      await ok('/conditions/C-12-more', exclusion('12'));

      await fitWearer('13', '1980-01-01T00:00:00Z');
      await ok('/orders/O-13', { wearerId: 'W-13', type: 'licence', startsAt: '1980-01-01T00:00:00Z' });
      await ok('/zones/Z-13', square(1, 51));
      const windows = ['01', '07', '13'].map((hour) => ({
        days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
        from: `${hour}:00`,
        to: `${hour}:30`,
      }));
      const since1980 = exclusion('13', {
        kind: 'curfew',
        startsAt: '1980-01-01T00:00:00Z',
        schedule: { timeZone: 'Europe/London', windows },
      });
      const large = await api.put('/conditions/C-13', since1980);
      expect([large.statusCode, large.json().errors[0].detail]).toEqual([422, expect.stringContaining('1,000,000')]);
      expect((await api.get('/conditions/C-13')).statusCode).toBe(404);
    });

    it('gives an empty watch to a tag whose activation never was', async () => {
      await fitWearer('14');
      await ok('/zones/Z-14', square(1, 51));
      await ok('/conditions/C-14', exclusion('14'));
      expect((await lastWatch('T-14'))?.activations[0]?.terms).toHaveLength(1);
      const fittedAt = '2026-01-01T00:00:00Z';
      await ok('/activations/A-14', { tagId: 'T-14', wearerId: 'W-14', fittedAt, removedAt: fittedAt });
      expect((await lastWatch('T-14'))?.activations).toEqual([]);
      expect((await lastWatch('T-14'))?.zones).toEqual({});
      await ok('/tags/T-14b', {});
      expect((await readWatches(adapters.log, 'T-14b')).at(-1)?.activations).toEqual([]);
    });

    it('sends nothing where nothing changed for the engine', async () => {
      await fitWearer('15');
      const before = await readWatches(adapters.log, 'T-15');
      await ok('/wearers/W-15', { name: 'Another name' });
      expect(await readWatches(adapters.log, 'T-15')).toEqual(before);
    });

    it('counts of every watch that it has published no less than stands in it', async () => {
      const { rows } = await adapters.db.query<{ tag_id: string }>('select tag_id from tag');
      const conditions = await adapters.db.query<{ condition_id: string }>(
        'select condition_id from condition where order_id is null',
      );
      const concerned = {
        tagIds: rows.map((row) => row.tag_id),
        conditionIds: conditions.rows.map((row) => row.condition_id),
      };
      const sizes = await watchStore.countSizes(adapters.db, concerned, horizonOf(clock.nowMs()));
      const sizeOf = new Map(sizes.map(({ kind, id, ...size }) => [`${kind} ${id}`, size]));
      const published = new Map<string, { readonly terms: readonly Term[]; readonly zones: TagWatch['zones'] }>();
      for (const { input } of await readInputs(adapters.log)) {
        if (input.type === 'shared') published.set(`condition ${input.shared.conditionId}`, input.shared);
        if (input.type !== 'watch') continue;
        const terms = input.watch.activations.flatMap((each) => each.terms);
        published.set(`tag ${input.watch.tagId}`, { ...input.watch, terms });
      }
      expect(published.size).toBeGreaterThan(20);
      for (const [name, { terms, zones, ...rest }] of published) {
        const rings = Object.values(zones).flatMap(({ shape }) =>
          shape.type === 'circle' ? [] : shape.polygons.flat(),
        );
        const size = sizeOf.get(name) ?? { named: 1, edges: 0, points: 0, rings: 0 };
        expect({ name, ...size }).toMatchObject({
          named: expect.toSatisfy((named) => named >= 1 + terms.length + Object.keys(zones).length),
          edges: expect.toSatisfy((edges) => edges >= terms.flatMap(({ windows }) => windows ?? []).length),
          points: expect.toSatisfy((points) => points >= rings.flat().length),
          rings: expect.toSatisfy((count) => count >= rings.length),
        });
        expect(boundBytes(size), name).toBeGreaterThan(JSON.stringify({ ...rest, terms, zones }).length);
      }
    });

    it('leaves nobody for a person to look at', () => {
      expect(api.logger.entries.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
    });
  });
}

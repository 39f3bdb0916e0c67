/** What `POST /record-files/read` promises, over either database: a preview row by row that writes nothing, and what an import then keeps. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WearerScope } from '../../src/access/may.js';
import type { Queryable } from '../../src/ports/database.js';
import { previewRecords, writeRecords } from '../../src/records/write-records.js';
import { recordStore } from '../../src/store/record-store.js';
import { AS, testAccess } from '../support/access.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import type { Adapters } from './records.suite.js';

const NOW = '2026-03-20T12:00:00.000Z';
const BEFORE = '2026-01-01T00:00:00.000Z';

const wearer = (wearerId: string, force: string, restrictedTo: readonly string[] | null = null) =>
  [wearerId, { wearerId, force, division: null, schemes: [], restrictedTo }] as const;
/** Their own, since suites share a database. */
const WEARERS: ReadonlyMap<string, WearerScope> = new Map([
  wearer('W-file-in', 'kent'),
  wearer('W-file-out', 'essex'),
  wearer('W-file-restricted', 'kent', ['https://idp.example#other']),
]);

interface Row {
  readonly line: number;
  readonly id?: string;
  readonly what: string;
  readonly detail?: string;
  readonly changes?: readonly object[];
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly conflicts?: readonly object[];
  readonly record?: object;
}

export function recordFilesSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`files of records, ${name}`, () => {
    let adapters: Adapters;
    let local: RecordsApi;
    let api: RecordsApi;

    const put = async (path: string, body: object) => {
      const { statusCode } = await local.put(`${path}?wait=false`, body);
      expect(statusCode).toBeOneOf([200, 201, 202]);
    };

    beforeAll(async () => {
      adapters = await open();
      const clock = createTestClock(NOW);
      local = await openRecordsApi(adapters.db, adapters.log, clock);
      api = await openRecordsApi(adapters.db, adapters.log, clock, {
        ...testAccess,
        findWearer: (wearerId) => WEARERS.get(wearerId),
      });
      for (const [wearerId, { force, restrictedTo }] of WEARERS)
        await put(`/wearers/${wearerId}`, {
          name: `Name of ${wearerId}`,
          force,
          ...(restrictedTo === null ? {} : { restrictedTo }),
        });
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await adapters?.stop();
    });

    const read = (kind: string, text: string, more: object = {}, as: string | null = null) =>
      (as === null ? local : api).app.inject({
        method: 'POST',
        url: '/api/v1/record-files/read',
        headers: as === null ? {} : { [AS]: as },
        payload: { name: 'cohort.csv', base64: Buffer.from(text).toString('base64'), kind, ...more },
      });
    const readList = (text: string, as: string | null = null) =>
      (as === null ? local : api).app.inject({
        method: 'POST',
        url: '/api/v1/custody-lists/read',
        headers: as === null ? {} : { [AS]: as },
        payload: { name: 'custody.csv', base64: Buffer.from(text).toString('base64') },
      });
    const rowsOf = async (kind: string, lines: readonly string[], as: string | null = null): Promise<Row[]> => {
      const answer = await read(kind, lines.join('\n'), {}, as);
      expect([answer.statusCode, answer.json().faults]).toEqual([200, []]);
      return answer.json().rows;
    };
    const told = (rows: readonly Row[]) => rows.map(({ line, id, what }) => [line, id, what]);
    const write = (rows: readonly Row[]) =>
      local.app.inject({
        method: 'POST',
        url: '/api/v1/records/import?wait=false',
        headers: { 'content-type': 'application/x-ndjson' },
        payload: rows.flatMap(({ record }) => (record === undefined ? [] : [JSON.stringify(record)])).join('\n'),
      });

    it('tells by row what would be made, changed and unchanged, and writes nothing of it', async () => {
      await put('/wearers/W-file-1', { name: 'Adam Kerr', division: 'East' });
      await put('/wearers/W-file-2', { name: 'Bea Low' });
      const rows = await rowsOf('wearer', [
        'Subject id,Full name,Division',
        'W-file-1,Adam Kerr-Jones,East',
        'W-file-2,Bea Low,',
        'W-file-3,Cem Oz,West',
        'W-file-3,Cem Oz,West',
      ]);
      expect(told(rows)).toEqual([
        [2, 'W-file-1', 'changed'],
        [3, 'W-file-2', 'unchanged'],
        [4, 'W-file-3', 'created'],
      ]);
      expect(rows[0]?.changes).toEqual([{ field: 'name', from: 'Adam Kerr', to: 'Adam Kerr-Jones' }]);
      expect((await local.get('/wearers/W-file-3')).statusCode).toBe(404);
      expect((await local.get('/wearers/W-file-1')).json()).toMatchObject({ name: 'Adam Kerr', version: 1 });
      expect((await write(rows)).json()).toEqual({ created: 1, changed: 1, unchanged: 0 });
      expect((await local.get('/wearers/W-file-1')).json()).toMatchObject({
        name: 'Adam Kerr-Jones',
        division: 'East',
        version: 2,
        changeReason: 'imported from cohort.csv',
      });
      expect((await write(rows)).statusCode).toBe(422);
    });

    it('an import of identities erases nothing: not what is judged, nor what the file does not have', async () => {
      const identity = {
        name: 'Dee Fox',
        force: 'kent',
        division: 'East',
        schemes: ['iom'],
        restrictedTo: ['https://idp.example#dee'],
      };
      await put('/wearers/W-file-4', identity);
      const judged = {
        '/rag-ratings/W-file-4': { rating: 'red', evidence: 'two breaches' },
        '/mappa/W-file-4': { category: 2, level: 3 },
        '/memberships/W-file-4': { cohort: 'FIXED' },
        '/wearer-flags/W-file-4': { flags: ['carries a knife'] },
      };
      for (const [path, body] of Object.entries(judged)) await put(path, body);
      const rows = await rowsOf('wearer', ['wearerId,name,division', 'W-file-4,Dee Fox-Lee,']);
      expect((await write(rows)).json()).toEqual({ created: 0, changed: 1, unchanged: 0 });
      expect((await local.get('/wearers/W-file-4')).json()).toMatchObject({
        ...identity,
        name: 'Dee Fox-Lee',
        version: 2,
      });
      for (const [path, body] of Object.entries(judged))
        expect((await local.get(path)).json()).toMatchObject({ ...body, version: 1 });
    });

    it('refuses by row what PUT refuses, with what is in the way, and keeps the good ones', async () => {
      await put('/wearers/W-file-5', { name: 'Eve' });
      await put('/tags/T-file-5', {});
      await put('/orders/O-file-5', {
        wearerId: 'W-file-5',
        type: 'hdc',
        startsAt: BEFORE,
        endsAt: '2026-06-01T00:00:00Z',
      });
      await put('/activations/A-file-5', { tagId: 'T-file-5', wearerId: 'W-file-5', fittedAt: BEFORE });
      await put('/memberships/W-file-5', { cohort: 'FLEX', effectiveAt: BEFORE });

      const orders = await rowsOf('order', [
        'Order ref,Wearer,Type,Start date,End date',
        'O-file-6,W-file-5,Community order,01/02/2026,28/02/2026',
        'O-file-7,W-nobody,hdc,01/02/2026,',
        'O-file-8,W-file-5,parole,01/02/2026,01/01/2026',
        ',W-file-5,hdc,01/02/2026,',
      ]);
      expect(told(orders)).toEqual([
        [2, 'O-file-6', 'created'],
        [3, 'O-file-7', 'refused'],
        [4, 'O-file-8', 'refused'],
        [5, undefined, 'refused'],
      ]);
      expect(orders[0]?.record).toMatchObject({
        body: { type: 'community-order', startsAt: '2026-02-01T00:00:00.000Z', endsAt: '2026-03-01T00:00:00.000Z' },
      });
      expect(orders[1]?.errors).toEqual([{ pointer: '/body/wearerId', detail: 'there is no wearer W-nobody' }]);
      expect(orders[2]?.errors?.map(({ pointer }) => pointer)).toEqual(['/body/type']);
      expect(orders[3]?.detail).toBe('it has no id');
      expect((await write(orders)).json()).toEqual({ created: 1, changed: 0, unchanged: 0 });

      const [overlap] = await rowsOf('activation', ['id,tag,wearer,fitted', 'A-file-6,T-file-5,W-file-5,01/03/2026']);
      expect(overlap).toMatchObject({
        line: 2,
        what: 'refused',
        detail: expect.stringMatching(/taken in this period by A-file-5/),
      });
      expect(overlap?.conflicts).toMatchObject([{ activationId: 'A-file-5' }]);

      const [past] = await rowsOf('membership', ['wearer,cohort,from', 'W-file-5,FIXED,01/02/2026']);
      expect(past).toMatchObject({ line: 2, what: 'refused' });
      expect(past?.errors?.[0]?.detail).toMatch(/only a first version may start in the past: version 1 stands/);
    });

    it('what is confirmed is written on what was previewed: somebody else’s change in between is told', async () => {
      await put('/wearers/W-file-9', { name: 'Flo' });
      const rows = await rowsOf('wearer', ['id,name', 'W-file-9,Flora']);
      await put('/wearers/W-file-9', { name: 'Florence' });
      const answer = await write(rows);
      expect(answer.statusCode).toBe(422);
      expect(answer.json().lines).toMatchObject([{ id: 'W-file-9', status: 412 }]);
    });

    it('what was previewed as new is written over nothing: what somebody made in between stands, and is told', async () => {
      const rows = await rowsOf('wearer', ['id,name', 'W-file-10,Ida', 'W-file-11,Jo']);
      expect(rows.map(({ what }) => what)).toEqual(['created', 'created']);
      const made = { name: 'Ida Roe', force: 'kent', schemes: ['iom'], restrictedTo: ['https://idp.example#ida'] };
      await put('/wearers/W-file-10', made);
      const answer = await write(rows);
      expect(answer.statusCode).toBe(422);
      expect(answer.json().lines).toMatchObject([
        { id: 'W-file-10', status: 412, detail: 'It is there by now: version 1 stands.', version: 1 },
      ]);
      expect((await local.get('/wearers/W-file-10')).json()).toMatchObject({ ...made, version: 1 });
      expect((await local.get('/wearers/W-file-11')).statusCode).toBe(404);
    });

    it('a preview holds up nobody who writes: it takes none of the locks that writing takes', async () => {
      const { db } = adapters;
      const deps = { db, store: recordStore, measure: async () => [] };
      const content = { name: 'Kay', schemes: [], restrictedTo: null };
      const puts = ['W-file-20', 'W-file-21'].map((id) => ({
        kind: 'wearer' as const,
        id,
        said: { content, effectiveAt: null },
        changeReason: null,
        precondition: null,
        given: {},
      }));
      const held: number[] = [];
      const guard = async (tx: Queryable) => {
        const { rows } = await tx.query<{ count: number }>(
          `select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`,
        );
        held.push(rows[0]!.count);
      };
      const writer = { author: 'local', correlationId: null };
      const preview = await previewRecords(deps, puts, writer, Date.parse(NOW), guard);
      expect([...preview.written.values()].map(({ type }) => type)).toEqual(['created', 'created']);
      expect(held).toEqual([0]);
      expect((await writeRecords(deps, puts, writer, Date.parse(NOW), guard)).type).toBe('written');
      expect(held[1]).toBeGreaterThan(0);
    });

    it('columns that are told go before those that are guessed; without an id no row is read', async () => {
      const text = 'code,who\nW-file-1,Adam\n';
      const guessed = (await read('wearer', text)).json();
      expect(guessed).toMatchObject({ titles: ['code', 'who'], columns: {}, rows: [] });
      const chosen = (await read('wearer', text, { columns: { id: 0, name: 1 } })).json();
      expect(told(chosen.rows)).toEqual([[2, 'W-file-1', 'changed']]);
      expect((await read('wearer', '')).statusCode).toBe(422);
      expect((await read('zone', text)).statusCode).toBe(422);
    });

    it('keeps to the scope: of whom somebody may not know it tells nothing, and writes none', async () => {
      const lines = [
        'id,name,force',
        'W-file-in,New name,kent',
        'W-file-out,New name,kent',
        'W-file-restricted,New name,kent',
        'W-file-far,New name,essex',
      ];
      const rows = await rowsOf('wearer', lines, 'sergeant');
      expect(told(rows)).toEqual([
        [2, 'W-file-in', 'changed'],
        [3, 'W-file-out', 'refused'],
        [4, 'W-file-restricted', 'refused'],
        [5, 'W-file-far', 'refused'],
      ]);
      expect(JSON.stringify(rows)).not.toMatch(/Name of W-file-(out|restricted)/);
      for (const role of ['supervisor', 'officer', 'administrator', 'probation'])
        expect((await read('wearer', lines.join('\n'), {}, role)).statusCode).toBe(403);
    });

    it('a custody list proposes whom it names, and by itself opens and ends nothing', async () => {
      await put('/wearers/W-file-held', { name: 'Gil Ash', dateOfBirth: '1990-02-01', pncId: '2001/0123456A' });
      await put('/wearers/W-file-free', { name: 'Hal Ash', dateOfBirth: '1991-02-01' });
      await put('/custody-periods/P-file-held', { wearerId: 'W-file-held', startsAt: BEFORE });
      const periods = async () => (await local.get('/custody-periods?limit=500')).body;
      const before = await periods();
      const list = [
        'Prisoner,DOB,PNC,Reception date,Establishment',
        '"ASH, Gil",01/02/1990,01/123456A,01/03/2026,HMP Elmley',
        'Hal Ash,01/02/1991,,01/03/2026,',
        'Nobody Known,,,01/03/2026,',
        'Hal Ash,,,never,',
      ].join('\n');
      const answer = await readList(list);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({
        columns: { name: 0, dateOfBirth: 1, pncId: 2, startsAt: 3, place: 4 },
        rows: [
          { line: 2, place: 'HMP Elmley', matches: [{ wearerId: 'W-file-held', strength: 'strong' }] },
          { line: 3, matches: [{ wearerId: 'W-file-free', strength: 'likely', by: ['name', 'date of birth'] }] },
        ],
        unmatched: 1,
        faults: [{ line: 5, detail: 'from when is no time: "never"' }],
      });
      const [, free] = answer.json().rows;
      const [{ custodyPeriodId }] = free.matches;
      const never = { startsAt: free.startsAt, endsAt: free.startsAt };
      // Neither whom it names, however sure, nor whom it leaves out.
      await readList('Prisoner,From\nSomebody Else,01/03/2026');
      expect(await periods()).toBe(before);
      expect((await local.get('/custody-periods/P-file-held/versions')).json().items).toHaveLength(1);
      // What a person refuses is a period that never was: the same row, on whatever line, does not propose it again.
      await put(`/custody-periods/${custodyPeriodId}`, {
        wearerId: 'W-file-free',
        ...never,
        changeReason: 'another one of that name',
      });
      const [title, , row] = list.split('\n');
      const again = (await readList([title, 'Nobody Known,,,01/03/2026,', row].join('\n'))).json();
      expect(again.rows).toMatchObject([
        {
          line: 3,
          matches: [],
          refused: [{ wearerId: 'W-file-free', by: 'local', reason: 'another one of that name' }],
        },
      ]);
      const later = (await readList([title, 'Hal Ash,01/02/1991,,02/03/2026,'].join('\n'))).json();
      expect(later.rows).toMatchObject([{ line: 2, matches: [{ wearerId: 'W-file-free' }], refused: [] }]);
    });

    it('a custody list tells nobody of whom they may not know, and is for who writes custody', async () => {
      const list = ['name,from', 'Name of W-file-in,01/03/2026', 'Name of W-file-out,01/03/2026'];
      const answer = await readList([...list, 'Name of W-file-restricted,01/03/2026'].join('\n'), 'sergeant');
      const { rows, unmatched } = answer.json();
      expect(rows).toMatchObject([{ line: 2, matches: [{ wearerId: 'W-file-in', strength: 'weak' }] }]);
      expect([rows.length, unmatched]).toEqual([1, 2]);
      for (const role of ['supervisor', 'officer', 'administrator', 'probation'])
        expect((await readList(list.join('\n'), role)).statusCode).toBe(403);
    });
  });
}

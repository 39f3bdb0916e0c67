/** Records within a scope, over any pair of adapters: from the wearer's record through the log to who may see it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessView, startAccessView } from '../../src/views/access.js';
import { AS, testAccess, WHO } from '../support/access.js';
import { createRememberingTrail } from '../support/audit.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import { silentLog } from '../support/silent-log.js';
import { type Adapters, square } from './records.suite.js';

const STARTS = { startsAt: '2026-01-01T00:00:00Z' };
const PERIOD = { startsAt: '2026-04-01T10:00:00Z', endsAt: '2026-04-01T12:00:00Z' };
/** The records of one wearer, by the end of their addresses. */
const KINDS = [
  'wearers/W',
  'activations/A',
  'orders/O',
  'zones/Z',
  'conditions/C',
  'absences/AB',
  'suspensions/S',
  'custody-periods/CP',
  'rag-ratings/W',
  'mappa/W',
  'memberships/W',
  'wearer-flags/W',
  'tasks/K',
  'intelligence/I',
  'recalls/R',
  'consents/CS',
  'legal-holds/LH',
  'notes/N',
];

export function recordScopeSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`records within a scope, ${name}`, () => {
    let adapters: Adapters;
    /** Of `local`, and of who is signed in. */
    let local: RecordsApi;
    let api: RecordsApi;
    let view: AccessView;
    const clock = createTestClock('2026-03-20T12:00:00.000Z');
    const trail = createRememberingTrail();

    const ok = async (path: string, body: object) => {
      const answer = await local.put(path, body);
      expect([path, answer.statusCode, answer.body]).toEqual([
        path,
        expect.toBeOneOf([200, 201, 202]),
        expect.anything(),
      ]);
    };
    const fitWearer = async (n: string, wearer: object, priority = 'standard') => {
      await ok(`/wearers/W-${n}`, { name: `Wearer ${n}`, ...wearer });
      await ok(`/tags/T-${n}?wait=false`, {});
      await ok(`/orders/O-${n}?wait=false`, { wearerId: `W-${n}`, type: 'licence', ...STARTS });
      await ok(`/activations/A-${n}?wait=false`, {
        tagId: `T-${n}`,
        wearerId: `W-${n}`,
        fittedAt: '2026-01-01T00:00:00Z',
      });
      await ok(`/zones/Z-${n}?wait=false`, square(0.1, 51.1, 0.01, { priority }));
      await ok(`/conditions/C-${n}?wait=false`, { orderId: `O-${n}`, kind: 'exclusion', zoneId: `Z-${n}`, ...STARTS });
      await ok(`/absences/AB-${n}?wait=false`, { orderId: `O-${n}`, ...PERIOD, reason: 'work' });
      await ok(`/suspensions/S-${n}?wait=false`, { wearerId: `W-${n}`, ...PERIOD, reason: 'hospital' });
      await ok(`/custody-periods/CP-${n}?wait=false`, { wearerId: `W-${n}`, ...PERIOD });
      await ok(`/rag-ratings/W-${n}?wait=false`, { rating: 'amber', evidence: 'scores' });
      await ok(`/mappa/W-${n}?wait=false`, { category: 1, level: 1 });
      await ok(`/memberships/W-${n}?wait=false`, { cohort: 'FLEX' });
      await ok(`/wearer-flags/W-${n}?wait=false`, { flags: [] });
      await ok(`/tasks/K-${n}?wait=false`, { wearerId: `W-${n}`, kind: 'visit', subject: 'at home', status: 'open' });
      const graded = { receivedAt: '2026-03-01T00:00:00Z', source: 1, assessment: 'A', handling: 'P', text: 'seen' };
      await ok(`/intelligence/I-${n}?wait=false`, { wearerId: `W-${n}`, ...graded });
      const request = { wearerId: `W-${n}`, orderId: `O-${n}`, alertIds: [], form: {}, state: 'draft' };
      await ok(`/recalls/R-${n}?wait=false`, request);
      const given = { givenAt: '2026-01-01T00:00:00Z', evidence: 'signed' };
      await ok(`/consents/CS-${n}?wait=false`, { wearerId: `W-${n}`, ...given });
      await ok(`/legal-holds/LH-${n}?wait=false`, { wearerId: `W-${n}`, ...STARTS, reason: 'inquest' });
      await ok(`/notes/N-${n}?wait=false`, { wearerId: `W-${n}`, text: 'seen' });
    };
    const as = (role: string) => ({ [AS]: role });
    const get = (role: string, path: string) => api.app.inject({ url: `/api/v1${path}`, headers: as(role) });
    const put = (role: string, path: string, body: object) => api.put(path, body, as(role));
    const collect = async (role: string, path: string, idName: string) => {
      const ids: string[] = [];
      for (let next: string | null = ''; next !== null; ) {
        const answer = await get(role, `${path}?limit=1${next === '' ? '' : `&cursor=${next}`}`);
        expect(answer.statusCode).toBe(200);
        ids.push(...answer.json().items.map((item: Record<string, string>) => item[idName]));
        next = answer.json().next;
      }
      return ids;
    };

    beforeAll(async () => {
      adapters = await open();
      view = await startAccessView({ log: adapters.log, logger: silentLog });
      local = await openRecordsApi(adapters.db, adapters.log, clock);
      const access = { ...testAccess, findWearer: (wearerId: string) => view.findWearer(wearerId) };
      api = await openRecordsApi(adapters.db, adapters.log, clock, access, undefined, trail);
      await local.startPublisher({ epoch: `E-scope-${name}` });
      await fitWearer('in', { force: 'kent' });
      await fitWearer('out', { force: 'essex' });
      await fitWearer('res', { force: 'kent', restrictedTo: ['https://idp.example#other', 'a "quoted", {odd} one'] });
      await fitWearer('unsaid', {});
      await ok('/wearers/W-mine', { name: 'Mine', force: 'essex' });
      await ok('/orders/O-mine', { wearerId: 'W-mine', type: 'licence', ...STARTS });
      await ok('/zones/Z-mine', square(0.2, 51.2, 0.01, { priority: 'victim' }));
      await ok('/conditions/C-mine', { orderId: 'O-mine', kind: 'exclusion', zoneId: 'Z-mine', ...STARTS });
      await ok('/zones/Z-of-all', square(0.3, 51.3));
      await ok('/conditions/C-of-all', { appliesTo: 'all-wearers', kind: 'exclusion', zoneId: 'Z-of-all', ...STARTS });
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await view?.stop();
      await adapters?.stop();
    });

    it('what scope needs of a wearer stands in the log as it was written', async () => {
      await expect.poll(() => view.findWearer('W-mine')).toMatchObject({ wearerId: 'W-mine' });
      expect(view.findWearer('W-res')).toEqual({
        wearerId: 'W-res',
        force: 'kent',
        division: null,
        schemes: [],
        restrictedTo: ['https://idp.example#other', 'a "quoted", {odd} one'],
      });
    });

    it.each(KINDS)('%s-…: one out of scope answers as one that is not there', async (kind) => {
      const own = await get('sergeant', `/${kind}-in`);
      expect([own.statusCode, (await get('sergeant', `/${kind}-in/versions`)).statusCode]).toEqual([200, 200]);
      for (const hidden of ['out', 'res', 'unsaid']) {
        for (const rest of ['', '/versions']) {
          const unknown = await get('sergeant', `/${kind}-nobody${rest}`);
          const answer = await get('sergeant', `/${kind}-${hidden}${rest}`);
          expect([answer.statusCode, answer.body]).toEqual([404, unknown.body.replaceAll('nobody', hidden)]);
        }
      }
    });

    it('lists tell of no other, and neither do their cursors', async () => {
      expect(await collect('sergeant', '/wearers', 'wearerId')).toEqual(['W-in']);
      expect(await collect('sergeant', '/orders', 'orderId')).toEqual(['O-in']);
      expect(await collect('sergeant', '/suspensions', 'suspensionId')).toEqual(['S-in']);
      expect(await collect('sergeant', '/absences', 'absenceId')).toEqual(['AB-in']);
      expect(await collect('probation', '/wearers', 'wearerId')).toEqual(['W-mine']);
      const conditions = await collect('sergeant', '/conditions', 'conditionId');
      expect(conditions.filter((id) => ['C-in', 'C-out', 'C-res', 'C-unsaid', 'C-of-all'].includes(id)).sort()).toEqual(
        ['C-in', 'C-of-all'],
      );
      const zones = await collect('sergeant', '/zones', 'zoneId');
      expect(zones).toEqual(expect.arrayContaining(['Z-in', 'Z-of-all']));
      for (const hidden of ['Z-out', 'Z-res', 'Z-unsaid', 'Z-mine']) expect(zones).not.toContain(hidden);
    });

    it('a cursor that is made up of somebody else’s record tells no more than one of nobody’s', async () => {
      const cursorOf = (...key: readonly (string | number)[]) => Buffer.from(JSON.stringify(key)).toString('base64url');
      for (const [kind, prefix] of KINDS.map((path) => path.split('/') as [string, string])) {
        const listAfter = async (id: string) =>
          (await get('supervisor', `/${kind}?limit=1&cursor=${cursorOf(id)}`)).body;
        // Between the same two records that may be read.
        expect(await listAfter(`${prefix}-out`)).toBe(await listAfter(`${prefix}-ouu`));
        const versions = (id: string) => get('sergeant', `/${kind}/${id}/versions?cursor=${cursorOf(0)}`);
        const [hidden, missing] = [await versions(`${prefix}-out`), await versions(`${prefix}-nix`)];
        expect([hidden.statusCode, hidden.body.replaceAll(`${prefix}-out`, 'X')]).toEqual([
          404,
          missing.body.replaceAll(`${prefix}-nix`, 'X'),
        ]);
      }
    });

    it('a partner sees who is assigned, without zones of victims', async () => {
      const seen = async (path: string) => (await get('probation', path)).statusCode;
      expect(await seen('/wearers/W-mine')).toBe(200);
      expect(await seen('/orders/O-mine')).toBe(200);
      expect(await seen('/zones/Z-mine')).toBe(404);
      expect(await seen('/conditions/C-mine')).toBe(404);
      expect(await seen('/wearers/W-in')).toBe(404);
    });

    it('a role for others shows a partner no zone of a victim of who is assigned', async () => {
      await ok('/zones/Z-in-victim', square(0.25, 51.25, 0.01, { priority: 'victim' }));
      await ok('/conditions/C-in-victim', { orderId: 'O-in', kind: 'exclusion', zoneId: 'Z-in-victim', ...STARTS });
      const seen = async (path: string) => (await get('sergeant,probation', path)).statusCode;
      expect([await seen('/wearers/W-mine'), await seen('/orders/O-mine')]).toEqual([200, 200]);
      for (const path of [
        '/zones/Z-mine',
        '/zones/Z-mine/versions',
        '/conditions/C-mine',
        '/conditions/C-mine/versions',
      ])
        expect([path, await seen(path)]).toEqual([path, 404]);
      expect([await seen('/zones/Z-in-victim'), await seen('/conditions/C-in-victim')]).toEqual([200, 200]);
      expect(await collect('sergeant,probation', '/zones', 'zoneId')).not.toContain('Z-mine');
      const naming = { orderId: 'O-mine', conditionIds: ['C-mine'], ...PERIOD, reason: 'work' };
      const answer = await put('sergeant,probation', '/absences/AB-mine', naming);
      expect([answer.statusCode, answer.json().errors]).toEqual([
        422,
        [{ pointer: '/conditionIds/0', detail: 'there is no condition C-mine' }],
      ]);
    });

    it('what is out of scope is not written, and nothing is made to belong to it', async () => {
      expect((await put('sergeant', '/wearers/W-out', { name: 'Taken', force: 'kent' })).statusCode).toBe(404);
      expect((await local.get('/wearers/W-out')).json().name).toBe('Wearer out');
      const order = { wearerId: 'W-out', type: 'licence', ...STARTS };
      const foreign = await put('sergeant', '/orders/O-new', order);
      expect([foreign.statusCode, foreign.json().errors]).toEqual([
        422,
        [{ pointer: '/wearerId', detail: 'there is no wearer W-out' }],
      ]);
      const nobody = await put('sergeant', '/orders/O-new', { ...order, wearerId: 'W-nobody' });
      expect(foreign.body.replaceAll('W-out', 'W-nobody')).toBe(nobody.body);
      // A zone becomes readable through a condition of one's own: it may not be named.
      const condition = { orderId: 'O-in', kind: 'exclusion', zoneId: 'Z-out', ...STARTS };
      expect((await put('sergeant', '/conditions/C-new', condition)).json().errors[0]?.pointer).toBe('/zoneId');
      for (const wearer of [{ name: 'New' }, { name: 'New', force: 'essex' }])
        expect((await put('sergeant', '/wearers/W-new', wearer)).statusCode).toBe(422);
    });

    it('a victim’s zone that no condition names yet is its author’s alone; another zone is for whoever writes records', async () => {
      const byOther = { [AS]: 'sergeant', [WHO]: 'https://idp.example#other' };
      const getAs = (who: object, path: string) => api.app.inject({ url: `/api/v1${path}`, headers: { ...who } });
      const victim = square(0.6, 51.6, 0.01, { priority: 'victim' });
      expect((await put('sergeant', '/zones/Z-unnamed-victim', victim)).statusCode).toBe(201);
      expect((await put('sergeant', '/zones/Z-unnamed', square(0.6, 51.6))).statusCode).toBe(201);
      expect((await get('sergeant', '/zones/Z-unnamed-victim')).statusCode).toBe(200);
      expect((await getAs(byOther, '/zones/Z-unnamed')).statusCode).toBe(200);
      const nobody = (await getAs(byOther, '/zones/Z-nobody')).body.replaceAll('nobody', 'unnamed-victim');
      for (const path of ['/zones/Z-unnamed-victim', '/zones/Z-unnamed-victim/versions']) {
        const answer = await getAs(byOther, path);
        expect([answer.statusCode, answer.body]).toEqual([404, nobody]);
      }
      const listed = (await getAs(byOther, '/zones?limit=500')).json().items;
      const ids = listed.map(({ zoneId }: { zoneId: string }) => zoneId);
      expect(ids).toContain('Z-unnamed');
      expect(ids).not.toContain('Z-unnamed-victim');
      // Nor is it written over, or named to be read through one's own condition.
      expect((await api.put('/zones/Z-unnamed-victim', square(0.7, 51.7), byOther)).statusCode).toBe(404);
      const condition = { orderId: 'O-in', kind: 'exclusion', zoneId: 'Z-unnamed-victim', ...STARTS };
      expect((await api.put('/conditions/C-unnamed', condition, byOther)).json().errors[0]?.pointer).toBe('/zoneId');
      // Its author names it, and from then on it is the wearer's.
      expect((await put('sergeant', '/conditions/C-unnamed', condition)).statusCode).toBeLessThan(300);
      expect((await getAs(byOther, '/zones/Z-unnamed-victim')).statusCode).toBe(200);
    });

    it('a tag tells of no wearer, whoever has it', async () => {
      const own = (await local.get('/tags/T-out')).json();
      for (const role of ['supervisor', 'sergeant', 'officer', 'administrator']) {
        const answer = await get(role, '/tags/T-out');
        expect([role, answer.statusCode, answer.json()]).toEqual([role, 200, own]);
        expect(answer.body).not.toContain('W-out');
      }
      for (const role of ['auditor', 'probation', 'supplier'])
        expect([role, (await get(role, '/tags/T-out')).statusCode]).toEqual([role, 403]);
      // Whose it is, is an activation.
      expect((await get('sergeant', '/activations/A-out')).statusCode).toBe(404);
    });

    it('what is within is written, in the writer’s name', async () => {
      const created = await put('sergeant', '/orders/O-in-2', { wearerId: 'W-in', type: 'bail', ...STARTS });
      expect([created.statusCode, created.json().author]).toEqual([201, 'https://idp.example#me']);
      expect((await put('sergeant', '/wearers/W-second', { name: 'Second', force: 'kent' })).statusCode).toBe(201);
    });

    it('whoever has written a wearer writes their order next, without waiting', async () => {
      for (let n = 0; n < 5; n++) {
        const written = await put('sergeant', `/wearers/W-next-${n}`, { name: 'Next', force: 'kent' });
        expect(written.statusCode).toBeOneOf([201, 202]);
        // Still under way on a machine that is busy: it is told so.
        if (written.statusCode === 202) continue;
        const order = { wearerId: `W-next-${n}`, type: 'bail', ...STARTS };
        expect((await put('sergeant', `/orders/O-next-${n}`, order)).statusCode).toBe(201);
      }
    });

    it('an import keeps to the scope and to the rights of each kind, line by line, and writes all of it or nothing', async () => {
      const importAs = async (role: string, lines: readonly object[]) => {
        const answer = await api.app.inject({
          method: 'POST',
          url: '/api/v1/records/import',
          headers: { ...as(role), 'content-type': 'application/x-ndjson' },
          payload: lines.map((line) => JSON.stringify(line)).join('\n'),
        });
        return { status: answer.statusCode, lines: answer.json().lines, body: answer.json() };
      };
      const own = { kind: 'wearer', id: 'W-imported', body: { name: 'Imported', force: 'kent' } };
      const order = { kind: 'order', id: 'O-imported', body: { wearerId: 'W-imported', type: 'bail', ...STARTS } };
      const foreign = [
        { kind: 'wearer', id: 'W-out', body: { name: 'Taken', force: 'kent' } },
        { kind: 'order', id: 'O-x', body: { wearerId: 'W-res', type: 'bail', ...STARTS } },
        {
          kind: 'condition',
          id: 'C-of-all',
          body: { appliesTo: 'all-wearers', kind: 'exclusion', zoneId: 'Z-in', ...STARTS },
        },
        { kind: 'tag', id: 'T-new', body: {} },
      ];
      const mixed = await importAs('sergeant', [own, order, ...foreign]);
      expect(mixed.status).toBe(422);
      expect(mixed.lines.map(({ line, status }: { line: number; status: number }) => [line, status])).toEqual([
        [3, 404],
        [4, 422],
        [5, 403],
        [6, 403],
      ]);
      expect(mixed.lines[1].errors).toEqual([{ pointer: '/body/wearerId', detail: 'there is no wearer W-res' }]);
      expect((await local.get('/wearers/W-imported')).statusCode).toBe(404);
      expect((await importAs('sergeant', [own, order])).body).toMatchObject({ created: 2 });
      expect((await local.get('/orders/O-imported')).json().author).toBe('https://idp.example#me');
      // A token whose operations are told by its scope; the same table.
      const byToken = await importAs('service', [
        { ...own, body: { ...own.body, name: 'By token' } },
        ...foreign.slice(0, 2),
      ]);
      expect(byToken.lines.map(({ status }: { status: number }) => status)).toEqual([404, 422]);
      expect((await importAs('supervisor', [own])).status).toBe(403);
    });

    describe('the audit says of whom a write was', () => {
      const WRITTEN: Readonly<Record<string, object>> = {
        'wearers/W': { name: 'Wearer', force: 'kent' },
        'activations/A': { tagId: 'T-in', wearerId: 'W-in', fittedAt: '2026-01-01T00:00:00Z' },
        'orders/O': { wearerId: 'W-in', type: 'licence', ...STARTS },
        'zones/Z': square(0.1, 51.1, 0.01, { priority: 'standard' }),
        'conditions/C': { orderId: 'O-in', kind: 'exclusion', zoneId: 'Z-in', ...STARTS },
        'absences/AB': { orderId: 'O-in', ...PERIOD, reason: 'work' },
        'suspensions/S': { wearerId: 'W-in', ...PERIOD, reason: 'hospital' },
        'custody-periods/CP': { wearerId: 'W-in', ...PERIOD },
        'rag-ratings/W': { rating: 'amber', evidence: 'scores' },
        'mappa/W': { category: 1, level: 1 },
        'memberships/W': { cohort: 'FLEX' },
        'wearer-flags/W': { flags: [] },
        'tasks/K': { wearerId: 'W-in', kind: 'visit', subject: 'at home', status: 'open' },
        'intelligence/I': {
          wearerId: 'W-in',
          receivedAt: '2026-03-01T00:00:00Z',
          source: 1,
          assessment: 'A',
          handling: 'P',
          text: 'seen',
        },
        'recalls/R': { wearerId: 'W-in', orderId: 'O-in', alertIds: [], form: {}, state: 'draft' },
        'legal-holds/LH': { wearerId: 'W-in', ...STARTS, reason: 'inquest' },
        'notes/N': { wearerId: 'W-in', text: 'seen' },
        'consents/CS': { wearerId: 'W-in', givenAt: '2026-01-01T00:00:00Z', evidence: 'signed' },
      };
      const heard = async (work: () => Promise<unknown>) => {
        trail.said.length = 0;
        await work();
        return trail.said.map(({ outcome, wearerIds }) => [outcome, wearerIds]);
      };
      const about = (body: object, whom: string) => JSON.parse(JSON.stringify(body).replaceAll('-in"', `-${whom}"`));

      it.each(KINDS)('%s-…, done or refused', async (kind) => {
        const role = kind.startsWith('suspensions') ? 'supervisor' : 'sergeant';
        const [outcome, wearerIds] = (await heard(() => put(role, `/${kind}-in`, WRITTEN[kind]!)))[0]!;
        expect(outcome).toBeOneOf(['done', 'refused', 'denied']);
        expect(wearerIds).toEqual(['W-in']);
      });

      it.each(KINDS)('%s-…, denied: of who is out of scope', async (kind) => {
        const role = kind.startsWith('suspensions') ? 'supervisor' : 'sergeant';
        expect(await heard(() => put(role, `/${kind}-out`, about(WRITTEN[kind]!, 'out')))).toEqual([
          ['denied', ['W-out']],
        ]);
      });

      it('a new one that names somebody out of scope by their order, or by their zone', async () => {
        const absence = { orderId: 'O-out', ...PERIOD, reason: 'work' };
        expect(await heard(() => put('sergeant', '/absences/AB-new', absence))).toEqual([['denied', ['W-out']]]);
        const condition = { orderId: 'O-in', kind: 'exclusion', zoneId: 'Z-out', ...STARTS };
        const [outcome, wearerIds] = (await heard(() => put('sergeant', '/conditions/C-new', condition)))[0]!;
        expect([outcome, [...(wearerIds as string[])].sort()]).toEqual(['denied', ['W-in', 'W-out']]);
      });

      it('an import, of all its lines; a proposal when it is made, read, listed and decided', async () => {
        const post = (path: string, payload: string, type: string, who?: string) =>
          api.app.inject({
            method: 'POST',
            url: `/api/v1${path}`,
            headers: { ...as('sergeant'), ...(who && { [WHO]: who }), 'content-type': type },
            payload,
          });
        const lines = ['absences/AB', 'zones/Z'].map((kind) => ({
          kind: kind.split('s/')[0],
          id: `${kind.split('/')[1]}-in`,
          body: WRITTEN[kind],
        }));
        const ndjson = lines.map((line) => JSON.stringify(line)).join('\n');
        expect(await heard(() => post('/records/import', ndjson, 'application/x-ndjson'))).toEqual([
          ['done', ['W-in']],
        ]);
        const foreign = about(lines, 'out')
          .map((line: object) => JSON.stringify(line))
          .join('\n');
        expect(await heard(() => post('/records/import', foreign, 'application/x-ndjson'))).toEqual([
          ['denied', ['W-out']],
        ]);
        const proposal = {
          proposalId: `proposal-audited-${name}`.padEnd(16, '0'),
          kind: 'rag-rating',
          id: 'W-in',
          body: { rating: 'red', evidence: 'scores' },
          reason: 'worse',
        };
        const path = `/proposals/${proposal.proposalId}`;
        const json = 'application/json';
        const other = 'https://idp.example#second';
        for (const work of [
          () => post('/proposals', JSON.stringify(proposal), json),
          () => get('sergeant', path),
          () => post(`${path}/approve`, '{}', json, other),
        ])
          expect(await heard(work)).toEqual([['done', ['W-in']]]);
        const [listed] = await heard(() => get('sergeant', '/proposals?status=all'));
        expect(listed?.[1]).toContain('W-in');
        const denied = { ...proposal, proposalId: `${proposal.proposalId}-out`, id: 'W-out' };
        expect(await heard(() => post('/proposals', JSON.stringify(denied), json))).toEqual([['denied', ['W-out']]]);
      });
    });

    it('what takes a second person is refused to one', async () => {
      const shared = { appliesTo: 'all-wearers', kind: 'exclusion', zoneId: 'Z-of-all', ...STARTS };
      for (const path of ['/conditions/C-of-all', '/conditions/C-of-all-2'])
        expect((await put('sergeant', path, shared)).statusCode).toBe(403);
      expect((await put('sergeant', '/zones/Z-of-all', square(0.4, 51.3))).statusCode).toBe(403);
      await ok('/zones/Z-victim', square(0.5, 51.5, 0.01, { priority: 'victim' }));
      await ok('/conditions/C-victim', { orderId: 'O-in', kind: 'exclusion', zoneId: 'Z-victim', ...STARTS });
      const suspend = (conditionId?: string) =>
        put('supervisor', `/suspensions/S-by-${conditionId ?? 'all'}`, {
          wearerId: 'W-in',
          ...(conditionId && { conditionId }),
          ...PERIOD,
          reason: 'hospital',
        });
      expect((await suspend('C-in')).statusCode).toBe(201);
      expect((await suspend('C-victim')).statusCode).toBe(403);
      expect((await suspend()).statusCode).toBe(403);
    });
  });
}

/** A wearer handed over to another force, over either database: whoever would have them accepts or refuses, and scope follows that alone. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Access } from '../../src/http/plugins/principal.js';
import { type AccessView, startAccessView } from '../../src/views/access.js';
import { AS, testAccess, WHO } from '../support/access.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import { silentLog } from '../support/silent-log.js';
import type { Adapters } from './records.suite.js';

const KENT = 'https://idp.example#kent-one';
const KENT_TOO = 'https://idp.example#kent-two';
const ESSEX = 'https://idp.example#essex-one';
const SUSSEX = 'https://idp.example#sussex-one';

export function transferSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`transfer between forces, ${name}`, () => {
    let adapters: Adapters;
    let local: RecordsApi;
    let api: RecordsApi;
    let view: AccessView;

    /** Of the force that their name begins with. */
    const identify: Access['identify'] = async (request) => {
      const known = await testAccess.identify(request);
      if (known === null) return null;
      const force = /#(\w+)-/.exec(known.principal.subjectId)?.[1] ?? '';
      const areas = [{ forces: [force], divisions: 'all', schemes: 'all' }] as const;
      const scope = { ...known.principal.scope, areas, wearerIds: [] };
      return { ...known, principal: { ...known.principal, scope } };
    };
    const ask = async (who: string, method: 'GET' | 'POST', path: string, body?: object, as = 'sergeant') => {
      const answer = await api.app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { [AS]: as, [WHO]: who, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, body: answer.json() };
    };
    const propose = (who: string, id: string, body: object, as?: string) =>
      ask(who, 'POST', '/proposals', { kind: 'transfer', id, body, reason: 'he moves to Colchester' }, as);
    const decide = (who: string, what: 'approve' | 'refuse', proposalId: string, as?: string) =>
      ask(who, 'POST', `/proposals/${proposalId}/${what}`, { reason: 'agreed on the phone' }, as);
    const waiting = async (who: string) =>
      (await ask(who, 'GET', '/proposals?limit=500')).body.items
        .filter(({ kind }: { kind: string }) => kind === 'transfer')
        .map(({ id }: { id: string }) => id);
    const seesWearer = async (who: string, id: string) => (await ask(who, 'GET', `/wearers/${id}`)).status === 200;
    const put = async (path: string, body: object) => {
      expect((await local.put(path, body)).statusCode).toBeOneOf([200, 201, 202]);
    };

    beforeAll(async () => {
      adapters = await open();
      const clock = createTestClock('2026-03-20T12:00:00.000Z');
      view = await startAccessView({ log: adapters.log, logger: silentLog });
      local = await openRecordsApi(adapters.db, adapters.log, clock);
      const findWearer = (wearerId: string) => view.findWearer(wearerId);
      api = await openRecordsApi(adapters.db, adapters.log, clock, { ...testAccess, identify, findWearer });
      await local.startPublisher({ epoch: `E-transfer-${name}` });
      for (const id of ['W-move', 'W-stay', 'W-renamed'])
        await put(`/wearers/${id}`, { name: `Name of ${id}`, force: 'kent', division: 'East', schemes: ['iom'] });
      await put('/rag-ratings/W-move', { rating: 'red', evidence: 'two breaches' });
      await vi.waitFor(() => expect(view.findWearer('W-renamed')).toMatchObject({ force: 'kent' }), {
        timeout: 120_000,
      });
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await view?.stop();
      await adapters?.stop();
    });

    it('waits on both sides, moves nobody before it is accepted, and then scope is the other’s', async () => {
      const proposed = await propose(KENT, 'W-move', { force: 'essex', division: 'North' });
      expect(proposed.status).toBe(201);
      const { proposalId } = proposed.body;
      expect(await waiting(KENT)).toContain('W-move');
      expect(await waiting(ESSEX)).toEqual(['W-move']);
      expect(await waiting(SUSSEX)).toEqual([]);
      const told = await ask(ESSEX, 'GET', `/proposals/${proposalId}`);
      expect(told.body.standing).toEqual([
        {
          kind: 'transfer',
          id: 'W-move',
          body: { name: 'Name of W-move', force: 'kent', division: 'East', schemes: ['iom'] },
        },
      ]);
      expect([await seesWearer(KENT, 'W-move'), await seesWearer(ESSEX, 'W-move')]).toEqual([true, false]);

      // Neither who gives, nor who may not write there, nor a stranger accepts it.
      expect((await decide(KENT, 'approve', proposalId)).status).toBe(403);
      expect((await decide(KENT_TOO, 'approve', proposalId)).status).toBe(403);
      expect((await decide(ESSEX, 'approve', proposalId, 'supervisor')).status).toBe(403);
      expect((await decide(SUSSEX, 'approve', proposalId)).status).toBe(404);
      expect([await seesWearer(KENT, 'W-move'), await seesWearer(ESSEX, 'W-move')]).toEqual([true, false]);

      expect((await decide(ESSEX, 'approve', proposalId)).body).toMatchObject({ status: 'approved', decidedBy: ESSEX });
      const seenBy = async () => [await seesWearer(KENT, 'W-move'), await seesWearer(ESSEX, 'W-move')];
      await expect.poll(seenBy).toEqual([false, true]);
      const moved = (await ask(ESSEX, 'GET', '/wearers/W-move')).body;
      expect(moved).toMatchObject({
        name: 'Name of W-move',
        force: 'essex',
        division: 'North',
        version: 2,
        author: KENT,
        correlationId: proposalId,
        changeReason: 'he moves to Colchester',
      });
      expect(moved).not.toHaveProperty('schemes');
      // What is judged goes with the wearer, and the past stays.
      expect((await ask(ESSEX, 'GET', '/rag-ratings/W-move')).body).toMatchObject({ rating: 'red', version: 1 });
      expect((await ask(ESSEX, 'GET', '/wearers/W-move/versions')).body.items).toMatchObject([
        { version: 1, force: 'kent' },
        { version: 2, force: 'essex' },
      ]);
      expect((await decide(ESSEX, 'approve', proposalId)).status).toBe(409);
    });

    it('refused with a reason, or withdrawn, it moves nobody', async () => {
      for (const who of [ESSEX, KENT]) {
        const { proposalId } = (await propose(KENT, 'W-stay', { force: 'essex' })).body;
        const decided = await decide(who, 'refuse', proposalId);
        expect(decided.body).toMatchObject({
          status: who === KENT ? 'withdrawn' : 'refused',
          decisionReason: 'agreed on the phone',
        });
        expect((await decide(ESSEX, 'approve', proposalId)).status).toBe(409);
      }
      expect([await seesWearer(KENT, 'W-stay'), await seesWearer(ESSEX, 'W-stay')]).toEqual([true, false]);
      expect(await waiting(ESSEX)).toEqual([]);
      // Nor is anything told of the wearer any more to who would have had them.
      const { proposalId } = (await propose(KENT, 'W-stay', { force: 'essex' })).body;
      await decide(ESSEX, 'refuse', proposalId);
      expect((await ask(ESSEX, 'GET', `/proposals/${proposalId}`)).body.standing).toEqual([]);
    });

    it('is proposed by who writes the wearer’s records, to somewhere else, and on the record as it stood', async () => {
      const essex = { force: 'essex' };
      expect((await propose(ESSEX, 'W-stay', essex)).status).toBe(404);
      expect((await propose(KENT, 'W-nobody', essex)).status).toBe(404);
      expect((await propose(KENT, 'W-stay', essex, 'supervisor')).status).toBe(403);
      expect((await propose(KENT, 'W-stay', { division: 'North' })).body.errors).toMatchObject([
        { pointer: expect.stringMatching(/^\/body/) },
      ]);
      const here = { force: 'kent', division: 'East', schemes: ['iom'] };
      expect((await propose(KENT, 'W-stay', here)).body.errors).toMatchObject([{ pointer: '/body/force' }]);
      const { proposalId } = (await propose(KENT, 'W-renamed', essex)).body;
      await put('/wearers/W-renamed', { name: 'Another name', force: 'kent', division: 'East', schemes: ['iom'] });
      expect((await decide(ESSEX, 'approve', proposalId)).status).toBe(412);
      expect(await seesWearer(KENT, 'W-renamed')).toBe(true);
    });
  });
}

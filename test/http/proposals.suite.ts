/** What takes a second person, over any pair of adapters. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Grant } from '../../src/access/grant.js';
import { type AccessView, startAccessView } from '../../src/views/access.js';
import { AS, SUBJECT, testAccess, WHO } from '../support/access.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import { silentLog } from '../support/silent-log.js';
import { proposedRecordsTests } from './proposed-records.suite.js';
import { type Adapters, square } from './records.suite.js';

const STARTS = { startsAt: '2026-01-01T00:00:00Z' };
const PERIOD = { startsAt: '2026-04-01T10:00:00Z', endsAt: '2026-04-01T12:00:00Z' };
const OTHER = 'https://idp.example#second';
const THIRD = 'https://idp.example#third';

export function proposalsSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`what takes a second person, ${name}`, () => {
    let adapters: Adapters;
    let local: RecordsApi;
    let api: RecordsApi;
    let view: AccessView;
    const granted: Grant[] = [];
    const clock = createTestClock('2026-03-20T12:00:00.000Z');

    const ask = async (as: string, who: string, method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => {
      const answer = await api.app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { [AS]: as, [WHO]: who, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, body: answer.json(), text: answer.body };
    };
    const propose = (as: string, kind: string, id: string, body: object, who = SUBJECT) =>
      ask(as, who, 'POST', '/proposals', { kind, id, body, reason: 'the market has moved' });
    const decide = (as: string, who: string, what: 'approve' | 'refuse', proposalId: string) =>
      ask(as, who, 'POST', `/proposals/${proposalId}/${what}`, { reason: 'seen on the map' });
    const sharedCondition = { appliesTo: 'all-wearers', kind: 'exclusion', zoneId: 'Z-two', ...STARTS };
    const ok = async (path: string, body: object) => {
      const answer = await local.put(path, body);
      expect([path, answer.statusCode]).toEqual([path, expect.toBeOneOf([200, 201, 202])]);
    };

    beforeAll(async () => {
      adapters = await open();
      view = await startAccessView({ log: adapters.log, logger: silentLog });
      local = await openRecordsApi(adapters.db, adapters.log, clock);
      api = await openRecordsApi(
        adapters.db,
        adapters.log,
        clock,
        { ...testAccess, findWearer: (wearerId) => view.findWearer(wearerId) },
        async (grant) => void granted.push(grant),
      );
      await local.startPublisher({ epoch: `E-proposals-${name}` });
      await ok('/wearers/W-two', { name: 'Two', force: 'kent' });
      await ok('/wearers/W-two-out', { name: 'Two out', force: 'essex' });
      for (const end of ['two', 'two-out']) {
        await ok(`/orders/O-${end}`, { wearerId: `W-${end}`, type: 'licence', ...STARTS });
        await ok(`/zones/Z-${end}-victim`, square(0.5, 51.5, 0.01, { priority: 'victim' }));
        await ok(`/conditions/C-${end}-victim`, {
          orderId: `O-${end}`,
          kind: 'exclusion',
          zoneId: `Z-${end}-victim`,
          ...STARTS,
        });
      }
      await ok('/zones/Z-two', square(0.3, 51.3));
      await vi.waitFor(() => expect(view.findWearer('W-two-out')).toMatchObject({ force: 'essex' }), {
        timeout: 120_000,
      });
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await view?.stop();
      await adapters?.stop();
    });

    proposedRecordsTests(() => ask);

    it('a legal hold is placed by one at once, stays as it was placed, and is lifted by two administrators', async () => {
      const hold = { wearerId: 'W-two', startsAt: '2026-01-01T00:00:00.000Z', reason: 'inquest' };
      const put = (as: string, body: object, id = 'LH-two') => ask(as, SUBJECT, 'PUT', `/legal-holds/${id}`, body);
      expect((await put('officer', hold)).status).toBe(403);
      expect((await put('sergeant', { ...hold, wearerId: 'W-two-out' }, 'LH-two-out')).status).toBe(422);
      // As if a pack had placed it.
      expect((await put('sergeant', { ...hold, packId: 'LH-two' })).body.errors).toMatchObject([
        { pointer: '/packId' },
      ]);
      expect((await propose('administrator', 'legal-hold', 'LH-two', { ...hold, packId: 'LH-two' })).status).toBe(422);
      expect((await put('sergeant', hold)).body).toMatchObject({ ...hold, version: 1, author: SUBJECT });
      const cased = { ...hold, reference: 'CR/12/26', reviewAt: '2026-06-01T00:00:00.000Z' };
      expect((await put('sergeant', cased, 'LH-cased')).status).toBe(201);
      expect((await put('sergeant', { ...cased, reference: 'CR/13/26' }, 'LH-cased')).status).toBe(422);
      // Looked at, and still needed.
      const reviewed = { ...cased, reviewAt: '2026-12-01T00:00:00.000Z' };
      expect((await put('sergeant', reviewed, 'LH-cased')).body).toMatchObject({ ...reviewed, version: 2 });
      expect((await put('administrator', hold, 'LH-other')).status).toBe(201);
      for (const changed of [{ startsAt: '2026-02-01T00:00:00.000Z' }, { endsAt: hold.startsAt }, { reason: 'none' }])
        expect((await put('sergeant', { ...hold, ...changed })).status).toBe(422);
      const lifted = { ...hold, liftedReason: 'the inquest is over' };
      expect((await put('sergeant', lifted)).status).toBe(403);
      expect((await put('administrator', lifted)).status).toBe(403);
      expect((await propose('sergeant', 'legal-hold', 'LH-two', lifted)).status).toBe(403);
      const proposed = await propose('administrator', 'legal-hold', 'LH-two', lifted);
      expect(proposed.status).toBe(201);
      const agree = (as: string, who: string) =>
        ask(as, who, 'POST', `/proposals/${proposed.body.proposalId}/approve`, {});
      expect((await agree('administrator', SUBJECT)).status).toBe(403);
      expect((await agree('sergeant', OTHER)).status).toBe(403);
      expect((await ask('sergeant', SUBJECT, 'GET', '/legal-holds/LH-two')).body.liftedReason).toBeUndefined();
      expect((await agree('administrator', OTHER)).status).toBe(200);
      const stands = (await ask('auditor', SUBJECT, 'GET', '/legal-holds/LH-two')).body;
      expect(stands).toMatchObject({ ...lifted, version: 2 });
      const listed = async (as: string, wearerId: string) => {
        const { items } = (await ask(as, SUBJECT, 'GET', `/legal-holds?wearerId=${wearerId}`)).body;
        return items.map(({ legalHoldId }: { legalHoldId: string }) => legalHoldId);
      };
      await ok('/legal-holds/LH-two-out', { ...hold, wearerId: 'W-two-out' });
      expect(await listed('sergeant', 'W-two')).toEqual(['LH-cased', 'LH-other', 'LH-two']);
      expect(await listed('sergeant', 'W-two-out')).toEqual([]);
      // What was let go is not held again by taking the word back.
      expect((await put('sergeant', hold)).body.errors).toMatchObject([{ pointer: '/liftedReason' }]);
    });

    it('a condition of all wearers: proposed by one, in force when another agrees, and both stand on record', async () => {
      const alone = await ask('sergeant', SUBJECT, 'PUT', '/conditions/C-two', sharedCondition);
      expect([alone.status, alone.body.detail]).toEqual([403, expect.stringContaining('/api/v1/proposals')]);
      const proposed = await propose('sergeant', 'condition', 'C-two', sharedCondition);
      expect(proposed.body).toMatchObject({ status: 'open', kind: 'condition', id: 'C-two', proposedBy: SUBJECT });
      expect((await local.get('/conditions/C-two')).statusCode).toBe(404);
      const { proposalId } = proposed.body;
      const agreed = await decide('administrator', OTHER, 'approve', proposalId);
      expect([agreed.status, agreed.body]).toEqual([
        200,
        expect.objectContaining({ status: 'approved', decidedBy: OTHER, decisionReason: 'seen on the map' }),
      ]);
      expect((await local.get('/conditions/C-two')).json()).toMatchObject({
        version: 1,
        author: SUBJECT,
        changeReason: 'the market has moved',
        correlationId: proposalId,
      });
      // Once, and by one.
      expect((await decide('administrator', THIRD, 'approve', proposalId)).status).toBe(409);
      expect((await decide('administrator', THIRD, 'refuse', proposalId)).status).toBe(409);
    });

    it('neither whoever proposed it, nor a token, nor who may only propose, is the second person', async () => {
      const changed = { ...sharedCondition, endsAt: '2027-01-01T00:00:00Z' };
      const { proposalId } = (await propose('administrator', 'condition', 'C-two', changed)).body;
      expect((await decide('administrator', SUBJECT, 'approve', proposalId)).status).toBe(403);
      expect((await decide('administrator', 'https://idp.example#a-machine', 'approve', proposalId)).status).toBe(403);
      expect((await decide('sergeant', OTHER, 'approve', proposalId)).status).toBe(403);
      expect((await decide('officer', OTHER, 'approve', proposalId)).status).toBe(403);
      expect((await local.get('/conditions/C-two')).json().version).toBe(1);
      expect((await decide('administrator', SUBJECT, 'refuse', proposalId)).body.status).toBe('withdrawn');
    });

    it('what has changed since it was proposed is not agreed to', async () => {
      const { proposalId } = (await propose('sergeant', 'zone', 'Z-two', square(0.31, 51.3))).body;
      await ok('/zones/Z-two', square(0.32, 51.3));
      expect((await decide('administrator', OTHER, 'approve', proposalId)).status).toBe(412);
      expect((await ask('administrator', OTHER, 'GET', `/proposals/${proposalId}`)).body.status).toBe('open');
      expect((await decide('administrator', OTHER, 'refuse', proposalId)).body.status).toBe('refused');
    });

    it('a suspension of a victim’s zone is agreed to by another one within scope', async () => {
      const suspension = { wearerId: 'W-two', ...PERIOD, reason: 'hospital' };
      expect((await ask('supervisor', SUBJECT, 'PUT', '/suspensions/S-two', suspension)).status).toBe(403);
      const { proposalId } = (await propose('supervisor', 'suspension', 'S-two', suspension)).body;
      expect((await decide('supervisor', OTHER, 'approve', proposalId)).status).toBe(200);
      expect((await local.get('/suspensions/S-two')).json()).toMatchObject({ author: SUBJECT });
    });

    it('a RAG rating is proposed with its evidence by one sergeant and agreed by another', async () => {
      const rating = { rating: 'red', evidence: 'arrested twice since the last review' };
      expect((await ask('sergeant', SUBJECT, 'PUT', '/rag-ratings/W-two', rating)).status).toBe(403);
      expect((await propose('supervisor', 'rag-rating', 'W-two', rating)).status).toBe(403);
      expect((await propose('sergeant', 'rag-rating', 'W-two-out', rating)).status).toBe(422);
      const { proposalId } = (await propose('sergeant', 'rag-rating', 'W-two', rating)).body;
      expect((await decide('sergeant', SUBJECT, 'approve', proposalId)).status).toBe(403);
      expect((await decide('supervisor', OTHER, 'approve', proposalId)).status).toBe(403);
      expect((await local.get('/rag-ratings/W-two')).statusCode).toBe(404);
      expect((await decide('sergeant', OTHER, 'approve', proposalId)).body).toMatchObject({ decidedBy: OTHER });
      const agreed = (await ask('officer', THIRD, 'GET', '/rag-ratings/W-two')).body;
      expect(agreed).toMatchObject({ ...rating, version: 1, author: SUBJECT, correlationId: proposalId });
      expect((await ask('sergeant', SUBJECT, 'PUT', '/memberships/W-two', { cohort: 'FIXED' })).status).toBe(201);
      expect((await ask('officer', SUBJECT, 'PUT', '/memberships/W-two', { cohort: 'FREE' })).status).toBe(403);
    });

    it('of a wearer out of scope nothing is proposed, read or decided', async () => {
      const suspension = { wearerId: 'W-two-out', ...PERIOD, reason: 'hospital' };
      const refused = await propose('supervisor', 'suspension', 'S-two-out', suspension);
      const nobody = await propose('supervisor', 'suspension', 'S-two-out', { ...suspension, wearerId: 'W-nobody' });
      expect(refused.status).toBe(422);
      // One tells no more than the other: who is not there is found out by whoever carries it out.
      expect([201, 422]).toContain(nobody.status);
      const foreign = { proposalId: 'P-foreign' };
      await adapters.db.query(
        `insert into proposal (proposal_id, target_kind, target_id, body, about_wearer_id, reason, proposed_by, proposed_at)
         values ('P-foreign', 'suspension', 'S-x', '{}', 'W-two-out', 'why', 'somebody', now())`,
        [],
      );
      const unknown = await ask('supervisor', SUBJECT, 'GET', '/proposals/P-nobody');
      for (const what of ['approve', 'refuse'] as const) {
        const answer = await decide('supervisor', SUBJECT, what, foreign.proposalId);
        expect([answer.status, answer.text]).toEqual([404, unknown.text.replace('P-nobody', 'P-foreign')]);
      }
      const listed = (await ask('supervisor', SUBJECT, 'GET', '/proposals?status=all')).body;
      expect(listed.items.map(({ proposalId }: { proposalId: string }) => proposalId)).not.toContain('P-foreign');
      expect(listed.items.length).toBeGreaterThan(0);
    });

    it('what takes no second person is not proposed, and what is wrong is told at once', async () => {
      const own = { orderId: 'O-two', kind: 'exclusion', zoneId: 'Z-two-victim', ...STARTS };
      expect((await propose('sergeant', 'condition', 'C-own', own)).status).toBe(422);
      const wrong = await propose('sergeant', 'condition', 'C-two', { ...sharedCondition, zone: 'Z' });
      expect(wrong.body.errors).toEqual([{ pointer: '/body/zone', detail: 'is not a field of this record' }]);
      expect((await propose('officer', 'condition', 'C-two', sharedCondition)).status).toBe(403);
    });

    it('a grant takes a second administrator, and never the one who gains by it', async () => {
      const rights = { roles: ['auditor'] };
      expect((await propose('administrator', 'grant', SUBJECT, rights)).status).toBe(403);
      expect((await propose('supervisor', 'grant', OTHER, rights)).status).toBe(403);
      expect((await propose('administrator', 'grant', OTHER, { roles: ['service'] })).status).toBe(422);
      // Two administrators who would grant each other.
      const forOther = (await propose('administrator', 'grant', OTHER, rights)).body.proposalId;
      const forMe = (await propose('administrator', 'grant', SUBJECT, rights, OTHER)).body.proposalId;
      expect((await decide('administrator', OTHER, 'approve', forOther)).status).toBe(403);
      expect((await decide('administrator', SUBJECT, 'approve', forMe)).status).toBe(403);
      expect(granted).toEqual([]);
      expect((await decide('administrator', THIRD, 'approve', forOther)).status).toBe(200);
      expect(granted).toEqual([{ subjectId: OTHER, roles: ['auditor'], areas: [], wearerIds: [], isBlocked: false }]);
    });

    it('of two grants to one subject that were proposed beside each other one is agreed to, whichever comes first', async () => {
      const bodies = [{ roles: ['sergeant'] }, { roles: [], isBlocked: true }];
      for (const [place, how] of ['first', 'last', 'at once'].entries()) {
        const subjectId = `https://idp.example#granted-${place}`;
        const ids: string[] = [];
        for (const body of bodies) ids.push((await propose('administrator', 'grant', subjectId, body)).body.proposalId);
        const agree = (id: string) => decide('administrator', THIRD, 'approve', id);
        const order = how === 'last' ? ids.toReversed() : ids;
        const answers =
          how === 'at once' ? await Promise.all(order.map(agree)) : [await agree(order[0]!), await agree(order[1]!)];
        expect([how, answers.map(({ status }) => status).sort()]).toEqual([how, [200, 412]]);
        if (how !== 'at once') expect(answers[0]!.status).toBe(200);
        expect(granted.filter((grant) => grant.subjectId === subjectId)).toHaveLength(1);
        // Proposed on top of it, it is agreed to.
        const { proposalId } = (await propose('administrator', 'grant', subjectId, { roles: ['officer'] })).body;
        expect((await agree(proposalId)).status).toBe(200);
      }
    });

    it('what somebody proposed who is blocked meanwhile is not agreed to, and can be refused', async () => {
      const blocked = 'https://idp.example#to-be-blocked';
      const suspension = { wearerId: 'W-two', ...PERIOD, reason: 'hospital' };
      const proposed = [
        (await propose('supervisor', 'suspension', 'S-by-blocked', suspension, blocked)).body.proposalId,
        (await propose('administrator', 'grant', 'https://idp.example#friend', { roles: ['sergeant'] }, blocked)).body
          .proposalId,
      ];
      const block = (await propose('administrator', 'grant', blocked, { roles: [], isBlocked: true })).body.proposalId;
      expect((await decide('administrator', THIRD, 'approve', block)).status).toBe(200);
      const roles = ['supervisor', 'administrator'];
      for (const [place, proposalId] of proposed.entries()) {
        expect((await decide(roles[place]!, OTHER, 'approve', proposalId)).status).toBe(403);
        expect((await decide(roles[place]!, OTHER, 'refuse', proposalId)).body.status).toBe('refused');
      }
      expect((await local.get('/suspensions/S-by-blocked')).statusCode).toBe(404);
    });

    it('whoever proposed something reads it no more, nor withdraws it, once it is out of their reach', async () => {
      const suspension = { wearerId: 'W-two', ...PERIOD, reason: 'hospital' };
      const rating = { rating: 'green', evidence: 'six months without a finding' };
      const changed = { ...sharedCondition, endsAt: '2027-02-01T00:00:00Z' };
      // By whom it was proposed, what they are now, and what it is.
      const cases = [
        ['supervisor', 'administrator', 'suspension', 'S-reach', suspension],
        ['sergeant', 'administrator', 'rag-rating', 'W-two', rating],
        ['sergeant', 'auditor', 'condition', 'C-two', changed],
        ['administrator', 'supervisor', 'grant', 'https://idp.example#reached', { roles: ['officer'] }],
      ] as const;
      const readAll = async (as: string, proposalId: string) => {
        const listed = (await ask(as, SUBJECT, 'GET', '/proposals?status=open&limit=500')).body.items;
        const isListed = listed.some((one: { proposalId: string }) => one.proposalId === proposalId);
        return [(await ask(as, SUBJECT, 'GET', `/proposals/${proposalId}`)).status, isListed];
      };
      const ids: string[] = [];
      for (const [by, now, kind, id, body] of cases) {
        const { proposalId } = (await propose(by, kind, id, body)).body;
        ids.push(proposalId);
        expect([kind, ...(await readAll(by, proposalId))]).toEqual([kind, 200, true]);
        expect([kind, ...(await readAll(now, proposalId))]).toEqual([kind, 404, false]);
      }
      await ok('/wearers/W-two', { name: 'Two', force: 'essex' });
      await expect.poll(() => view.findWearer('W-two')).toMatchObject({ force: 'essex' });
      for (const place of [0, 1]) {
        const by = cases[place]![0];
        expect([by, ...(await readAll(by, ids[place]!))]).toEqual([by, 404, false]);
        expect((await decide(by, SUBJECT, 'refuse', ids[place]!)).status).toBe(404);
      }
      await ok('/wearers/W-two', { name: 'Two', force: 'kent' });
      await expect.poll(() => view.findWearer('W-two')).toMatchObject({ force: 'kent' });
      for (const [place, id] of ids.entries())
        expect((await decide(cases[place]![0], SUBJECT, 'refuse', id)).body.status).toBe('withdrawn');
    });

    it('a proposal is never changed nor removed, not even by the database', async () => {
      const run = (sql: string) => adapters.db.query(sql, []);
      await expect(run("update proposal set reason = 'another'")).rejects.toThrow('decided once');
      await expect(run("update proposal set decision_reason = 'x' where decision is not null")).rejects.toThrow();
      await expect(run('delete from proposal')).rejects.toThrow('decided once');
    });
  });
}

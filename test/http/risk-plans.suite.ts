/** What `/risk-plans` promise beyond any record: six parts, every condition named, versions as they were written, and who may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WearerScope } from '../../src/access/may.js';
import { PLAN_PARTS } from '../../src/wire/risk-plan.js';
import { AS, testAccess } from '../support/access.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import { type Adapters, square } from './records.suite.js';

const NOW = '2026-03-20T12:00:00.000Z';
const SINCE = { startsAt: '2026-01-01T00:00:00Z' };
const wearer = (wearerId: string, force: string, restrictedTo: readonly string[] | null = null) =>
  [wearerId, { wearerId, force, division: null, schemes: [], restrictedTo }] as const;
const WEARERS: ReadonlyMap<string, WearerScope> = new Map([
  wearer('W-plan', 'kent'),
  wearer('W-plan-out', 'essex'),
  wearer('W-plan-restricted', 'kent', ['https://idp.example#other']),
]);
const PARTS = {
  supervision: 'Seen weekly at the office.',
  monitoring: 'By tag.',
  interventions: 'A course,\nthen another.',
  victimSafety: 'An alarm at the address.',
  contingency: 'Recall.',
};

export function riskPlansSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`risk management plans, ${name}`, () => {
    let adapters: Adapters;
    let local: RecordsApi;
    let api: RecordsApi;

    beforeAll(async () => {
      adapters = await open();
      const clock = createTestClock(NOW);
      local = await openRecordsApi(adapters.db, adapters.log, clock);
      api = await openRecordsApi(adapters.db, adapters.log, clock, {
        ...testAccess,
        findWearer: (wearerId) => WEARERS.get(wearerId),
      });
      const put = async (path: string, body: object) =>
        expect((await local.put(`${path}?wait=false`, body)).statusCode, path).toBeOneOf([200, 201, 202]);
      for (const [wearerId, { force, restrictedTo }] of WEARERS)
        await put(`/wearers/${wearerId}`, {
          name: wearerId,
          force,
          ...(restrictedTo === null ? {} : { restrictedTo }),
        });
      await put('/zones/Z-plan', square(1.6, 51.2));
      await put('/orders/O-plan', { wearerId: 'W-plan', type: 'licence', ...SINCE });
      await put('/orders/O-plan-over', {
        wearerId: 'W-plan',
        type: 'bail',
        startsAt: '2025-01-01T00:00:00Z',
        endsAt: '2025-02-01T00:00:00Z',
      });
      await put('/orders/O-plan-out', { wearerId: 'W-plan-out', type: 'licence', ...SINCE });
      const exclusion = { kind: 'exclusion', zoneId: 'Z-plan', ...SINCE };
      await put('/conditions/C-plan-now', { orderId: 'O-plan', ...exclusion });
      await put('/conditions/C-plan-later', { orderId: 'O-plan', ...exclusion, startsAt: '2026-06-01T00:00:00Z' });
      await put('/conditions/C-plan-ended', { orderId: 'O-plan', ...exclusion, endsAt: '2026-02-01T00:00:00Z' });
      await put('/conditions/C-plan-never', {
        orderId: 'O-plan',
        ...exclusion,
        startsAt: '2026-06-01T00:00:00Z',
        endsAt: '2026-06-01T00:00:00Z',
      });
      await put('/conditions/C-plan-over', { orderId: 'O-plan-over', ...exclusion });
      await put('/conditions/C-plan-out', { orderId: 'O-plan-out', ...exclusion });
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await adapters?.stop();
    });

    const put = (role: string, wearerId: string, body: object) =>
      api.put(`/risk-plans/${wearerId}`, body, { [AS]: role });
    const get = (role: string, path: string) => api.app.inject({ url: `/api/v1${path}`, headers: { [AS]: role } });
    const errorsOf = (answer: Awaited<ReturnType<typeof put>>) => [
      answer.statusCode,
      answer.json().errors.map(({ pointer, detail }: { pointer: string; detail: string }) => `${pointer}: ${detail}`),
    ];
    const about = (conditionId: string) => ({ conditionId, plan: 'Patrols know of it.' });
    const whole = { ...PARTS, conditions: [about('C-plan-now'), about('C-plan-later')] };

    it('is refused without one of its parts, or with a condition that is named by nobody', async () => {
      for (const part of Object.keys(PLAN_PARTS))
        expect([part, (await put('sergeant', 'W-plan', { ...whole, [part]: undefined })).statusCode]).toEqual([
          part,
          422,
        ]);
      expect(errorsOf(await put('sergeant', 'W-plan', { ...whole, conditions: [about('C-plan-now')] }))).toEqual([
        422,
        ['/conditions: does not say what is done about condition C-plan-later'],
      ]);
      expect(
        errorsOf(await put('sergeant', 'W-plan', { ...whole, conditions: [...whole.conditions, { plan: 'x' }] })),
      ).toEqual([422, ['/conditions/2: names a condition by its id, or by its words where no tag watches it']]);
      expect(
        errorsOf(await put('sergeant', 'W-plan', { ...whole, conditions: [...whole.conditions, about('C-plan-now')] })),
      ).toEqual([422, ['/conditions/2/conditionId: is named twice']]);
      const foreign = { ...whole, conditions: [...whole.conditions, about('C-plan-out')] };
      expect(errorsOf(await local.put('/risk-plans/W-plan', foreign))).toEqual([
        422,
        ['/conditions/2/conditionId: wearer W-plan has no condition C-plan-out'],
      ]);
      // Out of scope it is not there.
      expect(errorsOf(await put('sergeant', 'W-plan', foreign))).toEqual([
        422,
        ['/conditions/2/conditionId: there is no condition C-plan-out'],
      ]);
    });

    it('versions stand as they were written, each with who, why and from when', async () => {
      const first = await put('officer', 'W-plan', { ...whole, changeReason: 'first plan' });
      expect([first.statusCode, first.json()]).toMatchObject([201, { ...whole, version: 1, effectiveAt: NOW }]);
      const next = {
        ...whole,
        contingency: 'Recall at once.',
        conditions: [...whole.conditions, { wording: 'No alcohol.', plan: 'Tested at each visit.' }],
        reviewAt: '2026-04-20T09:00:00+00:00',
        effectiveAt: '2026-03-21T00:00:00Z',
        changeReason: 'the panel asked for it',
      };
      expect((await put('sergeant', 'W-plan', next)).json()).toMatchObject({
        version: 2,
        reviewAt: '2026-04-20T09:00:00.000Z',
        effectiveAt: '2026-03-21T00:00:00.000Z',
      });
      expect(errorsOf(await put('sergeant', 'W-plan', { ...whole, effectiveAt: '2026-03-01T00:00:00Z' }))).toEqual([
        422,
        [expect.stringMatching(/^\/effectiveAt: only a first version may start in the past: version 2 stands/)],
      ]);
      expect((await get('officer', '/risk-plans/W-plan/versions')).json().items).toMatchObject([
        { version: 1, contingency: 'Recall.', author: 'https://idp.example#me', changeReason: 'first plan' },
        { version: 2, contingency: 'Recall at once.', changeReason: 'the panel asked for it' },
      ]);
      // An import of identities erases nothing.
      await local.put('/wearers/W-plan', { name: 'Another name', force: 'kent' });
      expect((await get('supervisor', '/risk-plans/W-plan')).json()).toMatchObject({
        version: 2,
        victimSafety: PARTS.victimSafety,
      });
    });

    it.each([
      ['sergeant', 'W-plan', 200],
      ['officer', 'W-plan', 200],
      ['supervisor', 'W-plan', 403],
      ['probation', 'W-plan', 403],
      ['administrator', 'W-plan', 403],
      ['sergeant', 'W-plan-out', 404],
      ['sergeant', 'W-plan-restricted', 404],
    ])('as %s of %s: a write is answered %i', async (role, wearerId, status) => {
      const stands = (await local.app.inject({ url: `/api/v1/risk-plans/${wearerId}` })).json();
      const body = stands.version === undefined ? { ...PARTS, conditions: [about('C-plan-out')] } : stands;
      const answer = await put(role, wearerId, body);
      // Whoever may not know of a wearer hears of no plan either way: by its id, or by what is said not to be there.
      expect([answer.statusCode, answer.statusCode === 422]).toEqual(status === 404 ? [422, true] : [status, false]);
    });

    it('what is to be done of it is a task, and its review is due on the desk', async () => {
      const row = async () => {
        const { items } = (await get('sergeant', '/desk')).json();
        return items.find(({ wearerId }: { wearerId: string }) => wearerId === 'W-plan');
      };
      const write = async (taskId: string, task: object) => {
        const answer = await api.put(
          `/tasks/${taskId}`,
          { wearerId: 'W-plan', subject: 'as planned', ...task },
          { [AS]: 'sergeant' },
        );
        expect([answer.statusCode, answer.body]).toEqual([201, expect.anything()]);
      };
      await write('K-of-plan', { kind: 'plan-action', status: 'open', owner: 'PC 12' });
      // Nobody has rated this wearer, and the version in force does not say when it is reviewed.
      expect(await row()).toMatchObject({
        duties: [],
        tasks: [{ taskId: 'K-of-plan', owner: 'PC 12', status: 'open' }],
      });
      expect((await get('officer', '/tasks?wearerId=W-plan')).json().items).toMatchObject([{ taskId: 'K-of-plan' }]);
      const outcome = { decision: 'continue', text: 'it fits', nextAt: '2026-05-01T09:00:00.000Z' };
      await write('K-plan-reviewed', { kind: 'plan-review', status: 'done', outcome });
      expect(await row()).toMatchObject({ duties: [{ kind: 'plan-review', dueAt: '2026-05-01T09:00:00.000Z' }] });
    });
  });
}

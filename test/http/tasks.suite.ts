/** What `/tasks` and `/intelligence` promise beyond any record, over either database: which kind asks for what, and who may write which. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WearerScope } from '../../src/access/may.js';
import { foldAlertEvents } from '../../src/store/alerts.js';
import { OUTCOME_RULES, TASK_KINDS, type TaskKind } from '../../src/wire/task.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { AS, testAccess } from '../support/access.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import type { Adapters } from './records.suite.js';

const AT = '2026-03-19T10:00:00.000Z';
/** Everything that a kind may be asked for. */
const ALL_FIELDS = {
  text: 'as agreed',
  happenedAt: AT,
  nextAt: AT,
  attendees: ['DS Hart', 'Probation'],
  scores: [{ tool: 'OGRS', value: '78', at: AT }],
  actions: ['visit in pairs'],
  wentWell: 'seen at once',
  failed: 'no patrol was near',
  cause: 'a shift change',
} as const;
const wearer = (wearerId: string, force: string, restrictedTo: readonly string[] | null = null) =>
  [wearerId, { wearerId, force, division: null, schemes: [], restrictedTo }] as const;
/** Their own, since suites share a database; W-mine is assigned to whoever asks. */
const WEARERS: ReadonlyMap<string, WearerScope> = new Map([
  wearer('W-task-in', 'kent'),
  wearer('W-task-out', 'essex'),
  wearer('W-mine', 'essex'),
  wearer('W-task-restricted', 'kent', ['https://idp.example#other']),
]);
const pick = (fields: readonly string[]) =>
  Object.fromEntries(Object.entries(ALL_FIELDS).filter(([field]) => fields.includes(field)));

export function tasksSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`tasks and intelligence, ${name}`, () => {
    let adapters: Adapters;
    let local: RecordsApi;
    let api: RecordsApi;

    beforeAll(async () => {
      adapters = await open();
      const clock = createTestClock('2026-03-20T12:00:00.000Z');
      local = await openRecordsApi(adapters.db, adapters.log, clock);
      api = await openRecordsApi(adapters.db, adapters.log, clock, {
        ...testAccess,
        findWearer: (wearerId) => WEARERS.get(wearerId),
      });
      for (const [wearerId, { force, restrictedTo }] of WEARERS) {
        const body = { name: wearerId, force, ...(restrictedTo === null ? {} : { restrictedTo }) };
        expect((await local.put(`/wearers/${wearerId}?wait=false`, body)).statusCode).toBeOneOf([200, 201, 202]);
      }
      await foldAlertEvents(adapters.db, `E-${name}-tasks`, [
        { seq: 0, event: finding({ alertId: `AL-${name}-task`, wearerId: 'W-task-in' }) },
      ]);
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await adapters?.stop();
    });

    const put = (role: string, path: string, body: object) => api.put(path, body, { [AS]: role });
    const get = (role: string, path: string) => api.app.inject({ url: `/api/v1${path}`, headers: { [AS]: role } });
    const pointers = (answer: Awaited<ReturnType<typeof put>>) =>
      answer.json().errors.map(({ pointer }: { pointer: string }) => pointer);
    const alertOf = (kind: TaskKind) => (kind === 'dip-sample' ? { alertId: `AL-${name}-task` } : {});
    const open_ = (kind: TaskKind) => ({
      wearerId: 'W-task-in',
      kind,
      subject: 'as briefed',
      status: 'open',
      ...alertOf(kind),
    });

    it.each(TASK_KINDS)('a %s is opened, and closed by what its kind asks for and by nothing else', async (kind) => {
      const { decisions, needs, takes } = OUTCOME_RULES[kind];
      const path = `/tasks/K-${kind}`;
      const opened = await put('sergeant', path, {
        ...open_(kind),
        dueAt: '2026-03-25T09:00:00+00:00',
        owner: 'PC 12',
      });
      expect([opened.statusCode, opened.json().dueAt]).toEqual([201, '2026-03-25T09:00:00.000Z']);
      const close = (outcome: object, status = 'done') => put('sergeant', path, { ...open_(kind), status, outcome });
      expect(pointers(await put('sergeant', path, { ...open_(kind), status: 'done' }))).toEqual(['/outcome']);
      expect(pointers(await put('sergeant', path, { ...open_(kind), outcome: { text: 'x' } }))).toEqual(['/outcome']);
      expect(needs.length === 0 || pointers(await close({ text: 'x' })).length === needs.length).toBe(true);
      const decision = decisions.length === 0 ? {} : { decision: decisions[0] };
      const foreign = Object.keys(ALL_FIELDS).filter(
        (field) => field !== 'text' && !([...needs, ...takes] as string[]).includes(field),
      );
      const tooMuch = await close({ ...ALL_FIELDS, ...decision });
      if (foreign.length > 0) expect(pointers(tooMuch).sort()).toEqual(foreign.map((one) => `/outcome/${one}`).sort());
      if (decisions.length > 0)
        expect(pointers(await close({ ...pick(['text', ...needs]), decision: 'perhaps' }))).toEqual([
          '/outcome/decision',
        ]);
      const outcome = { ...pick(['text', ...needs, ...takes]), ...decision };
      const done = await close(outcome);
      expect([done.statusCode, done.json()]).toEqual([200, expect.objectContaining({ status: 'done', outcome })]);
      expect((await get('sergeant', `${path}/versions`)).json().items).toMatchObject([
        { version: 1, status: 'open' },
        { version: 2, status: 'done', author: 'https://idp.example#me' },
      ]);
    });

    it('what is rejected says why and no more; a task stays with its wearer, its kind and its alert', async () => {
      const rejected = { ...open_('visit'), status: 'rejected', outcome: { text: 'moved away' } };
      expect((await put('officer', '/tasks/K-rejected', rejected)).statusCode).toBe(201);
      const moved = { ...open_('letter'), wearerId: 'W-mine' };
      expect(pointers(await local.put('/tasks/K-rejected', moved)).sort()).toEqual(['/kind', '/wearerId']);
      const debrief = { ...open_('debrief'), alertId: 'AL-nobody' };
      expect(pointers(await put('sergeant', '/tasks/K-foreign', debrief))).toEqual(['/alertId']);
    });

    it('an officer writes tasks, visits and letters within scope; the rest is the sergeant’s', async () => {
      for (const kind of TASK_KINDS) {
        const answer = await put('officer', `/tasks/K-officer-${kind}`, open_(kind));
        expect([kind, answer.statusCode]).toEqual([
          kind,
          ['task', 'visit', 'letter', 'plan-action'].includes(kind) ? 201 : 403,
        ]);
      }
      // Not by calling a review a task either.
      expect((await put('officer', '/tasks/K-review', { ...open_('task') })).statusCode).toBe(422);
      expect((await put('supervisor', '/tasks/K-supervisor', open_('task'))).statusCode).toBe(403);
      for (const wearerId of ['W-task-out', 'W-task-restricted']) {
        const outside = await put('officer', '/tasks/K-outside', { ...open_('task'), wearerId });
        expect([wearerId, outside.statusCode, pointers(outside)]).toEqual([wearerId, 422, ['/wearerId']]);
      }
    });

    it('intelligence is graded, says on what conditions it may be passed on, and forgets nobody who has it', async () => {
      const report = {
        wearerId: 'W-task-in',
        receivedAt: AT,
        source: 1,
        assessment: 'A',
        handling: 'P',
        text: 'seen there',
      };
      const wrong = await put('sergeant', '/intelligence/I-1', { ...report, source: 4, assessment: 'F' });
      expect(pointers(wrong).sort()).toEqual(['/assessment', '/source']);
      expect(pointers(await put('sergeant', '/intelligence/I-1', { ...report, handling: 'C' }))).toEqual([
        '/handlingConditions',
      ]);
      expect((await put('sergeant', '/intelligence/I-1', report)).statusCode).toBe(201);
      const recipients = [{ to: 'Kent intelligence unit', at: AT, purpose: 'patrols' }];
      expect((await put('sergeant', '/intelligence/I-1', { ...report, recipients })).json()).toMatchObject({
        recipients,
      });
      const empty = await put('sergeant', '/intelligence/I-2', { ...report, recipients: [] });
      expect([empty.statusCode, 'recipients' in empty.json()]).toEqual([201, false]);
      const corrected = { ...report, text: 'seen near there' };
      const other = { ...recipients[0]!, to: 'Somebody else' };
      for (const forgetting of [{ recipients: [] }, { recipients: [other] }])
        expect(pointers(await put('sergeant', '/intelligence/I-1', { ...corrected, ...forgetting }))).toEqual([
          '/recipients',
        ]);
      const added = { ...corrected, recipients: [...recipients, other] };
      expect((await put('sergeant', '/intelligence/I-1', added)).statusCode).toBe(200);
      expect(pointers(await put('sergeant', '/intelligence/I-1', corrected))).toEqual(['/recipients', '/recipients']);
    });

    it('intelligence is of who runs the scheme, and of the officer to whom the wearer is assigned', async () => {
      const report = { receivedAt: AT, source: 2, assessment: 'B', handling: 'P', text: 'x' };
      expect((await local.put('/intelligence/I-task-in', { ...report, wearerId: 'W-task-in' })).statusCode).toBe(201);
      expect((await local.put('/intelligence/I-task-mine', { ...report, wearerId: 'W-mine' })).statusCode).toBe(201);
      const read = async (role: string, id: string) => (await get(role, `/intelligence/${id}`)).statusCode;
      expect([await read('sergeant', 'I-task-in'), await read('sergeant', 'I-task-mine')]).toEqual([200, 404]);
      expect([await read('officer', 'I-task-in'), await read('officer', 'I-task-mine')]).toEqual([404, 200]);
      expect(await read('supervisor', 'I-task-in')).toBe(403);
      const listed = (await get('officer', '/intelligence')).json().items;
      expect(listed.map(({ intelligenceId }: { intelligenceId: string }) => intelligenceId)).toEqual(['I-task-mine']);
      expect((await put('officer', '/intelligence/I-new', { ...report, wearerId: 'W-mine' })).statusCode).toBe(201);
      expect((await put('officer', '/intelligence/I-new-in', { ...report, wearerId: 'W-task-in' })).statusCode).toBe(
        422,
      );
    });

    it('the desk tells of everybody within scope what is due and what is open, and what is done moves it on', async () => {
      await local.put('/rag-ratings/W-task-in', { rating: 'red', evidence: 'x', effectiveAt: '2026-03-01T00:00:00Z' });
      const row = async (role: string) => {
        const { items } = (await get(role, '/desk')).json();
        return items.find(({ wearerId }: { wearerId: string }) => wearerId === 'W-task-in');
      };
      const before = await row('officer');
      expect(before).toMatchObject({ rag: 'red' });
      expect(before.tasks.map(({ kind }: { kind: string }) => kind)).toEqual([
        'letter',
        'plan-action',
        'task',
        'visit',
      ]);
      // Done on the day of the first test; the visit is a task that is open.
      expect(before.duties).toEqual([{ kind: 'review', dueAt: AT }]);
      const seen = { ...open_('visit'), status: 'done', outcome: { text: 'in', decision: 'seen', happenedAt: AT } };
      expect((await put('officer', '/tasks/K-officer-visit', seen)).statusCode).toBe(200);
      const after = await row('officer');
      expect(after.duties).toEqual([
        { kind: 'review', dueAt: AT },
        { kind: 'visit', dueAt: '2026-03-26T10:00:00.000Z' },
      ]);
      const listed = (await get('sergeant', '/desk?limit=1')).json();
      expect(listed.items.map(({ wearerId }: { wearerId: string }) => wearerId)).toEqual(['W-task-in']);
      expect((await get('probation', '/desk')).statusCode).toBe(403);
    });

    it('a dip sample is drawn again as it was, within scope, and each alert is a task', async () => {
      const closed = ['a', 'b', 'c', 'd'].map((n) => ({
        alertId: `AL-${name}-${n}`,
        wearerId: n === 'd' ? 'W-task-out' : 'W-task-in',
      }));
      await foldAlertEvents(
        adapters.db,
        `E-${name}-closed`,
        closed.flatMap((one, i) => [
          { seq: 2 * i, event: finding({ ...one, raisedAt: instantAt(i) }) },
          {
            seq: 2 * i + 1,
            event: action('disposed', [1, 0], { ...one, actor: 'p', eventId: `d-${i}` }),
          },
        ]),
      );
      const draw = async (body: object, role = 'sergeant') =>
        await api.app.inject({
          method: 'POST',
          url: '/api/v1/dip-samples',
          headers: { [AS]: role, 'content-type': 'application/json' },
          payload: JSON.stringify({ from: instantAt(0), until: instantAt(60), size: 2, ...body }),
        });
      const first = (await draw({ seed: 'march' })).json();
      expect(first).toMatchObject({ seed: 'march', candidates: 3 });
      expect(first.items.map(({ isNew }: { isNew: boolean }) => isNew)).toEqual([true, true]);
      const again = (await draw({ seed: 'march', size: 3 })).json();
      expect(again.items.map(({ isNew }: { isNew: boolean }) => isNew)).toEqual([false, false, true]);
      const { taskId, alertId } = first.items[0];
      expect((await get('sergeant', `/tasks/${taskId}`)).json()).toMatchObject({
        kind: 'dip-sample',
        status: 'open',
        alertId,
      });
      expect((await draw({})).json().seed).toMatch(/^[0-9a-f]{12}$/);
      expect((await draw({}, 'officer')).statusCode).toBe(403);
      expect(pointers(await draw({ until: instantAt(0) }))).toEqual(['/until']);
      // A leap second is one, and what is due is so a second later.
      expect((await draw({ dueAt: '2026-06-15T23:59:60Z', size: 1, seed: 'leap' })).statusCode).toBe(200);
      expect(pointers(await draw({ dueAt: '2300-01-01T00:00:00Z' }))).toEqual(['/dueAt']);
    });
  });
}

/** What requests to recall promise, over any pair of adapters: prefilled, step by step, in two files, refused where there is no power. */
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISPOSITIONS, type Disposition, type FindingEvent } from '../../src/alerts/event.js';
import { registerRecalls } from '../../src/http/routes/recalls/register-recalls.js';
import { foldAlertEvents } from '../../src/store/alerts.js';
import { RECALL_QUESTIONS } from '../../src/wire/recall.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { AS, testAccess } from '../support/access.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import { type Adapters, square } from './records.suite.js';

const NOW = instantAt(120);
const SINCE = '2026-11-01T00:00:00Z';
const WHY = 'purpose=recall&recipient=PPCS';
/** Of a victim's home, which is not for the wearer's eyes. */
const REFUGE = 'Refuge at 17 Planted Lane';
const REFUGE_WORDS = 'Not to approach Jane Needle.';
const WHOLE = Object.fromEntries(RECALL_QUESTIONS.map(({ name, title }) => [name, `${title}: said`]));

interface Found {
  readonly fields: Partial<FindingEvent>;
  readonly disposition?: Disposition;
  readonly withdrawn?: true;
}
const CONFIRMED: Partial<FindingEvent> = { revision: 2, strength: 'confirmed' };
/** Whether a finding, and what a person said of it, may stand as a breach. */
const BREACHED: readonly (readonly [Found, boolean])[] = [
  [{ fields: CONFIRMED }, true],
  [{ fields: {} }, false],
  [{ fields: CONFIRMED, withdrawn: true }, false],
  [{ fields: { ...CONFIRMED, kind: 'buffer' } }, false],
  [{ fields: { ...CONFIRMED, kind: 'unknown-at-edge' } }, false],
  ...DISPOSITIONS.map(
    (disposition) =>
      [
        { fields: CONFIRMED, disposition },
        ['breach-confirmed', 'no-action', 'referred', 'already-dealt-with'].includes(disposition),
      ] as const,
  ),
];

export function recallsSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`requests to recall, ${name}`, () => {
    let adapters: Adapters;
    let local: RecordsApi;
    let api: RecordsApi;
    let nextSeq = 100;
    const clock = createTestClock(NOW);

    const ok = async (path: string, body: object) => {
      const answer = await local.put(path, body);
      expect([path, answer.statusCode, answer.body]).toEqual([
        path,
        expect.toBeOneOf([200, 201, 202]),
        expect.anything(),
      ]);
      return answer.json();
    };
    const get = (path: string, role = 'sergeant') => api.app.inject({ url: `/api/v1${path}`, headers: { [AS]: role } });
    const put = (path: string, body: object, role = 'sergeant') => api.put(path, body, { [AS]: role });
    const dealtWith = async (query = '', role = 'sergeant') => (await get(`/dealt-with${query}`, role)).json().items;
    const request = (more: object = {}) => ({
      wearerId: 'W-in',
      orderId: 'O-recall-in',
      alertIds: ['R-W-in'],
      form: WHOLE,
      nonDisclosure: `The zone is ${REFUGE}.`,
      state: 'requested',
      ...more,
    });

    beforeAll(async () => {
      adapters = await open();
      local = await openRecordsApi(adapters.db, adapters.log, clock);
      api = await openRecordsApi(adapters.db, adapters.log, clock, testAccess);
      registerRecalls(api.app, { db: adapters.db, clock });
      await local.startPublisher({ epoch: `E-recalls-${name}` });
      await ok('/zones/Z-recall', square(0.1, 51.1, 0.01, { name: REFUGE, priority: 'victim' }));
      for (const [n, type] of [
        ['in', 'licence'],
        ['mine', 'bail'],
        ['out', 'licence'],
      ] as const) {
        await ok(`/wearers/W-${n}`, { name: `Wearer ${n}`, force: n === 'in' ? 'kent' : 'essex' });
        await ok(`/orders/O-recall-${n}`, { wearerId: `W-${n}`, type, startsAt: SINCE });
        const condition = { orderId: `O-recall-${n}`, kind: 'exclusion', zoneId: 'Z-recall', startsAt: SINCE };
        await ok(`/conditions/C-recall-${n}`, { ...condition, wording: REFUGE_WORDS });
        const event = finding({
          alertId: `R-W-${n}`,
          wearerId: `W-${n}`,
          conditionId: `C-recall-${n}`,
          zoneId: 'Z-recall',
          zonePriority: 'victim',
        });
        await adapters.db.transaction((tx) => foldAlertEvents(tx, `recalls ${name}`, [{ seq: nextSeq++, event }]));
      }
      await ok('/zones/Z-town', square(0.3, 51.3, 0.01, { name: 'the Town' }));
      const town = { orderId: 'O-recall-in', kind: 'exclusion', zoneId: 'Z-town', startsAt: SINCE };
      await ok('/conditions/C-recall-town', { ...town, wording: 'Not to enter\nthe Town.' });
      // The alerts were judged by the version before.
      await ok('/conditions/C-recall-town', { ...town, wording: 'Not to go near the Town.' });
      await ok('/wearer-flags/W-in', { flags: ['visit in pairs'] });
      await ok('/mappa/W-in', { category: 2, level: 2 });
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await adapters?.stop();
    });

    it('begin from the record, and keep from the wearer where the victim is and how the force warns', async () => {
      const answer = await get('/wearers/W-in/recall-draft?alertId=R-W-in');
      expect(answer.statusCode).toBe(200);
      const { type, draft } = answer.json();
      expect([type, draft.orderId, draft.alertIds, draft.state]).toEqual([
        'recall',
        'O-recall-in',
        ['R-W-in'],
        'draft',
      ]);
      expect(draft.form.conditions).toMatch(/^Licence, order O-recall-in, from 2026-11-01T00:00:00\+00:00/);
      // Suspected never reads as breached.
      expect(draft.form.conditions).not.toContain('Not to enter');
      expect(draft.form.conditions).toMatch(
        /\nNone of the alerts named here is a breach that the evidence .* confirmed/,
      );
      expect(draft.form.circumstances).toMatch(
        /Alert R-W-in: SUSPECTED, not confirmed.*\nIt is not counted as a breach/,
      );
      expect(draft.form.circumstances).toContain('About Condition 1 of this request: Not to enter a protected zone');
      expect(draft.form.mappa).toMatch(/^MAPPA category 2, level 2, since /);
      expect(draft.form.alternatives).toMatch(/^In the 90 days before, (one other alert|\d+ other alerts)\b/);
      expect(draft.form.arrestIssues).toMatch(
        /^The tag (has told no position in the last 90 days|told its last position)/m,
      );
      expect(draft.form.contacts).toBe('Offender manager: \nOfficer in the case: \nOut of hours: ');
      // An assessment that nobody here makes: a person writes it.
      expect(draft.form.rosh).toBe('');
      expect(Object.keys(draft.form)).toEqual(RECALL_QUESTIONS.map((question) => question.name));
      for (const hidden of [REFUGE, REFUGE_WORDS, 'Z-recall', 'C-recall-in', 'visit in pairs']) {
        expect(JSON.stringify(draft.form)).not.toContain(hidden);
        expect(draft.nonDisclosure).toContain(hidden);
      }
      // What is answered is what is put.
      expect((await put('/recalls/R-drafted', draft)).statusCode).toBe(201);
      expect(await dealtWith('?wearerId=W-in')).toEqual([]);
    });

    it.each(BREACHED)('%s: what stands under “breached”: %o', async (is, isBreached) => {
      const { fields, disposition, withdrawn } = is;
      const alertId = `R-table-${BREACHED.findIndex(([each]) => each === is)}`;
      const found = finding({ alertId, wearerId: 'W-in', conditionId: 'C-recall-town', zoneId: 'Z-town', ...fields });
      const events = [
        found,
        ...(withdrawn ? [{ ...found, eventId: `${alertId} gone`, revision: 3, type: 'withdrawn' as const }] : []),
        ...(disposition === undefined
          ? []
          : [
              {
                ...action('disposed', [found.revision, 0], { alertId, disposition }),
                eventId: `${alertId} closed`,
                wearerId: 'W-in',
              },
            ]),
      ];
      await adapters.db.transaction((tx) =>
        foldAlertEvents(
          tx,
          `recalls ${name}`,
          events.map((event) => ({ seq: nextSeq++, event })),
        ),
      );
      const { form } = (await get(`/wearers/W-in/recall-draft?alertId=${encodeURIComponent(alertId)}`)).json().draft;
      const words = 'Condition C-recall-town, version 1: Not to enter the Town';
      const said = `${words}, at any time. In the words of the order: “Not to enter\nthe Town.”`;
      expect(form.conditions.includes(said)).toBe(isBreached);
      expect(form.circumstances).toContain(words);
      expect(form.circumstances.includes('not counted as a breach')).toBe(!isBreached);
    });

    it('are refused for a voluntary wearer, and say why: by the draft, and by the record', async () => {
      const why = /under no order: there is no power to recall or to bring a breach/;
      await ok('/orders/O-volunteer', { wearerId: 'W-in', type: 'voluntary', startsAt: SINCE });
      const draft = await get('/wearers/W-in/recall-draft?orderId=O-volunteer');
      expect([draft.statusCode, draft.json().detail]).toEqual([422, expect.stringMatching(why)]);
      const body = request({ orderId: 'O-volunteer' });
      const written = await put('/recalls/R-volunteer', body);
      expect([written.statusCode, written.json().errors]).toEqual([
        422,
        [{ pointer: '/orderId', detail: expect.stringMatching(why) }],
      ]);
    });

    it('go step by step, each a version; who is dealt with is told to whoever sees the alerts', async () => {
      const unsaid = await put('/recalls/R-steps', request({ form: { ...WHOLE, rosh: ' \n' } }));
      expect(unsaid.json().errors).toEqual([
        { pointer: '/form/rosh', detail: expect.stringMatching(/“Risk of serious harm” is asked/) },
      ]);
      expect((await put('/recalls/R-steps', request())).statusCode).toBe(201);
      const told = { recallId: 'R-steps', wearerId: 'W-in', type: 'recall', alertIds: ['R-W-in'] };
      expect(await dealtWith('?wearerId=W-in', 'supervisor')).toEqual([{ ...told, state: 'requested', stateAt: NOW }]);
      expect((await put('/recalls/R-steps', request({ state: 'sent' }))).json().errors[0].pointer).toBe('/sentTo');
      const sent = { state: 'sent', sentTo: 'PPCS', stateAt: instantAt(110) };
      expect((await put('/recalls/R-steps', request(sent))).json()).toMatchObject({ version: 2, ...sent });
      const late = await put('/recalls/R-steps', request({ ...sent, form: { ...WHOLE, mappa: 'other' } }));
      expect(late.json().errors).toEqual([{ pointer: '/form/mappa', detail: expect.stringMatching(/was sent/) }]);
      for (const [pointer, more] of [
        ['/alertIds', { alertIds: [] }],
        ['/sentTo', { sentTo: 'somebody else' }],
        ['/nonDisclosure', { nonDisclosure: 'nothing' }],
      ] as const) {
        const other = await put('/recalls/R-steps', request({ ...sent, ...more }));
        expect(other.json().errors).toEqual([{ pointer, detail: expect.stringMatching(/was sent/) }]);
      }
      const back = await put('/recalls/R-steps', request());
      expect(back.json().errors[0]).toEqual({ pointer: '/state', detail: expect.stringMatching(/not gone back on/) });
      const ahead = await put('/recalls/R-steps', request({ ...sent, stateAt: instantAt(121) }));
      expect(ahead.json().errors[0].pointer).toBe('/stateAt');
      const hearing = { state: 'hearing', sentTo: 'PPCS', hearingAt: '2026-11-24T10:00:00.000Z' };
      expect((await put('/recalls/R-steps', request(hearing))).statusCode).toBe(200);
      expect(await dealtWith('?wearerId=W-in')).toMatchObject([{ state: 'hearing', hearingAt: hearing.hearingAt }]);
      const outcome = { state: 'outcome', sentTo: 'PPCS', outcome: 'recalled' };
      expect((await put('/recalls/R-steps', request(outcome))).statusCode).toBe(200);
      expect(await dealtWith('?limit=1')).toMatchObject([
        { recallId: 'R-steps', state: 'outcome', outcome: 'recalled' },
      ]);
      const versions = (await get('/recalls/R-steps/versions')).json().items;
      expect(versions.map(({ state }: { state: string }) => state)).toEqual([
        'requested',
        'sent',
        'hearing',
        'outcome',
      ]);
      // What ended long ago is told of the wearer alone.
      clock.set('2027-02-01T00:00:00Z');
      expect(await dealtWith()).toEqual([]);
      expect(await dealtWith('?wearerId=W-in')).toHaveLength(1);
      clock.set(NOW);
    });

    it('name no alert of anybody else, and no order', async () => {
      const alerts = await put('/recalls/R-foreign', request({ alertIds: ['R-W-in', 'R-W-out'] }));
      expect(alerts.json().errors).toEqual([
        { pointer: '/alertIds/1', detail: expect.stringMatching(/^wearer W-in has no alert R-W-out/) },
      ]);
      const order = await put('/recalls/R-foreign', request({ orderId: 'O-recall-out' }));
      expect([order.statusCode, order.json().errors[0].pointer]).toEqual([422, '/orderId']);
      expect((await get('/wearers/W-in/recall-draft?alertId=R-W-out')).statusCode).toBe(404);
    });

    it('are of those alone of whom one may: an officer of who is assigned, others not at all', async () => {
      const mine = request({ wearerId: 'W-mine', orderId: 'O-recall-mine', alertIds: ['R-W-mine'] });
      expect((await put('/recalls/R-mine', mine, 'officer')).statusCode).toBe(201);
      expect((await get('/recalls/R-mine', 'officer')).statusCode).toBe(200);
      expect((await get(`/recalls/R-mine/form?${WHY}`, 'officer')).statusCode).toBe(200);
      for (const [path, role, status] of [
        ['/recalls/R-mine', 'sergeant', 404],
        [`/recalls/R-mine/form?${WHY}`, 'sergeant', 404],
        ['/recalls/R-steps', 'officer', 404],
        [`/recalls/R-steps/form?${WHY}`, 'officer', 404],
        [`/recalls/R-steps/non-disclosure?${WHY}`, 'officer', 404],
        ['/wearers/W-in/recall-draft', 'officer', 404],
        ['/wearers/W-out/recall-draft', 'sergeant', 404],
        ['/wearers/W-in/recall-draft', 'supervisor', 403],
        ['/recalls', 'probation', 403],
        ['/dealt-with', 'auditor', 403],
      ] as const)
        expect([path, role, (await get(path, role)).statusCode]).toEqual([path, role, status]);
      expect((await put('/recalls/R-by-officer', request(), 'officer')).statusCode).toBe(422);
      expect((await put('/recalls/R-by-supervisor', request(), 'supervisor')).statusCode).toBe(403);
      expect(await dealtWith('?wearerId=W-mine')).toEqual([]);
      expect(await dealtWith('', 'probation')).toMatchObject([{ recallId: 'R-mine', type: 'breach' }]);
    });

    it('come as two documents, and the one that is shared holds nothing of the other', async () => {
      const read = async (which: string) => {
        const answer = await get(`/recalls/R-steps/${which}?${WHY}`);
        expect([answer.statusCode, answer.headers['content-disposition']]).toEqual([
          200,
          `attachment; filename="R-steps-${which}.docx"`,
        ]);
        const files = unzipSync(answer.rawPayload);
        return {
          bytes: answer.rawPayload,
          text: Object.values(files)
            .map((each) => strFromU8(each))
            .join('\n'),
        };
      };
      const form = await read('form');
      for (const { title } of RECALL_QUESTIONS) expect(form.text).toContain(`${title}: said`);
      for (const said of ['OFFICIAL-SENSITIVE', 'Wearer in', 'R-W-in']) expect(form.text).toContain(said);
      for (const hidden of [REFUGE, 'Not to be disclosed', 'Z-recall']) expect(form.text).not.toContain(hidden);
      const apart = await read('non-disclosure');
      expect(apart.text).toContain(REFUGE);
      expect(apart.text).toContain('NOT FOR DISCLOSURE TO THE OFFENDER');
      expect((await read('form')).bytes.equals(form.bytes)).toBe(true);
      expect((await get('/recalls/R-steps/form')).statusCode).toBe(422);
      await ok('/recalls/R-open', request({ nonDisclosure: ' ' }));
      expect((await get(`/recalls/R-open/non-disclosure?${WHY}`)).statusCode).toBe(404);
    });
  });
}

/**
 * Every way by which what watches a victim's zone may be paused, ended or changed, by every role alone, over any pair of adapters. What
 * pauses it takes a second person; what ends it says something else of the order, and is for whoever writes records.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AccessView, startAccessView } from '../../src/views/access.js';
import { AS, SUBJECT, testAccess, WHO } from '../support/access.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import { silentLog } from '../support/silent-log.js';
import { type Adapters, square } from './records.suite.js';

const STARTS = { startsAt: '2026-01-01T00:00:00Z' };
const PERIOD = { startsAt: '2026-04-01T10:00:00Z', endsAt: '2026-04-01T12:00:00Z', reason: 'work' };
const OTHER = 'https://idp.example#second';
const ROLES = ['supervisor', 'sergeant', 'officer', 'administrator', 'auditor', 'probation'] as const;
const SET_BY_SERVER = ['author', 'changeReason', 'correlationId', 'recordedAt', 'version', 'effectiveAt'];
const LONG_AFTER = '2100-01-01T00:00:00Z';

/** `second`: it takes another person; `missing`: as if it were not there; `no`: no role includes it; `alone`: it is done. */
type Answer = 'second' | 'missing' | 'no' | 'alone';
/** Of supervisor, sergeant and probation; of all others it is `no`. */
type Row = readonly [way: string, path: string, body: object, supervisor: Answer, sergeant: Answer, probation: Answer];

// Wearers of Essex are out of everybody's area; W-mine is assigned to probation and in Kent here.
const ends = { ...STARTS, endsAt: '2026-03-21T00:00:00Z' };
const exclusion = { orderId: 'O-watch-mine', kind: 'exclusion', zoneId: 'Z-watch-victim' };
const zone = (priority: string, more: object = {}) => square(0.5, 51.5, 0.01, { priority, ...more });

// biome-ignore format: one line a way
const PAUSES: readonly Row[] = [
  ['a suspension of all', '/suspensions/S-watch-1', { wearerId: 'W-mine', ...PERIOD }, 'second', 'second', 'no'],
  ['a suspension of all, of who has none but the zone of all wearers', '/suspensions/S-watch-2', { wearerId: 'W-watch-none', ...PERIOD }, 'second', 'second', 'no'],
  ['a suspension of the condition', '/suspensions/S-watch-3', { wearerId: 'W-mine', conditionId: 'C-watch-victim', ...PERIOD }, 'second', 'second', 'no'],
  ['a suspension of the condition of all wearers', '/suspensions/S-watch-4', { wearerId: 'W-mine', conditionId: 'C-watch-of-all', ...PERIOD }, 'second', 'second', 'no'],
  ['a suspension of what is to be a standard zone', '/suspensions/S-watch-5', { wearerId: 'W-mine', conditionId: 'C-watch-later', ...PERIOD }, 'second', 'second', 'no'],
  ['a suspension of what was a victim’s zone', '/suspensions/S-watch-6', { wearerId: 'W-mine', conditionId: 'C-watch-once', ...PERIOD }, 'second', 'second', 'no'],
  ['a suspension of what names another zone later', '/suspensions/S-watch-7', { wearerId: 'W-mine', conditionId: 'C-watch-swapped', ...PERIOD }, 'second', 'second', 'no'],
  ['an absence that names the condition', '/absences/AB-watch-1', { orderId: 'O-watch-mine', conditionIds: ['C-watch-victim'], ...PERIOD }, 'second', 'second', 'missing'],
  ['an absence that names it beside another', '/absences/AB-watch-2', { orderId: 'O-watch-mine', conditionIds: ['C-watch-standard', 'C-watch-victim'], ...PERIOD }, 'second', 'second', 'missing'],
  ['an absence that names what is to be a standard zone', '/absences/AB-watch-3', { orderId: 'O-watch-mine', conditionIds: ['C-watch-later'], ...PERIOD }, 'second', 'second', 'missing'],
  ['an absence that names what was a victim’s zone', '/absences/AB-watch-4', { orderId: 'O-watch-mine', conditionIds: ['C-watch-once'], ...PERIOD }, 'second', 'second', 'missing'],
  ['an absence that names what names another zone later', '/absences/AB-watch-5', { orderId: 'O-watch-mine', conditionIds: ['C-watch-swapped'], ...PERIOD }, 'second', 'second', 'missing'],
  ['an absence that names none, where presence at one is demanded', '/absences/AB-watch-6', { orderId: 'O-watch-presence', ...PERIOD }, 'second', 'second', 'second'],
  ['an absence that named it, made longer', '/absences/AB-watch-agreed', { orderId: 'O-watch-mine', conditionIds: ['C-watch-victim'], ...PERIOD, endsAt: LONG_AFTER }, 'second', 'second', 'missing'],
];

// What ends the watch, or changes it.
// biome-ignore format: one line a way
const CHANGES: readonly Row[] = [
  ['the condition ended', '/conditions/C-watch-victim', { ...exclusion, ...ends }, 'no', 'second', 'no'],
  ['the zone moved', '/zones/Z-watch-moved', square(0.9, 51.9, 0.01, { priority: 'victim' }), 'no', 'second', 'no'],
  ['the zone made another than a victim’s', '/zones/Z-watch-moved', zone('standard'), 'no', 'second', 'no'],
  ['the order ended', '/orders/O-watch-mine', { wearerId: 'W-mine', type: 'licence', ...ends }, 'no', 'second', 'no'],
  ['the tag removed', '/activations/A-watch-mine', { tagId: 'T-victim-watch', wearerId: 'W-watch-none', fittedAt: STARTS.startsAt, removedAt: ends.endsAt }, 'no', 'second', 'no'],
  ['the condition of all wearers ended', '/conditions/C-watch-of-all', { appliesTo: 'all-wearers', kind: 'exclusion', zoneId: 'Z-watch-of-all', ...ends }, 'no', 'second', 'no'],
  ['the condition naming another zone', '/conditions/C-watch-victim', { ...exclusion, ...STARTS, zoneId: 'Z-watch-standard' }, 'no', 'second', 'no'],
  ['the condition confirmed later', '/conditions/C-watch-victim', { ...exclusion, ...STARTS, confirmOn: 'belief' }, 'no', 'second', 'no'],
  ['the order of another type', '/orders/O-watch-mine', { wearerId: 'W-mine', type: 'voluntary', ...STARTS }, 'no', 'second', 'no'],
  ['the order begun later', '/orders/O-watch-mine', { wearerId: 'W-mine', type: 'licence', startsAt: ends.endsAt }, 'no', 'second', 'no'],
  ['what was put ahead, from now on', '/conditions/C-watch-ahead', { ...exclusion, zoneId: 'Z-watch-standard', ...STARTS }, 'no', 'second', 'no'],
  ['what was put ahead, earlier', '/conditions/C-watch-ahead', { ...exclusion, zoneId: 'Z-watch-standard', ...STARTS, effectiveAt: '2026-05-01T00:00:00Z' }, 'no', 'second', 'no'],
  ['what was put ahead, later', '/zones/Z-watch-ahead', zone('standard', { effectiveAt: '2100-02-01T00:00:00Z' }), 'no', 'second', 'no'],
  ['the tag fitted later', '/activations/A-watch-mine', { tagId: 'T-victim-watch', wearerId: 'W-watch-none', fittedAt: ends.endsAt }, 'no', 'second', 'no'],
];

// What concerns no victim's zone is not made harder.
// biome-ignore format: one line a way
const HARMLESS: readonly Row[] = [
  ['a suspension of another condition', '/suspensions/S-watch-8', { wearerId: 'W-mine', conditionId: 'C-watch-standard', ...PERIOD }, 'alone', 'alone', 'no'],
  ['an absence that names another condition', '/absences/AB-watch-7', { orderId: 'O-watch-mine', conditionIds: ['C-watch-standard'], ...PERIOD }, 'alone', 'alone', 'alone'],
  ['an absence that names none, where a victim’s zone is only excluded', '/absences/AB-watch-8', { orderId: 'O-watch-mine', ...PERIOD }, 'alone', 'alone', 'alone'],
  ['the order as it stands', '/orders/O-watch-mine', { wearerId: 'W-mine', type: 'licence', ...STARTS }, 'no', 'alone', 'no'],
  ['the condition as it stands', '/conditions/C-watch-victim', { ...exclusion, ...STARTS }, 'no', 'alone', 'no'],
  ['what was put ahead, as it stands', '/conditions/C-watch-ahead', { ...exclusion, zoneId: 'Z-watch-standard', ...STARTS, effectiveAt: LONG_AFTER }, 'no', 'alone', 'no'],
  ['the tag as it stands', '/activations/A-watch-mine', { tagId: 'T-victim-watch', wearerId: 'W-watch-none', fittedAt: STARTS.startsAt }, 'no', 'alone', 'no'],
  ['another condition ended', '/conditions/C-watch-standard', { ...exclusion, zoneId: 'Z-watch-standard', ...ends }, 'no', 'alone', 'no'],
  ['a new victim’s zone', '/zones/Z-watch-new', square(0.9, 51.9, 0.01, { priority: 'victim' }), 'no', 'alone', 'no'],
  ['an absence that named it, overwritten by one that does not', '/absences/AB-watch-agreed', { orderId: 'O-watch-mine', conditionIds: ['C-watch-standard'], ...PERIOD }, 'alone', 'alone', 'missing'],
];

export function victimWatchSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`what watches a victim’s zone, ${name}`, () => {
    let adapters: Adapters;
    let local: RecordsApi;
    let api: RecordsApi;
    let view: AccessView;
    const clock = createTestClock('2026-03-20T12:00:00.000Z');
    const ok = async (path: string, body: object) => {
      const answer = await local.put(path, body);
      expect([path, answer.statusCode, answer.body]).toEqual([
        path,
        expect.toBeOneOf([200, 201, 202]),
        expect.anything(),
      ]);
    };
    const ask = async (role: string, who: string, method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => {
      const answer = await api.app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { [AS]: role, [WHO]: who, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, body: answer.json(), text: answer.body };
    };
    const toAnswer = ({ status, body, text }: Awaited<ReturnType<typeof ask>>): Answer | string => {
      if (status < 300) return 'alone';
      if (status === 404 || (status === 422 && text.includes('there is no condition'))) return 'missing';
      if (status === 403) return body.detail.includes('second person') ? 'second' : 'no';
      return text;
    };
    const expected = (role: string, [, , , supervisor, sergeant, probation]: Row): Answer =>
      ({ supervisor, sergeant, probation })[role as 'sergeant'] ?? 'no';
    const changeAlone = async (role: string, [, path, body]: Row) =>
      toAnswer(await ask(role, SUBJECT, 'PUT', path, body));

    beforeAll(async () => {
      adapters = await open();
      view = await startAccessView({ log: adapters.log, logger: silentLog });
      local = await openRecordsApi(adapters.db, adapters.log, clock);
      api = await openRecordsApi(adapters.db, adapters.log, clock, {
        ...testAccess,
        findWearer: (wearerId) => view.findWearer(wearerId),
      });
      await local.startPublisher({ epoch: `E-victim-watch-${name}` });
      for (const end of ['mine', 'watch-none']) await ok(`/wearers/W-${end}`, { name: 'Somebody', force: 'kent' });
      for (const end of ['mine', 'presence'])
        await ok(`/orders/O-watch-${end}?wait=false`, { wearerId: 'W-mine', type: 'licence', ...STARTS });
      await ok('/tags/T-victim-watch?wait=false', {});
      const fitted = { tagId: 'T-victim-watch', wearerId: 'W-watch-none', fittedAt: STARTS.startsAt };
      await ok('/activations/A-watch-mine?wait=false', fitted);
      for (const end of ['victim', 'later', 'once', 'of-all', 'moved', 'ahead'])
        await ok(`/zones/Z-watch-${end}?wait=false`, zone('victim'));
      await ok('/zones/Z-watch-standard?wait=false', zone('standard'));
      const names = {
        victim: 'victim',
        later: 'later',
        once: 'once',
        swapped: 'victim',
        moved: 'moved',
        ahead: 'ahead',
        standard: 'standard',
      };
      for (const [end, named] of Object.entries(names))
        await ok(`/conditions/C-watch-${end}?wait=false`, { ...exclusion, zoneId: `Z-watch-${named}`, ...STARTS });
      await ok('/conditions/C-watch-of-all?wait=false', {
        appliesTo: 'all-wearers',
        kind: 'exclusion',
        zoneId: 'Z-watch-of-all',
        ...STARTS,
      });
      await ok('/conditions/C-watch-presence?wait=false', {
        orderId: 'O-watch-presence',
        kind: 'inclusion',
        zoneId: 'Z-watch-victim',
        ...STARTS,
      });
      for (const end of ['later', 'ahead'])
        await ok(`/zones/Z-watch-${end}?wait=false`, zone('standard', { effectiveAt: LONG_AFTER }));
      await ok('/zones/Z-watch-once?wait=false', zone('standard'));
      await ok('/conditions/C-watch-swapped?wait=false', {
        ...exclusion,
        zoneId: 'Z-watch-standard',
        ...STARTS,
        effectiveAt: LONG_AFTER,
      });
      await ok('/conditions/C-watch-ahead?wait=false', {
        ...exclusion,
        zoneId: 'Z-watch-standard',
        ...STARTS,
        effectiveAt: LONG_AFTER,
      });
      await ok('/absences/AB-watch-agreed', { orderId: 'O-watch-mine', conditionIds: ['C-watch-victim'], ...PERIOD });
      await vi.waitFor(() => expect(view.findWearer('W-watch-none')).toMatchObject({ force: 'kent' }), {
        timeout: 120_000,
      });
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await view?.stop();
      await adapters?.stop();
    });

    describe.each(ROLES)('by %s alone', (role) => {
      it.each(PAUSES)('%s', async (...row) => expect(await changeAlone(role, row)).toBe(expected(role, row)));
    });

    it('an import is no way around it', async () => {
      const kindOf = (path: string) => (path.startsWith('/absences/') ? 'absence' : 'suspension');
      for (const [way, path, body] of PAUSES) {
        const payload = JSON.stringify({ kind: kindOf(path), id: path.split('/')[2], body });
        const headers = { [AS]: 'sergeant', 'content-type': 'application/x-ndjson' };
        const answer = await api.app.inject({ method: 'POST', url: '/api/v1/records/import', headers, payload });
        expect([way, answer.json().lines?.[0]?.status]).toEqual([way, 403]);
      }
    });

    it('a partner who may not read the zone is told of no absence that names it, and of its condition as of none', async () => {
      const read = async (id: string) => {
        const { status, text } = await ask('probation', SUBJECT, 'GET', `/absences/${id}`);
        return [status, text.replaceAll(id, 'ID')];
      };
      expect(await read('AB-watch-agreed')).toEqual(await read('AB-watch-nobody'));
      expect((await ask('sergeant', SUBJECT, 'GET', '/absences/AB-watch-agreed')).status).toBe(200);
      const naming = async (conditionId: string) => {
        const body = { orderId: 'O-watch-mine', conditionIds: [conditionId], ...PERIOD };
        return (await ask('probation', SUBJECT, 'PUT', '/absences/AB-watch-told', body)).text.replaceAll(
          conditionId,
          'ID',
        );
      };
      expect(await naming('C-watch-victim')).toBe(await naming('C-watch-nobody'));
    });

    it.each(CHANGES.filter(([, path]) => !/(of-all|ahead)$/.test(path)))(
      'proposed and read by who sees the wearer, agreed to by another sergeant: %s',
      async (way, path, body) => {
        const [, collection, id] = path.split('/');
        const before = (await local.get(path)).json();
        const kind = collection!.slice(0, -1);
        const proposal = { kind, id, body, reason: 'agreed with the victim’s officer' };
        const proposed = await ask('sergeant', SUBJECT, 'POST', '/proposals', proposal);
        expect([way, proposed.status, proposed.text]).toEqual([way, 201, expect.anything()]);
        const at = `/proposals/${proposed.body.proposalId}`;
        for (const role of ['administrator', 'auditor', 'probation,administrator'])
          expect([role, (await ask(role, OTHER, 'GET', at)).status]).toEqual([role, 404]);
        expect((await ask('supervisor', OTHER, 'GET', at)).status).toBe(200);
        expect((await ask('sergeant', SUBJECT, 'POST', `${at}/approve`, {})).status).toBe(403);
        expect((await ask('supervisor', OTHER, 'POST', `${at}/approve`, {})).status).toBe(403);
        expect((await ask('sergeant', OTHER, 'POST', `${at}/approve`, {})).status).toBe(200);
        expect((await local.get(path)).json()).toMatchObject({ version: before.version + 1, author: SUBJECT });
        // As it was, by whom nobody is asked, for the next one.
        const said = Object.entries(before).filter(([name]) => !SET_BY_SERVER.includes(name));
        await ok(path, Object.fromEntries(said));
      },
    );

    it.each(PAUSES.filter(([, path]) => path.startsWith('/absences/')))(
      'agreed to by another one within scope, and by nobody else: %s',
      async (_way, path, body) => {
        const proposal = { kind: 'absence', id: path.split('/')[2], body, reason: 'agreed with the victim’s officer' };
        const proposed = await ask('supervisor', SUBJECT, 'POST', '/proposals', proposal);
        expect([proposed.status, proposed.text]).toEqual([201, expect.anything()]);
        const decide = (role: string, who: string) =>
          ask(role, who, 'POST', `/proposals/${proposed.body.proposalId}/approve`, {});
        expect((await decide('supervisor', SUBJECT)).status).toBe(403);
        expect((await decide('administrator', OTHER)).status).toBe(404);
        expect((await decide('sergeant', OTHER)).status).toBe(200);
        expect((await local.get(path)).json()).toMatchObject({ author: SUBJECT });
      },
    );

    describe('what concerns none', () => {
      for (const role of ['probation', 'supervisor', 'sergeant'])
        it.each(HARMLESS)(`by ${role}: %s`, async (...row) =>
          expect(await changeAlone(role, row)).toBe(expected(role, row)),
        );
    });

    describe.each(ROLES.toSorted((a) => (a === 'sergeant' ? 1 : -1)))(
      'what ends it or changes it, by %s alone',
      (role) => {
        it.each(CHANGES)('%s', async (...row) => expect(await changeAlone(role, row)).toBe(expected(role, row)));
      },
    );
  });
}

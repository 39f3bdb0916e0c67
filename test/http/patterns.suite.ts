/**
 * What patterns promise, over either database: under an authority that is one's own, covers the wearer and has not run out; from fixes on
 * record alone, with what nobody knows beside them.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AHEAD_LIMIT_MS } from '../../src/engine/thresholds.js';
import { type App, createApp } from '../../src/http/app.js';
import { registerPatternAuthorities } from '../../src/http/routes/patterns/authorities.js';
import { registerPatterns } from '../../src/http/routes/patterns/patterns.js';
import { readRecord } from '../../src/http/routes/records/import-lines.js';
import { DEFAULT_STOP_RULE } from '../../src/patterns/stops.js';
import { DEFAULT_TOGETHER_RULE } from '../../src/patterns/together.js';
import type { Database } from '../../src/ports/database.js';
import { localInstant } from '../../src/simulator/days.js';
import { readPatterns, readTogether } from '../../src/start/patterns.js';
import { insertPings } from '../../src/store/pings.js';
import { recordStore } from '../../src/store/record-store.js';
import { retentionStore } from '../../src/store/retention.js';
import type { Patterns, StopTold, Together } from '../../src/wire/patterns.js';
import { pingAt, place } from '../scenarios/world.js';
import { AS, SUBJECT, testAccess, WHO } from '../support/access.js';
import { createRememberingTrail } from '../support/audit.js';
import { silentLog } from '../support/silent-log.js';

/** A Monday. */
const NOW_MS = Date.parse('2026-05-11T12:00:00.000Z');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const LIMITS = { aheadLimitMs: AHEAD_LIMIT_MS, zeroDegrees: 0.01 };
const OTHER = 'https://idp.example#other';
const [WED, THU, FRI] = ['2026-05-06', '2026-05-07', '2026-05-08'] as const;
const HOME = 0;
const CAFE = 2_000;
/** At home until nine, an hour's way, an hour at the café, an hour back, and home: metres from home at a minute of a local day. */
function metresAt(minute: number): number {
  const way = (since: number) => ((minute - since) / 60) * CAFE;
  if (minute < 540 || minute >= 720) return HOME;
  if (minute < 600) return way(540);
  return minute < 660 ? CAFE : CAFE - way(660);
}
const hours = (hour: number, minute = 0): number => 60 * hour + minute;

export function patternsSuite(name: string, openDatabase: () => Promise<Database>): void {
  describe(`patterns, ${name}`, () => {
    const trail = createRememberingTrail();
    let nowMs = NOW_MS;
    const clock = { nowMs: () => nowMs };
    let db: Database;
    let app: App;
    const stand = async (
      kind: Parameters<typeof recordStore.write>[1],
      id: string,
      content: object,
      areaSquareMetres?: number,
    ) => {
      const recordedAt = new Date(NOW_MS - 60 * DAY_MS).toISOString();
      const version = { version: 1, effectiveAt: recordedAt, effectiveAtGiven: false, recordedAt, author: SUBJECT };
      const more = areaSquareMetres === undefined ? {} : { areaSquareMetres };
      const record = { id, content, ...version, ...more, changeReason: null, correlationId: null };
      await db.transaction((tx) => recordStore.write(tx, kind, [record as never]));
    };
    const standWearer = async (wearerId: string) => {
      await stand('wearer', wearerId, { name: wearerId });
      await stand('tag', `T-${wearerId}`, {});
      const fittedAt = '2026-05-05T00:00:00.000Z';
      const removedAt = '2026-05-10T00:00:00.000Z';
      await stand('activation', `A-${wearerId}`, { tagId: `T-${wearerId}`, wearerId, fittedAt, removedAt });
    };
    let offset = 0;
    /** A fix at each minute of a local day from one until before another. */
    const send = async (
      wearerId: string,
      date: string,
      [from, until]: readonly [number, number],
      { metres = metresAt, second = 0, north = 0, more = {}, order = 1 } = {},
    ) => {
      const rows = Array.from({ length: until - from }, (_, n) => {
        const fixedAtMs = localInstant(date, '00:00') + (from + n) * MINUTE_MS + second * 1_000;
        const ping = {
          ...pingAt(fixedAtMs, place(metres(from + n + second / 60), north), more),
          tagId: `T-${wearerId}`,
        };
        return { ping, receivedAtMs: fixedAtMs + 1_000, offset: offset++, partition: 0 };
      });
      // In another order, and the first of them twice.
      const sent = order < 0 ? [...rows.reverse(), ...rows.slice(-1)] : rows;
      await db.transaction((tx) => insertPings(tx, sent, LIMITS));
    };

    beforeAll(async () => {
      db = await openDatabase();
      const scopes = (wearerId: string) =>
        wearerId.startsWith('PW-') && wearerId !== 'PW-nobody'
          ? {
              wearerId,
              force: wearerId === 'PW-out' ? 'essex' : 'kent',
              division: null,
              schemes: [],
              restrictedTo: wearerId === 'PW-restricted' ? [OTHER] : null,
            }
          : undefined;
      app = await createApp({ log: silentLog, access: { ...testAccess, findWearer: scopes }, audit: trail });
      registerPatternAuthorities(app, { db, clock });
      registerPatterns(app, {
        db,
        clock,
        readPatterns: (query) => readPatterns(db, query),
        readTogether: (query) => readTogether(db, query),
        rules: { stops: DEFAULT_STOP_RULE, together: DEFAULT_TOGETHER_RULE },
      });
      for (const each of ['PW-1', 'PW-2', 'PW-late', 'PW-network', 'PW-out', 'PW-restricted']) await standWearer(each);
      await stand('wearer', 'PW-swap', { name: 'PW-swap' });
      const swapAtMs = localInstant(THU, '08:00') + 40_000;
      for (const [tag, fittedAtMs, removedAtMs] of [
        ['PW-swap', localInstant(WED, '00:00'), swapAtMs],
        ['PW-swap-2', localInstant(THU, '08:12'), localInstant('2026-05-10', '00:00')],
      ] as const) {
        await stand('tag', `T-${tag}`, {});
        const [fittedAt, removedAt] = [fittedAtMs, removedAtMs].map((ms) => new Date(ms).toISOString());
        await stand('activation', `A-${tag}`, { tagId: `T-${tag}`, wearerId: 'PW-swap', fittedAt, removedAt });
      }
      await send('PW-swap', THU, [hours(6), hours(8, 1)]);
      await send('PW-swap-2', THU, [hours(8, 12), hours(9)]);
      await stand('order', 'PO-1', { wearerId: 'PW-1', type: 'hdc', startsAt: '2026-05-05T00:00:00.000Z' });
      const home = place(HOME);
      const read = readRecord(
        1,
        {
          kind: 'zone',
          id: 'PZ-home',
          body: {
            type: 'Feature',
            geometry: { type: 'Point', coordinates: [home.longitude, home.latitude] },
            properties: { name: 'Home', radiusMetres: 60 },
          },
        },
        null,
      );
      if (!('put' in read)) throw new Error('no zone');
      await stand('zone', 'PZ-home', read.put.said.content, read.put.said.areaSquareMetres);
      const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
      await stand('condition', 'PC-home', {
        orderId: 'PO-1',
        kind: 'curfew',
        zoneId: 'PZ-home',
        schedule: { timeZone: 'Europe/London', windows: [{ days, from: '19:00', to: '07:00' }], exceptions: [] },
        startsAt: '2026-05-05T00:00:00.000Z',
      });
      // Wednesday whole, of which retention deletes the first three hours; Thursday without an hour; nothing from Friday eight o'clock on.
      await send('PW-1', WED, [0, hours(3)]);
      const tagId = 'T-PW-1';
      const step = { tagId, olderThanMs: localInstant(WED, '12:00'), nowMs: NOW_MS, limit: 10_000 };
      expect(await db.transaction((tx) => retentionStore.deletePings(tx, step))).toBe(180);
      await send('PW-1', WED, [hours(3), hours(24)]);
      await send('PW-1', THU, [0, hours(13)]);
      await send('PW-1', THU, [hours(14), hours(24)]);
      await send('PW-1', FRI, [0, hours(8)]);
      // The same Thursday, sent backwards and in parts.
      await send('PW-late', THU, [hours(14), hours(24)], { order: -1 });
      await send('PW-late', THU, [hours(6), hours(13)], { order: -1 });
      await send('PW-late', THU, [0, hours(6)]);
      await send('PW-late', WED, [hours(23, 59), hours(24)]);
      await send('PW-late', FRI, [0, 1]);
      await send('PW-network', THU, [0, hours(24)], {
        metres: () => HOME,
        more: { mechanism: 'WIFI', accuracyMetres: 40 },
      });
      // Half an hour in the café 30 m beside, five kilometres off before and after; on Thursday nobody heard of them.
      const beside = { second: 30, north: 30 };
      await send('PW-2', WED, [hours(8), hours(9)], { ...beside, metres: () => 5_000 });
      await send('PW-2', WED, [hours(10, 20), hours(10, 50)], { ...beside, metres: () => CAFE });
    });
    beforeEach(() => {
      trail.said.length = 0;
      nowMs = NOW_MS;
    });
    afterAll(async () => await app?.close());

    interface As {
      readonly role?: string;
      readonly who?: string;
      readonly accept?: string;
      readonly body?: object;
    }
    const ask = async (path: string, { role = 'sergeant', who = SUBJECT, accept, body }: As = {}) => {
      const answer = await app.inject({
        method: body === undefined ? 'GET' : 'POST',
        url: `/api/v1${path}`,
        headers: { [AS]: role, [WHO]: who, ...(accept === undefined ? {} : { accept }) },
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: answer.statusCode, headers: answer.headers, text: answer.body };
    };
    const GIVEN = {
      reference: 'PA/12',
      purpose: 'Review of the plan',
      scope: 'Where he stays and with whom, in May',
      wearerIds: ['PW-1', 'PW-2', 'PW-late', 'PW-network', 'PW-swap'],
      until: '2026-06-30T00:00:00Z',
    };
    const grant = async (more: object = {}, as: As = {}) =>
      await ask('/pattern-authorities', { ...as, body: { ...GIVEN, ...more } });
    const authorityId = async (more: object = {}, as: As = {}): Promise<string> => {
      const made = await grant(more, as);
      expect([made.status, made.text]).toEqual([201, expect.anything()]);
      return JSON.parse(made.text).authorityId;
    };
    const pathOf = (wearerId: string, authority: string, more = '') =>
      `/wearers/${wearerId}/patterns?authorityId=${authority}&days=3&lastDay=${FRI}${more}`;
    const patternsOf = async (wearerId: string, more = ''): Promise<Patterns> => {
      const answer = await ask(pathOf(wearerId, await authorityId(), more));
      expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
      return JSON.parse(answer.text);
    };
    const local = (at: string): string =>
      new Date(Date.parse(at) + 60 * MINUTE_MS).toISOString().slice(8, 16).replace('T', ' ');
    const told = (stops: readonly StopTold[]) =>
      stops.map(
        ({ fromAt, untilAt, endedBecause, place: at }) => `${local(fromAt)} – ${local(untilAt)} ${endedBecause} ${at}`,
      );

    it('tells stops of three days with why each ended, and no stop in a silence or in what was deleted', async () => {
      const { stops, silences, fixes, rule, inference, authority, days } = await patternsOf('PW-1');
      expect(told(stops)).toEqual([
        '06 03:00 – 06 09:02 moved 1',
        '06 09:56 – 06 11:02 moved 2',
        '06 11:56 – 07 09:02 moved 1',
        '07 09:56 – 07 11:02 moved 2',
        '07 11:56 – 07 12:59 gap 1',
        '07 14:00 – 08 07:59 gap 1',
      ]);
      expect(silences.map(({ fromAt, untilAt, why }) => `${local(fromAt)} – ${local(untilAt)} ${why}`)).toEqual([
        '06 00:00 – 06 03:00 deleted',
        '07 12:59 – 07 14:00 gap',
        '08 07:59 – 09 00:00 gap',
      ]);
      expect(fixes).toEqual({ used: 21 * 60 + 23 * 60 + 8 * 60, poor: 0 });
      expect(rule).toEqual({ radiusMetres: 75, leastMinutes: 10, gapMinutes: 15 });
      expect(days.map(({ date }) => date)).toEqual([WED, THU, FRI]);
      // It is said that it is inferred, and by what authority.
      expect(inference.method).toContain('From the fixes on record: a stop is 10 minutes or more within 75 m');
      expect(inference.limits.join(' ')).toContain('Silence is no stop');
      expect(authority).toMatchObject({ reference: 'PA/12', purpose: 'Review of the plan', requestedBy: SUBJECT });
      const cafe = place(CAFE);
      expect(Math.abs(stops[1]!.longitude - cafe.longitude)).toBeLessThan(0.0001);
      expect(stops[1]).toMatchObject({ minutes: 66, longestGapSeconds: 60, isCutAtStart: false });
    });

    it('tells usual places by hour, with the days on which anybody could tell', async () => {
      const { usualPlaces } = await patternsOf('PW-1');
      expect(usualPlaces.map(({ place: at, stops, days }) => [at, stops, days])).toEqual([
        [1, 4, 3],
        [2, 2, 2],
      ]);
      const at = (which: number, hour: number) =>
        usualPlaces[which]!.hours.find((each) => !each.isWeekend && each.hour === hour);
      expect(at(0, 2)).toMatchObject({ there: 2, observed: 2, days: 3 });
      expect(at(0, 5)).toMatchObject({ there: 3, observed: 3, days: 3 });
      expect(at(0, 13)).toMatchObject({ there: 1, observed: 1, days: 3 });
      expect(at(1, 10)).toMatchObject({ there: 2, observed: 2, days: 3 });
      expect(usualPlaces[0]!.hours.filter(({ isWeekend }) => isWeekend).every(({ days }) => days === 0)).toBe(true);
    });

    it('tells the time at home by day and night, with what is unknown and what was deleted beside it', async () => {
      const { home } = await patternsOf('PW-1');
      expect(home.addresses).toEqual([{ conditionId: 'PC-home', zoneId: 'PZ-home' }]);
      const [wed, thu, fri] = home.days;
      expect(wed!.night).toMatchObject({ deleted: 180, home: 300, out: 0 });
      expect(wed!.day.home + wed!.day.out).toBe(960);
      expect(wed!.day.out).toBeGreaterThan(170);
      // Nothing was heard for an hour: five minutes of it are no gap.
      expect(thu!.day.unknown).toBeGreaterThan(54);
      expect(thu!.day.unknown).toBeLessThan(62);
      expect(fri!.day).toMatchObject({ home: 64, out: 0, unknown: 896 });
      for (const { night, day } of home.days)
        expect(
          Object.values(night)
            .concat(Object.values(day))
            .reduce((sum, each) => sum + each),
        ).toBe(1_440);
    });

    it('is the same whatever order the fixes came in, and network positions make no stop', async () => {
      const thursday = `&days=1&lastDay=${THU}`;
      const id = await authorityId();
      const of = async (wearerId: string): Promise<Patterns> =>
        JSON.parse((await ask(`/wearers/${wearerId}/patterns?authorityId=${id}${thursday}`)).text);
      const [one, late, network] = [await of('PW-1'), await of('PW-late'), await of('PW-network')];
      expect(told(late.stops)).toEqual(told(one.stops));
      expect(late.silences).toEqual(one.silences);
      expect(network).toMatchObject({ stops: [], usualPlaces: [], fixes: { used: 0, poor: 0 } });
      expect(network.silences).toHaveLength(1);
      // Where no curfew says where somebody lives, nothing is told as home.
      expect([late.home.addresses, late.home.days[0]!.night.home]).toEqual([[], 0]);
      expect(late.home.days[0]!.night.heard).toBe(480);
    });

    it('a stop ends with the tag, also where another one is put on at the same place a while later', async () => {
      const swap = await patternsOf('PW-swap', '');
      // Of one day: two stops at one place are no habit.
      expect(told(swap.stops)).toEqual(['07 06:00 – 07 08:00 not-fitted null', '07 08:12 – 07 08:59 gap null']);
      expect(swap.stops.map(({ isCutAtStart }) => isCutAtStart)).toEqual([false, false]);
      expect(swap.silences.map(({ fromAt, untilAt, why }) => `${local(fromAt)} – ${local(untilAt)} ${why}`)).toEqual([
        '06 00:00 – 07 06:00 gap',
        '07 08:00 – 07 08:12 not-fitted',
        '07 08:59 – 09 00:00 gap',
      ]);
      const counts = swap.home.days[1]!;
      expect(counts.night.notFitted + counts.day.notFitted).toBeGreaterThanOrEqual(11);
    });

    it('so many fixes that others would wait for them are not looked at, and a stop that began before the time says so', async () => {
      const asked = {
        wearerId: 'PW-1',
        days: 3,
        lastDay: FRI,
        nowMs: NOW_MS,
        tellsVictims: true,
        rule: DEFAULT_STOP_RULE,
      };
      expect(await readPatterns(db, asked, 1_000)).toBe('too many fixes');
      const read = await readPatterns(db, { ...asked, days: 1, lastDay: THU }, 2_000);
      expect(typeof read === 'string' ? read : read?.stops.map(({ isCutAtStart }) => isCutAtStart)).toEqual([
        true,
        false,
        false,
        false,
      ]);
    });

    it('looks by another rule, says so, and takes no rule by which half a day’s silence were a stop', async () => {
      const wide = await patternsOf('PW-1', '&leastMinutes=120&radiusMetres=200');
      expect(wide.rule).toEqual({ radiusMetres: 200, leastMinutes: 120, gapMinutes: 15 });
      expect(wide.stops.every(({ minutes }) => minutes >= 120)).toBe(true);
      expect(wide.inference.method).toContain('120 minutes or more within 200 m');
      expect((await ask(pathOf('PW-1', await authorityId(), '&gapMinutes=600'))).status).toBe(400);
    });

    it('tells when two were together, how near, with what error, and what could not be compared', async () => {
      const path = `/wearers/PW-1/patterns/together/PW-2?authorityId=${await authorityId()}&days=2&lastDay=${THU}`;
      const answer = await ask(path);
      const together: Together = JSON.parse(answer.text);
      expect([answer.status, together.meetings.length]).toEqual([200, 1]);
      const [meeting] = together.meetings;
      expect([local(meeting!.fromAt), local(meeting!.untilAt), meeting!.minutes]).toEqual(['06 10:20', '06 10:49', 29]);
      expect(meeting!.closest.metres).toBeGreaterThan(29);
      expect(meeting!.closest.metres).toBeLessThan(31);
      // Both tags' 8 m circles hold 68 of a hundred.
      expect(meeting!.closest.errorMetres).toBe(Math.ceil(2.45 * Math.hypot(8 / 1.51, 8 / 1.51)));
      expect(meeting!.closest.fixOfFirstSeconds + meeting!.closest.fixOfSecondSeconds).toBeLessThanOrEqual(60);
      expect(together.comparedMinutes).toBe(59 + 29);
      expect(together.comparedMinutes + together.notComparedMinutes).toBe(2 * 1_440);
      const { first, second, both } = together.unseenMinutes;
      expect(first + second + both).toBe(together.notComparedMinutes);
      expect(together.notCompared.map(({ unseen }) => unseen)).toContain('second');
      expect(together.notCompared.some(({ isDeleted }) => isDeleted)).toBe(true);
      expect(together.inference.limits.join(' ')).toContain('none is excluded');
      expect(trail.said.at(-1)).toMatchObject({
        what: 'patterns.read',
        outcome: 'done',
        purpose: expect.stringContaining('PA/12'),
      });
      expect(trail.said.at(-1)!.wearerIds).toEqual(expect.arrayContaining(['PW-1', 'PW-2']));
      const same = await ask(path.replace('together/PW-2', 'together/PW-1'));
      expect(same.status).toBe(422);
    });

    it('is refused by an authority that has run out, is another’s, or does not cover the wearer; and says why', async () => {
      const id = await authorityId({ wearerIds: ['PW-1'] });
      const refusal = async (path: string, as: As = {}) => {
        const { status, text } = await ask(path, as);
        return [status, JSON.parse(text).detail];
      };
      expect((await ask(pathOf('PW-1', id))).status).toBe(200);
      expect(await refusal(pathOf('PW-2', id))).toEqual([403, 'The authority PA/12 does not cover PW-2.']);
      expect(await refusal(`/wearers/PW-1/patterns/together/PW-2?authorityId=${id}`)).toEqual([
        403,
        'The authority PA/12 does not cover PW-2.',
      ]);
      expect(await refusal(pathOf('PW-1', id), { who: OTHER })).toEqual([
        403,
        'It is the authority of another: patterns are looked for by whom it was given to.',
      ]);
      expect((await refusal(pathOf('PW-1', 'none')))[0]).toBe(404);
      expect((await ask('/wearers/PW-1/patterns?days=1')).status).toBe(400);
      // It stops then.
      nowMs = Date.parse('2026-06-30T00:00:00Z');
      expect(await refusal(pathOf('PW-1', id))).toEqual([
        403,
        'The authority PA/12 ran out at 2026-06-30T00:00:00.000Z: no pattern is looked for by it any more.',
      ]);
      const denied = trail.said.filter(({ outcome, what }) => outcome === 'denied' && what === 'patterns.read');
      expect(denied.length).toBeGreaterThanOrEqual(4);
      // Of both whose tracks somebody tried to lay beside each other; and by what they tried it.
      expect(denied.find(({ operationId }) => operationId.includes('together'))!.wearerIds).toEqual(['PW-1', 'PW-2']);
      expect(denied.every(({ subjectId }) => [id, 'none'].includes(subjectId!))).toBe(true);
    });

    it('of whom who asks may not see nothing is told, whatever the authority says', async () => {
      for (const hidden of ['PW-out', 'PW-restricted', 'PW-nobody']) {
        const made = await grant({ wearerIds: ['PW-1', hidden] });
        expect([made.status, JSON.parse(made.text).detail]).toEqual([404, `There is no wearer ${hidden}.`]);
        const id = await authorityId();
        expect((await ask(pathOf(hidden, id))).status).toBe(404);
        for (const pair of [`PW-1/patterns/together/${hidden}`, `${hidden}/patterns/together/PW-1`])
          expect((await ask(`/wearers/${pair}?authorityId=${id}`)).status).toBe(404);
      }
      // Nobody but who runs the scheme: a partner is told neither of patterns nor, by them, of any address.
      for (const role of ['supervisor', 'officer', 'probation', 'auditor', 'administrator'])
        for (const path of [
          pathOf('PW-1', 'any'),
          '/pattern-authorities',
          '/wearers/PW-1/patterns/together/PW-2?authorityId=any',
        ])
          expect((await ask(path, { role })).status).toBe(403);
    });

    it('an authority is for the time to come, is listed to who has it alone, and is never changed', async () => {
      expect((await grant({ until: '2026-05-01T00:00:00Z' })).status).toBe(422);
      expect((await grant({ until: 'soon' })).status).toBe(422);
      expect((await grant({ wearerIds: [] })).status).toBe(422);
      const who = 'https://idp.example#lister';
      const ids = [await authorityId({}, { who }), await authorityId({ reference: 'PA/13' }, { who })];
      const listed = JSON.parse((await ask('/pattern-authorities?limit=1', { who })).text);
      const rest = JSON.parse((await ask(`/pattern-authorities?limit=1&cursor=${listed.next}`, { who })).text);
      expect([listed.items[0].authorityId, rest.items[0].authorityId, rest.next]).toEqual([ids[1], ids[0], null]);
      expect(JSON.parse((await ask('/pattern-authorities', { who: OTHER })).text).items).toEqual([]);
      for (const change of ['update pattern_authority set until_at = now()', 'delete from pattern_authority'])
        await expect(db.query(change)).rejects.toThrow('an authority is never changed');
    });

    it('as a file says what it is, for what and for whom, and stands in the audit as a disclosure', async () => {
      const id = await authorityId();
      const unsaid = await ask(pathOf('PW-1', id), { accept: 'text/csv' });
      expect(unsaid.status).toBe(422);
      const said = '&purpose=review&recipient=panel';
      const file = await ask(pathOf('PW-1', id, said), { accept: 'text/csv' });
      expect(file.headers['content-disposition']).toBe('attachment; filename="PW-1-stops.csv"');
      const lines = file.text.split('\r\n');
      expect(lines[0]).toContain('"Inferred, not observed');
      expect(lines.filter((line) => line.startsWith('stop,'))).toHaveLength(6);
      expect(lines.filter((line) => line.startsWith('silence,'))).toHaveLength(3);
      expect(trail.said.at(-1)).toMatchObject({
        what: 'exports.make',
        act: 'disclosure',
        purpose: 'review; Review of the plan (authority PA/12)',
        subjectId: id,
        recipient: 'panel',
      });
      const pair = `/wearers/PW-1/patterns/together/PW-2?authorityId=${id}&days=2&lastDay=${THU}${said}`;
      const both = await ask(pair, { accept: 'text/csv' });
      expect(both.text.split('\r\n').filter((line) => line.startsWith('together,'))).toHaveLength(1);
    });

    it('a day that has not begun, or is none, is told so', async () => {
      const id = await authorityId();
      for (const lastDay of ['2026-05-12', '2026-05-20', '2026-02-31'])
        expect((await ask(`/wearers/PW-1/patterns?authorityId=${id}&lastDay=${lastDay}`)).status).toBe(422);
      // Today is as far as it is.
      const today: Patterns = JSON.parse((await ask(`/wearers/PW-1/patterns?authorityId=${id}&days=1`)).text);
      expect(today.silences).toEqual([
        { fromAt: '2026-05-10T23:00:00.000Z', untilAt: '2026-05-11T12:00:00.000Z', why: 'not-fitted' },
      ]);
    });
  });
}

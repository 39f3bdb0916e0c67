/** What `/crime-batches` promises, over either database: matched in a thread, read within scope, versioned, decided by people; and shown. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCrimeRuns } from '../../src/crimes/crime-runs.js';
import { AHEAD_LIMIT_MS } from '../../src/engine/thresholds.js';
import { readContainer, writeContainer } from '../../src/evidence/container.js';
import { buildCertificate } from '../../src/evidence/match-certificate.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import { readTrustedKeys, type TrustedKey } from '../../src/evidence/trusted-keys.js';
import { verifyPack } from '../../src/evidence/verify-pack.js';
import { type App, createApp } from '../../src/http/app.js';
import { registerCrimeBatches } from '../../src/http/routes/crimes/crime-batches.js';
import type { Database } from '../../src/ports/database.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../src/signing-key.js';
import { listResults } from '../../src/store/crime-batches.js';
import { addRun } from '../../src/store/crime-runs.js';
import { insertPings } from '../../src/store/pings.js';
import type { QueuedWork } from '../../src/store/queued-work.js';
import { recordStore } from '../../src/store/record-store.js';
import type { CrimeBatch, CrimeResultItem } from '../../src/wire/crime-batch.js';
import { pingAt, place } from '../scenarios/world.js';
import { AS, SUBJECT, testAccess, WHO } from '../support/access.js';
import { createRememberingTrail } from '../support/audit.js';
import { silentLog } from '../support/silent-log.js';

const NOW_MS = Date.parse('2026-05-11T12:00:00.000Z');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const LIMITS = { aheadLimitMs: AHEAD_LIMIT_MS, zeroDegrees: 0.01 };
const AUTHORITY = { reference: 'CM/77', scope: 'Operation Elm', until: '2026-06-30T00:00:00Z' };
/** From 19:00 to 20:00 of this day. */
const WINDOW_MS = Date.parse('2026-05-08T19:00:00Z');
const scene = place(0);
const PROGRAM = { version: '1', engine: '0'.repeat(64) };

const compact = (atMs: number) => new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+Z/g, '');
const row = (reference: string, fromMs: number, text = '', toMs = fromMs + 60 * MINUTE_MS) =>
  `Kent,BIAD,Burglary,B-1,${reference},${compact(fromMs)},${compact(toMs)},,,${scene.latitude},${scene.longitude},WGS84,${text}`;

export function crimeBatchesSuite(name: string, openDatabase: () => Promise<Database>): void {
  describe(`crime batches, ${name}`, () => {
    const trail = createRememberingTrail();
    let nowMs = NOW_MS;
    const clock = { nowMs: () => nowMs };
    let db: Database;
    let app: App;
    let key: SigningKey;
    let trusted: readonly TrustedKey[];
    let folder: string;
    let runs: QueuedWork | null = null;
    const stand = async (kind: Parameters<typeof recordStore.write>[1], id: string, content: object) => {
      if ((await recordStore.find(db, kind, [id])).has(id)) return;
      const recordedAt = new Date(NOW_MS - 60 * DAY_MS).toISOString();
      const version = { version: 1, effectiveAt: recordedAt, effectiveAtGiven: false, recordedAt, author: SUBJECT };
      const record = { id, content, ...version, changeReason: null, correlationId: null };
      await db.transaction((tx) => recordStore.write(tx, kind, [record]));
    };
    /** Minutes after 19:00 of the day, and metres from the scene. */
    const send = async (wearerId: string, fixes: readonly (readonly [minute: number, metres: number])[]) => {
      const rows = fixes.map(([minute, metres], n) => {
        const fixedAtMs = WINDOW_MS + minute * MINUTE_MS;
        const ping = { ...pingAt(fixedAtMs, place(metres)), tagId: `CT-${wearerId}` };
        return { ping, receivedAtMs: fixedAtMs + 1_000, offset: n, partition: 0 };
      });
      await db.transaction((tx) => insertPings(tx, rows, LIMITS));
    };
    const every = (from: number, until: number, metres: (minute: number) => number) =>
      Array.from({ length: until - from + 1 }, (_, n) => [from + n, metres(from + n)] as const);

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tagwatch-certificate-'));
      makeSigningKey(join(folder, 'key.pem'));
      key = readSigningKey(join(folder, 'key.pem'));
      trusted = readTrustedKeys(readFileSync(join(folder, 'key.pem.pub'), 'utf8'), NODE_CRYPTO);
      db = await openDatabase();
      app = await createApp({ log: silentLog, access: testAccess, audit: trail });
      registerCrimeBatches(app, {
        db,
        clock,
        onAsked: () => runs?.wake(),
        certify: (shown, order) => buildCertificate(shown, { ...order, program: PROGRAM }, key),
      });
      for (const wearerId of ['W-in', 'W-out', 'W-restricted', 'W-mine']) {
        await stand('wearer', wearerId, { name: wearerId });
        await stand('tag', `CT-${wearerId}`, {});
        await stand('activation', `CA-${wearerId}`, {
          tagId: `CT-${wearerId}`,
          wearerId,
          fittedAt: '2026-04-01T00:00:00.000Z',
          removedAt: '2026-05-10T00:00:00.000Z',
        });
      }
      // Ten minutes there; the evening before, too. Somebody else far away, and one who is not heard.
      const there = (minute: number) => (minute >= 20 && minute < 30 ? 10 : 4_000);
      await send('W-in', every(-60, 120, there));
      await send(
        'W-in',
        every(-24 * 60, -24 * 60 + 60, (minute) => there(minute + 24 * 60)),
      );
      await send(
        'W-out',
        every(-60, 120, () => 4_000),
      );
      runs = startCrimeRuns({ db, clock, logger: silentLog, lookEveryMs: 200 });
    });
    beforeEach(() => {
      trail.said.length = 0;
      nowMs = NOW_MS;
    });
    afterAll(async () => {
      await runs?.stop();
      await app?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const ask = async (path: string, more: { body?: object; role?: string; who?: string } = {}) => {
      const { body, role = 'sergeant', who = SUBJECT } = more;
      const answer = await app.inject({
        method: body === undefined ? 'GET' : 'POST',
        url: `/api/v1/crime-batches${path}`,
        headers: { [AS]: role, [WHO]: who },
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
    };
    const post = (file: string, more: object = {}) =>
      ask('', { body: { name: 'may.csv', file, purpose: 'Operation Elm', authority: AUTHORITY, ...more } });
    const untilEnded = async (batchId: string): Promise<CrimeBatch> => {
      for (;;) {
        const { body } = await ask(`/${batchId}`);
        if (!['queued', 'running'].includes(body.runs[0].state)) return body;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    };
    const matched = async (file: string, more: object = {}) => {
      const asked = await post(file, more);
      expect([asked.status, asked.body]).toEqual([202, expect.anything()]);
      return await untilEnded(asked.body.batchId);
    };
    const resultsOf = async (batchId: string, run = 1, query = ''): Promise<CrimeResultItem[]> =>
      (await ask(`/${batchId}/runs/${run}${query}`)).body.items;

    it('says who was there with how usual it is for him, who was not, and of which rows nothing can be said', async () => {
      const bad = row('C/2', WINDOW_MS, '', WINDOW_MS - MINUTE_MS);
      const batch = await matched([row('C/1', WINDOW_MS), bad, row('C/3', WINDOW_MS - 7 * DAY_MS)].join('\n'));
      expect(batch).toMatchObject({
        name: 'may.csv',
        requestedBy: SUBJECT,
        purpose: 'Operation Elm',
        authority: { ...AUTHORITY, until: '2026-06-30T00:00:00.000Z' },
        file: { crimes: 2, repeats: 0, faultCount: 1, faults: [{ line: 2, detail: 'its to is before its from' }] },
        runs: [{ run: 1, state: 'ready', wearersDone: expect.any(Number) }],
      });
      const [first, second] = await resultsOf(batch.batchId);
      expect(first).toMatchObject({
        place: 1,
        crime: { force: 'Kent', reference: 'C/1', version: 1, datum: 'WGS84' },
        matches: [
          {
            wearerId: 'W-in',
            outcome: 'PRESENT',
            dwellSeconds: 540,
            daysThere: 1,
            daysKnown: 1,
            atRadius: { 50: 'PRESENT', 200: 'PRESENT' },
          },
        ],
        isChanged: null,
        decisions: [],
      });
      // A week before nobody sent anything.
      expect(second).toMatchObject({ crime: { reference: 'C/3' }, matches: [], eliminated: 0 });
      expect(second!.cannotSay).toContain('W-in');
      expect((await resultsOf(batch.batchId, 1, '?isMatched=true')).map((one) => one.place)).toEqual([1]);
      const paged = (await ask(`/${batch.batchId}/runs/1?limit=1`)).body;
      const rest = (await ask(`/${batch.batchId}/runs/1?limit=1&cursor=${paged.next}`)).body;
      expect([paged.items[0].place, rest.items[0].place, rest.next]).toEqual([1, 2, null]);
    });

    it('whoever may not be seen is neither examined nor counted', async () => {
      const { batchId, runs: told } = await matched(row('C/scope', WINDOW_MS));
      // Everybody within scope who wore a tag then, whatever other tests put on record.
      const [result] = await resultsOf(batchId);
      expect(result!.examined).toBe(told[0]!.wearers);
      for (const hidden of ['W-out', 'W-restricted', 'W-mine']) expect(JSON.stringify(result)).not.toContain(hidden);
      expect(result!.eliminated + result!.matches.length + result!.cannotSay.length).toBe(result!.examined);
      // A colleague who sees them all reads it, and does not use what was granted to another.
      const other = { who: 'https://idp.example#other', role: 'sergeant' };
      expect((await ask(`/${batchId}`, other)).status).toBe(200);
      expect((await ask(`/${batchId}/runs`, { ...other, body: {} })).status).toBe(403);
      for (const role of ['supervisor', 'officer', 'probation', 'auditor'])
        expect((await ask(`/${batchId}`, { role })).status).toBe(403);
    });

    it('one that examined nobody is read by who sent it alone', async () => {
      const { batchId, runs: told } = await matched(row('C/nobody', Date.parse('2019-03-01T10:00:00Z')));
      expect(told[0]).toMatchObject({ state: 'ready', wearers: 0 });
      expect((await ask(`/${batchId}`, { who: 'https://idp.example#other' })).status).toBe(404);
    });

    it('a run of a batch again is its next one, and says which crimes it has otherwise', async () => {
      const fromMs = WINDOW_MS - 2 * DAY_MS;
      const { batchId } = await matched([row('C/4', fromMs), row('C/5', WINDOW_MS)].join('\n'));
      expect((await resultsOf(batchId)).map(({ matches }) => matches.length)).toEqual([0, 1]);
      // What comes late is in the next run, and the one before stays what it was.
      const late = -2 * 24 * 60;
      await send(
        'W-in',
        every(late - 30, late + 90, (minute) => (minute - late < 5 ? 10 : 3_000)),
      );
      expect((await ask(`/${batchId}/runs`, { body: {} })).status).toBe(202);
      const batch = await untilEnded(batchId);
      expect(batch.runs.map(({ run, state }) => [run, state])).toEqual([
        [2, 'ready'],
        [1, 'ready'],
      ]);
      const told = await resultsOf(batchId, 2);
      expect(told.map(({ isChanged, matches }) => [isChanged, matches.length])).toEqual([
        [true, 1],
        [false, 1],
      ]);
      expect((await resultsOf(batchId)).map(({ matches }) => matches.length)).toEqual([0, 1]);
      expect((await ask(`/${batchId}/runs/3`)).status).toBe(404);
    });

    it('a crime that says otherwise than in a batch before is its next version; one that says the same is not', async () => {
      const versionOf = async (text: string) => {
        const { batchId } = await matched(row('C/6', WINDOW_MS, text));
        return (await resultsOf(batchId))[0]!.crime.version;
      };
      expect([await versionOf('door'), await versionOf('door'), await versionOf('window')]).toEqual([1, 1, 2]);
    });

    it('what a person makes of a match stands beside it, with why and by whom; the next one above it', async () => {
      const { batchId } = await matched(row('C/7', WINDOW_MS));
      const decide = (more: object) =>
        ask(`/${batchId}/decisions`, {
          body: { place: 1, run: 1, wearerId: 'W-in', reason: 'CCTV shows him', ...more },
        });
      expect((await decide({ decision: 'qualified' })).status).toBe(201);
      const { body } = await decide({ decision: 'eliminated', reason: 'He was in the shop next door' });
      expect(body.decisions).toMatchObject([
        { decision: 'eliminated', reason: 'He was in the shop next door', run: 1, by: SUBJECT, wearerId: 'W-in' },
        { decision: 'qualified', reason: 'CCTV shows him' },
      ]);
      expect(body.decisions[0].at).toBe(new Date(NOW_MS).toISOString());
      // Of whom nothing is said, or may not be known.
      for (const wearerId of ['W-out', 'W-nobody'])
        expect((await decide({ decision: 'qualified', wearerId })).status).toBe(404);
      expect((await decide({ decision: 'qualified', place: 2 })).status).toBe(404);
      expect((await decide({ decision: 'qualified', run: 2 })).status).toBe(404);
      expect((await decide({ decision: 'guilty' })).status).toBe(422);
      await expect(db.query(`update match_decision set reason = 'x'`)).rejects.toThrow();
      await expect(db.query('delete from crime_result')).rejects.toThrow();
    });

    it('shows one match or elimination with what it rests on', async () => {
      const elsewhere = place(6_000);
      const far = row('C/9', WINDOW_MS)
        .replace(String(scene.latitude), String(elsewhere.latitude))
        .replace(String(scene.longitude), String(elsewhere.longitude));
      const { batchId } = await matched([row('C/8', WINDOW_MS), far].join('\n'));
      const there = await ask(`/${batchId}/crimes/1/wearers/W-in`);
      expect(there.body).toMatchObject({
        outcome: 'PRESENT',
        outcomeOfRun: { run: 1, outcome: 'PRESENT' },
        coverage: { goodFixes: 61, lastBefore: '2026-05-08T18:59:00.000Z', firstAfter: '2026-05-08T20:01:00.000Z' },
      });
      const eliminated = (await ask(`/${batchId}/crimes/2/wearers/W-in`)).body;
      expect(eliminated).toMatchObject({
        outcome: 'ELIMINATED',
        outcomeOfRun: { run: 1, outcome: 'ELIMINATED' },
        longestUnseenSeconds: 60,
        radiusMetres: 100,
        fastestKmh: 108,
        coverage: { goodFixes: 61 },
      });
      // Nobody could have been there: between two fixes a minute apart he would have had to be faster than that.
      expect(eliminated.coverage.easiest.neededKmh).toBeGreaterThan(eliminated.fastestKmh);
      expect(eliminated.coverage.errorMetres.widest).toBeGreaterThan(0);
      const certificate = async (said: string, role = 'sergeant') =>
        await app.inject({
          url: `/api/v1/crime-batches/${batchId}/crimes/2/wearers/W-in/certificate${said}`,
          headers: { [AS]: role },
        });
      expect((await certificate('')).statusCode).toBe(422);
      trail.said.length = 0;
      const file = await certificate('?purpose=charging%20decision&recipient=CPS');
      expect([file.statusCode, file.headers['content-type']]).toEqual([200, 'application/zip']);
      expect(trail.said.at(-1)).toMatchObject({ what: 'exports.make', wearerIds: ['W-in'], recipient: 'CPS' });
      const verify = (zip: Uint8Array) => verifyPack(zip, trusted, { crypto: NODE_CRYPTO, engine: PROGRAM.engine });
      expect(verify(file.rawPayload)).toMatchObject({
        verified: true,
        signature: 'good',
        container: 'as-made',
        rerun: [],
        manifest: { wearerId: 'W-in', purpose: 'charging decision', recipient: 'CPS', alerts: [] },
      });
      const files = readContainer(file.rawPayload);
      const match = files.find((one) => one.name === 'match.json')!;
      expect(JSON.parse(Buffer.from(match.bytes).toString())).toMatchObject({
        outcome: 'ELIMINATED',
        radiusMetres: 100,
        coverage: { goodFixes: 61 },
      });
      const forged = files.map((one) => (one === match ? { ...one, bytes: Buffer.from('{}') } : one));
      expect(verify(writeContainer(forged, NOW_MS))).toMatchObject({ verified: false });
      expect((await ask(`/${batchId}/crimes/1/wearers/W-out`)).status).toBe(404);
      expect((await ask(`/${batchId}/crimes/3/wearers/W-in`)).status).toBe(404);
    });

    it('nothing is matched without an authority that holds, now or when its turn comes', async () => {
      const at = (pointer: string) => ({ errors: [{ pointer }] });
      expect(
        await post(row('C/10', WINDOW_MS), { authority: { ...AUTHORITY, until: '2026-05-01T00:00:00Z' } }),
      ).toMatchObject({
        status: 422,
        body: at('/authority/until'),
      });
      expect((await post(row('C/10', WINDOW_MS), { authority: undefined })).status).toBe(422);
      const { batchId } = await matched(row('C/10', WINDOW_MS));
      nowMs = Date.parse(AUTHORITY.until) + 1;
      const again = await ask(`/${batchId}/runs`, { body: {} });
      expect([again.status, again.body.detail]).toEqual([
        409,
        'Its authority CM/77 has run out: send it under another one.',
      ]);
      expect((await ask(`/${batchId}/crimes/1/wearers/W-in`)).status).toBe(409);
      // What was found stays.
      expect(await resultsOf(batchId)).toHaveLength(1);
    });

    it('a file of which nothing can be used is told by its lines', async () => {
      const answer = await post(`${row('C/11', WINDOW_MS, '', WINDOW_MS - 1_000)}\nKent,BIAD`);
      expect(answer.status).toBe(422);
      expect(answer.body.errors.map(({ detail }: { detail: string }) => detail)).toEqual([
        'no row of it can be used',
        'line 1: its to is before its from',
        'line 2: it has 2 columns; a row has 13',
      ]);
    });

    it('of whoever may not be seen any more nothing shows, not even that a crime has a match or is told otherwise', async () => {
      const { batchId } = await matched(row('C/13', WINDOW_MS));
      const hidden = { ...(await listOne(batchId, new Set(['W-in'])))! };
      expect(hidden.matches).toHaveLength(1);
      expect(await listOne(batchId, new Set())).toBeUndefined();
      expect((await ask(`/${batchId}/runs`, { body: {} })).status).toBe(202);
      await untilEnded(batchId);
      const [unseen] = await listResults(
        db,
        { batchId, run: 2 },
        { after: 0, limit: 1, isMatched: false, seen: new Set() },
      );
      expect(unseen).toMatchObject({ matches: [], cannotSay: [], isChanged: false, decisions: [] });
    });
    const listOne = async (batchId: string, seen: ReadonlySet<string>) =>
      (await listResults(db, { batchId, run: 1 }, { after: 0, limit: 1, isMatched: true, seen }))[0];

    it('a run that was begun three times and not ended is not begun again, and holds nobody up', async () => {
      const { batchId } = await matched(row('C/14', WINDOW_MS));
      await db.transaction(async (tx) => {
        const asked = { batchId, requestedBy: SUBJECT, requestedAtMs: NOW_MS, wearerIds: ['W-in'] };
        const { run } = await addRun(tx, asked);
        await tx.query('update crime_run set attempts = 3 where batch_id = $1 and run = $2::int', [batchId, run]);
      });
      runs?.wake();
      const { runs: told } = await untilEnded(batchId);
      expect(told[0]).toMatchObject({ run: 2, state: 'failed', failure: 'It was begun 3 times and not ended.' });
    });

    it('a file of more lines than are read in one turn is refused as it is', async () => {
      const answer = await post('a\n'.repeat(20_000));
      expect([answer.status, answer.body.errors.length]).toEqual([422, 1]);
      expect(answer.body.errors[0].detail).toMatch(/^has more than 10000 lines/);
    });

    it('stands in the audit with its purpose and authority, and whose tracks were examined or told of', async () => {
      const { batchId } = await matched(row('C/12', WINDOW_MS));
      const asked = trail.said.find(({ act }) => act === 'disclosure');
      expect(asked).toMatchObject({
        what: 'crimes.match',
        purpose: 'Operation Elm',
        subjectId: batchId,
        outcome: 'done',
      });
      expect(asked!.wearerIds).toContain('W-in');
      trail.said.length = 0;
      await resultsOf(batchId);
      expect(trail.said).toMatchObject([{ what: 'crimes.match', act: 'consultation', subjectId: batchId }]);
      expect(trail.said[0]!.wearerIds).toContain('W-in');
      trail.said.length = 0;
      await ask(`/${batchId}/crimes/1/wearers/W-restricted`);
      expect(trail.said).toMatchObject([{ outcome: 'denied', wearerIds: ['W-restricted'] }]);
    });
  });
}

/** `tagwatch explain` and `tagwatch evidence` over what a real run left on record. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCommandAudit } from '../../src/cli/command-audit.js';
import { evidence } from '../../src/cli/evidence.js';
import { explainAlert } from '../../src/cli/explain.js';
import { keys } from '../../src/cli/keys.js';
import { readContainer } from '../../src/evidence/container.js';
import { openEmbeddedLog } from '../../src/log/embedded.js';
import { type AuditEntry, AuditUnavailable } from '../../src/ports/audit.js';
import type { Database } from '../../src/ports/database.js';
import { AUDIT, decodeJson } from '../../src/ports/topics.js';
import { openPglite } from '../../src/store/pglite.js';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { type Home, makeHome, openFeed, put, send, startProgram } from '../support/program.js';
import { silentLog } from '../support/silent-log.js';

const TAG = 'T-explained';
const SINCE = new Date(Date.now() - 7 * 86_400_000).toISOString();
const START_MS = Math.floor((Date.now() - 2 * 3_600_000) / 60_000) * 60_000;
const minute = (n: number) => new Date(START_MS + n * 60_000).toISOString();

const fix = (n: number, isInside: boolean, tagId = TAG) => ({
  tagId,
  fixedAt: minute(n),
  latitude: isInside ? 53.43 : 53.45,
  longitude: -2.93,
  accuracyMetres: 5,
});

async function makeByRest(url: string, alertId: string): Promise<Uint8Array> {
  const order = { alertIds: [alertId], purpose: 'hearing', recipient: 'the court' };
  // The same request again and again gets the one that there is, until it is ready.
  for (;;) {
    const asked = await send(url, 'POST', '/packs', order);
    const { packId, state } = asked.body as { packId: string; state: string };
    expect([200, 202]).toContain(asked.status);
    expect(state).not.toBe('failed');
    if (state === 'ready')
      return new Uint8Array(await (await fetch(`${url}/api/v1/packs/${packId}/file`)).arrayBuffer());
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe('explain', () => {
  let home: Home;
  let db: Database | null = null;
  let alertId = '';
  let restPack: Uint8Array;
  const absent = new Map<string, string>();

  beforeAll(async () => {
    home = await makeHome({ TAGWATCH_RECONCILE_QUIET_SECONDS: '1' });
    const program = await startProgram(home);
    const fitted = { tagId: TAG, since: SINCE };
    await put(program.url, '/zones/Z-1', rectangle('Zone', -2.94, 53.42, -2.92, 53.44));
    await fitTag(program.url, fitted);
    await exclude(program.url, fitted, 'Z-1');
    const feed = await openFeed(program.url);
    // A visit of minutes 2 to 6; the fix of minute 2 comes last.
    const inOrder = [0, 1, 3, 4, 5, 6, 7, 8].map((n) => fix(n, n >= 2 && n <= 6));
    for (const ping of [...inOrder, fix(2, true)]) {
      expect((await send(program.url, 'POST', '/pings', [ping])).status).toBe(202);
    }
    const amended = await feed.waitFor(({ event }) => event?.tagId === TAG && event.type === 'amended');
    alertId = amended.event!.alertId;
    expect(amended.event!.episode.startedAt).toBe(new Date(minute(2)).toISOString());
    for (const tagId of ['T-absent', 'T-excused']) {
      const curfewed = { tagId, since: SINCE };
      await fitTag(program.url, curfewed);
      const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
      const schedule = { timeZone: 'UTC', windows: [{ days, from: '00:00', to: '00:00' }] };
      const curfew = { orderId: `O-${tagId}`, kind: 'curfew', zoneId: 'Z-1', schedule, startsAt: SINCE };
      await put(program.url, `/conditions/C-${tagId}`, curfew);
      const absence = { orderId: `O-${tagId}`, startsAt: minute(10), endsAt: minute(60), reason: 'work' };
      await put(program.url, `/absences/AB-${tagId}`, absence);
      // Out from minute 4 to 31, most of it allowed.
      const out = Array.from({ length: 40 }, (_, n) => fix(n, n < 4 || n > 30, tagId));
      expect((await send(program.url, 'POST', '/pings', out)).status).toBe(202);
      const ended = await feed.waitFor(({ event }) => event?.tagId === tagId && event.type === 'ended');
      absent.set(tagId, ended.event!.alertId);
    }
    // What is recorded after the fact cuts what was told.
    const afterwards = {
      orderId: 'O-T-excused',
      startsAt: minute(6),
      endsAt: minute(10),
      reason: 'on the way to work',
    };
    await put(program.url, '/absences/AB-afterwards', afterwards);
    await feed.waitFor(({ event }) => event?.tagId === 'T-excused' && event.historic);
    feed.close();
    const isRecorded = async () => {
      const alert = (await send(program.url, 'GET', `/alerts/${alertId}`)).body as { revision?: number } | null;
      const path = `/wearers/W-${TAG}/trail?from=${minute(-60)}&to=${minute(60)}`;
      const trail = (await send(program.url, 'GET', path)).body as { features?: unknown[] } | null;
      return alert?.revision === amended.event!.revision && trail?.features?.length === 9;
    };
    const isReconciled = async () => {
      const metrics = await (await fetch(`${program.url}/metrics`)).text();
      return /^tagwatch_reconcile_requests_waiting 0$/m.test(metrics);
    };
    while (!(await isRecorded()) || !(await isReconciled())) await new Promise((resolve) => setTimeout(resolve, 200));
    restPack = await makeByRest(program.url, alertId);
    expect(await program.stop()).toBe(0);
    db = await openPglite({ directory: join(home.env['TAGWATCH_DATA_DIR']!, 'database'), log: silentLog });
  });

  afterAll(async () => {
    await db?.close();
    home.remove();
  });

  async function explain(...argv: string[]): Promise<{ code: number; text: string }> {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const kept = { ...db!, close: async () => {} };
    const code = await explainAlert(argv, { openDatabase: () => kept, out: say, err: say });
    return { code, text: lines.join('\n') };
  }

  test('the engine finds the same again, and why is told in sentences', async () => {
    const { code, text } = await explain(alertId);
    expect(text).toContain('the engine finds the same');
    expect(code).toBe(0);
    expect(text).toContain(
      `The wearer was inside a zone that must not be entered from ${minute(2)} until ${minute(7)}`,
    );
    expect(text).toContain('when fixes showed that the condition was met again');
    expect(text).toMatch(/the fix of \S+: [\d.]+ m inside the boundary, accuracy 5 m/);
  });

  test('an absence known before, and one recorded after the fact: the engine finds the same', async () => {
    const before = await explain(absent.get('T-absent')!);
    expect(before.text).toContain('the engine finds the same');
    expect(before.text).toContain(
      `was not at the address of the curfew within its window from ${minute(4)} until ${minute(31)}`,
    );
    const after = await explain(absent.get('T-excused')!);
    expect(after.text).toContain('the engine finds the same');
    expect(after.text).toContain(`from ${minute(4)} until ${minute(6)}, when an authorised absence began`);
    expect(after.text).toContain('the past was judged again');
    expect([before.code, after.code]).toEqual([0, 0]);
  });

  test('an alert that is not on record cannot be explained', async () => {
    expect((await explain('nothing')).code).toBe(1);
  });

  const openLog = () => openEmbeddedLog({ directory: join(home.env['TAGWATCH_DATA_DIR']!, 'log'), log: silentLog });
  let isAuditAway = false;
  async function pack(...argv: string[]): Promise<{ code: number; text: string }> {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const code = await evidence(argv, {
      openDatabase: () => ({ ...db!, close: async () => {} }),
      audit: isAuditAway
        ? () => Promise.reject(new AuditUnavailable('the audit topic does not take entries'))
        : createCommandAudit({ openLog, logger: silentLog, service: 'test', dataDir: home.env['TAGWATCH_DATA_DIR']! }),
      keyFile: join(home.env['TAGWATCH_DATA_DIR']!, 'signing.pem'),
      timeStampUrl: null,
      nowMs: Date.now,
      user: 'officer',
      program: { version: '0.1.0', engine: 'e'.repeat(64) },
      out: say,
      err: say,
    });
    return { code, text: lines.join('\n') };
  }
  const why = ['--purpose', 'hearing', '--recipient', 'the court'];

  test('a pack of each alert is made, verified, and finds the same again; nothing is written over', async () => {
    const file = (name: string) => join(home.env['TAGWATCH_DATA_DIR']!, name);
    const say = () => {};
    keys(['make'], { keyFile: file('signing.pem'), now: () => new Date().toISOString(), out: say, err: say });
    for (const [name, id] of [['seen', alertId], ...absent] as const) {
      const out = file(`${name}.zip`);
      expect(await pack('make', '--alert', id, ...why, '--out', out)).toMatchObject({ code: 0 });
      const { code, text } = await pack('verify', out);
      expect([code, text]).toEqual([0, expect.stringContaining(`alert ${id}: the engine finds the same`)]);
      await expect(pack('make', '--alert', id, ...why, '--out', out)).rejects.toThrow(/EEXIST/);
    }
    const held = new Map(readContainer(readFileSync(file('T-absent.zip'))).map(({ name, bytes }) => [name, bytes]));
    const text = (name: string) => Buffer.from(held.get(name)!).toString();
    const kinds = (JSON.parse(text('record.json')) as { kind: string }[]).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(
      new Set(['wearer', 'activation', 'tag', 'tag-model', 'order', 'condition', 'zone', 'absence']),
    );
    expect(text('track.csv').split('\r\n')[0]).toMatch(/^number,.*,distanceToBoundaryMetres,likelihoodRatio$/);
    expect(text('track.csv').split('\r\n')).toHaveLength(42);
  });

  test('a pack tells who looked at its alert, and nobody else’s', async () => {
    const out = join(home.env['TAGWATCH_DATA_DIR']!, 'looked.zip');
    expect(await pack('make', '--alert', alertId, ...why, '--out', out)).toMatchObject({ code: 0 });
    const of = new Map(
      readContainer(readFileSync(out)).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
    );
    const { entries } = JSON.parse(of.get('audit.json')!) as { entries: { position: number; entry: AuditEntry }[] };
    expect(entries.map(({ entry }) => entry)).toContainEqual(
      expect.objectContaining({ what: 'alerts.read', who: 'local', subjectType: 'alert', subjectId: alertId }),
    );
    for (const { entry } of entries) expect(entry.wearerIds).toEqual([`W-${TAG}`]);
  });

  test('a pack that the program made over REST is verified by the command, and finds the same again', async () => {
    const folder = home.env['TAGWATCH_DATA_DIR']!;
    const out = join(folder, 'rest.zip');
    writeFileSync(out, restPack);
    const main = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
    const key = join(folder, 'signing-key.pem.pub');
    const { status, stdout } = spawnSync(process.execPath, [main, 'evidence', 'verify', out, '--keys', key], {
      encoding: 'utf8',
      env: { ...process.env, ...home.env },
    });
    expect([status, stdout]).toEqual([0, expect.stringContaining(`alert ${alertId}: the engine finds the same`)]);
  });

  test('a pack stands in the audit before it is handed out: who made it, of whom, what for; no entry, no pack', async () => {
    const out = join(home.env['TAGWATCH_DATA_DIR']!, 'audited.zip');
    isAuditAway = true;
    await expect(pack('make', '--alert', alertId, ...why, '--out', out)).rejects.toThrow(AuditUnavailable);
    expect(existsSync(out)).toBe(false);
    isAuditAway = false;
    expect((await pack('make', '--alert', alertId, ...why, '--out', out)).code).toBe(0);
    const log = openLog();
    const entries: AuditEntry[] = [];
    await log.readToEnd([{ topic: AUDIT, partition: 0 }], ({ records }) => {
      for (const { value } of records) if (value !== null) entries.push(decodeJson<AuditEntry>(value));
    });
    await log.close();
    const made = entries.filter(({ act }) => act === 'disclosure');
    expect(made.at(-1)).toMatchObject({
      what: 'exports.make',
      who: 'command#officer',
      subjectType: 'pack',
      wearerIds: [`W-${TAG}`],
      outcome: 'done',
      purpose: 'hearing',
      recipient: 'the court',
      operationId: 'tagwatch evidence make',
    });
    const holds = await db!.query('select wearer_id from legal_hold where legal_hold_id = $1', [
      made.at(-1)!.subjectId!,
    ]);
    expect(holds.rows).toEqual([{ wearer_id: `W-${TAG}` }]);
    const held = new Map(
      readContainer(readFileSync(out)).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
    );
    expect([...held.values()].join()).toContain(made.at(-1)!.subjectId!);
  });

  test('of a wearer and a period; and what a pack cannot be of is said', async () => {
    const out = join(home.env['TAGWATCH_DATA_DIR']!, 'period.zip');
    const period = ['--from', minute(-60), '--to', new Date().toISOString()];
    const made = await pack('make', '--wearer', 'W-T-absent', ...period, ...why, '--out', out);
    expect([made.code, made.text]).toEqual([0, expect.stringMatching(/[1-9] alerts, 40 pings/)]);
    expect((await pack('verify', out)).code).toBe(0);
    expect(await pack('make', '--alert', 'nothing', ...why)).toMatchObject({ code: 1 });
    const both = await pack('make', '--alert', alertId, '--alert', absent.get('T-absent')!, ...why);
    expect([both.code, both.text]).toEqual([1, expect.stringContaining('several wearers')]);
    expect((await pack('make', '--wearer', 'W-none', ...period, ...why)).text).toContain('no wearer W-none');
  });

  test('the call: help, and what is not understood', async () => {
    expect((await explain()).code).toBe(2);
    const main = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
    const { status, stdout } = spawnSync(process.execPath, [main, 'explain', '--help'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toContain('tagwatch explain ALERT-ID');
  });

  test('over other pings it does not find the same, and says what differs', async () => {
    await db!.query('delete from ping where tag_id = $1 and fixed_at = $2', [TAG, new Date(minute(6))]);
    await db!.query('update ping set position = st_setsrid(st_makepoint(-2.93, 53.45), 4326) where fixed_at = $1', [
      new Date(minute(5)),
    ]);
    const { code, text } = await explain(alertId);
    expect(code).toBe(3);
    expect(text).toContain(`end: on record ${minute(7)}, again ${minute(5)}`);
  });
});

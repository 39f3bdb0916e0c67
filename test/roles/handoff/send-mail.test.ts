/** What climbs is mailed, over real SMTP: to whom it climbs, once, many as one, no more in it than is needed; on the register while it is not. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type AlertEvent, TAGWATCH } from '../../../src/alerts/event.js';
import { applyEvent } from '../../../src/alerts/fold.js';
import { readHandoffs } from '../../../src/ports/handoff.js';
import { ALERTS, encodeJson } from '../../../src/ports/topics.js';
import type { Auditing } from '../../../src/roles/auditing/auditing.js';
import { type Handoff, startHandoff } from '../../../src/roles/handoff/handoff.js';
import { toMailMessage } from '../../../src/roles/handoff/mail-message.js';
import { createMailTeller, type MailServer } from '../../../src/roles/handoff/send-mail.js';
import { type HandoffView, startHandoffView } from '../../../src/views/handoff.js';
import { action, finding, instantAt } from '../../alerts/events.js';
import { openTestLog, type TestLog } from '../../support/embedded-log.js';
import { silentLog } from '../../support/silent-log.js';
import { openTestAudit, readAudit } from '../../support/test-audit.js';
import { type MailAnswer, startMailServer, type TestMailServer } from './mail-server.js';

const SOON = { timeout: 60_000 };
const clock = { aheadMs: 0, nowMs: () => Date.now() + clock.aheadMs };
let opened: TestLog;
let view: HandoffView;
let audit: Auditing;
let running: Handoff[];
let servers: TestMailServer[];
let answer: MailAnswer;
let end: number;
let certificates: string;
let tls: { readonly key: string; readonly cert: string };

beforeAll(() => {
  certificates = mkdtempSync(join(tmpdir(), 'tagwatch-test-'));
  const [key, cert] = [join(certificates, 'key.pem'), join(certificates, 'cert.pem')];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=mail', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...made, ...name, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
});
afterAll(() => rmSync(certificates, { recursive: true }));

beforeEach(async () => {
  [running, servers, answer, end, clock.aheadMs] = [[], [], 'take', 0, 0];
  opened = await openTestLog();
  audit = await openTestAudit(opened.log);
  view = await startHandoffView({ log: opened.log, epoch: 'e1', clock, alertsEnd: () => end, everyMs: 10 });
});
afterEach(async () => {
  for (const handoff of running) await handoff.stop();
  for (const server of servers) await server.die();
  await audit.stop();
  await view.stop();
  await opened.dispose();
});

async function serve(options: Parameters<typeof startMailServer>[1] = {}): Promise<TestMailServer> {
  const server = await startMailServer(() => answer, options);
  servers.push(server);
  return server;
}

async function start(server: TestMailServer, how: Partial<MailServer> = {}, mailRestMs = 500): Promise<Handoff> {
  const plain = { host: '127.0.0.1', tls: 'none', login: null, ca: null, from: 'tagwatch@force.example' } as const;
  const mailed = { receiverId: 'sergeants', address: 'duty@force.example', escalatedTo: ['sergeant'] } as const;
  const receivers = [{ ...mailed, server: { ...plain, port: server.port, ...how } }];
  const publicUrl = 'https://tagwatch.example';
  const handoff = await startHandoff({
    receivers,
    log: opened.log,
    audit,
    epoch: 'e1',
    clock,
    logger: silentLog,
    publicUrl,
    mailRestMs,
  });
  running.push(handoff);
  await vi.waitFor(async () => expect((await readHandoffs(opened.log)).has('sergeants')).toBe(true), SOON);
  return handoff;
}

async function append(...events: readonly AlertEvent[]): Promise<void> {
  const records = events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 }));
  end = (await opened.log.append(ALERTS, records)).at(-1)!.offset + 1;
}

/** However the clock stood when it failed first: what fails for a minute is told, and what the last try came to is told each minute. */
const untilFailing = (failing: object) =>
  vi.waitFor(
    () => {
      clock.aheadMs += 20_000;
      expect(view.failing()).toMatchObject([failing]);
    },
    { ...SOON, interval: 500 },
  );

/** Each mail with of how many alerts it tells. Long lines are broken by the way it is encoded. */
const readMails = (server: TestMailServer) =>
  server.taken.map((mail) => {
    const text = mail.text.replaceAll('=\r\n', '').replaceAll('=3D', '=');
    const [, subject] = /^Subject: (.*(?:\r\n .*)*)\r$/m.exec(text)!;
    const [, messageId] = /^Message-ID: (.*)\r$/m.exec(text)!;
    return { text, subject: subject!, messageId, count: Number(/seen (\d+) alerts/.exec(subject!)?.[1] ?? 1) };
  });

const climbs = (alertId: string, level: number, to: string, wearerId = 'W-secret') =>
  action('escalated', [1, 0], {
    alertId,
    wearerId,
    actor: TAGWATCH,
    eventId: `escalated:${level}`,
    level,
    to,
    at: instantAt(30),
  });
const found = (alertId: string) => finding({ alertId, wearerId: 'W-secret', zoneId: 'Z-secret', tagId: 'T-secret' });

test('whom it climbs to is told why, since when and where to read it, and of nobody and no place', async () => {
  const server = await serve();
  await start(server);
  await append(found('A-1'), climbs('A-1', 1, 'supervisor'), climbs('A-1', 2, 'sergeant'));
  await vi.waitFor(() => expect(server.taken).toHaveLength(1), SOON);
  const [mail] = server.taken;
  expect(mail).toMatchObject({ from: 'tagwatch@force.example', to: ['duty@force.example'] });
  // Long lines are broken by the way it is encoded.
  const text = mail!.text.replaceAll('=\r\n', '');
  expect(text).toMatch(/^Subject: Tagwatch: nobody has seen an alert of high severity\r$/m);
  expect(text).toMatch(/^Message-ID: <evt_[\w-]{43}@force\.example>\r$/m);
  expect(text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(text).toContain('An alert of high severity has waited since 22 Nov 2026, 18:01 GMT');
  expect(text).toContain('nobody had seen it by 22 Nov 2026, 18:30 GMT: so it is passed on to the sergeant.');
  expect(text).toContain('https://tagwatch.example/alerts/A-1');
  expect(text).not.toMatch(/secret|exclusion/);
  const entries = await readAudit(opened.log);
  expect(entries).toMatchObject([
    { act: 'disclosure', who: 'tagwatch', recipient: 'sergeants', wearerIds: ['W-secret'], rowCount: 1 },
  ]);
});

test('a mail server that refuses or is gone is on the register, and told when it is back; nothing goes twice', async () => {
  const server = await serve();
  answer = 'refuse';
  const first = await start(server);
  await append(found('A-1'), climbs('A-1', 1, 'sergeant'), found('A-2'), climbs('A-2', 1, 'sergeant'));
  await vi.waitFor(() => expect(server.tries()).toBeGreaterThan(0), SOON);
  const failing = { receiverId: 'sergeants', why: 'not-delivered', error: 'answered 451' };
  await untilFailing(failing);
  await first.stop();
  await server.die();
  const second = await start(server);
  await untilFailing({ ...failing, error: 'ECONNREFUSED' });
  answer = 'take';
  await server.comeBack();
  await vi.waitFor(() => expect(view.failing()).toEqual([]), SOON);
  await second.stop();
  await start(server);
  await append(found('A-3'), climbs('A-3', 1, 'sergeant'));
  await vi.waitFor(() => expect(readMails(server).map(({ count }) => count)).toEqual([2, 1]), SOON);
  expect(new Set(readMails(server).map(({ messageId }) => messageId)).size).toBe(2);
});

test('a thousand alerts are a few mails: the first at once, the others by cause, the critical ones each, and none is lost by a stop', async () => {
  const server = await serve();
  const counted = () => readMails(server).reduce((sum, { count }) => sum + count, 0);
  const first = await start(server, {}, 3_600_000);
  const isCritical = (n: number) => n === 400 || n === 999;
  const flood = Array.from({ length: 1_000 }, (_, n) => {
    const severity = isCritical(n) ? 'critical' : 'high';
    const [alertId, wearerId] = [`A-${n}`, `W-secret-${n}`];
    const raised = finding({ alertId, wearerId, zoneId: `Z-secret-${n % 4}`, tagId: `T-secret-${n}`, severity });
    return [raised, climbs(alertId, 1, 'sergeant', wearerId)];
  });
  await append(...flood.flat());
  // One, and none of the critical ones waits for the rest after it.
  await vi.waitFor(() => expect(server.taken).toHaveLength(2), SOON);
  expect(readMails(server).some(({ text }) => text.includes('/alerts/A-0\r'))).toBe(true);
  expect(readMails(server).some(({ text }) => text.includes('/alerts/A-400\r'))).toBe(true);
  await vi.waitFor(() => expect(first.waiting()).toEqual({ sergeants: 1_000 - counted() }), SOON);
  await first.stop();
  answer = 'refuse';
  const second = await start(server);
  await vi.waitFor(() => expect(server.tries()).toBeGreaterThan(1), SOON);
  await second.stop();
  answer = 'take';
  // All of it is read while the first of it rests.
  await start(server, {}, 3_000);
  await vi.waitFor(() => expect(counted()).toBe(1_000), SOON);
  const mails = readMails(server);
  expect(mails.length).toBeLessThanOrEqual(5);
  expect(mails.some(({ text }) => text.includes('/alerts/A-999\r'))).toBe(true);
  // Of the others as many rows as there are causes, as the register groups them.
  const many = mails.find(({ count }) => count > 2)!;
  const rows = many.text.split('\r\n').filter((line) => line.startsWith('- '));
  expect(rows.map((row) => /^- (\d+) of one cause, high at worst/.exec(row) !== null)).toEqual(Array(4).fill(true));
  expect(mails.map((mail) => mail.text).join('')).not.toMatch(/secret|exclusion/);
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(mails.length);
});

test('a mail of very many rows names the critical ones, and says how many more there are', () => {
  const climbed = Array.from({ length: 80 }, (_, n) => {
    const severity = n >= 70 ? 'critical' : 'low';
    const found = finding({ alertId: `A-${n}`, wearerId: `W-${n}`, zoneId: `Z-${n}`, severity });
    const event = climbs(`A-${n}`, 1, 'sergeant', `W-${n}`);
    return { seq: n, prevSeq: n - 1, event, alert: applyEvent(applyEvent(null, found, 0).alert, event, 1).alert! };
  });
  const { text } = toMailMessage(climbed, { domain: 'force.example', publicUrl: null });
  const rows = text.split('\n').filter((line) => line.startsWith('- '));
  expect(rows.slice(0, 10).every((row) => row.startsWith('- critical, '))).toBe(true);
  expect([rows.length, rows.at(-1)]).toEqual([51, '- and 30 more, which the register shows']);
});

test('by TLS it says who it is, to whom it trusts', async () => {
  const users: string[] = [];
  const server = await serve({
    ...tls,
    onAuth({ username = '', password = '' }, _session, done) {
      users.push(`${username}:${password}`);
      done(null, { user: username });
    },
  });
  await start(server, { tls: 'starttls', ca: tls.cert, login: { user: 'tagwatch', password: 'p-1' } });
  await append(found('A-1'), climbs('A-1', 1, 'sergeant'));
  await vi.waitFor(() => expect(server.taken).toMatchObject([{ isEncrypted: true, user: 'tagwatch' }]), SOON);
  expect(users).toEqual(['tagwatch:p-1']);
});

test.each([
  ['whom nobody has vouched for', {}, null, /^its certificate is not trusted$/],
  ['that has no TLS', { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }, 'ours', /^(ETLS|answered 5\d\d)$/],
])('a mail server %s is told nothing, neither a mail nor a password', async (_name, options, ca, error) => {
  const users: unknown[] = [];
  const server = await serve({
    ...tls,
    ...options,
    allowInsecureAuth: true,
    onAuth({ username }, _session, done) {
      users.push(username);
      done(null, { user: username });
    },
  });
  const from = { from: 'tagwatch@force.example', login: { user: 'tagwatch', password: 'p-1' } };
  const way = { host: '127.0.0.1', port: server.port, tls: 'starttls', ca: ca === null ? null : tls.cert } as const;
  const mailed = { receiverId: 'sergeants', address: 'duty@force.example', escalatedTo: ['sergeant'] } as const;
  const teller = createMailTeller({ ...mailed, server: { ...way, ...from } }, null);
  const event = climbs('A-1', 1, 'sergeant');
  const alert = applyEvent(applyEvent(null, found('A-1'), 0).alert, event, 1).alert!;
  const telling = teller.tell([{ seq: 1, prevSeq: 0, event, alert }], new AbortController().signal);
  await expect(telling).rejects.toThrow(error);
  expect([server.taken, users]).toEqual([[], []]);
});

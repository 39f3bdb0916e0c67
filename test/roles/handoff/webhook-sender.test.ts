/** A receiver that is told, fails and is told again, over a real log and HTTP; on the standing register while it fails. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AlertEvent } from '../../../src/alerts/event.js';
import { AuditUnavailable } from '../../../src/ports/audit.js';
import { readHandoffs } from '../../../src/ports/handoff.js';
import { ALERT_FORMAT, formatHeaders } from '../../../src/ports/record-format.js';
import { ALERTS, encodeJson } from '../../../src/ports/topics.js';
import type { Auditing } from '../../../src/roles/auditing/auditing.js';
import { type Handoff, startHandoff } from '../../../src/roles/handoff/handoff.js';
import { type HandoffView, SENDER_SILENT_AFTER_MS, startHandoffView } from '../../../src/views/handoff.js';
import { action, finding, instantAt } from '../../alerts/events.js';
import { openTestLog, type TestLog } from '../../support/embedded-log.js';
import { silentLog } from '../../support/silent-log.js';
import { openTestAudit, readAudit } from '../../support/test-audit.js';
import { type Answer, SECRET, startReceiver, type TestReceiver } from './receiver.js';

const SOON = { timeout: 120_000 };
let opened: TestLog;
let receiver: TestReceiver;
let view: HandoffView;
let auditing: Auditing;
let audit: Pick<Auditing, 'keep'>;
let running: Handoff[];
let answer: Answer;
/** Whose events are refused whatever else is taken. */
let refused: string | null;
let end: number;
const clock = { aheadMs: 0, nowMs: () => Date.now() + clock.aheadMs };

beforeEach(async () => {
  [running, answer, refused, end, clock.aheadMs] = [[], 'take', null, 0, 0];
  opened = await openTestLog();
  receiver = await startReceiver((_n, { body }) =>
    refused !== null && String(body.data.wearerId).startsWith(refused) ? 'refuse' : answer,
  );
  auditing = await openTestAudit(opened.log);
  audit = auditing;
  view = await startHandoffView({ log: opened.log, epoch: 'e1', clock, alertsEnd: () => end, everyMs: 10 });
});
afterEach(async () => {
  for (const handoff of running) await handoff.stop();
  await auditing.stop();
  await view.stop();
  await receiver.die();
  await opened.dispose();
});

async function start(receiverIds = ['cad']): Promise<Handoff> {
  const receivers = receiverIds.map((receiverId) => ({ receiverId, url: receiver.url, secrets: [SECRET] }));
  const handoff = await startHandoff({
    receivers,
    log: opened.log,
    epoch: 'e1',
    clock,
    logger: silentLog,
    audit,
    publicUrl: null,
  });
  running.push(handoff);
  await vi.waitFor(async () => expect([...(await readHandoffs(opened.log)).keys()]).toEqual(receiverIds), SOON);
  return handoff;
}

async function append(...events: readonly AlertEvent[]): Promise<void> {
  const records = events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 }));
  end = (await opened.log.append(ALERTS, records)).at(-1)!.offset + 1;
}

const told = () => receiver.taken.map(({ body }) => `${body.data.alertId} ${body.type}`);

test('a new receiver is told of what comes from then on; once stopped it misses nothing', async () => {
  await append(finding({ alertId: 'A-0' }));
  const handoff = await start();
  await append(finding(), finding({ revision: 2 }));
  await vi.waitFor(() => expect(told()).toEqual(['A-1 alert.suspected', 'A-1 alert.confirmed']), SOON);
  // The receiver has it before the sender knows: what is under way at a stop comes again.
  await vi.waitFor(() => expect(Object.values(handoff.waiting())).toEqual([0]), SOON);
  await handoff.stop();
  await append(action('acknowledged', [2, 0]));
  await start();
  await vi.waitFor(() => expect(told().slice(2)).toEqual(['A-1 alert.acknowledged']), SOON);
});

test('what fails is told on the register with since when, over a restart, until it goes through', async () => {
  const handoff = await start();
  answer = 'refuse';
  await append(finding(), finding({ alertId: 'A-2', wearerId: 'W-2' }));
  await vi.waitFor(() => expect(receiver.requests()).toBeGreaterThan(2), SOON);
  expect(view.failing()).toEqual([]);
  clock.aheadMs = 61_000;
  const failing = { receiverId: 'cad', why: 'not-delivered', error: 'answered 503', behind: 2 };
  await vi.waitFor(() => expect(view.failing()).toMatchObject([failing]), SOON);
  const [{ since } = { since: '' }] = view.failing();
  expect(Date.parse(since)).toBeLessThan(Date.now());
  await handoff.stop();
  await start();
  await vi.waitFor(() => expect(receiver.requests()).toBeGreaterThan(4), SOON);
  expect(view.failing()).toMatchObject([{ ...failing, since }]);
  answer = 'take';
  await vi.waitFor(() => expect(view.failing()).toEqual([]), SOON);
  expect(told()).toHaveLength(2);
});

test('that nobody sends is told when there is something to send, and of a receiver that is configured no more nothing', async () => {
  const handoff = await start();
  await handoff.stop();
  clock.aheadMs = SENDER_SILENT_AFTER_MS;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(view.failing()).toEqual([]);
  await append(finding());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(view.failing()).toEqual([]);
  clock.aheadMs += SENDER_SILENT_AFTER_MS;
  await vi.waitFor(
    () => expect(view.failing()).toMatchObject([{ receiverId: 'cad', why: 'no-sender', behind: 1 }]),
    SOON,
  );
  const others = await startHandoff({
    receivers: [],
    log: opened.log,
    epoch: 'e1',
    clock,
    logger: silentLog,
    audit,
    publicUrl: null,
  });
  running.push(others);
  await vi.waitFor(() => expect(view.failing()).toEqual([]), SOON);
  clock.aheadMs = 0;
  await start();
  await vi.waitFor(() => expect(told()).toEqual(['A-1 alert.suspected']), SOON);
});

test('what goes out stands in the audit, with whom it is about and who is told, before it goes', async () => {
  const entriesThen: number[] = [];
  await start();
  await append(finding(), finding({ alertId: 'A-2', wearerId: 'W-2' }));
  await vi.waitFor(() => expect(told()).toHaveLength(2), SOON);
  entriesThen.push((await readAudit(opened.log)).length);
  await append(finding({ alertId: 'A-3', wearerId: 'supplier/pings', tagId: 'supplier/pings' }));
  await vi.waitFor(() => expect(told()).toHaveLength(3), SOON);
  const entries = await readAudit(opened.log);
  expect(entriesThen[0]).toBeLessThan(entries.length);
  const said = entries.map(({ wearerIds, fromSeq, toSeq, rowCount }) => ({ wearerIds, fromSeq, toSeq, rowCount }));
  expect(said.flatMap(({ wearerIds }) => wearerIds ?? []).sort()).toEqual(['W-1', 'W-2']);
  expect(said.reduce((sum, { rowCount = 0 }) => sum + rowCount, 0)).toBe(3);
  expect([said[0]!.fromSeq, said.at(-1)!.toSeq]).toEqual([end - 3, end - 1]);
  for (const entry of entries)
    expect(entry).toMatchObject({ act: 'disclosure', who: 'tagwatch', recipient: 'cad', outcome: 'done' });
});

test('no entry, no delivery; once there can be one, everything goes out, each once', async () => {
  let isAway = true;
  audit = {
    async keep(facts) {
      if (isAway) throw new AuditUnavailable('neither the log nor the disk takes it');
      await auditing.keep(facts);
    },
  };
  await start();
  await append(finding(), finding({ revision: 2 }), finding({ alertId: 'A-2', wearerId: 'W-2' }));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(receiver.requests()).toBe(0);
  // What was read and is not said is no part of what was told.
  expect((await readHandoffs(opened.log)).get('cad')).toMatchObject({ nextSeq: end - 3 });
  isAway = false;
  await vi.waitFor(() => expect(told()).toHaveLength(3), SOON);
  expect(told().filter((one) => one.startsWith('A-1'))).toEqual(['A-1 alert.suspected', 'A-1 alert.confirmed']);
  expect(receiver.requests()).toBe(3);
});

test('what only a newer program can read is not passed by: the receiver waits, and the register says for what', async () => {
  await start();
  await append(finding());
  const newer = {
    headers: formatHeaders(ALERT_FORMAT + 1),
    key: 'W-1',
    value: encodeJson({ type: 'of-tomorrow' }),
    partition: 0,
  };
  const [{ offset } = { offset: -1 }] = await opened.log.append(ALERTS, [newer]);
  await append(finding({ alertId: 'A-2', wearerId: 'W-2' }));
  const error = `record ${offset} of tagwatch.alerts has format ${ALERT_FORMAT + 1}, and this program knows ${ALERT_FORMAT} at most`;
  await vi.waitFor(() => expect(view.failing()).toMatchObject([{ why: 'not-delivered', error, behind: 2 }]), SOON);
  expect(told()).toEqual(['A-1 alert.suspected']);
  await running[0]!.stop();
  expect((await readHandoffs(opened.log)).get('cad')).toMatchObject({ nextSeq: offset, failing: { error } });
});

test('while a receiver is away most of many events wait in the log, and it is told all of them', async () => {
  answer = 'refuse';
  await start(['cad']);
  const many = Array.from({ length: 5_000 }, (_, n) => finding({ alertId: `A-${n}`, wearerId: `W-${n}` }));
  for (let n = 0; n < many.length; n += 500) await append(...many.slice(n, n + 500));
  await vi.waitFor(() => expect(running[0]!.waiting().cad).toBeGreaterThanOrEqual(1_000), SOON);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(running[0]!.waiting().cad).toBeLessThan(2_500);
  answer = 'take';
  await vi.waitFor(() => expect(receiver.taken).toHaveLength(5_000), { timeout: 220_000 });
});

test.each([1, 20])(
  'what a receiver refuses of %d wearers holds up nobody else, however much of it waits',
  async (wearers) => {
    refused = 'W-bad';
    await start();
    const many = (prefix: string, count: number, wearerOf: (n: number) => string) =>
      append(...Array.from({ length: count }, (_, n) => finding({ wearerId: wearerOf(n), alertId: `${prefix}-${n}` })));
    // More than wait in memory for their turn, at once.
    await many('bad', 1_200, (n) => `W-bad-${n % wearers}`);
    await many('burst', 500, (n) => `W-${n}`);
    await append(finding({ wearerId: 'W-victim', alertId: 'critical' }));
    await vi.waitFor(() => expect(told()).toContain('critical alert.suspected'), SOON);
    await vi.waitFor(() => expect(told().filter((one) => one.startsWith('burst'))).toHaveLength(500), SOON);
    await vi.waitFor(() => expect(running[0]!.waiting()).toMatchObject({ cad: 1_200 }), SOON);
    refused = null;
    await vi.waitFor(() => expect(told().filter((one) => one.startsWith('bad'))).toHaveLength(1_200), {
      timeout: 120_000,
    });
    expect(new Set(told()).size).toBe(told().length);
  },
);

test('what was delivered past what is refused is not delivered again, by whoever goes on', async () => {
  refused = 'W-0';
  const first = await start();
  const of = (n: number) => finding({ alertId: `A-${n}`, wearerId: `W-${n % 50}` });
  const many = Array.from({ length: 200 }, (_, n) => of(n));
  await append(...many);
  await vi.waitFor(() => expect(first.waiting()).toEqual({ cad: 4 }), SOON);
  await first.stop();
  const between = [
    [1, 50],
    [51, 100],
    [101, 150],
    [151, 200],
  ];
  expect((await readHandoffs(opened.log)).get('cad')).toMatchObject({ nextSeq: end - 200, delivered: between });
  await append(finding({ alertId: 'A-200', wearerId: 'W-1' }));
  const second = await start();
  await vi.waitFor(() => expect([receiver.taken.length, second.waiting().cad]).toEqual([197, 4]), SOON);
  await second.stop();
  refused = null;
  await start();
  await vi.waitFor(() => expect(receiver.taken).toHaveLength(201), SOON);
  await vi.waitFor(async () => expect((await readHandoffs(opened.log)).get('cad')?.nextSeq).toBe(end), SOON);
  expect((await readHandoffs(opened.log)).get('cad')?.delivered).toBeUndefined();
  expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(201);
});

test('no explanation, place, note or person goes out; grouping keys do', async () => {
  await start();
  const fix = { fixedAt: instantAt(1), latitude: 51.5, longitude: -0.1, signedDistanceMetres: -3, accuracyMetres: 5 };
  const explanation = { rule: 'two-fixes', fixes: [fix], thresholds: {} } as const;
  await append(
    finding({ explanation }),
    action('suspended', [1, 0], { actor: 'p-secret', reason: 'why-secret', note: 'note-secret', until: instantAt(90) }),
  );
  await vi.waitFor(() => expect(receiver.taken).toHaveLength(2), SOON);
  expect(JSON.stringify(receiver.taken)).not.toMatch(/secret|latitude|explanation|thresholds/);
  expect(receiver.taken[1]!.body).toMatchObject({
    type: 'alert.suspended',
    timestamp: instantAt(30),
    data: {
      alertId: 'A-1',
      wearerId: 'W-1',
      suspendedUntil: instantAt(90),
      groups: { flood: 'exclusion|Z-1|two-fixes|', repeat: 'exclusion|W-1|Z-1', source: { type: 'zone', id: 'Z-1' } },
    },
  });
});

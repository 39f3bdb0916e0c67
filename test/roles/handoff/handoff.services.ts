/** Webhooks out of a real Kafka: two processes have the role, one tells the receiver, and the other takes over where it was. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectKafka } from '../../../src/log/kafka.js';
import { withTopicPrefix } from '../../../src/log/prefixed.js';
import type { EventLog } from '../../../src/ports/event-log.js';
import { readHandoffs } from '../../../src/ports/handoff.js';
import { ALERTS, encodeJson, OWN_TOPICS } from '../../../src/ports/topics.js';
import type { Auditing } from '../../../src/roles/auditing/auditing.js';
import { type Handoff, startHandoff } from '../../../src/roles/handoff/handoff.js';
import { finding } from '../../alerts/events.js';
import { sharedKafkaBrokers } from '../../support/services.js';
import { silentLog } from '../../support/silent-log.js';
import { openTestAudit } from '../../support/test-audit.js';
import { SECRET, startReceiver, type TestReceiver } from './receiver.js';

const SOON = { timeout: 120_000, interval: 100 };
const WEARERS = 50;
const EACH = 20;
const clock = { nowMs: () => Date.now() };
const prefix = `handoff-${randomUUID().slice(0, 8)}.`;
let logs: EventLog[];
let running: Handoff[];
let audits: Auditing[];
let receiver: TestReceiver;

beforeEach(async () => {
  [logs, running, audits] = [[], [], []];
  receiver = await startReceiver((n) => (n % 3 !== 0 ? 'take' : n % 2 === 0 ? 'refuse' : 'lost'));
});
afterEach(async () => {
  for (const handoff of running) await handoff.stop();
  for (const audit of audits) await audit.stop();
  for (const log of logs) await log.close();
  await receiver.die();
});

function open(): EventLog {
  const timings = { retryFirstMs: 20 };
  const kafka = connectKafka({ brokers: sharedKafkaBrokers(), clientId: 'handoff-test', log: silentLog, timings });
  const log = withTopicPrefix(kafka, prefix);
  logs.push(log);
  return log;
}

async function start(): Promise<Handoff> {
  const receivers = [{ receiverId: 'cad', url: receiver.url, secrets: [SECRET] }];
  const log = open();
  const audit = await openTestAudit(log);
  audits.push(audit);
  const handoff = await startHandoff({ receivers, log, epoch: 'e1', clock, logger: silentLog, audit, publicUrl: null });
  running.push(handoff);
  return handoff;
}

test('each event at least once and in order per wearer, over a sender that goes and another that takes over', async () => {
  const log = open();
  await log.ensureTopics(OWN_TOPICS);
  const first = await start();
  await vi.waitFor(async () => expect((await readHandoffs(log)).has('cad')).toBe(true), SOON);
  await start();
  for (let n = 0; n < EACH; n++) {
    const events = Array.from({ length: WEARERS }, (_, w) => finding({ wearerId: `W-${w}`, alertId: `A-${w}-${n}` }));
    await log.append(
      ALERTS,
      events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
    );
  }
  await vi.waitFor(() => expect(receiver.taken.length).toBeGreaterThan(200), SOON);
  await first.stop();
  await vi.waitFor(() => expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(WEARERS * EACH), SOON);
  const came = new Map<unknown, number[]>();
  const known = new Set<string>();
  for (const { id, body } of receiver.taken) {
    if (known.has(id)) continue;
    known.add(id);
    came.set(body.data.wearerId, [...(came.get(body.data.wearerId) ?? []), body.data.seq as number]);
  }
  expect(came.size).toBe(WEARERS);
  for (const seqs of came.values()) expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  const end = Math.max(...[...came.values()].flat()) + 1;
  await vi.waitFor(async () => expect((await readHandoffs(log)).get('cad')?.nextSeq).toBeGreaterThanOrEqual(end), SOON);
});

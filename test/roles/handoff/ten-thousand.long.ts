/**
 * 10,000 webhooks to a receiver that fails one in three and dies twice, from a sender that is killed twice: each is delivered at least
 * once, in order per wearer, under ids by which what came twice is known. Real HTTP, a real log, a process of its own; `npm run build`
 * first.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AlertEvent } from '../../../src/alerts/event.js';
import { openEmbeddedLog } from '../../../src/log/embedded.js';
import { handoffRecord, readHandoffs } from '../../../src/ports/handoff.js';
import { ALERTS, appendInTurns, encodeJson, HANDOFF, OWN_TOPICS } from '../../../src/ports/topics.js';
import { ensureEpoch } from '../../../src/roles/epoch.js';
import { action, finding } from '../../alerts/events.js';
import { silentLog } from '../../support/silent-log.js';
import { SECRET, startReceiver, type TestReceiver } from './receiver.js';

const WEARERS = 500;
const ALERTS_EACH = 5;
const EVENTS_AN_ALERT = 4;
const EVENTS = WEARERS * ALERTS_EACH * EVENTS_AN_ALERT;
const EPOCH = 'e1';
const DIES_AT = [2_000, 8_000];
const KILLS_AT = [4_000, 6_500];
/** What a sender that is killed may have delivered and not stored: between two stores, and while the log takes one. */
const AGAIN_A_KILL = 250;
const SENDER = fileURLToPath(new URL('../../support/handoff-sender.mjs', import.meta.url));

let directory: string;
let receiver: TestReceiver;
let sender: ChildProcess | null = null;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tagwatch-test-'));
});
afterEach(async () => {
  sender?.kill('SIGKILL');
  await receiver.die();
  await rm(directory, { recursive: true, force: true });
});

/** What changed an alert, and between it repeats and refused actions, which nobody is told of. */
function* makeEvents(): Iterable<AlertEvent> {
  for (let n = 0; n < ALERTS_EACH; n++) {
    const about = Array.from({ length: WEARERS }, (_, w) => ({ wearerId: `W-${w}`, alertId: `A-${w}-${n}` }));
    for (const one of about) yield finding(one);
    for (const one of about) yield finding({ ...one, revision: 2 });
    for (const one of about.slice(0, 100)) yield finding({ ...one, revision: 2 });
    for (const one of about) yield action('acknowledged', [2, 0], one);
    for (const one of about.slice(0, 100)) yield action('acknowledged', [2, 0], { ...one, actor: 'second' });
    for (const one of about) yield action('disposed', [2, 1], one);
  }
}

async function withLog<T>(work: (log: ReturnType<typeof openEmbeddedLog>) => Promise<T>): Promise<T> {
  const log = openEmbeddedLog({ directory: join(directory, 'log'), log: silentLog });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

function startSender(): void {
  sender = spawn(process.execPath, [SENDER, join(directory, 'log'), join(directory, 'handoff.json')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function endSender(signal: NodeJS.Signals): Promise<void> {
  expect(sender).toMatchObject({ exitCode: null, signalCode: null });
  sender!.kill(signal);
  await once(sender!, 'exit');
}

test('each at least once, in order per wearer, and known by its id when it comes again', async () => {
  // Every third fails; of these every other one was taken all the same.
  let isWell = false;
  let lost = 0;
  receiver = await startReceiver((n) => {
    if (isWell || n % 3 !== 0) return 'take';
    if (n % 2 === 0) return 'refuse';
    lost++;
    return 'lost';
  });
  const webhooks = [{ id: 'cad', url: receiver.url, secretFiles: ['secret'] }];
  await writeFile(join(directory, 'secret'), `${SECRET}\n`);
  await writeFile(join(directory, 'handoff.json'), JSON.stringify({ webhooks }));
  const end = await withLog(async (log) => {
    await log.ensureTopics(OWN_TOPICS);
    await ensureEpoch(log, () => EPOCH);
    const start = { type: 'receiver', receiverId: 'cad', epoch: EPOCH, nextSeq: 0, failing: null } as const;
    await log.append(HANDOFF, [handoffRecord(start)]);
    const events = [...makeEvents()];
    await appendInTurns(
      log,
      ALERTS,
      events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
    );
    return events.length;
  });

  startSender();
  const deaths = [...DIES_AT];
  const kills = [...KILLS_AT];
  const known = new Set<string>();
  let looked = 0;
  while (known.size < EVENTS) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (; looked < receiver.taken.length; looked++) known.add(receiver.taken[looked]!.id);
    if (known.size >= (deaths[0] ?? Number.POSITIVE_INFINITY)) {
      deaths.shift();
      await receiver.die();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await receiver.comeBack();
    }
    if (known.size >= (kills[0] ?? Number.POSITIVE_INFINITY)) {
      kills.shift();
      await endSender('SIGKILL');
      startSender();
    }
  }
  expect([deaths, kills]).toEqual([[], []]);
  await endSender('SIGTERM');

  const first = new Map(receiver.taken.toReversed().map((one) => [one.id, one]));
  expect(first.size).toBe(EVENTS);
  expect(receiver.taken.length).toBeGreaterThan(EVENTS);
  const again = receiver.taken.length - EVENTS - lost;
  process.stdout.write(`${lost} taken and not heard of; ${again} more came again after ${KILLS_AT.length} kills\n`);
  expect(again).toBeLessThan(KILLS_AT.length * AGAIN_A_KILL);
  const seqs = new Map<unknown, number[]>();
  for (const { body } of [...first.values()].toReversed()) {
    const { wearerId, seq } = body.data;
    seqs.set(wearerId, [...(seqs.get(wearerId) ?? []), seq as number]);
  }
  expect(seqs.size).toBe(WEARERS);
  for (const [wearerId, came] of seqs) {
    expect(came, String(wearerId)).toHaveLength(ALERTS_EACH * EVENTS_AN_ALERT);
    expect(came, String(wearerId)).toEqual([...came].sort((a, b) => a - b));
  }
  const idOf = new Map<unknown, string>();
  for (const { id, body } of receiver.taken) {
    expect(idOf.get(body.data.seq) ?? id).toBe(id);
    idOf.set(body.data.seq, id);
  }
  expect(idOf.size).toBe(EVENTS);
  // What was taken without the sender's hearing of it comes once more; then the position is at the end.
  isWell = true;
  let position = (await withLog(readHandoffs)).get('cad');
  while (position?.nextSeq !== end) {
    startSender();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await endSender('SIGTERM');
    position = (await withLog(readHandoffs)).get('cad');
  }
  expect(position.failing).toBeNull();
  expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(EVENTS);
});

/** What is due by the clock alone, over an embedded log whose retention drops what is old, and apis that are started again and again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_ESCALATION } from '../../src/alerts/escalation.js';
import type { ActionEvent, AlertEvent } from '../../src/alerts/event.js';
import { openEmbeddedLog } from '../../src/log/embedded.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { ALERTS, encodeJson, OWN_TOPICS } from '../../src/ports/topics.js';
import { startStandingKeeper } from '../../src/roles/standing-keeper.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { action, finding } from '../alerts/events.js';
import { silentLog } from '../support/silent-log.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 22, 18, 0);
const clock = { ms: START_MS, nowMs: () => clock.ms };
let directory: string;
let log: EventLog;
let apis: AlertLog[];

async function open(): Promise<void> {
  log = openEmbeddedLog({ directory, log: silentLog, nowMs: clock.nowMs });
  await log.ensureTopics(OWN_TOPICS);
  apis = [];
}
async function close(): Promise<void> {
  for (const api of apis) await api.stop();
  await log.close();
}
beforeEach(async () => {
  clock.ms = START_MS;
  directory = await mkdtemp(join(tmpdir(), 'tagwatch-test-'));
  await open();
});
afterEach(async () => {
  await close();
  await rm(directory, { recursive: true, force: true });
});

async function startApi(): Promise<{ alertLog: AlertLog; look: () => Promise<void> }> {
  const alertLog = await startAlertLog({ log, logger: silentLog, epoch: 'e1', actLimitMs: 60_000 });
  apis.push(alertLog);
  await alertLog.caughtUp;
  const keeper = startStandingKeeper({
    alertLog,
    clock,
    logger: silentLog,
    escalation: DEFAULT_ESCALATION,
    everyMs: 1_000_000,
  });
  await keeper.stop();
  return { alertLog, look: keeper.look };
}

async function append(...events: readonly AlertEvent[]): Promise<void> {
  const places = await log.append(
    ALERTS,
    events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
  );
  for (const api of apis) expect(await api.reached(places.at(-1)!.offset, 60_000)).toBe(true);
}
async function settle(): Promise<void> {
  const places = await log.append(ALERTS, [{ key: 'W', value: encodeJson({ a: 'mark' }), partition: 0 }]);
  for (const api of apis) expect(await api.reached(places.at(-1)!.offset, 60_000)).toBe(true);
}

test('a tamper of four minutes that nobody acts on stands a week, and four hundred days later, over restarts, from the log alone', async () => {
  const minutes = (n: number) => new Date(START_MS + n * MINUTE_MS).toISOString();
  const episode = { startedAt: minutes(0), endedAt: minutes(4) };
  await append(
    finding({ kind: 'strap-tamper', type: 'confirmed', raisedAt: minutes(0) }),
    finding({ kind: 'strap-tamper', type: 'ended', revision: 2, episode, raisedAt: minutes(4) }),
    finding({ alertId: 'A-2', raisedAt: minutes(5), type: 'confirmed' }),
    action('taken', [1, 0], { alertId: 'A-2', actor: 'p1' }),
  );
  for (const day of [1, 7, 30, 44, 46, 60, 89, 91, 100, 135, 180, 240, 300, 350, 400]) {
    await close();
    clock.ms = START_MS + day * DAY_MS;
    // Opening applies the retention.
    await open();
    const { alertLog, look } = await startApi();
    const standing = alertLog.open();
    expect(standing.map(({ alertId }) => alertId).sort(), `day ${day}`).toEqual(['A-1', 'A-2']);
    expect(alertLog.get('A-1')).toMatchObject({ raisedAt: minutes(0), finding: { revision: 2, episode } });
    expect(alertLog.get('A-2')).toMatchObject({ ownedBy: 'p1', raisedAt: minutes(5) });
    await look();
    await settle();
  }
  // What it was made of is long gone.
  expect(apis[0]!.isComplete()).toBe(false);
  expect(apis[0]!.get('A-1')!.escalation).toMatchObject({ to: 'sergeant' });
});

test('what nobody takes climbs, step by step, once however many apis look; what is taken does not', async () => {
  await append(
    finding({ type: 'confirmed', severity: 'critical', raisedAt: new Date(START_MS).toISOString() }),
    finding({ alertId: 'A-2', severity: 'critical', raisedAt: new Date(START_MS).toISOString() }),
    action('taken', [1, 0], { alertId: 'A-2', actor: 'p1' }),
  );
  const [one, two] = [await startApi(), await startApi()];
  const lookAt = async (seconds: number) => {
    clock.ms = START_MS + seconds * 1_000;
    await Promise.all([one.look(), two.look()]);
    await settle();
    return one.alertLog.get('A-1')!.escalation?.to;
  };
  expect(await lookAt(119)).toBeUndefined();
  expect(await lookAt(120)).toBe('supervisor');
  expect(await lookAt(200)).toBe('supervisor');
  expect(await lookAt(300)).toBe('sergeant');
  expect(await lookAt(9_000)).toBe('sergeant');
  const escalations = one.alertLog.read('A-1')!.events.filter(({ event }) => event.type === 'escalated');
  expect(escalations.map(({ event }) => (event as ActionEvent).level)).toEqual([1, 2]);
  expect(one.alertLog.get('A-2')!.escalation).toBeUndefined();
  expect(one.alertLog.get('A-1')).toEqual(two.alertLog.get('A-1'));
});

test('a suspension ends by itself, and what still holds is told again, and climbs from then on', async () => {
  const until = new Date(START_MS + 60 * MINUTE_MS).toISOString();
  await append(
    finding({ type: 'confirmed', raisedAt: new Date(START_MS).toISOString() }),
    action('suspended', [1, 0], { at: new Date(START_MS).toISOString(), until, reason: 'patrol', actor: 'p1' }),
  );
  const { alertLog, look } = await startApi();
  clock.ms = START_MS + 59 * MINUTE_MS;
  await look();
  await settle();
  expect(alertLog.get('A-1')).toMatchObject({ suspension: { until } });
  expect(alertLog.get('A-1')!.escalation).toBeUndefined();
  clock.ms = START_MS + 60 * MINUTE_MS;
  await look();
  await settle();
  expect(alertLog.get('A-1')).toMatchObject({ waitingSince: until });
  expect(alertLog.get('A-1')!.suspension).toBeUndefined();
  clock.ms = START_MS + 70 * MINUTE_MS;
  await look();
  await settle();
  expect(alertLog.get('A-1')!.escalation).toMatchObject({ level: 1, to: 'supervisor' });
});

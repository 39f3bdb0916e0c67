/** `GET /api/v1/alarm-health`: the figures of those whom who asks may see. */
import { expect, test } from 'vitest';
import type { AlertEvent } from '../../src/alerts/event.js';
import { createApp } from '../../src/http/app.js';
import { registerAlerts } from '../../src/http/routes/alerts/register.js';
import type { ConsoleSpan } from '../../src/ports/console-sounds.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { startAlertLog } from '../../src/views/alert-log.js';
import { finding, instantAt } from '../alerts/events.js';
import { AS, principalAs, testAccess } from '../support/access.js';
import { openTestLog } from '../support/embedded-log.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { silentLog } from '../support/silent-log.js';

const AT_MS = Date.parse(instantAt(5));
const span = (who: string, areas: ConsoleSpan['areas']): ConsoleSpan => ({
  spanId: who,
  who,
  areas,
  sound: 'off',
  fromMs: Date.parse(instantAt(1)),
  seenAtMs: AT_MS,
  isOver: false,
});
const EVERYWHERE = { forces: 'all', divisions: 'all', schemes: 'all' } as const;

async function askAbout(events: readonly AlertEvent[], role: string, spans: readonly ConsoleSpan[] = []) {
  const opened = await openTestLog();
  await opened.log.append(
    ALERTS,
    events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
  );
  const alertLog = await startAlertLog({ log: opened.log, logger: silentLog, epoch: 'e1' });
  await alertLog.caughtUp;
  const app = await createApp({ log: silentLog, access: testAccess });
  const record = { list: async () => [], read: async () => null, isOfVictim: async () => false };
  registerAlerts(app, {
    alertLog,
    record,
    failingHandoffs: () => [],
    priority: NOTHING_ON_RECORD,
    sounds: () => ({ spans, atMs: AT_MS }),
    clock: { nowMs: () => Date.parse(instantAt(5)) },
    logger: silentLog,
  });
  try {
    const answer = await app.inject({ url: '/api/v1/alarm-health', headers: { [AS]: role } });
    expect(answer.statusCode).toBe(200);
    return answer.json();
  } finally {
    await app.close();
    await alertLog.stop();
    await opened.dispose();
  }
}

test('counts and folds what may be seen, and nothing else', async () => {
  const events = Array.from({ length: 30 }, (_, i) =>
    finding({
      alertId: `A-${i}`,
      wearerId: i < 12 ? 'W-in' : 'W-out',
      zoneId: i < 12 ? 'Z-1' : 'Z-2',
      tagId: `T-${i}`,
    }),
  );
  expect(await askAbout(events, 'supervisor')).toMatchObject({
    raisedInTenMinutes: 12,
    floodSince: instantAt(1),
    worstSources: [{ type: 'zone', id: 'Z-1', raised: 12, share: 1 }],
    groups: [{ type: 'repeating', alertIds: { length: 12 }, severity: 'high' }],
  });
});

test('who cannot be heard is told to colleagues: of areas that cover one’s own, or are among them; to no partner', async () => {
  const { areas } = principalAs(['sergeant']).scope;
  const spans = [
    span('whole', [EVERYWHERE]),
    span('same', areas),
    span('elsewhere', [{ ...EVERYWHERE, forces: ['sussex'] }]),
    span('nowhere', []),
  ];
  const told = async (role: string) => (await askAbout([], role, spans)).sounds;
  for (const role of ['supervisor', 'sergeant', 'officer'])
    expect(await told(role), role).toEqual({
      heard: 0,
      silent: ['whole', 'same'].map((who) => ({ who, sound: 'off', since: instantAt(1) })),
      silentBefore: [],
    });
  for (const role of ['probation', 'service']) expect(await told(role), role).toBeNull();
});

test('a partner is not told which victim’s zone alerts come from', async () => {
  const of = (n: number) => ({ alertId: `A-${n}`, wearerId: 'W-mine', zoneId: 'Z-larkspur', tagId: 'T-1' });
  const tell = async (zonePriority: 'victim' | 'standard') => {
    const events = Array.from({ length: 12 }, (_, n) => finding({ ...of(n), zonePriority, severity: 'high' }));
    const told = await askAbout(events, 'probation');
    expect(told.raisedInTenMinutes).toBe(12);
    return JSON.stringify(told);
  };
  expect(await tell('victim')).not.toContain('larkspur');
  expect(await tell('standard')).toContain('larkspur');
});

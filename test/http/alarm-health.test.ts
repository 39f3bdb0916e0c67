/** `GET /api/v1/alarm-health`: the figures of those whom who asks may see. */
import { expect, test } from 'vitest';
import type { AlertEvent } from '../../src/alerts/event.js';
import { createApp } from '../../src/http/app.js';
import { registerAlerts } from '../../src/http/routes/alerts/register.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { startAlertLog } from '../../src/views/alert-log.js';
import { finding, instantAt } from '../alerts/events.js';
import { AS, testAccess } from '../support/access.js';
import { openTestLog } from '../support/embedded-log.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { silentLog } from '../support/silent-log.js';

const SOUNDS = {
  audible: 0,
  silent: [{ who: 'https://idp.example#sam', sound: 'off', since: instantAt(1) }],
  silentBefore: [],
  unheard: [{ since: instantAt(0), until: null }],
} as const;

async function askAbout(events: readonly AlertEvent[], role: string) {
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
    sounds: () => SOUNDS,
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

test('the force is told who cannot be heard, and no partner', async () => {
  for (const role of ['supervisor', 'sergeant', 'officer'])
    expect((await askAbout([], role)).sounds, role).toEqual(SOUNDS);
  for (const role of ['probation', 'service']) expect((await askAbout([], role)).sounds, role).toBeNull();
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

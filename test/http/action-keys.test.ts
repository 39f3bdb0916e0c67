/** Under which keys people act, over the embedded log: no key of a caller stands in the way of what the clock does, or of another person. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_ESCALATION } from '../../src/alerts/escalation.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { DEFAULT_ALERT_REGISTER_LIMITS } from '../../src/alerts/register.js';
import { type App, createApp } from '../../src/http/app.js';
import { registerAlerts } from '../../src/http/routes/alerts/register.js';
import { DatabaseUnavailable } from '../../src/ports/database.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { startStandingKeeper } from '../../src/roles/standing-keeper.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { AS, SUBJECT, testAccess, WHO } from '../support/access.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { runs } from '../support/random.js';
import { silentLog } from '../support/silent-log.js';

const OTHER = 'https://idp.example#other';
const clock = { ms: Date.parse(instantAt(5)), nowMs: () => clock.ms };
let opened: TestLog;
let alertLog: AlertLog;
let app: App;
let isRecordAway = false;

const deps = () => ({
  alertLog,
  record: {
    list: async () => [],
    isOfVictim: async () => false,
    async read() {
      if (isRecordAway) throw new DatabaseUnavailable('away');
      return null;
    },
  },
  failingHandoffs: () => [],
  priority: NOTHING_ON_RECORD,
  clock,
  logger: silentLog,
});

beforeEach(async () => {
  clock.ms = Date.parse(instantAt(5));
  isRecordAway = false;
  opened = await openTestLog();
  alertLog = await startAlertLog({ log: opened.log, logger: silentLog, epoch: 'e1', actLimitMs: 60_000 });
  await alertLog.caughtUp;
  app = await createApp({ log: silentLog, access: testAccess });
  registerAlerts(app, deps());
});
afterEach(async () => {
  await app.close();
  await alertLog.stop();
  await opened.dispose();
});

async function append(...events: readonly AlertEvent[]): Promise<void> {
  const places = await opened.log.append(
    ALERTS,
    events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
  );
  expect(await alertLog.reached(places.at(-1)!.offset, 60_000)).toBe(true);
}
async function look(): Promise<void> {
  const deps = { alertLog, clock, logger: silentLog, escalation: DEFAULT_ESCALATION, everyMs: 1_000_000 };
  const keeper = startStandingKeeper(deps);
  await keeper.stop();
  await keeper.look();
}
const post = async (alertId: string, name: string, body: object, key: string, who = SUBJECT) => {
  const { finding: found, actions } = alertLog.get(alertId)!;
  const headers = {
    [AS]: 'supervisor',
    [WHO]: who,
    'if-match': `"${found.revision}.${actions}"`,
    'idempotency-key': key,
  };
  return app.inject({ method: 'POST', url: `/api/v1/alerts/${alertId}/${name}`, headers, payload: body });
};

/** What the clock will do to an alert: the ids under which it does it, had from one that nobody touches. */
async function findClockIds(
  alertId: string,
  alert: (alertId: string) => AlertEvent,
  act: (alertId: string) => Promise<void>,
  atMs: number,
) {
  await append(alert(alertId));
  await act(alertId);
  const before = clock.ms;
  clock.ms = atMs;
  await look();
  clock.ms = before;
  const events = alertLog.read(alertId)!.events.map(({ event }) => event);
  return events.filter((event) => 'actor' in event && event.actor === 'tagwatch').map(({ eventId }) => eventId);
}

const critical = (alertId: string) =>
  finding({ alertId, wearerId: 'W-in', type: 'confirmed', severity: 'critical', raisedAt: instantAt(1) });

test('under no key does a note keep an alert from climbing, or its suspension from ending', async () => {
  const laterMs = Date.parse(instantAt(120));
  const until = instantAt(90);
  const suspend = async (alertId: string) =>
    expect((await post(alertId, 'suspend', { until, reason: 'r' }, `suspend-${alertId}`)).statusCode).toBe(200);
  const cases = [
    { alert: critical, act: async () => {}, type: 'escalated' },
    {
      alert: (alertId: string) => finding({ alertId, wearerId: 'W-in', zonePriority: 'standard' }),
      act: suspend,
      type: 'resumed',
    },
  ];
  for (const { alert, act, type } of cases) {
    const ids = await findClockIds(`untouched-${type}`, alert, act, laterMs);
    expect(ids.length, type).toBeGreaterThan(0);
    for (const [n, id] of ids.entries()) {
      for (const who of [SUBJECT, OTHER]) {
        const alertId = `${type}-${n}-${who === OTHER}`;
        await append(alert(alertId));
        await act(alertId);
        expect((await post(alertId, 'note', { note: 'n' }, id, who)).statusCode).toBe(200);
        const before = clock.ms;
        clock.ms = laterMs;
        await look();
        clock.ms = before;
        expect(
          alertLog.read(alertId)!.events.map(({ event }) => event.type),
          id,
        ).toContain(type);
      }
    }
  }
});

test('under no key is a person’s event one that Tagwatch tells, or another person’s', async () => {
  await append(critical('A-1'));
  const known = ['A-1-1', `escalated:${instantAt(1)}:1`, 'carried:A-1:0'];
  const seen = new Set(alertLog.read('A-1')!.events.map(({ event }) => event.eventId));
  const key = fc.oneof(fc.constantFrom(...known), fc.stringMatching(/^[\x21-\x7e]{1,128}$/));
  await fc.assert(
    fc.asyncProperty(key, async (given) => {
      for (const who of [SUBJECT, OTHER]) {
        const before = alertLog.get('A-1')!.actions;
        const answers = [];
        // The same person with the same key is the same action.
        for (let n = 0; n < 2; n++) answers.push((await post('A-1', 'note', { note: who }, given, who)).statusCode);
        expect(answers).toEqual([200, 200]);
        const { actions } = alertLog.get('A-1')!;
        const newest = alertLog.read('A-1')!.events.at(-1)!.event;
        if (actions === before) continue;
        expect(actions).toBe(before + 1);
        expect(newest).toMatchObject({ actor: who, note: who });
        expect([...known, given]).not.toContain(newest.eventId);
        expect(seen).not.toContain(newest.eventId);
        seen.add(newest.eventId);
      }
    }),
    { numRuns: runs(40) },
  );
});

test('two people with one key, on one alert or on many, have done two things', async () => {
  await append(critical('A-1'), critical('A-2'));
  for (const [n, who] of [SUBJECT, OTHER].entries()) {
    expect((await post('A-1', 'note', { note: 'the same words' }, 'one-key', who)).statusCode).toBe(200);
    const alerts = [{ alertId: 'A-2', etag: `"1.${n}"` }];
    const payload = { action: 'note', body: { note: 'the same words' }, alerts };
    const headers = { [AS]: 'supervisor', [WHO]: who, 'idempotency-key': 'one-key' };
    const answer = await app.inject({ method: 'POST', url: '/api/v1/alerts/actions', headers, payload });
    expect(answer.json().items).toMatchObject([{ status: 200 }]);
  }
  for (const alertId of ['A-1', 'A-2']) {
    const noted = alertLog.read(alertId)!.events.flatMap(({ event }) => ('actor' in event ? [event.actor] : []));
    expect(noted).toEqual([SUBJECT, OTHER]);
  }
});

test('what the database alone could tell of holds up no other of many', async () => {
  await append(critical('A-1'));
  isRecordAway = true;
  // Not from its very beginning: what is not in memory may be on record.
  const limits = { ...DEFAULT_ALERT_REGISTER_LIMITS, closedAlerts: 0 };
  await append(critical('A-closed'), action('disposed', [1, 0], { alertId: 'A-closed', wearerId: 'W-in' }));
  const short = await startAlertLog({ log: opened.log, logger: silentLog, epoch: 'e1', actLimitMs: 60_000, limits });
  await short.caughtUp;
  const other = await createApp({ log: silentLog, access: testAccess });
  registerAlerts(other, { ...deps(), alertLog: short });
  const alerts = ['A-closed', 'A-1'].map((alertId) => ({ alertId, etag: '"1.0"' }));
  const payload = { action: 'acknowledge', alerts };
  const answer = await other.inject({
    method: 'POST',
    url: '/api/v1/alerts/actions',
    headers: { [AS]: 'supervisor' },
    payload,
  });
  expect(answer.json().items).toMatchObject([{ status: 503 }, { status: 200 }]);
  await other.close();
  await short.stop();
});

/** `GET /api/v1/register`: what stands, oldest first, and why; within the scope of who asks. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AlertEvent } from '../../src/alerts/event.js';
import { type App, createApp } from '../../src/http/app.js';
import { type AlertDeps, registerAlerts } from '../../src/http/routes/alerts/register.js';
import { DatabaseUnavailable } from '../../src/ports/database.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { DEFAULT_PRIORITY } from '../../src/wire/priority.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { AS, testAccess } from '../support/access.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { silentLog } from '../support/silent-log.js';

const FAILING = {
  receiverId: 'cad',
  why: 'not-delivered',
  since: instantAt(1),
  tries: 3,
  error: 'answered 503',
  behind: 7,
} as const;
let opened: TestLog;
let alertLog: AlertLog;
let app: App;
let readFacts: AlertDeps['priority']['readFacts'];

const one = (n: number, more: Partial<AlertEvent> = {}): AlertEvent =>
  finding({ type: 'confirmed', wearerId: 'W-in', alertId: `A-${n}`, raisedAt: instantAt(n), ...more } as never);
const act = (type: Parameters<typeof action>[0], n: number, seen: [number, number], more = {}) =>
  action(type, seen, { alertId: `A-${n}`, actor: 'p1', eventId: `${type}-${n}`, ...more });

beforeEach(async () => {
  readFacts = NOTHING_ON_RECORD.readFacts;
  opened = await openTestLog();
  const events = [
    one(1, { wearerId: 'W-out' } as never),
    one(2, { kind: 'strap-tamper' } as never),
    one(3),
    act('taken', 3, [1, 0]),
    act('review-requested', 3, [1, 1], { reason: 'r' }),
    one(4),
    act('suspended', 4, [1, 0], { until: instantAt(90), reason: 'r' }),
    one(5),
    act('disposed', 5, [1, 0]),
    one(6),
    act('disposed', 6, [1, 0]),
    one(6, { revision: 2, type: 'amended', severity: 'critical', raisedAt: instantAt(9) } as never),
    one(7),
    act('acknowledged', 7, [1, 0]),
  ];
  await opened.log.append(
    ALERTS,
    events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
  );
  alertLog = await startAlertLog({ log: opened.log, logger: silentLog, epoch: 'e1' });
  await alertLog.caughtUp;
  app = await createApp({ log: silentLog, access: testAccess });
  const record = { list: async () => [], read: async () => null, isOfVictim: async () => false };
  const clock = { nowMs: () => Date.parse(instantAt(65)) };
  registerAlerts(app, {
    alertLog,
    record,
    failingHandoffs: () => [FAILING],
    priority: { table: DEFAULT_PRIORITY, readFacts: (...query) => readFacts(...query) },
    clock,
    logger: silentLog,
  });
});
afterEach(async () => {
  await app.close();
  await alertLog.stop();
  await opened.dispose();
});

const ask = async (path: string, as = 'supervisor') =>
  (await app.inject({ method: 'GET', url: `/api/v1/${path}`, headers: { [AS]: as } })).json();
const get = (query: string) => ask(`register${query}`);

test('oldest first, with why, and counts of all that may be seen', async () => {
  const { items, counts, failingHandoffs, next } = await get('');
  expect(items.map((item: { alertId: string; why: string[] }) => [item.alertId, ...item.why])).toEqual([
    ['A-2', 'not-seen'],
    ['A-3', 'not-disposed', 'review-requested'],
    ['A-4', 'suspended'],
    ['A-6', 'not-seen', 'more-found'],
    ['A-7', 'not-taken'],
  ]);
  expect(failingHandoffs).toEqual([FAILING]);
  expect(next).toBeNull();
  expect(counts).toEqual({
    total: 5,
    byKind: { 'strap-tamper': 1, exclusion: 4 },
    byAge: { 'under-1-hour': 2, 'under-1-day': 3, 'under-7-days': 0, '7-days-and-more': 0 },
  });
});

test('page by page', async () => {
  const found: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page = await get(`?limit=2${next === '' ? '' : `&cursor=${next}`}`);
    found.push(...page.items.map(({ alertId }: { alertId: string }) => alertId));
    next = page.next;
  }
  expect(found).toEqual(['A-2', 'A-3', 'A-4', 'A-6', 'A-7']);
});

test.each(['register', 'alerts'])(
  '%s says in which order to look, by what the one who asks may see, and of closed ones nothing',
  async (path) => {
    const asked: string[][] = [];
    readFacts = async (wearerIds) => {
      asked.push([...wearerIds]);
      return {
        ragOf: () => 'red',
        wantedOf: () => 'unlawfully-at-large',
        requests: [
          {
            recallId: 'R-1',
            wearerId: 'W-in',
            type: 'recall',
            alertIds: ['A-3'],
            state: 'outcome',
            outcome: 'recalled',
            stateAt: instantAt(9),
          },
        ] as never,
      };
    };
    const of = async (as: string) => {
      const { items, rated } = await ask(path, as);
      expect(rated).toBe(true);
      return new Map(items.map((item: { alertId: string; priority?: object }) => [item.alertId, item.priority]));
    };
    const wanted = { fact: 'unlawfully-at-large', moved: 1 };
    const supervisor = await of('supervisor');
    expect(supervisor.get('A-2')).toEqual({
      rank: 4,
      taken: 'critical',
      because: [wanted, { fact: 'rag', rag: 'red', moved: 1 }],
    });
    expect(supervisor.get('A-3')).toMatchObject({
      rank: -96,
      because: [{ fact: 'dealt-with', moved: 'last' }, wanted, {}],
    });
    expect(supervisor.get('A-5')).toBeUndefined();
    expect(asked.every((wearerIds) => wearerIds.length === 1 && wearerIds[0] === 'W-in')).toBe(true);
    // Whose role does not read ratings has neither their words nor their order.
    const service = await of('service');
    for (const priority of service.values()) expect(JSON.stringify(priority ?? {})).not.toContain('rag');
    expect(service.get('A-2')).toEqual({ rank: 3, taken: 'critical', because: [wanted] });
  },
);

test('the record is asked nothing where no order is asked for', async () => {
  readFacts = () => Promise.reject(new Error('nothing was to be read'));
  const { items, rated } = await get('?rate=false');
  expect([items.length, rated]).toEqual([5, false]);
});

test.each([
  ['is at fault', async () => Promise.reject(new Error('a column that is not there'))],
  ['is away', async () => Promise.reject(new DatabaseUnavailable('away'))],
  ['does not answer', () => new Promise<never>(() => {})],
])('while the record %s alerts are told without it, and it is said', async (_how, reading) => {
  readFacts = reading;
  for (const path of ['register', 'alerts?status=open']) {
    const { items, rated } = await ask(path);
    expect([items.length, rated]).toEqual([5, false]);
    expect(items.every((item: object) => !('priority' in item))).toBe(true);
  }
});

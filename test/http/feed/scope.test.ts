import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WearerScope } from '../../../src/access/may.js';
import type { AlertEvent } from '../../../src/alerts/event.js';
import { type Feed, registerFeed } from '../../../src/http/feed/feed.js';
import { createReach, OWN_REACH } from '../../../src/http/feed/reach.js';
import type { Access } from '../../../src/http/plugins/principal.js';
import { ALERTS, encodeJson, INPUTS, inputRecord } from '../../../src/ports/topics.js';
import { type AlertLog, startAlertLog } from '../../../src/views/alert-log.js';
import { type LiveView, startLiveView } from '../../../src/views/live-view.js';
import { CLOSE, type ServerMessage } from '../../../src/wire/feed-messages.js';
import { action, finding, instantAt } from '../../alerts/events.js';
import { AS, SUBJECT, testAccess, WEARERS, WHO } from '../../support/access.js';
import { createRememberingTrail } from '../../support/audit.js';
import { openTestLog, type TestLog } from '../../support/embedded-log.js';
import { type FeedReader, readFeed } from '../../support/feed-reader.js';
import { pingAt, TEST_START_MS, watchOf } from '../../support/pings.js';
import { silentLog } from '../../support/silent-log.js';

const trail = createRememberingTrail();
let opened: TestLog;
let alertLog: AlertLog;
let liveView: LiveView;
let server: Server;
let feed: Feed;
let url: string;
let readers: FeedReader[];
/** What every session is from now on, and what is known of wearers. */
let state: 'valid' | 'ended' | 'changed';
let wearers: Map<string, WearerScope>;
let version: number;
let tellWearer: (before: WearerScope | undefined, now: WearerScope) => void;

const access: Access = {
  async identify(request) {
    const identity = await testAccess.identify(request);
    return identity && { ...identity, check: () => state };
  },
  findWearer: (wearerId) => wearers.get(wearerId),
  wearersVersion: () => version,
  onWearer(onChanged) {
    tellWearer = onChanged;
    return () => {};
  },
};

beforeEach(async () => {
  trail.said.length = 0;
  opened = await openTestLog();
  readers = [];
  state = 'valid';
  wearers = new Map(WEARERS);
  version = 1;
  alertLog = await startAlertLog({ log: opened.log, logger: silentLog, epoch: 'e1' });
  liveView = await startLiveView({ log: opened.log, logger: silentLog, positionsIntervalMs: 10 });
  await Promise.all([alertLog.caughtUp, liveView.caughtUp]);
  server = createServer((_request, response) => response.end());
  feed = registerFeed(server, {
    alertLog,
    liveView,
    clock: { nowMs: Date.now },
    logger: silentLog,
    reach: createReach(OWN_REACH),
    status: {
      current: () => ({ database: 'present', log: 'present', recorderLagMs: 0, silentSuppliers: [] }),
      subscribe: () => () => {},
    },
    access,
    audit: trail,
    limits: { heartbeatMs: 100 },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/feed`;
});
afterEach(async () => {
  for (const { socket } of readers) socket.terminate();
  await feed.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await Promise.all([alertLog.stop(), liveView.stop()]);
  await opened.dispose();
});

async function join(as: string | null, query = ''): Promise<FeedReader> {
  const reader = await readFeed(url + query, as === null ? {} : { headers: { [AS]: as } });
  readers.push(reader);
  return reader;
}
async function append(...events: readonly AlertEvent[]): Promise<void> {
  const at = await opened.log.append(
    ALERTS,
    events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
  );
  expect(await alertLog.reached(at.at(-1)!.offset, 10_000)).toBe(true);
}
const everybody = [...WEARERS.keys(), 'W-unknown'];
const ofEverybody = (alert: string) =>
  everybody.map((wearerId) => finding({ alertId: `${alert}-${wearerId}`, wearerId }));
const isStatus = (message: ServerMessage) => message.type === 'status';
const epochOf = (reader: FeedReader) => reader.of('hello')[0]!.epoch;

describe('the feed of who is signed in', () => {
  test('is for those who may read alerts, and answers others as REST does', async () => {
    await expect(join(null)).rejects.toThrow('401');
    for (const role of ['administrator', 'auditor', 'supplier']) {
      await expect(join(role)).rejects.toThrow('403');
    }
  });

  test('tells of the consoles of supervisors whether each can be heard, and since when', async () => {
    const supervisor = await join('supervisor');
    const other = await join('supervisor,officer');
    const sergeant = await join('sergeant');
    const say = (reader: FeedReader, sound: string) => reader.socket.send(JSON.stringify({ type: 'sound', sound }));
    const sounds = () => feed.sounds().map(({ sound }) => sound);
    await expect.poll(sounds).toEqual(['untold', 'untold']);
    const areas = [{ forces: ['kent'], divisions: 'all', schemes: 'all' }];
    for (const each of feed.sounds()) expect(each).toMatchObject({ who: SUBJECT, areas });
    say(sergeant, 'off');
    say(supervisor, 'off');
    await expect.poll(sounds).toEqual(['off', 'untold']);
    const [before] = feed.sounds();
    // Said once more it is the same silence. What one says is taken in its order, and the pong comes behind it.
    say(supervisor, 'off');
    supervisor.socket.ping();
    await once(supervisor.socket, 'pong');
    say(other, 'blocked');
    await expect.poll(sounds).toEqual(['off', 'blocked']);
    expect(feed.sounds()[0]).toEqual(before);
    say(supervisor, 'on');
    await expect.poll(sounds).toEqual(['on', 'blocked']);
    expect(feed.sounds()[0]!.spanId).not.toBe(before!.spanId);
    supervisor.socket.close();
    await expect.poll(sounds).toEqual(['blocked']);
    sergeant.socket.ping();
    await once(sergeant.socket, 'pong');
  });

  test.each([
    ['supervisor', 'W-in'],
    ['probation', 'W-mine'],
    ['service', 'W-in'],
  ])('as %s tells of %s alone: snapshot, events, what was missed', async (as, wearerId) => {
    await append(...ofEverybody('A'));
    const reader = await join(as);
    await reader.heard(isStatus);
    expect(reader.of('snapshot')[0]?.alerts.map((alert) => alert.wearerId)).toEqual([wearerId]);
    await append(...ofEverybody('B'));
    await reader.heard((message) => message.type === 'event');
    const { seq } = reader.of('hello')[0]!;
    const [event] = reader.of('event');
    expect([event?.prevSeq, event?.event.alertId]).toEqual([seq, `B-${wearerId}`]);
    // What it counts as unresolved is of those alone whom it tells of.
    await reader.heard((message) => message.type === 'heartbeat' && message.standing.total === 2);
    for (const { standing } of reader.of('heartbeat')) expect([1, 2]).toContain(standing.total);
    expect(reader.of('heartbeat').at(-1)!.standing.byKind).toEqual({ exclusion: 2 });

    await append(...ofEverybody('C'));
    const resumed = await join(as, `?resume=${epochOf(reader)}:${event!.seq}`);
    await resumed.heard(isStatus);
    expect(resumed.of('snapshot')).toEqual([]);
    expect(resumed.of('event').map((one) => one.event.alertId)).toEqual([`C-${wearerId}`]);
  });

  test('tells a partner of an alert at a victim’s zone, and nothing of the zone: snapshot, events, what was missed', async () => {
    const fix = { fixedAt: instantAt(0), latitude: 51.4242, longitude: 0.8181, accuracyMetres: 8 };
    const secret = (alertId: string, wearerId: string, revision = 1) =>
      finding({
        alertId,
        wearerId,
        revision,
        conditionId: 'C-secret',
        zoneId: 'Z-secret',
        zonePriority: 'victim',
        severityBecause: ['victim-zone'],
        explanation: {
          rule: 'first-fix',
          fixes: [{ ...fix, signedDistanceMetres: -37.125 }],
          thresholds: { bufferMetres: 211.375 },
        },
      });
    const secrets = ['secret', 'victim', '51.4242', '37.125', '211.375'];
    const note = { note: 'she lives by the secret lane' };
    for (const [as, wearerId] of [
      ['probation', 'W-mine'],
      ['sergeant,probation', 'W-mine'],
      ['sergeant', 'W-in'],
    ] as const) {
      const [a, b] = [`A-${as}`, `B-${as}`];
      await append(secret(a, wearerId));
      const reader = await join(as);
      await reader.heard(isStatus);
      const { seq } = reader.of('hello')[0]!;
      const seen = [
        secret(a, wearerId, 2),
        action('noted', [2, 0], { alertId: a, wearerId, ...note }),
        secret(b, wearerId),
      ];
      await append(...seen);
      await reader.heard((message) => message.type === 'event' && message.event.alertId === b);
      const resumed = await join(as, `?resume=${epochOf(reader)}:${seq}`);
      await resumed.heard(isStatus);
      expect(resumed.of('event').map(({ event }) => event.eventId)).toEqual(seen.map(({ eventId }) => eventId));
      const told = JSON.stringify([...reader.of('snapshot'), ...reader.of('event'), ...resumed.of('event')]);
      const found = secrets.filter((one) => told.includes(one));
      expect([as, found]).toEqual([as, as === 'sergeant' ? secrets : []]);
    }
  });

  test('tells positions of those alone whose positions may be seen', async () => {
    await opened.log.append(
      INPUTS,
      everybody.flatMap((wearerId, n) => {
        const tagId = `T-${n}`;
        const watch = watchOf(tagId, [[wearerId, 0, null]]);
        const ping = pingAt(tagId, 0);
        return [
          inputRecord({ type: 'watch', watch }),
          inputRecord({ type: 'ping', ping, receivedAtMs: TEST_START_MS }),
        ];
      }),
    );
    const reader = await join('supervisor');
    reader.socket.send(JSON.stringify({ type: 'subscribe', positions: true, wearerIds: everybody }));
    await reader.heard((message) => message.type === 'positions');
    const told = reader.of('positions').flatMap(({ items }) => items.map((item) => item.wearerId));
    expect(new Set(told)).toEqual(new Set(['W-in']));
  });

  test.each([
    ['ended', CLOSE.ENDED],
    ['changed', CLOSE.RIGHTS_CHANGED],
  ] as const)('is closed within a second when its session has %s', async (now, code) => {
    const reader = await join('supervisor');
    await reader.heard(isStatus);
    const closed = once(reader.socket, 'close');
    state = now;
    expect((await closed)[0]).toBe(code);
  });

  test('that ended while it connected is never joined', async () => {
    state = 'ended';
    await append(...ofEverybody('A'));
    const reader = await join('supervisor');
    if (reader.socket.readyState === reader.socket.OPEN) await once(reader.socket, 'close');
    expect(reader.messages).toEqual([]);
  });

  test('begins anew with a snapshot for those who see a wearer otherwise, and goes on for the others', async () => {
    await append(...ofEverybody('A'));
    const supervisor = await join('supervisor');
    const partner = await join('probation');
    await Promise.all([supervisor.heard(isStatus), partner.heard(isStatus)]);
    const closed = once(supervisor.socket, 'close');
    const before = wearers.get('W-out')!;
    const now = { ...before, force: 'kent' };
    wearers.set('W-out', now);
    version = 2;
    tellWearer(before, now);
    expect((await closed)[0]).toBe(CLOSE.RIGHTS_CHANGED);
    expect(partner.socket.readyState).toBe(partner.socket.OPEN);
    const again = await join('supervisor', `?resume=${epochOf(supervisor)}:${supervisor.of('hello')[0]!.seq}`);
    await again.heard(isStatus);
    expect(again.of('snapshot')[0]).toMatchObject({ reason: 'epoch-changed', alerts: { length: 2 } });
  });

  test('of one person cannot be resumed with the rights of another', async () => {
    await append(...ofEverybody('A'));
    const supervisor = await join('supervisor');
    await supervisor.heard(isStatus);
    const partner = await join('probation', `?resume=${epochOf(supervisor)}:-1`);
    await partner.heard(isStatus);
    expect(partner.of('snapshot')[0]).toMatchObject({ reason: 'epoch-changed', alerts: { length: 1 } });
  });
});

test('one subject has so many connections and leaves the others theirs; one that ends makes room', async () => {
  const limit = 50;
  const open = await Promise.all(Array.from({ length: limit }, () => join('supervisor')));
  await expect(join('supervisor')).rejects.toThrow('429');
  expect(trail.said.at(-1)).toMatchObject({ operationId: 'feed open', outcome: 'limited', who: SUBJECT });
  const other = await readFeed(url, { headers: { [AS]: 'supervisor', [WHO]: 'https://idp.example#other' } });
  readers.push(other);
  open[0]!.socket.terminate();
  await expect
    .poll(async () => {
      const again = await join('supervisor').catch(() => null);
      return again !== null;
    })
    .toBe(true);
});

describe('of the feed it is put on record', () => {
  const said = () =>
    trail.said.map(({ operationId, what, outcome, who, fromSeq, toSeq, wearerIds, correlationId }) => ({
      of: [operationId, what, outcome],
      who,
      seqs: [fromSeq, toSeq],
      wearerIds,
      correlationId,
    }));

  test('who opened it, what was subscribed to, and what had been sent when it closed', async () => {
    await append(...ofEverybody('A'));
    const reader = await join('supervisor');
    await reader.heard(isStatus);
    const { seq } = reader.of('hello')[0]!;
    expect(said()).toMatchObject([{ of: ['feed open', 'alerts.read', 'done'], who: SUBJECT }]);
    reader.socket.send(JSON.stringify({ type: 'subscribe', positions: true, wearerIds: ['W-in'] }));
    await expect.poll(() => trail.said).toHaveLength(2);
    await append(...ofEverybody('B'));
    await reader.heard((message) => message.type === 'event');
    reader.socket.close();
    await expect.poll(() => trail.said).toHaveLength(3);
    const sent = reader.of('event').at(-1)!.seq;
    expect(said().slice(1)).toMatchObject([
      { of: ['feed subscribe', 'positions.read', 'done'], wearerIds: ['W-in'] },
      { of: ['feed close', 'alerts.read', 'done'], seqs: [seq, sent] },
    ]);
    expect(new Set(said().map(({ correlationId }) => correlationId)).size).toBe(1);
  });

  test('who was denied it', async () => {
    await expect(join(null)).rejects.toThrow('401');
    await expect(join('administrator')).rejects.toThrow('403');
    expect(said()).toMatchObject([
      { of: ['feed open', 'alerts.read', 'denied'], who: null },
      { of: ['feed open', 'alerts.read', 'denied'], who: SUBJECT },
    ]);
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toAlertItem } from '../../../src/alerts/alert.js';
import type { AlertEvent } from '../../../src/alerts/event.js';
import { DEFAULT_ALERT_REGISTER_LIMITS } from '../../../src/alerts/register.js';
import { type Feed, registerFeed } from '../../../src/http/feed/feed.js';
import type { FeedLimits } from '../../../src/http/feed/feed-limits.js';
import { createReach, OWN_REACH } from '../../../src/http/feed/reach.js';
import { ALERTS, encodeJson, INPUTS, inputRecord } from '../../../src/ports/topics.js';
import { type AlertLog, startAlertLog } from '../../../src/views/alert-log.js';
import { type LiveView, startLiveView } from '../../../src/views/live-view.js';
import {
  CLIENT_MESSAGES_A_MINUTE,
  FEED_PROTOCOL,
  type FeedStatus,
  type ServerMessage,
  ServerMessageSchema,
  WEARER_IDS_LIMIT,
} from '../../../src/wire/feed-messages.js';
import { action, finding } from '../../alerts/events.js';
import { openTestLog, type TestLog } from '../../support/embedded-log.js';
import { type FeedReader, readFeed } from '../../support/feed-reader.js';
import { pingAt, TEST_START_MS, watchOf } from '../../support/pings.js';
import { createRememberingLog } from '../../support/silent-log.js';

let opened: TestLog;
let alertLog: AlertLog;
let liveView: LiveView;
let server: Server;
let feed: Feed;
let url: string;
let readers: FeedReader[];
let status: FeedStatus;
let tellStatus: (status: FeedStatus) => void;
const logger = createRememberingLog();

async function serve(limits: Partial<FeedLimits> = {}, recentEvents = 10_000): Promise<void> {
  const register = { ...DEFAULT_ALERT_REGISTER_LIMITS, recentEvents };
  alertLog = await startAlertLog({ log: opened.log, logger, epoch: 'e1', limits: register });
  liveView = await startLiveView({ log: opened.log, logger, positionsIntervalMs: 10 });
  await Promise.all([alertLog.caughtUp, liveView.caughtUp]);
  server = createServer((_request, response) => response.end());
  status = { database: 'present', log: 'present', recorderLagMs: 0, silentSuppliers: [] };
  feed = registerFeed(server, {
    alertLog,
    liveView,
    clock: { nowMs: Date.now },
    logger,
    reach: createReach({ ...OWN_REACH, allowedOrigins: ['https://console.example'] }),
    status: {
      current: () => status,
      subscribe(onChanged) {
        tellStatus = onChanged;
        return () => {};
      },
    },
    limits,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/feed`;
}

async function stop(): Promise<void> {
  await feed.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await Promise.all([alertLog.stop(), liveView.stop()]);
}

beforeEach(async () => {
  opened = await openTestLog();
  readers = [];
  logger.entries.length = 0;
});
afterEach(async () => {
  for (const { socket } of readers) socket.terminate();
  await stop();
  await opened.dispose();
});

async function join(query = '', options: Parameters<typeof readFeed>[1] = {}): Promise<FeedReader> {
  const reader = await readFeed(url + query, options);
  readers.push(reader);
  return reader;
}
async function append(...events: readonly AlertEvent[]): Promise<number> {
  const records = events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 }));
  return (await opened.log.append(ALERTS, records)).at(-1)!.offset;
}
const isStatus = (message: ServerMessage) => message.type === 'status';

describe('joining', () => {
  test('hello, everything unresolved, status; then what happens, every message as its schema says', async () => {
    await append(
      finding({ alertId: 'A-1' }),
      finding({ alertId: 'A-2' }),
      action('disposed', [1, 0], { alertId: 'A-2' }),
    );
    await serve();
    const reader = await join();
    await reader.heard(isStatus);
    expect(reader.messages.map(({ type }) => type)).toEqual(['hello', 'snapshot', 'status']);
    expect(reader.of('hello')[0]).toMatchObject({ epoch: 'e1', seq: 2 });
    expect(reader.of('snapshot')[0]).toEqual({ type: 'snapshot', seq: 2, alerts: [toAlertItem(alertLog.get('A-1')!)] });
    // A repeat and a refusal are offsets that nobody hears of.
    await append(finding({ alertId: 'A-1' }), action('acknowledged', [1, 7]), finding({ alertId: 'A-1', revision: 2 }));
    const last = await append(action('acknowledged', [2, 0]));
    await reader.heard((message) => message.type === 'event' && message.seq === last);
    expect(reader.of('event').map(({ prevSeq, seq, event }) => [prevSeq, seq, event.type])).toEqual([
      [2, 5, 'confirmed'],
      [5, 6, 'acknowledged'],
    ]);
    const schema = Compile(ServerMessageSchema);
    for (const message of reader.messages) expect(schema.Check(message), JSON.stringify(message)).toBe(true);
  });

  test('with and without the subprotocol', async () => {
    await serve();
    expect((await join()).socket.protocol).toBe('');
    expect((await join('', { protocol: FEED_PROTOCOL })).socket.protocol).toBe(FEED_PROTOCOL);
  });

  test('of foreign pages, at other addresses, or of one client too many is refused', async () => {
    await serve({ connections: 2 });
    const own = url.replace('ws://', 'http://').replace('/api/v1/feed', '');
    await join('', { origin: own });
    await join('', { origin: 'https://console.example' });
    await expect(join('', { origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(join('', { origin: 'null' })).rejects.toThrow('403');
    await expect(readFeed(url.replace('feed', 'food'))).rejects.toThrow('404');
    await expect(join()).rejects.toThrow('503');
  });

  test('with an address that is none harms nobody', async () => {
    await serve();
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write('GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toContain('404');
    socket.destroy();
    await join();
  });
});

describe('resuming', () => {
  test('gives exactly what was missed, also from a process that was started since', async () => {
    await serve();
    const first = await join();
    const seen = await append(finding({ alertId: 'A-1' }));
    await first.heard((message) => message.type === 'event' && message.seq === seen);
    first.socket.terminate();
    await append(finding({ alertId: 'A-1' }), finding({ alertId: 'A-2' }), action('acknowledged', [1, 0]));
    await stop();
    await serve();
    const again = await join(`?resume=e1:${seen}`);
    await again.heard(isStatus);
    expect(again.messages.map(({ type }) => type)).toEqual(['hello', 'event', 'event', 'status']);
    expect(again.of('event').map(({ prevSeq, seq }) => [prevSeq, seq])).toEqual([
      [0, 2],
      [2, 3],
    ]);
  });

  test('from a place that is too old, of another log, or unreadable gives a snapshot and says why', async () => {
    await append(...Array.from({ length: 30 }, (_, n) => finding({ alertId: `A-${n}` })));
    await serve({}, 10);
    const reasonFor = async (resume: string) => {
      const reader = await join(`?resume=${resume}`);
      await reader.heard(isStatus);
      return [reader.of('snapshot')[0]?.reason, reader.of('event').length];
    };
    expect(await reasonFor('e1:2')).toEqual(['resume-too-old', 0]);
    expect(await reasonFor('e0:29')).toEqual(['epoch-changed', 0]);
    expect(await reasonFor('nonsense')).toEqual(['epoch-changed', 0]);
    expect(await reasonFor('e1:25')).toEqual([undefined, 4]);
    expect(await reasonFor('e1:29')).toEqual([undefined, 0]);
  });

  test('from beyond what this process has read waits for it, and gives a snapshot if it does not come', async () => {
    await append(finding());
    await serve({ catchUpMs: 20 });
    const ahead = await join('?resume=e1:9');
    await ahead.heard(isStatus);
    expect(ahead.of('snapshot')[0]).toMatchObject({ seq: 0, reason: 'resume-too-old' });
    await stop();
    await serve({ catchUpMs: 60_000 });
    const waiting = await join('?resume=e1:1');
    await append(finding({ alertId: 'A-2' }), finding({ alertId: 'A-3' }));
    await waiting.heard(isStatus);
    expect(waiting.of('snapshot')).toEqual([]);
    await waiting.heard((message) => message.type === 'event' && message.seq === 2);
    expect(waiting.of('event').map(({ prevSeq, seq }) => [prevSeq, seq])).toEqual([[1, 2]]);
  });

  test('whoever drops and comes back at random misses nothing and hears nothing twice', async () => {
    const seed = Date.now() & 0xffff;
    let state = seed;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
      return (state >> 8) % below;
    };
    await serve();
    const total = 400;
    const wait = () => new Promise(setImmediate);
    const isLast = (message: ServerMessage) =>
      (message.type === 'event' && message.event.alertId === 'LAST') ||
      (message.type === 'snapshot' && message.alerts.some(({ alertId }) => alertId === 'LAST'));
    /** Connects, drops after some messages, and comes back until it has heard of the last alert. */
    const follow = async (): Promise<number[]> => {
      const seqs: number[] = [];
      let at = -1;
      for (let connection = 0; ; connection++) {
        const reader = await join(connection === 0 ? '' : `?resume=e1:${at}`);
        const drop = random(4) === 0 ? Number.POSITIVE_INFINITY : 1 + random(40);
        await reader.heard((message) => reader.messages.length >= drop || isLast(message));
        reader.socket.terminate();
        for (const message of reader.messages) {
          if (message.type === 'snapshot') {
            expect(connection, `a snapshot after a resume, seed ${seed}`).toBe(0);
            at = message.seq;
          } else if (message.type === 'event') {
            expect(message.prevSeq, `seed ${seed}`).toBe(at);
            at = message.seq;
            seqs.push(at);
          }
        }
        if (reader.messages.some(isLast)) return seqs;
      }
    };
    const followers = Promise.all([follow(), follow(), follow()]);
    for (let n = 0; n < total; n++) {
      await append(finding({ alertId: `A-${n % 50}`, revision: 1 + Math.floor(n / 50) }), finding({ alertId: 'A-0' }));
      if (random(5) === 0) await wait();
    }
    await append(finding({ alertId: 'LAST' }));
    const accepted = Array.from({ length: total }, (_, n) => 2 * n).concat(2 * total);
    for (const seqs of await followers) {
      expect(seqs, `seed ${seed}`).toEqual(accepted.filter((seq) => seq >= (seqs[0] ?? 0)));
    }
  });
});

describe('between snapshot and tail', () => {
  test('nothing is missed or doubled while events are appended', async () => {
    await serve();
    let stopping = false;
    let n = 0;
    // Several appends under way at any time, so that something is accepted in nearly every turn of the event loop.
    const appendOn = async () => {
      while (!stopping) await append(finding({ alertId: `A-${n++}` }));
    };
    const appending = Promise.all(Array.from({ length: 8 }, appendOn));
    const joined: FeedReader[] = [];
    for (let round = 0; round < 10; round++) joined.push(...(await Promise.all([join(), join(), join(), join()])));
    stopping = true;
    await appending;
    const last = await append(finding({ alertId: `A-${n}` }));
    for (const reader of joined) {
      await reader.heard(
        (message) => (message.type === 'event' || message.type === 'snapshot') && message.seq === last,
      );
      const seqs = reader.of('event').map(({ seq }) => seq);
      const [snapshot] = reader.of('snapshot');
      const from = (snapshot?.seq ?? -1) + 1;
      expect(snapshot?.alerts).toHaveLength(from);
      expect(seqs).toEqual(Array.from({ length: last + 1 - from }, (_, i) => from + i));
    }
  });
});

describe('positions', () => {
  const send = (...seconds: readonly number[]) =>
    opened.log.append(
      INPUTS,
      seconds.flatMap((second) =>
        ['T-1', 'T-2'].map((tagId) =>
          inputRecord({ type: 'ping', ping: pingAt(tagId, second), receivedAtMs: TEST_START_MS + second * 1_000 }),
        ),
      ),
    );
  const has = (wearerId: string, second: number) => (message: ServerMessage) =>
    message.type === 'positions' &&
    message.items.some(
      (item) => item.wearerId === wearerId && Date.parse(item.fixedAt) === TEST_START_MS + second * 1_000,
    );

  beforeEach(async () => {
    await opened.log.append(
      INPUTS,
      ['1', '2'].map((n) => inputRecord({ type: 'watch', watch: watchOf(`T-${n}`, [[`W-${n}`, 0, null]]) })),
    );
    await send(1);
    await serve();
  });

  test('come to those who ask, of those they ask for, first all and then what changes', async () => {
    const [silent, all, one] = [await join(), await join(), await join()];
    all.socket.send(JSON.stringify({ type: 'subscribe', positions: true }));
    one.socket.send(JSON.stringify({ type: 'subscribe', positions: true, wearerIds: ['W-2'] }));
    await Promise.all([all.heard(has('W-1', 1)), all.heard(has('W-2', 1)), one.heard(has('W-2', 1))]);
    await send(2, 3, 4);
    await Promise.all([all.heard(has('W-1', 4)), one.heard(has('W-2', 4))]);
    expect(
      one
        .of('positions')
        .flatMap(({ items }) => items)
        .every(({ wearerId }) => wearerId === 'W-2'),
    ).toBe(true);
    expect(silent.of('positions')).toEqual([]);
    expect(Compile(ServerMessageSchema).Check(all.of('positions')[0])).toBe(true);
  });

  test('end when nobody asks any more', async () => {
    const [all, other] = [await join(), await join()];
    for (const { socket } of [all, other]) socket.send('{"type":"subscribe","positions":true}');
    await Promise.all([all.heard(has('W-1', 1)), other.heard(has('W-1', 1))]);
    all.socket.send('{"type":"subscribe"}');
    all.socket.ping();
    await once(all.socket, 'pong');
    await send(2);
    await other.heard(has('W-1', 2));
    expect(all.messages.some(has('W-1', 2))).toBe(false);
  });
});

describe('clients that misbehave', () => {
  test.each([
    ['no JSON', '{'],
    ['another type', '{"type":"acknowledge"}'],
    ['another field', '{"type":"subscribe","position":true}'],
    ['bytes', Buffer.from('{"type":"subscribe"}')],
    ['null', 'null'],
  ])('are closed with 4400: %s', async (_name, data) => {
    await serve();
    const reader = await join();
    reader.socket.send(data);
    expect((await reader.closed).code).toBe(4400);
  });

  test('are told what is wrong with a subscription that names too many', async () => {
    await serve();
    const reader = await join();
    const closed = once(reader.socket, 'close');
    const wearerIds = Array.from({ length: WEARER_IDS_LIMIT + 1 }, (_, n) => `W-${n}`);
    reader.socket.send(JSON.stringify({ type: 'subscribe', positions: true, wearerIds }));
    const [code, why] = await closed;
    expect([code, String(why)]).toEqual([4400, 'names more than 1000 wearers']);
  });

  test('are closed with 4429 where they subscribe again and again, and what they send behind it is not looked at', async () => {
    await serve();
    const reader = await join();
    const closed = once(reader.socket, 'close');
    for (let n = 0; n < 2 * CLIENT_MESSAGES_A_MINUTE; n++) reader.socket.send('{"type":"subscribe"}');
    const [code, why] = await closed;
    expect([code, String(why)]).toEqual([4429, 'said more than 60 messages within a minute']);
    const other = await join();
    for (let n = 0; n < CLIENT_MESSAGES_A_MINUTE; n++) other.socket.send('{"type":"subscribe"}');
    other.socket.ping();
    await once(other.socket, 'pong');
    expect(other.socket.readyState).toBe(other.socket.OPEN);
  });

  test('are closed with 1009 where a message is too large', async () => {
    await serve({ messageBytes: 100 });
    const reader = await join();
    reader.socket.send(' '.repeat(101));
    expect((await reader.closed).code).toBe(1009);
  });

  test('by not reading are closed with 4008 and may resume, and the others notice nothing', async () => {
    await serve({ bufferedBytes: 1_000 });
    const [slow, quick] = [await join(), await join()];
    await slow.heard(isStatus);
    slow.socket.pause();
    const note = 'x'.repeat(200_000);
    let last = -1;
    let n = 0;
    // The kernel's own buffers swallow some megabytes first.
    while (!logger.entries.some(({ message }) => message.includes('cut off'))) {
      last = await append({ ...finding({ alertId: `A-${n++}` }), supersededBy: note });
      await quick.heard((message) => message.type === 'event' && message.seq === last);
    }
    slow.socket.resume();
    expect((await slow.closed).code).toBe(4008);
    const seen = slow.of('event').at(-1)!.seq;
    const again = await join(`?resume=e1:${seen}`);
    await again.heard(isStatus);
    const all = [...slow.of('event'), ...again.of('event')].map(({ seq }) => seq);
    expect(all).toEqual(Array.from({ length: last + 1 }, (_, seq) => seq));
  });

  test('by answering no ping are cut off', async () => {
    await serve({ heartbeatMs: 10, unansweredPings: 2 });
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET /api/v1/feed HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    let heard = Buffer.alloc(0);
    await new Promise<void>((resolve) => {
      socket.on('data', (data: Buffer) => {
        heard = Buffer.concat([heard, data]);
        if (heard.includes('does not read')) resolve();
      });
    });
    const at = heard.indexOf('does not read');
    expect(heard.readUInt16BE(at - 2)).toBe(4008);
    socket.destroy();
  });
});

describe('while it runs', () => {
  test('heartbeats say how far the client is, and status tells what changes', async () => {
    await serve({ heartbeatMs: 10 });
    const reader = await join();
    const last = await append(finding());
    await reader.heard((message) => message.type === 'heartbeat' && message.seq === last);
    const silentSuppliers = [{ topic: 'tagwatch.pings', lastAt: '2026-11-28T18:00:00.000Z' }];
    tellStatus({ ...status, database: 'away', recorderLagMs: null, silentSuppliers });
    await reader.heard((message) => message.type === 'status' && message.database === 'away');
  });

  test('it stops with 1001, and takes nobody after', async () => {
    await serve();
    const reader = await join();
    const closing = feed.close();
    await expect(join()).rejects.toThrow();
    expect((await reader.closed).code).toBe(1001);
    await closing;
    expect(feed.connections()).toBe(0);
  });
});

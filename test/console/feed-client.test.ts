import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { AlertItem } from '../../src/alerts/alert.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { DEFAULT_ALERT_REGISTER_LIMITS } from '../../src/alerts/register.js';
import {
  type Connection,
  connectFeed,
  delayBefore,
  judgeEvent,
  SILENCE_LIMIT_MS,
} from '../../src/console/feed/feed-client.js';
import { registerFeed } from '../../src/http/feed/feed.js';
import { createReach, OWN_REACH } from '../../src/http/feed/reach.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { startAlertLog } from '../../src/views/alert-log.js';
import { startLiveView } from '../../src/views/live-view.js';
import { FEED_PROTOCOL, type ServerMessage } from '../../src/wire/feed-messages.js';
import { finding } from '../alerts/events.js';
import { openTestLog } from '../support/embedded-log.js';
import { createRememberingLog } from '../support/silent-log.js';

describe('what to do with an event', () => {
  it.each([
    [null, 5, 4, 'gap'],
    [4, 5, 4, 'apply'],
    [4, 9, 4, 'apply'],
    [4, 4, 3, 'drop'],
    [4, 2, 1, 'drop'],
    [4, 9, 7, 'gap'],
    [-1, 0, -1, 'apply'],
  ] as const)('at %s, seq %s after %s: %s', (at, seq, prevSeq, verdict) => {
    expect(judgeEvent(at === null ? null : { epoch: 'e', seq: at }, seq, prevSeq)).toBe(verdict);
  });
});

describe('how long to wait', () => {
  it('doubles to a bound, and is never the same for everybody', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 50, 5000].map((attempt) => delayBefore(attempt, 1));
    expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000]);
    expect(delayBefore(3, 0)).toBe(1000);
  });
});

/** A client whose reconnection happens at once and whose silence limit passes when the test says so. */
function connect(url: () => string) {
  const heard: string[] = [];
  const resumes: (string | null)[] = [];
  const states: Connection['state'][] = [];
  const timers: { run: () => void; delayMs: number; cancelled: boolean }[] = [];
  const waiting = new Set<() => void>();
  const note = (text: string) => {
    heard.push(text);
    for (const look of [...waiting]) look();
  };
  const client = connectFeed({
    open(resume) {
      resumes.push(resume);
      return new WebSocket(resume === null ? url() : `${url()}?resume=${resume}`, FEED_PROTOCOL);
    },
    handler: {
      onConnection({ state }) {
        states.push(state);
        note(state);
      },
      onSnapshot: (alerts: readonly AlertItem[]) => note(`snapshot ${alerts.map(({ alertId }) => alertId).join(' ')}`),
      onEvent: (event: AlertEvent, seq) => note(`event ${event.alertId} ${seq}`),
      onPositions: (items) => note(`positions ${items.length}`),
      onStatus: ({ database }) => note(`database ${database}`),
      onStanding({ total }) {
        note(`standing ${total}`);
        return total === 0;
      },
      onClock: () => {},
    },
    nowMs: () => Date.now(),
    random: () => 0.5,
    later(run, delayMs) {
      const timer = { run, delayMs, cancelled: false };
      timers.push(timer);
      if (delayMs < SILENCE_LIMIT_MS) setImmediate(() => timer.cancelled || run());
      return () => {
        timer.cancelled = true;
      };
    },
  });
  onTestFinished(() => client.stop());
  return {
    heard,
    tellSound: client.tellSound,
    resumes,
    states,
    fallSilent: () => timers.findLast(({ cancelled, delayMs }) => !cancelled && delayMs === SILENCE_LIMIT_MS)?.run(),
    /** Resolves once it has been heard so often. */
    until: (text: string, times = 1) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (heard.filter((one) => one === text).length < times) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

describe('against a server that misbehaves', () => {
  let server: WebSocketServer;
  const open: WebSocket[] = [];
  /** By connection, what it heard of the client. */
  const said: string[][] = [];
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Each connection gets the next script; the last one is repeated. */
  async function serve(...scripts: readonly (readonly (ServerMessage | string)[])[]) {
    said.length = 0;
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    let connections = 0;
    server.on('connection', (socket) => {
      open.push(socket);
      const heard: string[] = [];
      said.push(heard);
      socket.on('message', (data) => heard.push(String(data)));
      const script = scripts[Math.min(connections++, scripts.length - 1)]!;
      for (const message of script) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    });
    return () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const hello = (seq: number, epoch = 'e1'): ServerMessage => ({
    type: 'hello',
    epoch,
    seq,
    serverTime: '2026-11-22T18:00:00Z',
  });
  const snapshot = (seq: number): ServerMessage => ({ type: 'snapshot', seq, alerts: [] });
  /** What follows when everything that was missed has been sent. */
  const status: ServerMessage = {
    type: 'status',
    database: 'present',
    log: 'present',
    recorderLagMs: 0,
    silentSuppliers: [],
  };
  const event = (seq: number, prevSeq: number): ServerMessage => ({ type: 'event', seq, prevSeq, event: finding() });

  it('a hole in the events brings a snapshot', async () => {
    const client = connect(await serve([hello(3), snapshot(3), event(9, 7)], [hello(9), snapshot(9)]));
    await client.until('snapshot ', 2);
    expect(client.heard).toEqual(['connecting', 'snapshot ', 'live', 'reconnecting', 'snapshot ', 'live']);
    expect(client.resumes).toEqual([null, null]);
  });

  it.each(['no JSON', '7', 'null', '{}'])('a message that is not understood (%s) brings a snapshot', async (text) => {
    const client = connect(await serve([hello(3), snapshot(3), text], [hello(3), snapshot(3)]));
    await client.until('snapshot ', 2);
    expect(client.resumes).toEqual([null, null]);
  });

  it('silence is not taken for peace', async () => {
    const client = connect(await serve([hello(3), snapshot(3)], [hello(4), event(4, 3), status]));
    await client.until('live');
    client.fallSilent();
    await client.until('live', 2);
    expect(client.resumes).toEqual([null, 'e1:3']);
    expect(client.heard).toContain('event A-1 4');
    expect(client.states).toEqual(['connecting', 'live', 'reconnecting', 'catching-up', 'live']);
  });

  it('it is not live before what was missed has come', async () => {
    const client = connect(await serve([hello(3), snapshot(3)], [hello(4), event(4, 3)]));
    await client.until('live');
    client.fallSilent();
    await client.until('event A-1 4');
    expect(client.states.at(-1)).toBe('catching-up');
  });

  it('another epoch is not resumed', async () => {
    const client = connect(
      await serve(
        [hello(3), snapshot(3)],
        [hello(0, 'e2'), { ...snapshot(0), reason: 'epoch-changed' } as ServerMessage, event(1, 0)],
      ),
    );
    await client.until('live');
    client.fallSilent();
    await client.until('event A-1 1');
    expect(client.heard.slice(2)).toEqual(['live', 'reconnecting', 'snapshot ', 'live', 'event A-1 1']);
  });

  it('where the server counts otherwise it asks for all of it again, once until they agree', async () => {
    const beat = (total: number): ServerMessage => ({
      type: 'heartbeat',
      seq: 3,
      standing: {
        total,
        byKind: {},
        byAge: { 'under-1-hour': total, 'under-1-day': 0, 'under-7-days': 0, '7-days-and-more': 0 },
      },
    });
    const start = [hello(3), snapshot(3)];
    const url = await serve(
      [...start, beat(0), beat(1), beat(5)],
      [...start, beat(2), beat(2), beat(0), beat(3), beat(4)],
      [...start, beat(0)],
    );
    const client = connect(url);
    await client.until('snapshot ', 3);
    await client.until('standing 0', 3);
    expect(client.heard.filter((one) => /^(standing|snapshot)/.test(one))).toEqual([
      ...['snapshot ', 'standing 0', 'standing 1'],
      ...['snapshot ', 'standing 2', 'standing 2', 'standing 0', 'standing 3'],
      ...['snapshot ', 'standing 0'],
    ]);
    expect(client.resumes).toEqual([null, null, null]);
  });

  it('whether it can be heard is told when it changes, and again to the next server; to none that does not take it', async () => {
    const takes = { ...hello(3), takes: ['subscribe', 'sound'] } as ServerMessage;
    const client = connect(await serve([takes, snapshot(3)], [hello(3), status], [takes, status]));
    client.tellSound('off');
    await client.until('live');
    client.tellSound('off');
    client.tellSound('on');
    const sounds = (connection: number) => said[connection]?.flatMap((text) => JSON.parse(text).sound ?? []);
    await expect.poll(() => sounds(0)).toEqual(['off', 'on']);
    client.fallSilent();
    await client.until('live', 2);
    client.tellSound('blocked');
    client.fallSilent();
    await client.until('live', 3);
    await expect.poll(() => sounds(2)).toEqual(['blocked']);
    expect(sounds(1)).toEqual([]);
  });

  it('types that a newer server may add are ignored', async () => {
    const client = connect(await serve([hello(3), snapshot(3), '{"type":"weather"}', event(4, 3)]));
    await client.until('event A-1 4');
    expect(client.states).toEqual(['connecting', 'live']);
  });
});

describe('against the real feed', () => {
  it('goes on after the server was away, with exactly what was missed', async () => {
    const opened = await openTestLog();
    const logger = createRememberingLog();
    const alertLog = await startAlertLog({
      log: opened.log,
      logger,
      epoch: 'e1',
      limits: DEFAULT_ALERT_REGISTER_LIMITS,
    });
    const liveView = await startLiveView({ log: opened.log, logger, positionsIntervalMs: 10 });
    await Promise.all([alertLog.caughtUp, liveView.caughtUp]);
    let server: Server;
    let feed: ReturnType<typeof registerFeed>;
    let port = 0;
    const start = async () => {
      server = createServer();
      feed = registerFeed(server, {
        reach: createReach({ ...OWN_REACH, allowedOrigins: [] }),
        alertLog,
        liveView,
        clock: { nowMs: Date.now },
        logger,
        status: {
          current: () => ({ database: 'present', log: 'present', recorderLagMs: 0, silentSuppliers: [] }),
          subscribe: () => () => {},
        },
        limits: {},
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    };
    const stop = async () => {
      await feed.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    const append = async (alertId: string) => {
      await opened.log.append(ALERTS, [{ key: 'W-1', value: encodeJson(finding({ alertId })), partition: 0 }]);
    };
    await start();
    onTestFinished(async () => {
      await stop();
      await Promise.all([alertLog.stop(), liveView.stop()]);
      await opened.dispose();
    });

    await append('A-1');
    const client = connect(() => `ws://127.0.0.1:${port}/api/v1/feed`);
    await client.until('live');
    await append('A-2');
    await client.until('event A-2 1');
    await stop();
    await client.until('reconnecting');
    await append('A-3');
    await append('A-4');
    await start();
    await client.until('event A-4 3');
    expect(client.heard.filter((one) => one.startsWith('event') || one.startsWith('snapshot'))).toEqual([
      expect.stringMatching(/^snapshot/),
      ...(client.heard.includes('event A-1 0') ? ['event A-1 0'] : []),
      'event A-2 1',
      'event A-3 2',
      'event A-4 3',
    ]);
    expect(client.resumes.slice(1).every((resume) => resume === 'e1:1')).toBe(true);
  });
});

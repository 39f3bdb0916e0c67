/** Runs the built program as a child process, as an operator would, and talks to it over its own wire. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { WebSocket } from 'ws';
import { copyMadeDatabase } from './made-database.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const LISTENING = /tagwatch listening on (http:\/\/\S+)/;
const START_LIMIT_MS = 240_000;

export interface Program {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything it has printed, both streams. */
  output(): string;
  /** SIGTERM, then waits for the end; answers the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, then waits for the end. */
  kill(): Promise<void>;
}

export interface Home {
  readonly env: Readonly<Record<string, string>>;
  /** Another build's `dist/main.js`; this one's where not given. */
  readonly main?: string;
  /** Its PostgreSQL is away on purpose: a start does not wait for it. */
  readonly isDatabaseAway?: boolean;
  remove(): void;
}

/** A folder (with a migrated database in it) and a port of its own: embedded unless `services` gives the variables of a real pair. */
export async function makeHome(services: Readonly<Record<string, string>> = {}): Promise<Home> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tagwatch-test-'));
  const env = {
    TAGWATCH_DATA_DIR: dataDir,
    TAGWATCH_PORT: String(await getPort({ host: '127.0.0.1' })),
    TAGWATCH_LOG_LEVEL: 'info',
    ...services,
  };
  if (!('DATABASE_URL' in services)) await copyMadeDatabase('migrated', join(dataDir, 'database'));
  return { env, remove: () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }) };
}

/**
 * Starts `tagwatch serve` and resolves once it has printed that it listens and has its database; rejects with its output when it ends
 * before.
 */
export async function startProgram(home: Home, args: readonly string[] = ['serve']): Promise<Program> {
  const child = spawn(process.execPath, [home.main ?? MAIN, ...args], {
    env: { ...cleanEnv(), ...home.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`not listening after ${START_LIMIT_MS} ms:\n${output}`));
    }, START_LIMIT_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const match = LISTENING.exec(output);
      if (match?.[1]) {
        clearTimeout(limit);
        resolve(match[1]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    // Not at its exit: what it said last may come behind that.
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      reject(new Error(`ended with ${code ?? signal} before it listened:\n${output}`));
    });
  });
  if ('DATABASE_URL' in home.env && home.isDatabaseAway !== true) await untilDatabase(url, child, () => output);
  const ended = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    await once(child, 'exit');
    return child.exitCode;
  };
  return {
    url,
    child,
    output: () => output,
    stop: () => ended('SIGTERM'),
    kill: async () => {
      await ended('SIGKILL');
    },
  };
}

/** A start goes on without a database that has no schema after 15 s, and on a busy machine a new one may have none by then. */
async function untilDatabase(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const end = Date.now() + START_LIMIT_MS;
  for (;;) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    const body = (await answer?.json().catch(() => null)) as { parts?: { part: string; ready: boolean }[] } | null;
    if (body?.parts?.every(({ part, ready }) => part !== 'database' || ready)) return;
    const { exitCode, signalCode } = child;
    if (exitCode !== null || signalCode !== null)
      throw new Error(`ended with ${exitCode ?? signalCode} before it had its database:\n${output()}`);
    if (Date.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`no database after ${START_LIMIT_MS} ms:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What a shell would give, without what this test run itself was given for the services. */
function cleanEnv(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ['DATABASE_URL', 'KAFKA_BROKERS', 'KAFKA_PING_TOPICS', 'NODE_OPTIONS', 'VITEST']) delete env[name];
  return env;
}

/** A message of the feed, as `wire.md` says. */
export interface FeedMessage {
  readonly type: string;
  readonly seq?: number;
  readonly prevSeq?: number;
  readonly epoch?: string;
  readonly serverTime?: string;
  readonly reason?: string;
  readonly alerts?: readonly FeedAlert[];
  readonly event?: FeedAlert;
}

export interface FeedAlert {
  readonly eventId: string;
  readonly alertId: string;
  readonly type: string;
  readonly kind: string;
  readonly tagId: string;
  readonly wearerId: string;
  readonly revision: number;
  readonly etag: string;
  readonly status: string;
  readonly episode: { readonly startedAt: string; readonly endedAt: string | null };
  readonly conditionVersion: number | null;
  readonly zoneVersion: number | null;
  readonly raisedAt: string;
  readonly delayedByMs: number;
  readonly historic: boolean;
  readonly endedBecause?: string;
}

export interface FeedClient {
  readonly messages: FeedMessage[];
  events(): FeedAlert[];
  /** Resolves with the first message that answers, past or to come; rejects after `limitMs`. */
  waitFor(wanted: (message: FeedMessage) => boolean, limitMs?: number): Promise<FeedMessage>;
  close(): void;
}

/** A plain `ws` client of the feed, without a subprotocol. */
export async function openFeed(url: string, query = ''): Promise<FeedClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/feed${query}`);
  const messages: FeedMessage[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    messages.push(JSON.parse(data.toString()) as FeedMessage);
    for (const check of waiting) check();
  });
  // A program that is killed takes its sockets along; tests look at what came before.
  socket.on('error', () => {});
  await once(socket, 'open');
  return {
    messages,
    events: () => messages.flatMap((message) => (message.event ? [message.event] : [])),
    waitFor(wanted, limitMs = 120_000) {
      return new Promise((resolve, reject) => {
        const check = () => {
          const found = messages.find(wanted);
          if (!found) return;
          waiting.delete(check);
          clearTimeout(limit);
          resolve(found);
        };
        const limit = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`no such message within ${limitMs} ms; seen: ${JSON.stringify(messages).slice(0, 4000)}`));
        }, limitMs);
        waiting.add(check);
        check();
      });
    },
    close: () => socket.close(),
  };
}

/** Sends JSON and answers status and body; throws only where nobody answers. */
export async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: never; etag: string | null }> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text || 'null') as never, etag: response.headers.get('etag') };
}

/** `PUT`, which must be taken; until the engine has been told of it (202: it is not yet), unless that is not to be waited for. */
export async function put(url: string, path: string, body: unknown): Promise<void> {
  for (;;) {
    const answer = await send(url, 'PUT', path, body);
    if (answer.status >= 300) throw new Error(`PUT ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (answer.status !== 202 || path.includes('wait=false')) return;
  }
}

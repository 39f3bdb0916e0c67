/** LISTEN on a connection of its own that comes back by itself. */
import pg from 'pg';
import type { Log } from '../ports/log.js';
import { prepareSession, type SessionConfig } from './postgres-session.js';

/** How often the listener asks whether its session still lives: a connection cut without a word would never tell. */
const CHECK_EVERY_MS = 10_000;
const RETRY_FIRST_MS = 200;
const RETRY_LIMIT_MS = 5_000;

export interface ListenOptions {
  readonly config: SessionConfig;
  readonly log: Log;
  readonly channel: string;
  readonly onNotify: (payload: string) => void;
  /** Called whenever it listens again after it did not: some notifications may have been missed. */
  readonly onReconnect: () => void;
}

/**
 * Resolves after the first attempt: it listens then, or, where the database is away, goes on trying (and `onReconnect` tells
 * when it does). Answers how to stop.
 */
export async function startListening(options: ListenOptions): Promise<() => Promise<void>> {
  const { config, log, channel, onNotify, onReconnect } = options;
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  let retryMs = RETRY_FIRST_MS;
  let stopped = false;

  /** One session: resolves when it listens, rejects when it cannot. */
  async function connect(): Promise<void> {
    const session = new pg.Client(config.client);
    client = session;
    let listening = false;
    const check = setInterval(() => void session.query('select 1').catch(lose), CHECK_EVERY_MS);
    function lose(): void {
      clearInterval(check);
      void session.end().catch(() => {});
      if (client === session) client = null;
      if (listening) {
        listening = false;
        log.warn({ channel }, 'the listening connection to the database was lost');
        later();
      }
    }
    session.on('error', lose);
    session.on('end', lose);
    session.on('notification', (message) => onNotify(message.payload ?? ''));
    try {
      await session.connect();
      await prepareSession(session, config);
      await session.query(`listen ${pg.escapeIdentifier(channel)}`);
      listening = !stopped;
      retryMs = RETRY_FIRST_MS;
      if (stopped) lose();
    } catch (error) {
      lose();
      throw error;
    }
  }

  function later(): void {
    if (stopped) return;
    retry = setTimeout(() => {
      retry = null;
      connect().then(
        () => !stopped && onReconnect(),
        () => {
          retryMs = Math.min(retryMs * 2, RETRY_LIMIT_MS);
          later();
        },
      );
    }, retryMs);
  }

  await connect().catch(later);
  return async () => {
    stopped = true;
    if (retry !== null) clearTimeout(retry);
    const session = client;
    client = null;
    await session?.end().catch(() => {});
  };
}

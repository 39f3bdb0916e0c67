/**
 * The `Database` port on PGlite with PostGIS: PostgreSQL compiled to WebAssembly, in a thread. For evaluation: it has one
 * connection, never forces its files to disk (a power cut may lose or break them; a killed process does not), and takes about
 * a gigabyte of memory.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../directory-lock.js';
import type { Database, Queryable, Row } from '../ports/database.js';
import { DatabaseUnavailable } from '../ports/database.js';
import type { Log } from '../ports/log.js';
import { type Answer, startPgliteThread } from './pglite-thread.js';
import { makeTurns } from './turns.js';
import { encodeParameter } from './values.js';

/** Statements and transactions that may wait for the one connection, and for how long. */
const MAX_WAITING = 10_000;
const WAIT_LIMIT_MS = 30_000;

export interface PgliteOptions {
  /** Where the files live; made when it is not there. Null: in memory, for tests. */
  readonly directory: string | null;
  readonly log: Log;
}

/** Takes the lock and finds the data directory; one whose making was cut short (it holds nothing yet) is made anew. */
function prepare(directory: string): { dataDirectory: string; markMade(): void; unlock(): void } {
  mkdirSync(directory, { recursive: true });
  const unlock = takeLock(join(directory, 'pglite.lock'));
  const dataDirectory = join(directory, 'pgdata');
  const made = join(directory, 'pgdata.made');
  if (!existsSync(made)) rmSync(dataDirectory, { recursive: true, force: true });
  return { dataDirectory, markMade: () => writeFileSync(made, ''), unlock };
}

const quoteIdentifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Opens or makes the embedded database: 6 s the first time, 2 s later. Throws when another process has it, naming its pid. */
export async function openPglite(options: PgliteOptions): Promise<Database> {
  const { log } = options;
  const place = options.directory === null ? null : prepare(options.directory);
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const thread = await startPgliteThread({ directory: place?.dataDirectory ?? null }, (channel, payload) => {
    for (const onNotify of listeners.get(channel) ?? []) onNotify(payload);
  }).catch((error: unknown) => {
    place?.unlock();
    throw error;
  });
  place?.markMade();

  const turns = makeTurns({ atOnce: 1, maxWaiting: MAX_WAITING, waitLimitMs: WAIT_LIMIT_MS });
  const locks = new Map<number, () => void>();
  let closing: Promise<void> | null = null;
  void thread.ended.then(() => {
    if (closing === null) log.error({}, 'the embedded database has ended by itself: restart the program');
    for (const tellLost of locks.values()) tellLost();
    locks.clear();
    place?.unlock();
  });

  const send = async (sql: string, params?: readonly unknown[]): Promise<Answer> =>
    await thread.query(sql, params === undefined ? null : params.map(encodeParameter));

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (closing !== null) throw new DatabaseUnavailable('The database is closed');
    const giveBack = await turns.take();
    try {
      return await work();
    } finally {
      giveBack();
    }
  }

  async function query<R = Row>(sql: string, params?: readonly unknown[]) {
    const { rows, rowCount } = await inTurn(async () => await send(sql, params));
    return { rows: rows as R[], rowCount };
  }

  async function transaction<T>(
    work: (tx: Queryable) => Promise<T>,
    isolation: 'read committed' | 'repeatable read' = 'read committed',
  ): Promise<T> {
    return await inTurn(async () => {
      let over = false;
      const tx: Queryable = {
        query: async <R = Row>(sql: string, params?: readonly unknown[]) => {
          if (over) throw new Error('The transaction is over: its queries have to be awaited within it');
          const { rows, rowCount } = await send(sql, params);
          return { rows: rows as R[], rowCount };
        },
      };
      await send(`begin isolation level ${isolation}`);
      try {
        const result = await work(tx);
        over = true;
        // A transaction whose statement failed unnoticed answers a commit with a rollback and no error.
        const { command } = await send('commit');
        if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a statement in it had failed');
        return result;
      } catch (error) {
        over = true;
        await send('rollback').catch(() => {});
        throw error;
      }
    });
  }

  return {
    query,
    transaction,

    async execute(sql) {
      await inTurn(async () => await send(sql));
    },

    async listen(channel, onNotify) {
      const those = listeners.get(channel) ?? new Set();
      listeners.set(channel, those);
      those.add(onNotify);
      await inTurn(async () => await send(`listen ${quoteIdentifier(channel)}`));
      return async () => {
        those.delete(onNotify);
        if (those.size > 0 || closing !== null) return;
        await inTurn(async () => await send(`unlisten ${quoteIdentifier(channel)}`));
      };
    },

    async tryLock(key) {
      if (closing !== null) throw new DatabaseUnavailable('The database is closed');
      if (locks.has(key)) return null;
      let tellLost = () => {};
      const lost = new Promise<void>((resolve) => {
        tellLost = resolve;
      });
      locks.set(key, tellLost);
      return {
        lost,
        async release() {
          if (locks.get(key) === tellLost) locks.delete(key);
          tellLost();
        },
      };
    },

    close() {
      closing ??= (async () => {
        // What is under way comes to its end first; what waits behind it, or hangs, is not waited for longer than a turn.
        const giveBack = await turns.take().catch(() => () => {});
        await thread.close();
        giveBack();
      })();
      return closing;
    },
  };
}

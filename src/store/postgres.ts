/** The `Database` port on PostgreSQL with PostGIS, by `pg`. */
import pg from 'pg';
import type { Database, Queryable, QueryResult, Row } from '../ports/database.js';
import type { Log } from '../ports/log.js';
import { asPortError, isAway, isCollision } from './errors.js';
import { startListening } from './postgres-listen.js';
import { holdLock } from './postgres-lock.js';
import { checkSessions, prepareSession, type SessionConfig } from './postgres-session.js';
import { makeTurns } from './turns.js';
import { encodeParameter, parserOf } from './values.js';

export interface PostgresOptions {
  /** `postgresql://user:password@host:port/database`. */
  readonly url: string;
  readonly log: Log;
  /** Connections for queries and transactions; listeners and locks have one more each. */
  readonly poolSize?: number;
  readonly connectTimeoutMs?: number;
  /** The server cancels a statement after this; the client gives up `ANSWER_MARGIN_MS` later. */
  readonly statementTimeoutMs?: number;
  /** How long a statement waits for one of the connections before the database is told to be busy. */
  readonly waitLimitMs?: number;
}

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** How much longer than the server's own limit the client waits for an answer, before it takes the connection for dead. */
const ANSWER_MARGIN_MS = 5_000;
/** For `execute`: a migration may build an index over a year of pings. */
const EXECUTE_TIMEOUT_MS = 3_600_000;
const IDLE_TIMEOUT_MS = 30_000;
/** Statements and transactions that may wait for a connection, and for how long. */
const MAX_WAITING = 1_000;
const WAIT_LIMIT_MS = 30_000;
/** How often a transaction that collides with another one is begun, and the most that it waits before it begins again. */
const COLLISION_TRIES = 4;
const COLLISION_WAIT_MS = 100;
const KEEP_ALIVE_DELAY_MS = 10_000;

/** What `pg` needs to know for any connection of ours. */
function sessionConfig(options: PostgresOptions): SessionConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const client: pg.ClientConfig = {
    connectionString: options.url,
    application_name: 'tagwatch',
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    query_timeout: statementTimeoutMs + ANSWER_MARGIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    types: { getTypeParser: (oid: number) => parserOf(oid) },
  };
  return { client, statementTimeoutMs };
}

/** One statement with parameters, or several without. Throws as the port says. */
async function run<R>(client: pg.ClientBase, sql: string, params?: readonly unknown[]): Promise<QueryResult<R>> {
  try {
    // Without parameters `pg` uses the simple protocol, which takes several statements and answers with an array.
    const answer: pg.QueryResult | pg.QueryResult[] =
      params === undefined ? await client.query(sql) : await client.query(sql, params.map(encodeParameter));
    const last = Array.isArray(answer) ? answer.at(-1) : answer;
    return { rows: (last?.rows ?? []) as R[], rowCount: last?.rowCount ?? 0 };
  } catch (error) {
    throw asPortError(error);
  }
}

/**
 * Connects lazily: it never fails because the server is away, the queries do (`DatabaseUnavailable`), until it is back.
 */
export function connectPostgres(options: PostgresOptions): Database {
  const { log } = options;
  const config = sessionConfig(options);
  const poolSize = options.poolSize ?? POOL_SIZE;
  const pool = new pg.Pool({
    ...config.client,
    max: poolSize,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    verify(client, done) {
      prepareSession(client, config).then(() => done(), done);
    },
  });
  let sessionsChecked: Promise<void> | null = null;
  // The pool itself does not tell a wait for a connection that others have from a wait for a server that is away.
  const waitLimitMs = options.waitLimitMs ?? WAIT_LIMIT_MS;
  const turns = makeTurns({ atOnce: poolSize, maxWaiting: MAX_WAITING, waitLimitMs });
  const stops = new Set<() => Promise<void>>();
  let closing: Promise<void> | null = null;

  // Both kinds of 'error' would end the process: of idle clients on the pool, of clients in use on themselves.
  pool.on('error', (error) => log.warn({ error: error.message }, 'an idle database connection was lost'));
  pool.on('connect', (client) => client.on('error', () => {}));

  /** Lends a client; one that may be broken (`spoil`) is closed rather than given back. */
  async function withClient<T>(work: (client: pg.PoolClient, spoil: () => void) => Promise<T>): Promise<T> {
    const giveBack = await turns.take();
    try {
      return await withFreeClient(work);
    } finally {
      giveBack();
    }
  }

  async function withFreeClient<T>(work: (client: pg.PoolClient, spoil: () => void) => Promise<T>): Promise<T> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw asPortError(error);
    }
    let broken = false;
    const spoil = () => {
      broken = true;
    };
    try {
      return await work(client, spoil);
    } catch (error) {
      broken ||= isAway(error);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async function transaction<T>(
    work: (tx: Queryable) => Promise<T>,
    isolation: 'read committed' | 'repeatable read' = 'read committed',
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await transactOnce(work, isolation);
      } catch (error) {
        if (!isCollision(error) || tries === COLLISION_TRIES) throw error;
        log.debug({ tries, error: String(error) }, 'a transaction got in the way of another one and begins again');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * COLLISION_WAIT_MS));
      }
    }
  }

  async function transactOnce<T>(
    work: (tx: Queryable) => Promise<T>,
    isolation: 'read committed' | 'repeatable read',
  ): Promise<T> {
    return await withClient(async (client, spoil) => {
      let over = false;
      const tx: Queryable = {
        query: async <R = Row>(sql: string, params?: readonly unknown[]) => {
          if (over) throw new Error('The transaction is over: its queries have to be awaited within it');
          return await run<R>(client, sql, params);
        },
      };
      await run(client, `begin isolation level ${isolation}`);
      try {
        const result = await work(tx);
        over = true;
        // A transaction whose statement failed unnoticed answers a commit with a rollback and no error.
        const answer = await client.query('commit').catch((error: unknown) => {
          throw asPortError(error);
        });
        if (answer.command !== 'COMMIT')
          throw new Error('The transaction was rolled back: a statement in it had failed');
        return result;
      } catch (error) {
        over = true;
        await client.query('rollback').catch(spoil);
        throw error;
      }
    });
  }

  return {
    query: async <R = Row>(sql: string, params?: readonly unknown[]) =>
      await withClient(async (client) => await run<R>(client, sql, params)),
    transaction,

    async execute(sql) {
      await withClient(async (client, spoil) => {
        // The longer limit must not come back to the pool with the connection.
        spoil();
        await run(client, `set statement_timeout = ${EXECUTE_TIMEOUT_MS}`);
        const limits = { text: sql, query_timeout: EXECUTE_TIMEOUT_MS + ANSWER_MARGIN_MS };
        await client.query(limits).catch((error: unknown) => {
          throw asPortError(error);
        });
      });
    },

    async listen(channel, onNotify, onReconnect) {
      const stop = await startListening({ config, log, channel, onNotify, onReconnect: onReconnect ?? (() => {}) });
      stops.add(stop);
      return async () => {
        stops.delete(stop);
        await stop();
      };
    },

    async tryLock(key) {
      sessionsChecked ??= checkSessions(config);
      await sessionsChecked.catch((error: unknown) => {
        sessionsChecked = null;
        throw error;
      });
      const lock = await holdLock(config, key);
      if (lock === null) return null;
      stops.add(lock.release);
      void lock.lost.then(() => stops.delete(lock.release));
      return lock;
    },

    connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: turns.waiting() }),

    close() {
      closing ??= (async () => {
        await Promise.all([...stops].map((stop) => stop()));
        await pool.end();
      })();
      return closing;
    },
  };
}

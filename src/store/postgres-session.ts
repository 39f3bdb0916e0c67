/** Sessions of PostgreSQL: what holds in each of ours, and whether they are ours at all. */
import pg from 'pg';
import { DatabaseUnusable } from '../ports/database.js';
import { asPortError } from './errors.js';

export interface SessionConfig {
  readonly client: pg.ClientConfig;
  readonly statementTimeoutMs: number;
}

/**
 * By statements and not by parameters of the connection, which poolers refuse. Statements are not compiled: what the server takes for
 * costly by its guess are ours over a thousand rows by their keys, and compiling one took up to twenty times as long as running it.
 */
export async function prepareSession(session: pg.ClientBase, { statementTimeoutMs }: SessionConfig): Promise<void> {
  await session.query(
    `set timezone = 'UTC'; set datestyle = 'ISO'; set jit = off; set statement_timeout = ${Math.round(statementTimeoutMs)}`,
  );
}

/** A pooler with other clients may by chance give each of two clients a session of its own once, and hardly so often in a row. */
const ROUNDS = 12;

/**
 * Throws `DatabaseUnusable` where two connections of ours share sessions of the server, as behind PgBouncer in transaction mode:
 * locks would stay with a session that nobody has any more, and notices would go astray, both without an error.
 */
export async function checkSessions({ client }: SessionConfig): Promise<void> {
  const [one, other] = [new pg.Client(client), new pg.Client(client)];
  for (const each of [one, other]) each.on('error', () => {});
  try {
    await one.connect();
    await other.connect();
    for (let round = 0; round < ROUNDS; round++) if (await shareSessions(one, other)) throw sharedSessions();
  } catch (error) {
    throw asPortError(error);
  } finally {
    await Promise.all([one, other].map((each) => each.end().catch(() => {})));
  }
}

/** Whether one had a session that other got, or got another while other held one: a session of its own is always the same. */
async function shareSessions(one: pg.ClientBase, other: pg.ClientBase): Promise<boolean> {
  const before = await readPid(one);
  await other.query('begin');
  const held = await readPid(other);
  const after = await readPid(one);
  await other.query('rollback');
  return before !== after || held === before;
}

function sharedSessions(): DatabaseUnusable {
  return new DatabaseUnusable(
    'The database is reached through a pooler that shares sessions (PgBouncer with pool_mode=transaction or statement): ' +
      'locks and notices do not work there. Let DATABASE_URL lead to PostgreSQL itself, or to a pool with pool_mode=session.',
  );
}

async function readPid(session: pg.ClientBase): Promise<number> {
  const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]!.pid;
}

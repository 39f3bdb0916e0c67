/** Sessions of PostgreSQL: what holds in each of ours, and whether they are ours at all. */
import pg from 'pg';
import { DatabaseUnusable } from '../pipeline/ports.js';
import { asPortError } from './errors.js';

export interface SessionConfig {
  readonly client: pg.ClientConfig;
  readonly statementTimeoutMs: number;
}

/** By statements and not by parameters of the connection, which poolers refuse. */
export async function prepareSession(session: pg.ClientBase, { statementTimeoutMs }: SessionConfig): Promise<void> {
  await session.query(
    `set timezone = 'UTC'; set datestyle = 'ISO'; set statement_timeout = ${Math.round(statementTimeoutMs)}`,
  );
}

/**
 * Throws `DatabaseUnusable` where two connections of ours share sessions of the server, as behind PgBouncer in transaction mode:
 * locks would stay with a session that nobody has any more, and notices would go astray, both without an error.
 */
export async function checkSessions({ client }: SessionConfig): Promise<void> {
  const [one, other] = [new pg.Client(client), new pg.Client(client)];
  for (const each of [one, other]) each.on('error', () => {});
  try {
    await one.connect();
    const before = await readPid(one);
    await other.connect();
    await other.query('begin');
    const held = await readPid(other);
    const after = await readPid(one);
    await other.query('rollback');
    if (before === after && held !== before) return;
  } catch (error) {
    throw asPortError(error);
  } finally {
    await Promise.all([one, other].map((each) => each.end().catch(() => {})));
  }
  throw new DatabaseUnusable(
    'The database is reached through a pooler that shares sessions (PgBouncer with pool_mode=transaction or statement): ' +
      'locks and notices do not work there. Let DATABASE_URL lead to PostgreSQL itself, or to a pool with pool_mode=session.',
  );
}

async function readPid(session: pg.ClientBase): Promise<number> {
  const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]!.pid;
}

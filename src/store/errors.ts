/** What an error of the database means. */
import { DatabaseBusy, DatabaseUnavailable } from '../ports/database.js';

const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'ENOENT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  // admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, read_only_sql_transaction (a standby answered).
  '57P01',
  '57P02',
  '57P03',
  '57P04',
  '25006',
  // invalid_catalog_name: the database is not there (yet, or while it is restored).
  '3D000',
  // undefined_table: it is there and empty, while it is restored.
  '42P01',
]);

/** Classes of errors that whoever runs the database mends: connection, authorization, resources (a full disk), system. */
const AWAY_CLASSES = /^(08|28|53|58)[0-9A-Z]{3}$/;

/** serialization_failure, deadlock_detected: one of two transactions has to begin again. */
const COLLISION_CODES = new Set(['40001', '40P01']);

/** query_canceled: the statement timeout. lock_not_available: the lock timeout. */
const BUSY_CODES = new Set([...COLLISION_CODES, '57014', '55P03']);

/** Messages of `pg` for a connection that went away; these errors carry no code. */
const AWAY_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|The client has already been released|Cannot use a pool after calling end)/;

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** SQLSTATE of a statement's own error, e.g. `23505`; null for anything else. */
export function sqlState(error: unknown): string | null {
  const code = codeOf(error);
  return code !== null && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** Name of the constraint that refused a row, where the error tells it. */
export function constraintOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('constraint' in error)) return null;
  return typeof error.constraint === 'string' ? error.constraint : null;
}

/** Whether two transactions got in each other's way, so that this one may begin again at once. */
export function isCollision(error: unknown): boolean {
  return error instanceof DatabaseBusy && COLLISION_CODES.has(codeOf(error.cause) ?? '');
}

/** Whether the database is away or busy, as opposed to refusing this statement. */
export function isAway(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const code = codeOf(error);
  if (code !== null && (AWAY_CODES.has(code) || AWAY_CLASSES.test(code) || BUSY_CODES.has(code))) return true;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isAway);
  return error instanceof Error && AWAY_MESSAGES.test(error.message);
}

/** The error as callers of the port see it: `DatabaseUnavailable` where the database is away or busy, else itself. */
export function asPortError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable || !isAway(error)) return error;
  const why = error instanceof Error && error.message !== '' ? error.message : (codeOf(error) ?? 'no reason given');
  if (BUSY_CODES.has(codeOf(error) ?? '')) return new DatabaseBusy(`The database is busy: ${why}`, { cause: error });
  return new DatabaseUnavailable(`The database is away: ${why}`, { cause: error });
}

/**
 * Whether the database refuses the data of the statement whatever happens (data exceptions, constraints, limits), so that
 * trying again is no use.
 */
export function refusesData(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && /^(22|23|54)/.test(state);
}

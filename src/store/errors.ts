/** What an error of the database means. */
import { DatabaseUnavailable } from '../pipeline/ports.js';

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
  // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections, read_only_sql_transaction (a standby answered).
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '25006',
  // query_canceled: the statement timeout. lock_not_available: the lock timeout.
  '57014',
  '55P03',
]);

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

/** Whether the database is away, as opposed to refusing this statement. */
export function isAway(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const code = codeOf(error);
  if (code !== null && (AWAY_CODES.has(code) || /^08[0-9A-Z]{3}$/.test(code))) return true;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isAway);
  return error instanceof Error && AWAY_MESSAGES.test(error.message);
}

/** The error as callers of the port see it: `DatabaseUnavailable` where the database is away, else itself. */
export function asPortError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable || !isAway(error)) return error;
  const why = error instanceof Error && error.message !== '' ? error.message : (codeOf(error) ?? 'no reason given');
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

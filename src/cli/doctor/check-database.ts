/** Whether PostgreSQL answers, is what is needed, and is reached in a way that nobody listens to or stands in for. */
import type { Log } from '../../ports/log.js';
import type { Config } from '../../start/config.js';
import { isLoopback } from '../../start/loopback.js';
import { readMigrations } from '../../store/migrate.js';
import { connectPostgres } from '../../store/postgres.js';
import { checkClock } from './check-clock.js';
import { describeError, type Finding, good, note, unsafe, wrong } from './finding.js';

const ABOUT = 'DATABASE_URL';
/** Of what a record and its audit are dated by both clocks. */
const CLOCK_LIMIT_MS = 30_000;

interface Server {
  readonly ssl: boolean;
  readonly nowMs: number;
  readonly version: string;
  readonly isSuperuser: boolean;
  readonly fsync: string;
  readonly hasPostgis: boolean;
  readonly mayMakePostgis: boolean;
  readonly hasSchema: boolean;
}

const ASK = `select (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as ssl,
  (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs",
  current_setting('server_version') as version,
  (select rolsuper from pg_roles where rolname = current_user) as "isSuperuser",
  current_setting('fsync') as fsync,
  exists (select from pg_extension where extname = 'postgis') as "hasPostgis",
  exists (select from pg_available_extensions where name = 'postgis') as "mayMakePostgis",
  to_regclass('schema_migration') is not null as "hasSchema"`;

/** What `pg` makes of the address; others' names for it do not matter here. */
function checkTrust(url: URL): Finding[] {
  const mode = url.searchParams.get('sslmode');
  const believesAnybody =
    mode === 'no-verify' ||
    (url.searchParams.get('uselibpqcompat') === 'true' && (mode === 'require' || mode === 'prefer')) ||
    mode === 'verify-ca';
  const todo = 'sslmode=verify-full&sslrootcert=FILE';
  if (believesAnybody)
    return [unsafe(ABOUT, `sslmode=${mode} encrypts and does not ask whether it is the right server`, todo)];
  if (mode !== null && mode !== 'disable' && mode !== 'verify-full')
    return [note(ABOUT, `sslmode=${mode} is taken for verify-full by this version, and not by later ones`, todo)];
  return [];
}

function checkServer(server: Server, url: URL, oursMs: number): Finding[] {
  const found: Finding[] = [];
  const host = url.hostname;
  if (server.ssl) found.push(good(ABOUT, `${host} answers by TLS: PostgreSQL ${server.version}`));
  else if (isLoopback(host))
    found.push(good(ABOUT, `${host} answers without TLS, on this machine: PostgreSQL ${server.version}`));
  else
    found.push(
      unsafe(
        ABOUT,
        `${host} answers without TLS: whoever listens reads every record`,
        'sslmode=verify-full&sslrootcert=FILE',
      ),
    );
  if (!server.hasPostgis && !server.mayMakePostgis)
    found.push(wrong('PostGIS', 'is not installed on the server', 'install postgresql-NN-postgis-3 there'));
  if (server.isSuperuser)
    found.push(unsafe(ABOUT, 'its role is a superuser', 'a role that owns this one database: docs/operations.md'));
  if (server.fsync !== 'on')
    found.push(
      unsafe('fsync', 'is off on the server: it loses what it confirmed when the machine loses power', 'fsync = on'),
    );
  found.push(
    checkClock('the database', server.nowMs, oursMs, CLOCK_LIMIT_MS, 'times of records and of the audit differ'),
  );
  return found;
}

export async function checkDatabase({ databaseUrl }: Config, logger: Log, answerLimitMs: number): Promise<Finding[]> {
  if (databaseUrl === null) return [];
  const url = new URL(databaseUrl);
  const found = checkTrust(url);
  const db = connectPostgres({
    url: databaseUrl,
    log: logger,
    poolSize: 1,
    connectTimeoutMs: answerLimitMs,
    statementTimeoutMs: answerLimitMs,
  });
  try {
    const { rows } = await db.query<Server>(ASK, []);
    const server = rows[0]!;
    found.push(...checkServer(server, url, Date.now()));
    const applied = server.hasSchema
      ? (await db.query<{ name: string }>('select name from schema_migration', [])).rows
      : [];
    const names = new Set(applied.map(({ name }) => name));
    const missing = readMigrations().filter(({ name }) => !names.has(name));
    found.push(
      missing.length === 0
        ? good('schema', 'is up to date')
        : note(
            'schema',
            `${missing.length} migrations are to come`,
            '"tagwatch migrate", or the next start, applies them',
          ),
    );
  } catch (error) {
    found.push(wrong(ABOUT, describeError(error), 'mend address, certificate (sslrootcert), or name and password'));
  } finally {
    await db.close();
  }
  return found;
}

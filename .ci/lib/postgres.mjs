/** PostgreSQL with PostGIS from Debian's packages, in a temp folder of its own. */
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificates } from './certificates.mjs';
import {
  freePort,
  installPackages,
  isOurs,
  outputOf,
  runCommand,
  startDetached,
  waitUntilReady,
} from './processes.mjs';

/** Debian 12 has this one; other releases have another number, which the metapackage knows. */
const PACKAGES = ['postgresql-15-postgis-3', 'postgresql-postgis'];

const READY_LIMIT_MS = 60_000;

/** After kill -9 its children live on for a moment and keep the shared memory: starting is tried again so long. */
const RESTART_LIMIT_MS = 30_000;

/** Ends at once and takes its children and shared memory along, which SIGKILL would leave behind. */
export const END_AT_ONCE = 'SIGQUIT';

const USER = 'tagwatch';
const DATABASE = 'tagwatch';

/** The programs of the newest PostgreSQL that has PostGIS; null where there is none. */
function findPrograms() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const version = versions
    .filter((each) => existsSync(`/usr/share/postgresql/${each}/extension/postgis.control`))
    .filter((each) => existsSync(`/usr/lib/postgresql/${each}/bin/initdb`))
    .sort((a, b) => Number(b) - Number(a))[0];
  return version ? `/usr/lib/postgresql/${version}/bin` : null;
}

/** Debian's PgBouncer, which a test puts before the database: beside the rest, and not in the middle of a suite. */
const PGBOUNCER = '/usr/sbin/pgbouncer';

function installedPrograms() {
  const found = findPrograms();
  if (found) return found;
  try {
    installPackages([PACKAGES[0]]);
  } catch {
    installPackages([PACKAGES[1]]);
  }
  const installed = findPrograms();
  if (!installed) throw new Error('PostgreSQL with PostGIS was installed, and is not where Debian puts it.');
  return installed;
}

/** It refuses to run as root: then it runs as the user that Debian's package made. */
function owner() {
  if (process.getuid() !== 0) return {};
  return { uid: Number(outputOf('id', ['-u', 'postgres'])), gid: Number(outputOf('id', ['-g', 'postgres'])) };
}

/** A new, empty cluster with a superuser; not running yet. */
export async function create() {
  const programs = installedPrograms();
  if (!existsSync(PGBOUNCER)) installPackages(['pgbouncer']);
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-postgres-'));
  const password = randomBytes(12).toString('hex');
  const as = owner();
  if (as.uid) chownSync(directory, as.uid, as.gid);
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password);
  if (as.uid) chownSync(passwordFile, as.uid, as.gid);
  runCommand(
    join(programs, 'initdb'),
    [
      '-D',
      join(directory, 'data'),
      '-U',
      USER,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
    ].concat(['--locale=C.UTF-8', '--no-sync', '--no-instructions']),
    { ...as, cwd: directory },
  );
  rmSync(passwordFile);
  const { caFile, keyFile, certificateFile } = makeCertificates(directory);
  // It takes no key that others may read, nor one of somebody else.
  chmodSync(keyFile, 0o600);
  if (as.uid) chownSync(keyFile, as.uid, as.gid);
  return { port: await freePort(), directory, password, programs, caFile, keyFile, certificateFile };
}

/** Runs a cluster on its port; resolves with its pid when it answers and has the database. */
export async function run(service, onPid) {
  const limitAt = Date.now() + RESTART_LIMIT_MS;
  for (;;) {
    try {
      return await runOnce(service, onPid);
    } catch (error) {
      if (Date.now() > limitAt) throw error;
      await sleep(300);
    }
  }
}

async function runOnce(service, onPid) {
  const { port, directory, programs, keyFile, certificateFile } = service;
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    full_page_writes: 'off',
    shared_buffers: '64MB',
    ssl: 'on',
    ssl_cert_file: certificateFile,
    ssl_key_file: keyFile,
  };
  const logFile = join(directory, 'postgres.log');
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const pid = startDetached(join(programs, 'postgres'), ['-D', join(directory, 'data'), ...args], logFile, {
    ...owner(),
    cwd: directory,
  });
  onPid(pid);
  await waitUntilReady(
    'PostgreSQL',
    { ...service, pid },
    logFile,
    READY_LIMIT_MS,
    () => query(service, 'select 1') === '1',
  );
  if (query(service, `select 1 from pg_database where datname = '${DATABASE}'`) !== '1') {
    query(service, `create database ${DATABASE}`);
  }
  if (!isOurs({ ...service, pid })) throw new Error('PostgreSQL ended just after it had started.');
  return pid;
}

/** What psql prints for one statement; null when the server does not answer. */
function query(service, sql) {
  const address = `postgres://${USER}:${service.password}@127.0.0.1:${service.port}/postgres?connect_timeout=5`;
  return outputOf(join(service.programs, 'psql'), ['-X', '-A', '-t', '-q', '-c', sql, address]);
}

export function envLine({ password, port, caFile }) {
  return [
    `DATABASE_URL=postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
    // The same server takes TLS: verify-full with this.
    `DATABASE_CA_FILE=${caFile}`,
  ].join('\n');
}

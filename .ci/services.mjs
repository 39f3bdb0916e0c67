/**
 * Real services for tests, without Docker, on Debian as root (installs what is missing) or where they are installed.
 *
 *   .ci/services start [--state DIR]          both: prints DATABASE_URL=… and KAFKA_BROKERS=…, everything else on stderr
 *   .ci/services env   [--state DIR]          prints those lines again
 *   .ci/services stop  [--state DIR]          ends both and removes their folders
 *   .ci/services kafka-start | postgres-start [--state DIR]             one of them: new, or again on the same port and data
 *   .ci/services kafka-stop  | postgres-stop  [--state DIR] [--kill]    ends one and keeps its data; --kill is kill -9
 *
 * Every state folder is an instance of its own (by default one in the temp folder for each checkout), so several can run at once. Free ports,
 * temp folders. PostgreSQL runs with fsync=off: it survives kill -9 of the process, not of the machine; for tests only.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as kafka from './lib/kafka.mjs';
import * as postgres from './lib/postgres.mjs';
import { endProcess, isOurs } from './lib/processes.mjs';

const SERVICES = { postgres, kafka };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { state: { type: 'string' }, kill: { type: 'boolean' } },
});
const checkout = createHash('sha256')
  .update(import.meta.dirname)
  .digest('hex')
  .slice(0, 12);
const stateDir = resolve(values.state ?? join(tmpdir(), `tagwatch-services-${checkout}`));
const stateFile = join(stateDir, 'state.json');

/** What is known of the instance: by service, `{port, directory, pid, …}`. */
function readState() {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function writeState(name, service) {
  mkdirSync(stateDir, { recursive: true });
  const state = { ...readState(), [name]: service };
  const draft = `${stateFile}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(draft, stateFile);
}

/** Makes the service where there is none yet, and runs it where it does not run. */
async function startService(name) {
  const service = readState()[name] ?? (await SERVICES[name].create());
  // Written before it runs, so that `stop` finds its folder whatever happens next.
  writeState(name, service);
  if (isOurs(service)) return;
  const pid = await SERVICES[name].run(service, (started) => writeState(name, { ...service, pid: started }));
  writeState(name, { ...service, pid });
}

async function stopService(name, signal) {
  const service = readState()[name];
  if (!service) throw new Error(`There is no ${name} in ${stateDir}.`);
  await endProcess(service, signal);
}

function printEnv(names) {
  const state = readState();
  for (const name of names) {
    if (!state[name] || !isOurs(state[name])) throw new Error(`${name} does not run in ${stateDir}.`);
    console.log(SERVICES[name].envLine(state[name]));
  }
}

async function removeAll() {
  for (const [name, service] of Object.entries(readState())) {
    // Their folders go too, so there is nothing to shut down in order for.
    await endProcess(service, SERVICES[name].END_AT_ONCE);
    rmSync(service.directory, { recursive: true, force: true });
  }
  rmSync(stateFile, { force: true });
  rmSync(stateDir, { recursive: true, force: true });
}

const names = Object.keys(SERVICES);
const signal = values.kill ? 'SIGKILL' : 'SIGTERM';
const commands = {
  async start() {
    // One failing must not leave the other half made, so both are waited for.
    const results = await Promise.allSettled(names.map(startService));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    printEnv(names);
  },
  env: () => printEnv(names),
  stop: removeAll,
};
for (const name of names) {
  commands[`${name}-start`] = async () => {
    await startService(name);
    printEnv([name]);
  };
  commands[`${name}-stop`] = () => stopService(name, signal);
}

const command = commands[positionals[0]];
if (!command || positionals.length !== 1) {
  console.error(`Usage: .ci/services ${Object.keys(commands).join(' | ')} [--state DIR] [--kill]`);
  process.exit(2);
}
try {
  await command();
} catch (error) {
  console.error(`.ci/services ${positionals[0]}: ${error.message}`);
  process.exitCode = 1;
}

/** Processes, ports and installations that the services need. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a process may take to end after SIGTERM. */
const END_LIMIT_MS = 30_000;

/** How long apt waits for another apt. */
const APT_LOCK_LIMIT_SECONDS = 300;

/** A TCP port that is free on 127.0.0.1 now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Whether the service's process runs: a pid alone may be somebody else's by now, so its command line must name its folder. */
export function isOurs(service) {
  if (!service.pid) return false;
  try {
    const [, state] = readFileSync(`/proc/${service.pid}/stat`, 'utf8').match(/\) (\S)/) ?? [];
    return state !== 'Z' && readFileSync(`/proc/${service.pid}/cmdline`, 'utf8').includes(service.directory);
  } catch {
    return false;
  }
}

/** Ends the service's process and waits until it is gone. */
export async function endProcess(service, signal) {
  if (!isOurs(service)) return;
  process.kill(service.pid, signal);
  const limitAt = Date.now() + END_LIMIT_MS;
  while (isOurs(service)) {
    if (Date.now() > limitAt) process.kill(service.pid, 'SIGKILL');
    await sleep(50);
  }
}

/** Starts a process that outlives this one; its output goes to a file. Answers its pid. */
export function startDetached(command, args, logFile, options = {}) {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], ...options });
    child.on('error', () => {});
    child.unref();
    if (!child.pid) throw new Error(`${command} could not be started`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/** Asks until the answer is true, the process is gone, or the time is over; then throws, with the end of its log. */
export async function waitUntilReady(name, service, logFile, limitMs, isReady) {
  const limitAt = Date.now() + limitMs;
  while (!(await isReady())) {
    const over = Date.now() > limitAt;
    if (over || !isOurs(service)) {
      const log = readFileSync(logFile, 'utf8').split('\n').slice(-30).join('\n');
      throw new Error(`${name} ${over ? `did not answer in ${limitMs} ms` : 'ended'}; its log says:\n${log}`);
    }
    await sleep(100);
  }
}

/** Runs a command with its output on stderr; throws when it fails. */
export function runCommand(command, args, options = {}) {
  // Standard output is for the environment lines alone.
  const result = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (result.error) throw new Error(`${command}: ${result.error.message}`);
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed with ${result.status ?? result.signal}`);
}

/** What a command prints; null when it fails or is not there. */
export function outputOf(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

/** Installs Debian packages; updates the lists of packages only where they do not know one of them. */
export function installPackages(names) {
  if (process.getuid?.() !== 0) throw new Error(`Not installed, and only root can install: ${names.join(' ')}`);
  const isKnown = (name) => /Candidate: (?!\(none\))/.test(outputOf('apt-cache', ['policy', name]) ?? '');
  const apt = (...args) =>
    runCommand('apt-get', ['-q', '-y', `-oDPkg::Lock::Timeout=${APT_LOCK_LIMIT_SECONDS}`, ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  const install = () => apt('install', '--no-install-recommends', ...names);
  if (!names.every(isKnown)) {
    apt('update');
    return install();
  }
  try {
    install();
  } catch {
    // Lists that are known may be old: the versions they name are gone from the mirrors.
    apt('update');
    install();
  }
}

#!/usr/bin/env node
/**
 * What a bare clone can run: it uses node: modules only, because nothing else is installed yet. It checks the Node version,
 * installs the pinned packages when the lock file has changed, builds when a source has changed, and hands over.
 *
 *   node scripts/bootstrap.mjs build | start [OPTIONS] | dev [COMMAND] | demo [OPTIONS] | test | test:long | test:fuzz |
 *     test:services | test:data | test:data-services | test:browser | test:soak | test:documents | bench [OPTIONS] | trial [OPTIONS] | load NAME [OPTIONS]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 19, 0];

function checkNodeVersion() {
  const have = process.versions.node.split('.').map(Number);
  for (let i = 0; i < OLDEST_NODE.length; i++) {
    if (have[i] > OLDEST_NODE[i]) return;
    if (have[i] < OLDEST_NODE[i]) {
      console.error(
        `Tagwatch needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).\n` +
          'Install the current LTS from https://nodejs.org and run the same command again.',
      );
      process.exit(1);
    }
  }
}

/** Runs a command and ends this process with its code when it fails. */
function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) {
    console.error(`Could not run ${command}: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** A digest of files, by relative name and content, so that a checkout with new dates is not taken for a change. */
function digest(paths) {
  const hash = createHash('sha256');
  const add = (path) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) for (const name of readdirSync(full).sort()) add(join(path, name));
    else hash.update(path).update('\0').update(readFileSync(full)).update('\0');
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

/** Does `work` unless the stamp says that it was done for these very files. */
function unlessDone(stamp, paths, work) {
  const now = digest(paths);
  const file = join(root, stamp);
  if (existsSync(file) && readFileSync(file, 'utf8') === now) return;
  rmSync(file, { force: true });
  work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, now);
}

function install() {
  unlessDone(join('node_modules', '.tagwatch-installed'), ['package.json', 'package-lock.json'], () => {
    console.log('Installing the pinned packages (npm ci) ...');
    // npm is a .cmd on Windows, which spawn runs only through npm's own script.
    const npmCli = process.env.npm_execpath;
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    if (npmCli?.endsWith('.js')) run(process.execPath, [npmCli, ...args]);
    else run('npm', args, { shell: process.platform === 'win32' });
  });
}

function build() {
  const sources = ['src', 'scripts', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  unlessDone(join('dist', '.tagwatch-built'), sources, () => {
    console.log('Building ...');
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
    run(process.execPath, [join('scripts', 'build-assets.mjs')]);
  });
}

/** How many files run at once: suites that mostly wait (a curfew's edge, a session that ends) overlap their waiting. */
const WORKERS = {
  unit: 2,
  long: 2,
  fuzz: 2,
  services: 3,
  data: 2,
  'data-services': 2,
  browser: 2,
  soak: 1,
  documents: 1,
};

function test(project, rest) {
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  run(process.execPath, [vitest, 'run', '--project', project, `--maxWorkers=${WORKERS[project]}`, ...rest]);
}

/** What `bench` measures, by its first word; without one, the engine. */
const BENCHES = {
  '--path': 'path-bench',
  '--import': 'import-bench',
  '--move': 'move-bench',
  '--memory': 'memory-bench',
  '--audit': 'audit-bench',
  '--feed': 'feed-bench',
  '--zone-put': 'zone-put-bench',
  '--matching': 'matching-bench',
  '--pack': 'pack-bench',
};

/** Bundles one program of load-tests/ (TypeScript, which Node 20 does not run) and runs it. */
async function runLoadTest(name, rest) {
  const { buildSync } = await import('esbuild');
  const outfile = join(root, 'dist', 'load-tests', `${name}.mjs`);
  buildSync({
    entryPoints: [join(root, 'load-tests', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  process.argv = [process.execPath, outfile, ...rest];
  await import(pathToFileURL(outfile).href);
}

/** In this very process, so that a signal sent to npm reaches the program and it stops in order. */
async function runProgram(command, rest) {
  const main = join(root, 'dist', 'main.js');
  process.argv = [process.execPath, main, command, ...rest];
  await import(pathToFileURL(main).href);
}

checkNodeVersion();
const [command = 'build', ...rest] = process.argv.slice(2);
const commands = {
  build() {},
  start: () => runProgram('serve', rest),
  demo: () => runProgram('demo', rest),
  async dev() {
    const { runWhileWatching } = await import('./dev.mjs');
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
    process.exitCode = await runWhileWatching({
      folder: join(root, 'src'),
      // A process of its own: what does not build ends it.
      build: () =>
        spawnSync(process.execPath, [join('scripts', 'bootstrap.mjs'), 'build'], { cwd: root, stdio: 'inherit' })
          .status === 0,
      command: [process.execPath, join(root, 'dist', 'main.js'), ...(rest.length > 0 ? rest : ['serve'])],
      say: (text) => console.log(text),
      signal: stop.signal,
    });
  },
  test() {
    test('unit', rest);
    console.log(
      '\nThe real services (Kafka, PostGIS), the browser and the track files were not part of this run:\n' +
        'npm run test:services, npm run test:browser and npm run test:data are for them.',
    );
  },
  'test:long': () => test('long', rest),
  'test:fuzz': () => test('fuzz', rest),
  'test:services': () => test('services', rest),
  'test:data': () => test('data', rest),
  'test:data-services': () => test('data-services', rest),
  'test:browser': () => test('browser', rest),
  'test:soak': () => test('soak', rest),
  'test:documents': () => test('documents', rest),
  bench: () => runLoadTest(BENCHES[rest.find((word) => word in BENCHES)] ?? 'engine-bench', rest),
  async trial() {
    const { runTrial } = await import(pathToFileURL(join(root, 'dist', 'trial', 'trial.js')).href);
    process.exitCode = await runTrial(rest);
  },
  load: () => runLoadTest('load', rest),
};
if (!(command in commands)) {
  console.error(`Unknown command ${command}. Known: ${Object.keys(commands).join(', ')}.`);
  process.exit(1);
}
install();
// `dev` builds by itself, again and again, also what does not build at first.
if (command !== 'dev') build();
await commands[command]();

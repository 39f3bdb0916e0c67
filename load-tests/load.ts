/**
 * `npm run load`: starts services and the built program, fills it, runs k6 against it, writes a report, stops everything.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { readArguments } from '../src/cli/arguments.js';
import { describeMachine } from './machine.js';
import { type LoadTestName, PROFILES, type ProfileName } from './profiles.js';
import { startProgram } from './run/program.js';
import { brokenThresholds, closingLine, type K6Summary, type LoadRun, writeReport } from './run/report.js';
import { seed } from './run/seed.js';
import { openServices } from './run/services.js';
import { type Settled, waitUntilSettled } from './run/settled.js';

const HELP = `npm run load -- NAME [OPTIONS]

  NAME                   ${Object.keys(PROFILES).join(', ')}
  --profile smoke|full   smoke: short, failed by errors and missed events alone (default); full: longer, with limits of time
  --embedded             no Kafka, no PostGIS; otherwise DATABASE_URL and KAFKA_BROKERS, or a pair that is started for it

k6 is built once (it needs Go). The report goes to load-tests/reports/.`;

/** The bundle lies in dist/load-tests/. */
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Nothing runs longer than this, whatever happens. */
const RUN_LIMIT_MS = 600_000;
/** k6's exit code when a threshold was not kept; the summary is complete then. */
const THRESHOLDS_EXIT = 99;

interface Options {
  readonly name: LoadTestName;
  readonly profileName: ProfileName;
  readonly isEmbedded: boolean;
}

/** Or what is to be said: the help, before which stands what is wrong. */
function readOptions(argv: readonly string[]): Options | string {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: {
      profile: { type: 'string', default: 'smoke' },
      embedded: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const [name] = positionals;
  const isKnown = name !== undefined && name in PROFILES && ['smoke', 'full'].includes(values.profile);
  if (values.help) return HELP;
  if (positionals.length !== 1 || !isKnown) return `Give one name, and a profile that there is.\n\n${HELP}`;
  return { name: name as LoadTestName, profileName: values.profile as ProfileName, isEmbedded: values.embedded };
}

/** The path of k6, which is built where it is not there yet. */
function findK6(): string {
  const { status, stdout } = spawnSync(process.execPath, [join(root, '.ci', 'k6.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('k6 is not there and could not be built.');
  return stdout.trim();
}

/** Runs one script with k6; answers its summary. Throws where it ended without one. */
async function runK6(
  k6: string,
  url: string,
  folder: string,
  { name, profileName }: Options,
  signal: AbortSignal,
): Promise<K6Summary> {
  const script = join(folder, `${name}.js`);
  const summaryFile = join(folder, 'summary.json');
  // k6 reads TypeScript, but not the `.js` suffixes by which this project imports it: hence one file.
  buildSync({
    entryPoints: [join(root, 'load-tests', 'k6', `${name}.ts`)],
    outfile: script,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['k6', 'k6/*'],
    logLevel: 'warning',
  });
  // Without an address of its own for remote control, and without telling anybody that it ran.
  const child = spawn(k6, ['run', '--quiet', '--no-color', '--no-usage-report', '--address', '', script], {
    env: {
      ...process.env,
      TAGWATCH_URL: url,
      TAGWATCH_PROFILE: profileName,
      TAGWATCH_SUMMARY: summaryFile,
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const abort = () => child.kill('SIGKILL');
  signal.addEventListener('abort', abort);
  const [code] = await once(child, 'exit');
  signal.removeEventListener('abort', abort);
  signal.throwIfAborted();
  if (code !== 0 && code !== THRESHOLDS_EXIT) throw new Error(`k6 ended with ${code}`);
  return JSON.parse(readFileSync(summaryFile, 'utf8')) as K6Summary;
}

function faultsOf(summary: K6Summary, { taken, folded, recorded }: Settled): string[] {
  const faults = brokenThresholds(summary);
  if (folded !== taken) faults.push(`${taken} pings were taken, ${folded} folded by the engine`);
  // Repeats are recorded as such, so the counts are equal also when a request was sent twice.
  if (recorded !== taken) faults.push(`${taken} pings were taken, ${recorded} stand on record`);
  return faults;
}

async function runLoad(options: Options, folder: string, signal: AbortSignal): Promise<LoadRun> {
  const { name, profileName, isEmbedded } = options;
  const k6 = findK6();
  const machine = describeMachine();
  const services = await openServices(root, folder, isEmbedded);
  try {
    const program = await startProgram(root, folder, services.env);
    try {
      const tags = await seed(program.url, name, profileName, signal);
      const summary = await runK6(k6, program.url, folder, options, signal);
      const settled = await waitUntilSettled(program.url, signal);
      return {
        name,
        profileName,
        profile: PROFILES[name][profileName],
        services: services.kind,
        tags,
        machine,
        summary,
        settled,
        faults: faultsOf(summary, settled),
      };
    } finally {
      if (!(await program.stop())) console.error('load: the program did not stop in order');
    }
  } finally {
    await services.close();
  }
}

async function main(): Promise<number> {
  let options: Options | string;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    options = `${(error as Error).message}\n\n${HELP}`;
  }
  if (typeof options === 'string') {
    (options === HELP ? console.log : console.error)(options);
    return options === HELP ? 0 : 2;
  }
  const controller = new AbortController();
  const abort = (reason: string) => () => controller.abort(new Error(reason));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, abort(`stopped by ${signal}`));
  const limit = setTimeout(abort(`not done after ${RUN_LIMIT_MS} ms`), RUN_LIMIT_MS);
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-load-'));
  try {
    const run = await runLoad(options, folder, controller.signal);
    const report = writeReport(join(root, 'load-tests', 'reports'), run);
    for (const fault of run.faults) console.error(`load: not kept: ${fault}`);
    console.log(`report: ${report}`);
    console.log(closingLine(run));
    return run.faults.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(`load: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    clearTimeout(limit);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

process.exitCode = await main();

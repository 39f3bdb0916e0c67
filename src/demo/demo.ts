/** `tagwatch demo`: everything embedded, a made-up cohort, and a story that plays while one watches. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import getPort, { portNumbers } from 'get-port';
import { pino } from 'pino';
import type { Log } from '../ports/log.js';
import { inventCohort } from '../simulator/cohort.js';
import { createSimulation } from '../simulator/simulation.js';
import { type Config, readConfig } from '../start/config.js';
import { abortOnStopSignal } from '../start/stop-signals.js';
import { inventBaseMap } from './base-map.js';
import { drive } from './drive.js';
import type { Authorize } from './front-door.js';
import { playOffice } from './office.js';
import { DEMO_HELP, type DemoOptions, describeDemo, readDemoOptions } from './options.js';
import { type DemoReceiver, startDemoReceiver } from './receiver.js';
import { seed } from './seed.js';
import { CLAIMS } from './sign-in/people.js';
import { API_AUDIENCE, CLIENT_ID, type DemoProvider, startDemoProvider } from './sign-in/provider.js';
import { signInAs } from './sign-in/sign-in-as.js';

/** What starts the whole program in this process; `announce` is called once it listens, instead of printing the line. */
export type StartTagwatch = (
  config: Config,
  log: Log,
  options: { readonly announce: (url: string) => void; readonly signal: AbortSignal },
) => Promise<{ readonly url: string; stop(): Promise<readonly string[]> }>;

const HOST = '127.0.0.1';
/** The usual port and its neighbours; any free one where all of them are busy. */
const USUAL_PORTS = [8080, 8100] as const;
const SECOND_MS = 1000;
/** Tokens are given for an hour. */
const TOKEN_USE_MS = 45 * 60 * SECOND_MS;
/** A session that is not used ends. */
const SESSION_USE_MS = 5 * 60 * SECOND_MS;

const nowMs = () => Date.now();
const say = (text: string) => process.stdout.write(`${text}\n`);
const complain = (text: string) => process.stderr.write(`tagwatch demo: ${text}\n`);

/** Who pipes the text into something that stops reading still wants the demonstration, and its folder removed. */
function goOnUnread(): void {
  process.stdout.on('error', () => {});
}

/** A folder for this run; null, and it is said why, where the one that was asked for cannot be used. */
function prepareFolder({ dataDir }: DemoOptions): string | null {
  if (dataDir === null) return mkdtempSync(join(tmpdir(), 'tagwatch-demo-'));
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length === 0) return folder;
  complain(`${folder} is not empty: the demonstration begins with nothing.`);
  return null;
}

/** Known before anything listens: the provider has to be told where it sends who has signed in. */
async function choosePort({ port }: DemoOptions): Promise<number> {
  if (port === 0) return await getPort({ host: HOST });
  return port ?? (await getPort({ port: portNumbers(...USUAL_PORTS), host: HOST }));
}

/** The variables by which people sign in, with the files that they name. */
function signInVariables(provider: DemoProvider, programUrl: string, dataDir: string): Record<string, string> {
  const [secretFile, claimsFile] = [join(dataDir, 'client-secret'), join(dataDir, 'claims.json')];
  writeFileSync(secretFile, provider.clientSecret, { mode: 0o600 });
  writeFileSync(claimsFile, JSON.stringify(CLAIMS, null, 2));
  return {
    TAGWATCH_PUBLIC_URL: programUrl,
    TAGWATCH_OIDC_ISSUER: provider.issuer,
    TAGWATCH_OIDC_CLIENT_ID: CLIENT_ID,
    TAGWATCH_OIDC_CLIENT_SECRET_FILE: secretFile,
    TAGWATCH_CLAIMS_FILE: claimsFile,
    TAGWATCH_API_AUDIENCE: API_AUDIENCE,
  };
}

/** Nothing of the surroundings: a DATABASE_URL that happens to be set must not be filled with invented people. */
function configure(port: number, dataDir: string, variables: Readonly<Record<string, string>>): Config {
  const level = process.env.TAGWATCH_LOG_LEVEL ?? 'warn';
  const baseMapFile = join(dataDir, 'base-map.geojson');
  writeFileSync(baseMapFile, JSON.stringify(inventBaseMap()));
  const read = readConfig({
    ...variables,
    TAGWATCH_BASE_MAP_FILE: baseMapFile,
    TAGWATCH_DATA_DIR: dataDir,
    TAGWATCH_HOST: HOST,
    TAGWATCH_PORT: String(port),
    TAGWATCH_LOG_LEVEL: level,
  });
  if (!read.ok) throw new Error(read.errors.join('\n'));
  return read.config;
}

/** Runs until it is told to stop; answers the exit code. */
export async function runDemo(argv: readonly string[], start: StartTagwatch): Promise<number> {
  const options = readDemoOptions(argv);
  if (options === 'help') {
    say(DEMO_HELP);
    return 0;
  }
  if ('error' in options) {
    complain(`${options.error}\n"tagwatch demo --help" explains the options.`);
    return 2;
  }
  goOnUnread();
  const dataDir = prepareFolder(options);
  if (dataDir === null) return 1;
  const isKept = options.keep || options.dataDir !== null;
  const signal = abortOnStopSignal();
  try {
    return await run(options, dataDir, isKept, start, signal);
  } catch (error) {
    if (signal.aborted) return 0;
    complain(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    if (!isKept) rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function run(
  options: DemoOptions,
  dataDir: string,
  isKept: boolean,
  start: StartTagwatch,
  signal: AbortSignal,
): Promise<number> {
  const port = await choosePort(options);
  const programUrl = `http://${HOST}:${port}`;
  const receiver = await startDemoReceiver(dataDir, say);
  let provider: DemoProvider | null = null;
  try {
    provider = options.hasSignIn ? await startDemoProvider(programUrl) : null;
    const signIn = provider === null ? {} : signInVariables(provider, programUrl, dataDir);
    const config = configure(port, dataDir, { ...signIn, TAGWATCH_HANDOFF_FILE: receiver.handoffFile });
    return await play(options, config, provider, { dataDir, isKept }, start, signal);
  } finally {
    await provider?.stop();
    await receiver.stop();
    tellReceived(receiver);
  }
}

function tellReceived(receiver: DemoReceiver): void {
  const { events, refused } = receiver.got();
  say(`The receiver of webhooks got ${events} events; ${refused} were refused as not signed.`);
}

/** Asks for a token, and for another one before it ends. */
function authorizeByToken(provider: DemoProvider): Authorize {
  let token: Promise<string> | null = null;
  let askedAtMs = 0;
  return async () => {
    if (token === null || nowMs() - askedAtMs > TOKEN_USE_MS) {
      askedAtMs = nowMs();
      token = provider.fetchToken();
    }
    return { authorization: `Bearer ${await token}` };
  };
}

/** As one of the people, in a browser of this program; signed in anew before a session ends. */
function authorizeAs(url: string, personId: string): Authorize {
  let cookie: Promise<string> | null = null;
  let askedAtMs = 0;
  return async () => {
    if (cookie === null || nowMs() - askedAtMs > SESSION_USE_MS) {
      askedAtMs = nowMs();
      cookie = signInAs(url, personId);
    }
    return { cookie: await cookie, origin: url };
  };
}

async function play(
  options: DemoOptions,
  config: Config,
  provider: DemoProvider | null,
  { dataDir, isKept }: { readonly dataDir: string; readonly isKept: boolean },
  start: StartTagwatch,
  signal: AbortSignal,
): Promise<number> {
  const { intervalSeconds } = options;
  const log = pino({ level: config.logLevel }, pino.destination(2));
  say('Starting Tagwatch with an embedded database and log ...');
  const startedAtMs = nowMs();
  const tagwatch = await start(config, log, { announce: () => {}, signal });
  try {
    const { url } = tagwatch;
    if (signal.aborted) return 0;
    const seededFromMs = nowMs();
    const cohort = inventCohort(options.seed);
    const simulation = createSimulation({
      cohort,
      countsFromMs: Math.floor(seededFromMs / SECOND_MS) * SECOND_MS - 60 * SECOND_MS,
      intervalSeconds,
    });
    const authorize: Authorize = provider === null ? async () => ({}) : authorizeByToken(provider);
    const twoPersons =
      provider === null ? null : { propose: authorizeAs(url, 'priya'), agree: authorizeAs(url, 'alex') };
    const story = await seed({ url, cohort, simulation, intervalSeconds, signal, authorize, twoPersons, nowMs });
    const took = (ms: number) => `${(ms / SECOND_MS).toFixed(1)} s`;
    say(`Started in ${took(seededFromMs - startedAtMs)}, cohort written in ${took(nowMs() - seededFromMs)}.`);
    say(`tagwatch listening on ${url}`);
    say(describeDemo(url, dataDir, isKept, provider !== null));
    const people = { sam: authorizeAs(url, 'sam'), priya: authorizeAs(url, 'priya'), tom: authorizeAs(url, 'tom') };
    await Promise.all([
      drive({ url, simulation, fromMs: story.startsAtMs, signal, authorize, nowMs }),
      playOffice({
        url,
        cohort,
        simulation,
        signal,
        hasSignIn: provider !== null,
        as: (who) => (provider === null || who === 'service' ? authorize : people[who]),
        nowMs,
        complain,
      }),
    ]);
  } finally {
    say('Stopping ...');
    const failed = await tagwatch.stop();
    if (failed.length > 0) complain(`these parts did not stop in time: ${failed.join(', ')}`);
  }
  return 0;
}

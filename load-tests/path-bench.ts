/**
 * `npm run bench -- --path`: how fast the whole path is, from a supplier's topic or an HTTP request to a row on record, beside its
 * floor in the same run (`path/floor.ts`). On Kafka and PostGIS: those that DATABASE_URL and KAFKA_BROKERS name, or a pair of
 * its own. It reports; it never fails on time, only where a ping is missing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Producer } from 'kafkajs';
import { describeMachine, machineLine } from './machine.js';
import { isFloorThread, measureFloor, readFloor } from './path/floor.js';
import { type PathPing, walkingPings } from './path/pings.js';
import { measureRun, openProducer, post, produce, type Row } from './path/runs.js';
import { putTags } from './path/world.js';
import { JSON_FILE, readAsked, wholeNumber, words } from './run/asked.js';
import { type Program, startProgram } from './run/program.js';
import { openServices } from './run/services.js';

/** The bundle lies in dist/load-tests/. */
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const RUN_LIMIT_MS = 1_200_000;
const DAY_MS = 86_400_000;
/** Before the measured ones, by each door: compiled code, made partitions, open connections. */
const WARM_UP_PINGS = 5_000;
const MINUTE_MS = 60_000;

interface Options {
  readonly pings: number;
  readonly tags: number;
  readonly door: string | null;
  readonly json: string | null;
}

type Send = (door: Doors, batch: Iterable<PathPing>) => Promise<void>;

interface Doors {
  readonly url: string;
  readonly producer: Producer;
  readonly topic: string;
}

/** In the order of the report. */
const DOORS: readonly { readonly name: string; readonly send: Send }[] = [
  { name: 'Kafka', send: ({ producer, topic }, batch) => produce(producer, topic, batch) },
  { name: 'HTTP, a hundred a request, 4 in flight', send: ({ url }, batch) => post(url, batch, 100, 4) },
  { name: 'HTTP, single positions, 16 in flight', send: ({ url }, batch) => post(url, batch, 1, 16) },
  { name: 'HTTP, single positions, 200 in flight', send: ({ url }, batch) => post(url, batch, 1, 200) },
];

/** Each door gets pings of its own, all in order of time, so that none is a repeat or late. */
async function measureDoors(
  program: Program,
  env: Readonly<Record<string, string>>,
  topic: string,
  { pings, tags, door }: Options,
): Promise<Row[]> {
  const databaseUrl = env.DATABASE_URL!;
  const measured = DOORS.filter(({ name }) => door === null || name.includes(door));
  // A turn takes so many minutes of the tags' time; the last one ends now.
  const turnMs = (count: number) => Math.ceil(count / tags) * MINUTE_MS;
  const producer = await openProducer(env.KAFKA_BROKERS!.split(','));
  const doors: Doors = { url: program.url, producer, topic };
  let untilMs = Date.now() - measured.length * (turnMs(WARM_UP_PINGS) + turnMs(pings));
  let sequence = 1;
  const next = (count: number) => {
    untilMs += turnMs(count);
    const batch = walkingPings(tags, count, untilMs, sequence);
    sequence += Math.ceil(count / tags);
    return batch;
  };
  const rows: Row[] = [];
  try {
    for (const { name, send } of measured) {
      const warmUp = next(WARM_UP_PINGS);
      await measureRun(`${name}, warming up`, program, databaseUrl, WARM_UP_PINGS, () => send(doors, warmUp));
      const batch = next(pings);
      rows.push(await measureRun(name, program, databaseUrl, pings, () => send(doors, batch)));
      console.log(rowLine(rows.at(-1)!));
    }
  } finally {
    await producer.disconnect();
  }
  return rows;
}

/**
 * Of as many pings as the first door took, a second: measured as that one was, from the first ping sent until the last one stands in the
 * database; and of what stands in the topic, which the floor then has to itself.
 */
async function measureFloors(
  env: Readonly<Record<string, string>>,
  topic: string,
  { pings, tags }: Options,
): Promise<Record<string, number>> {
  const brokers = env.KAFKA_BROKERS!.split(',');
  const reading = { brokers, topic, databaseUrl: env.DATABASE_URL! };
  // The pings that the first door has taken.
  const standing = WARM_UP_PINGS + pings;
  const perSecond = (count: number, sinceMs: number) => (count * 1000) / (performance.now() - sinceMs);
  const alone = await measureFloor(reading, async (until) => {
    await until.taken(1);
    const startedAtMs = performance.now();
    await until.written(standing);
    return perSecond(standing, startedAtMs);
  });
  const producer = await openProducer(brokers);
  try {
    const sentMeanwhile = await measureFloor(reading, async (until) => {
      await until.written(standing);
      const startedAtMs = performance.now();
      const sending = produce(producer, topic, walkingPings(tags, pings, Date.now(), 1));
      await Promise.all([sending, until.written(standing + pings)]);
      return perSecond(pings, startedAtMs);
    });
    return { 'as the path: sent meanwhile': sentMeanwhile, 'of what stands in the topic': alone };
  } finally {
    await producer.disconnect();
  }
}

const whole = (value: number | null) => (value === null ? '–' : Math.round(value).toLocaleString('en-GB'));
const fixed = (value: number | null) => (value === null ? '–' : value.toFixed(2));
const COLUMNS = [40, 12, 10, 12, 14, 14];

function line(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(COLUMNS[at]!) : cell.padStart(COLUMNS[at]!))).join('');
}

function rowLine(row: Row): string {
  const { name, answeredPerSecond, foldedPerSecond, recordedPerSecond, cpuSecondsPer1000, commitsPer1000 } = row;
  return line([
    name,
    whole(answeredPerSecond),
    whole(foldedPerSecond),
    whole(recordedPerSecond),
    fixed(cpuSecondsPer1000),
    whole(commitsPer1000),
  ]);
}

async function runBench(options: Options, folder: string, signal: AbortSignal): Promise<void> {
  const machine = describeMachine();
  console.log(machineLine(machine));
  const services = await openServices(root, folder, false);
  try {
    const { env } = services;
    const topic = env.KAFKA_PING_TOPICS!;
    const program = await startProgram(root, folder, env);
    let rows: Row[];
    try {
      const spanMs = (4 * (options.pings + WARM_UP_PINGS) * MINUTE_MS) / options.tags;
      await putTags(program.url, options.tags, Date.now() - spanMs - DAY_MS, signal);
      console.log(
        `${options.pings} pings of ${options.tags} tags through each door, each tag with a zone of 60 corners`,
      );
      console.log(line(['', 'answered/s', 'folded/s', 'recorded/s', 'CPU s/1000', 'commits/1000']));
      rows = await measureDoors(program, env, topic, options);
    } finally {
      if (!(await program.stop())) console.error('bench: the program did not stop in order');
    }
    if (options.door !== null) return;
    const floors = await measureFloors(env, topic, options);
    console.log('floor: kafkajs, JSON.parse, one insert');
    for (const [name, perSecond] of Object.entries(floors)) {
      const times = fixed(perSecond / rows[0]!.recordedPerSecond);
      console.log(`${line([`  ${name}`, '', '', whole(perSecond)])}  by Kafka the whole path takes ${times} × as long`);
    }
    if (options.json !== null) writeFileSync(options.json, `${JSON.stringify({ machine, rows, floors }, null, 2)}\n`);
  } finally {
    await services.close();
  }
}

function readDoor(text: string): string {
  if (!DOORS.some(({ name }) => name.includes(text))) throw new Error(DOORS.map(({ name }) => name).join('; '));
  return text;
}

async function main(): Promise<number> {
  const options = readAsked('path', {
    pings: wholeNumber(50_000, 1_000, 1_000_000, 'through each door'),
    tags: wholeNumber(500, 1, 20_000, 'that send them'),
    door: words<string | null>('WORDS', null, 'only the doors whose names hold these words, and no floor', readDoor),
    json: JSON_FILE,
  });
  if (typeof options === 'number') return options;
  const controller = new AbortController();
  const limit = setTimeout(() => controller.abort(new Error(`not done after ${RUN_LIMIT_MS} ms`)), RUN_LIMIT_MS);
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-path-'));
  try {
    await runBench(options, folder, controller.signal);
    return 0;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    clearTimeout(limit);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

if (isFloorThread) await readFloor();
else process.exitCode = await main();

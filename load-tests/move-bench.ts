/**
 * `npm run bench -- --move`: how long a partition stands still when it moves to another worker, and whether the others notice. Two
 * engines on Kafka, each in a thread of its own; the second one joins while every partition is sent a ping every 20 ms. Of each
 * ping it tells how long it took from the log to being folded. It reports; it never fails on time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Ping } from '../src/engine/types.js';
import { connectKafka } from '../src/log/kafka.js';
import { withTopicPrefix } from '../src/log/prefixed.js';
import type { EventLog } from '../src/ports/event-log.js';
import type { Log } from '../src/ports/log.js';
import { INPUT_PARTITIONS, INPUTS, inputRecord, OWN_TOPICS } from '../src/ports/topics.js';
import { startEngine } from '../src/roles/engine/engine-worker.js';
import { createWorld, tagWatch, toLatitude, toLongitude } from './bench/world.js';
import { describeMachine, machineLine } from './machine.js';
import { readAsked, wholeNumber } from './run/asked.js';
import { openServices } from './run/services.js';

/** The first member keeps the lower half: the one moves, the other stays. */
const MOVING = INPUT_PARTITIONS - 1;
const STAYING = 0;
const FEW_TAGS = 100;
const PROBE_EVERY_MS = 20;
const PHASE_MS = 15_000;
const APPENDED_AT_ONCE = 500;
/** As the program has it: a state is written at least this often. */
const CHECKPOINT_EVERY_MS = 60_000;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const silent: Log = { debug() {}, info() {}, warn() {}, error: (...said: unknown[]) => console.error(...said) };

/** From a worker: everything before `nextOffset` is folded; or its engine is ready. */
type Told = 'ready' | { readonly partition: number; readonly nextOffset: number; readonly atMs: number };

function openLog(brokers: string, prefix: string): EventLog {
  const log = connectKafka({ brokers: brokers.split(','), clientId: 'move-bench', log: silent });
  return withTopicPrefix(log, prefix);
}

async function runWorker(brokers: string, prefix: string): Promise<void> {
  const log = openLog(brokers, prefix);
  const tell = (told: Told) => parentPort!.postMessage(told);
  const watched: EventLog = {
    ...log,
    consume: (options) =>
      log.consume({
        ...options,
        handler: {
          ...options.handler,
          async onBatch(batch, control) {
            await options.handler.onBatch(batch, control);
            const { partition, nextOffset } = batch;
            if (batch.topic === INPUTS) tell({ partition, nextOffset, atMs: Date.now() });
          },
        },
      }),
  };
  const engine = await startEngine({
    log: watched,
    clock: { nowMs: Date.now },
    logger: silent,
    counters: { pingFolded() {}, eventAppended() {}, alertLatency() {}, inputRejected() {}, statesCheckpointed() {} },
    options: { checkpointEveryMs: CHECKPOINT_EVERY_MS },
  });
  const ready = setInterval(() => {
    if (!engine.isReady()) return;
    clearInterval(ready);
    tell('ready');
  }, 10);
  parentPort!.once('message', async () => {
    await engine.stop();
    await log.close();
    process.exit(0);
  });
}

interface Probe {
  readonly partition: number;
  readonly offset: number;
  readonly sentAtMs: number;
  foldedAtMs: number | null;
}

async function measure(brokers: string, prefix: string, tags: number): Promise<void> {
  const log = openLog(brokers, prefix);
  await log.ensureTopics(OWN_TOPICS);
  const counts = Array.from({ length: INPUT_PARTITIONS }, (_, partition) =>
    partition === MOVING || partition === STAYING ? tags : FEW_TAGS,
  );
  const options = { ownZones: 1, vertices: 60, sharedZones: 0 } as const;
  const radii = { ownRadiusMetres: [100, 2_000], sharedRadiusMetres: [30, 150] } as const;
  const world = createWorld({ seed: 'move', tags: counts.reduce((sum, count) => sum + count), ...options, ...radii });
  let first = 0;
  const places = counts.map((count) => {
    first += count;
    return world.tags.slice(first - count, first);
  });
  let sequence = 0;
  const pingOf = (partition: number, index: number) => {
    const tag = places[partition]![index % places[partition]!.length]!;
    const nowMs = Date.now();
    const position = {
      latitude: toLatitude(tag.home),
      longitude: toLongitude(tag.home),
      accuracyMetres: 8,
      mechanism: 'GPS',
    } as const;
    const unknown = { speedKmh: null, headingDegrees: null, altitudeMetres: null, satellites: 9, batteryPercent: 80 };
    const identity = `${++sequence}`;
    const ping: Ping = {
      tagId: tag.tagId,
      identity,
      sequence,
      fixedAtMs: nowMs,
      position,
      deviceEvents: [],
      ...unknown,
    };
    return { ...inputRecord({ type: 'ping', receivedAtMs: nowMs, ping }), partition };
  };
  const fill = async (partition: number, make: (index: number) => Parameters<EventLog['append']>[1][number]) => {
    for (let from = 0; from < counts[partition]!; from += APPENDED_AT_ONCE) {
      const count = Math.min(APPENDED_AT_ONCE, counts[partition]! - from);
      await log.append(
        INPUTS,
        Array.from({ length: count }, (_, i) => make(from + i)),
      );
    }
  };
  for (let partition = 0; partition < INPUT_PARTITIONS; partition++) {
    await fill(partition, (index) => ({
      ...inputRecord({ type: 'watch', watch: tagWatch(places[partition]![index]!) }),
      partition,
    }));
  }

  const waiting = Array.from({ length: INPUT_PARTITIONS }, (): Probe[] => []);
  const start = async () => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { brokers, prefix } });
    const ready = new Promise<number>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (told: Told) => {
        if (told === 'ready') return resolve(Date.now());
        const probes = waiting[told.partition]!;
        while (probes[0] && probes[0].offset < told.nextOffset) probes.shift()!.foldedAtMs = told.atMs;
      });
    });
    return { ready, stop: () => worker.postMessage('stop') };
  };
  const one = await start();
  await one.ready;
  // Every tag has moved since the last checkpoint: all of the states are to be written when their partition goes.
  for (const partition of [STAYING, MOVING]) await fill(partition, (index) => pingOf(partition, index));

  const probes: Probe[] = [];
  let round = 0;
  const probe = setInterval(async () => {
    const sentAtMs = Date.now();
    const at = await log.append(
      INPUTS,
      waiting.map((_, partition) => pingOf(partition, round++)),
    );
    for (const { partition, offset } of at) {
      const sent: Probe = { partition, offset, sentAtMs, foldedAtMs: null };
      probes.push(sent);
      waiting[partition]!.push(sent);
    }
  }, PROBE_EVERY_MS);
  const phase = async () => {
    const before = process.cpuUsage();
    const [fromMs] = [Date.now()];
    await new Promise((resolve) => setTimeout(resolve, PHASE_MS));
    const { user, system } = process.cpuUsage(before);
    return { cpuSeconds: (user + system) / 1e6, fromMs, toMs: Date.now() };
  };
  await phase();
  const quiet = await phase();
  const two = await start();
  const joining = await phase();
  await phase();
  clearInterval(probe);
  const waitsMs = (partitions: readonly number[], { fromMs, toMs }: { fromMs: number; toMs: number }) =>
    probes
      .filter(({ partition, sentAtMs }) => partitions.includes(partition) && sentAtMs >= fromMs && sentAtMs < toMs)
      .map(({ sentAtMs, foldedAtMs }) => (foldedAtMs ?? Date.now()) - sentAtMs)
      .sort((a, b) => a - b);
  const say = (name: string, partitions: readonly number[], during: { fromMs: number; toMs: number }) => {
    const waits = waitsMs(partitions, during);
    const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))];
    console.log(`${name.padEnd(52)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${waits.at(-1)} ms`);
  };
  const few = Array.from({ length: INPUT_PARTITIONS }, (_, n) => n).filter((n) => n !== MOVING && n !== STAYING);
  const half = INPUT_PARTITIONS / 2;
  say('nobody moves, all', [...few, STAYING, MOVING], quiet);
  say(`another joins: what moves, ${tags} tags`, [MOVING], joining);
  say(
    `another joins: what moves, ${FEW_TAGS} tags`,
    few.filter((n) => n >= half),
    joining,
  );
  say(`another joins: what stays, ${tags} tags`, [STAYING], joining);
  say(
    `another joins: what stays, ${FEW_TAGS} tags`,
    few.filter((n) => n < half),
    joining,
  );
  const spent = joining.cpuSeconds - quiet.cpuSeconds;
  console.log(`processor time of the change (with the start of the second engine): ${spent.toFixed(1)} s`);
  for (const worker of [one, two]) worker.stop();
  await log.close();
}

async function main(): Promise<number> {
  const asked = readAsked('move', {
    tags: wholeNumber(20_000, FEW_TAGS, 100_000, 'in each of the two full partitions'),
  });
  if (typeof asked === 'number') return asked;
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-move-'));
  console.log(machineLine(describeMachine()));
  const services = await openServices(root, folder, false);
  try {
    await measure(services.env.KAFKA_BROKERS!, `move${Date.now()}.`, asked.tags);
    return 0;
  } finally {
    await services.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMainThread) process.exitCode = await main();
else await runWorker(workerData.brokers, workerData.prefix);

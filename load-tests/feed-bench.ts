/**
 * `npm run bench -- --feed`: from a supplier's topic to the feed. So many pings a second come by Kafka; one tag after the other enters a
 * zone that is confirmed on the first fix, and of each of these alerts it tells how long it took from the producer to a console, and on which
 * stage of the way.
 * On Kafka and PostGIS as `--path` is. It reports; it never fails on time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Producer } from 'kafkajs';
import { WebSocket } from 'ws';
import type { ServerMessage } from '../src/wire/feed-messages.js';
import { FEED_PATH, FEED_PROTOCOL } from '../src/wire/feed-paths.js';
import { describeStages, keyOf, type ToldAlert } from './feed/stages.js';
import { describeMachine, machineLine } from './machine.js';
import { readCpuSeconds } from './path/costs.js';
import { startOf, tagOf } from './path/pings.js';
import { openProducer } from './path/runs.js';
import { importRecords, putTags, type RecordLine } from './path/world.js';
import { readAsked, wholeNumber } from './run/asked.js';
import { type Program, startProgram } from './run/program.js';
import { openServices } from './run/services.js';

const RUN_LIMIT_MS = 1_200_000;
/** How long after the last ping its alert is waited for. */
const SETTLE_LIMIT_MS = 60_000;
const DAY_MS = 86_400_000;
const TURN_MS = 20;
/** Every so many tags one enters a zone, once: what comes after is of the same alert. */
const ENTERING_EVERY = 4;
/** A prime: tags whose turn it is to enter send at different times of a second, or each second would be one sample. */
const SPREAD = 7919;
/** Out of the zone it is so far away, degrees north. */
const OUT_DEGREES = 0.0006;
const RADIUS_METRES = 30;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The zone that a tag enters, beside the one that it never enters. */
function enteredZones(tags: number, sinceMs: number): RecordLine[] {
  const startsAt = new Date(sinceMs).toISOString();
  const entering = Array.from({ length: Math.ceil(tags / ENTERING_EVERY) }, (_, n) => n * ENTERING_EVERY);
  return entering.flatMap((index) => {
    const { latitude, longitude } = startOf(index);
    const geometry = { type: 'Point', coordinates: [longitude, latitude] };
    const properties = { name: `Entered ${index}`, radiusMetres: RADIUS_METRES };
    const [zoneId, orderId] = [`Z-entered-${index}`, `O-path-${index}`];
    const rule = { kind: 'exclusion', confirmOn: 'first-fix' };
    return [
      { kind: 'zone', id: zoneId, body: { type: 'Feature', geometry, properties } },
      { kind: 'condition', id: `C-entered-${index}`, body: { orderId, ...rule, zoneId, startsAt } },
    ];
  });
}

interface Options {
  readonly rate: number;
  readonly seconds: number;
  readonly tags: number;
}

/** When each ping that begins an alert was sent, epoch ms, until the feed tells it. */
type SentAtMs = Map<string, number>;

/** Connects to the feed and notes how long each alert took; resolves when it is open. */
async function listen(url: string, sentAtMs: SentAtMs, told: ToldAlert[]): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${FEED_PATH}`, [FEED_PROTOCOL]);
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type !== 'event') return;
    const { event } = message;
    if (event.type !== 'confirmed' || !('foundAt' in event)) return;
    const key = keyOf(event.tagId, Date.parse(event.foundAt));
    const at = sentAtMs.get(key);
    if (at === undefined) return;
    sentAtMs.delete(key);
    told.push({ key, sentAtMs: at, toldAtMs: Date.now() });
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** The pings of all tags in turn; no two of a tag have the same instant. */
function createPings({ rate, seconds, tags }: Options) {
  const entering = Math.ceil(tags / ENTERING_EVERY);
  const total = 2 * seconds * rate;
  const entered = new Set<number>();
  let sent = 0;
  return {
    next(nowMs: number) {
      const index = sent % tags;
      const round = Math.floor(sent / tags);
      const { latitude, longitude } = startOf(index);
      const turn = ((index / ENTERING_EVERY) * SPREAD) % entering;
      const isIn = index % ENTERING_EVERY === 0 && sent / total >= turn / entering;
      const enters = isIn && !entered.has(index);
      if (enters) entered.add(index);
      sent++;
      const ping = {
        tagId: tagOf(index),
        sequence: round + 1,
        fixedAt: new Date(nowMs).toISOString(),
        latitude: isIn ? latitude : latitude + OUT_DEGREES,
        longitude,
        accuracyMetres: 3,
      };
      return { ping, enters };
    },
  };
}

/** Sends at the rate for as long; answers how many. Throws where the broker does not take them. */
async function sendAtRate(
  { rate, seconds }: Options,
  pings: ReturnType<typeof createPings>,
  sentAtMs: SentAtMs,
  send: (messages: { key: string; value: string }[]) => Promise<unknown>,
): Promise<number> {
  const startedAtMs = Date.now();
  const sends: Promise<unknown>[] = [];
  let failure: unknown = null;
  let sent = 0;
  for (let turn = 1; sent < rate * seconds; turn++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAtMs + turn * TURN_MS - Date.now())));
    if (failure !== null) throw failure;
    const nowMs = Date.now();
    const until = Math.min(rate * seconds, Math.floor(((nowMs - startedAtMs) / 1000) * rate));
    const messages: { key: string; value: string }[] = [];
    for (; sent < until; sent++) {
      const { ping, enters } = pings.next(nowMs);
      if (enters) sentAtMs.set(keyOf(ping.tagId, nowMs), nowMs);
      messages.push({ key: ping.tagId, value: JSON.stringify(ping) });
    }
    if (messages.length === 0) continue;
    sends.push(
      send(messages).catch((error: unknown) => {
        failure = error;
      }),
    );
  }
  await Promise.all(sends);
  if (failure !== null) throw failure;
  return sent;
}

async function measure(options: Options, folder: string, signal: AbortSignal): Promise<void> {
  const { rate, tags } = options;
  const services = await openServices(root, folder, false);
  let program: Program | null = null;
  let producer: Producer | null = null;
  try {
    program = await startProgram(root, folder, services.env);
    producer = await openProducer(services.env.KAFKA_BROKERS!.split(','));
    const sinceMs = Date.now() - DAY_MS;
    await putTags(program.url, tags, sinceMs, signal);
    await importRecords(program.url, enteredZones(tags, sinceMs), signal);
    console.log(
      `${tags} tags, each with a zone of 60 corners; every ${ENTERING_EVERY}th enters another one, one after the other`,
    );
    const sentAtMs: SentAtMs = new Map();
    const told: ToldAlert[] = [];
    const socket = await listen(program.url, sentAtMs, told);
    const open = producer;
    const send = (messages: { key: string; value: string }[]) =>
      open.send({ topic: services.env.KAFKA_PING_TOPICS!, messages, acks: -1 });
    const pings = createPings(options);
    await sendAtRate(options, pings, sentAtMs, send);
    const measuredFromMs = Date.now();
    const startedAtMs = performance.now();
    const cpuBefore = readCpuSeconds(program.pid);
    const sent = await sendAtRate(options, pings, sentAtMs, send);
    const cpuAfter = readCpuSeconds(program.pid);
    const sendingSeconds = (performance.now() - startedAtMs) / 1000;
    for (const untilMs = Date.now() + SETTLE_LIMIT_MS; sentAtMs.size > 0 && Date.now() < untilMs; )
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    socket.close();
    const measured = told.filter((one) => one.sentAtMs >= measuredFromMs);
    const sorted = measured.map((one) => one.toldAtMs - one.sentAtMs).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    const cpu = cpuBefore === null || cpuAfter === null ? '–' : ((1000 * (cpuAfter - cpuBefore)) / sent).toFixed(2);
    console.log(
      `ping → feed at ${Math.round(sent / sendingSeconds)}/s: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${sorted.at(-1)} ms ` +
        `(aim: p99 50 ms at 5000/s; asked for ${rate}/s; ${sorted.length} alerts, ${sentAtMs.size} not told; ${cpu} CPU s a thousand pings)`,
    );
    for (const line of await describeStages(services.env, measured)) console.log(line);
    if (sentAtMs.size > 0) throw new Error(`${sentAtMs.size} alerts were not told within ${SETTLE_LIMIT_MS} ms`);
  } finally {
    await producer?.disconnect();
    if (program !== null && !(await program.stop())) console.error('bench: the program did not stop in order');
    await services.close();
  }
}

async function main(): Promise<number> {
  const options = readAsked('feed', {
    rate: wholeNumber(5_000, 1, 1_000_000, 'pings a second'),
    seconds: wholeNumber(30, 1, 600, 'that are measured, after as many to warm up'),
    tags: wholeNumber(5_000, 1, 100_000, 'that send them'),
  });
  if (typeof options === 'number') return options;
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-feed-'));
  const controller = new AbortController();
  const limit = setTimeout(() => controller.abort(new Error(`not done after ${RUN_LIMIT_MS} ms`)), RUN_LIMIT_MS);
  console.log(machineLine(describeMachine()));
  try {
    await measure(options, folder, controller.signal);
    return 0;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    clearTimeout(limit);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

process.exitCode = await main();

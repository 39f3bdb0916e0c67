/**
 * `npm run bench -- --feed`: from a supplier's topic to the feed. So many pings a second come by Kafka; some tags go in and out of a
 * zone that is confirmed on the first fix, and of each of these alerts it tells how long it took from the producer to a console.
 * On Kafka and PostGIS as `--path` is. It reports; it never fails on time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { putAll } from '../src/demo/front-door.js';
import type { ServerMessage } from '../src/wire/feed-messages.js';
import { FEED_PATH, FEED_PROTOCOL } from '../src/wire/feed-paths.js';
import { describeMachine, machineLine } from './machine.js';
import { readCpuSeconds } from './path/costs.js';
import { startOf, tagOf } from './path/pings.js';
import { openProducer } from './path/runs.js';
import { putTags } from './path/world.js';
import { startProgram } from './run/program.js';
import { openServices } from './run/services.js';

const HELP = `npm run bench -- --feed [OPTIONS]

  --rate N      pings a second (5000)
  --seconds N   that are measured, after as many to warm up (30)
  --tags N      that send them (5000)`;

const DAY_MS = 86_400_000;
const TURN_MS = 20;
/** Every so many tags one goes in and out of its zone with each of its pings. */
const ENTERING_EVERY = 10;
/** Out of the zone it is so far away, degrees north. */
const OUT_DEGREES = 0.0006;
const RADIUS_METRES = 30;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

async function putZones(url: string, tags: number, sinceMs: number, signal: AbortSignal): Promise<void> {
  const since = new Date(sinceMs).toISOString();
  const entering = Array.from({ length: Math.ceil(tags / ENTERING_EVERY) }, (_, n) => n * ENTERING_EVERY);
  const zones = entering.map((index) => {
    const { latitude, longitude } = startOf(index);
    const properties = { name: `Entered ${index}`, radiusMetres: RADIUS_METRES };
    const geometry = { type: 'Point', coordinates: [longitude, latitude] };
    return { path: `/zones/Z-entered-${index}`, body: { type: 'Feature', geometry, properties } };
  });
  const conditions = entering.map((index) => ({
    path: `/conditions/C-entered-${index}`,
    body: {
      orderId: `O-path-${index}`,
      kind: 'exclusion',
      confirmOn: 'first-fix',
      zoneId: `Z-entered-${index}`,
      startsAt: since,
    },
  }));
  await putAll(url, zones, false, signal);
  await putAll(url, conditions, true, signal);
}

interface Options {
  readonly rate: number;
  readonly seconds: number;
  readonly tags: number;
}

async function measure({ rate, seconds, tags }: Options, folder: string, signal: AbortSignal): Promise<void> {
  const services = await openServices(root, folder, false);
  const program = await startProgram(root, folder, services.env);
  const producer = await openProducer(services.env.KAFKA_BROKERS!.split(','));
  try {
    await putTags(program.url, tags, Date.now() - DAY_MS, signal);
    await putZones(program.url, tags, Date.now() - DAY_MS, signal);
    const sentAtMs = new Map<string, number>();
    const waitsMs: { readonly sentAtMs: number; readonly waitMs: number }[] = [];
    const socket = new WebSocket(`${program.url.replace('http', 'ws')}${FEED_PATH}`, [FEED_PROTOCOL]);
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as ServerMessage;
      if (message.type !== 'event') return;
      const { event } = message;
      if (event.type !== 'confirmed' || !('foundAt' in event)) return;
      const key = `${event.tagId}/${Date.parse(event.foundAt)}`;
      const at = sentAtMs.get(key);
      if (at === undefined) return;
      sentAtMs.delete(key);
      waitsMs.push({ sentAtMs: at, waitMs: Date.now() - at });
    });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    let sent = 0;
    const startedAtMs = Date.now();
    const totalMs = 2 * seconds * 1000;
    let cpuBefore = 0;
    let sentBefore = 0;
    for (let turn = 1; Date.now() - startedAtMs < totalMs; turn++) {
      const dueAtMs = startedAtMs + turn * TURN_MS;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAtMs - Date.now())));
      const until = Math.floor(((Date.now() - startedAtMs) / 1000) * rate);
      const messages: { key: string; value: string }[] = [];
      const nowMs = Date.now();
      for (; sent < until; sent++) {
        const index = sent % tags;
        const round = Math.floor(sent / tags);
        const { latitude, longitude } = startOf(index);
        const isIn = index % ENTERING_EVERY === 0 && round % 2 === 1;
        // No two pings of a tag have the same instant.
        const ping = {
          tagId: tagOf(index),
          sequence: round + 1,
          fixedAt: new Date(nowMs).toISOString(),
          latitude: isIn ? latitude : latitude + OUT_DEGREES,
          longitude,
          accuracyMetres: 3,
        };
        if (isIn) sentAtMs.set(`${ping.tagId}/${nowMs}`, nowMs);
        messages.push({ key: ping.tagId, value: JSON.stringify(ping) });
      }
      if (cpuBefore === 0 && nowMs - startedAtMs > totalMs / 2) {
        cpuBefore = readCpuSeconds(program.pid) ?? 0;
        sentBefore = sent;
      }
      if (messages.length > 0)
        producer.send({ topic: services.env.KAFKA_PING_TOPICS!, messages, acks: -1 }).catch((error: unknown) => {
          throw error;
        });
    }
    const cpuSeconds = (readCpuSeconds(program.pid) ?? 0) - cpuBefore;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const measured = waitsMs.filter((wait) => wait.sentAtMs - startedAtMs > totalMs / 2);
    const sorted = measured.map(({ waitMs }) => waitMs).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    console.log(
      `ping → feed at ${rate}/s of ${tags} tags: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${sorted.at(-1)} ms ` +
        `(${sorted.length} alerts, ${sentAtMs.size} not told; ${((1000 * cpuSeconds) / (sent - sentBefore)).toFixed(2)} CPU s a thousand pings)`,
    );
    socket.close();
  } finally {
    await producer.disconnect();
    if (!(await program.stop())) console.error('bench: the program did not stop in order');
    await services.close();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      feed: { type: 'boolean' },
      rate: { type: 'string', default: '5000' },
      seconds: { type: 'string', default: '30' },
      tags: { type: 'string', default: '5000' },
      help: { type: 'boolean' },
    },
  });
  const options = { rate: Number(values.rate), seconds: Number(values.seconds), tags: Number(values.tags) };
  const isFine = Object.values(options).every((value) => Number.isInteger(value) && value > 0);
  if (values.help || !isFine) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-feed-'));
  const controller = new AbortController();
  console.log(machineLine(describeMachine()));
  try {
    await measure(options, folder, controller.signal);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

process.exitCode = await main();

/**
 * `npm run bench -- --zone-put`: how long the longest of the liveness requests waits while zones of 10,000 vertices are put, one alone and
 * twenty at once. An orchestrator that is not answered in time ends the program. It reports; it never fails on time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { describeMachine, machineLine } from './machine.js';
import { readAsked, toggle, wholeNumber } from './run/asked.js';
import { startProgram } from './run/program.js';
import { openServices } from './run/services.js';

/** From an answer to the next question whether the program lives, ms. */
const ASK_EVERY_MS = 10;
/** Between two measurements, so that nothing of the one is left in the other. */
const PAUSE_MS = 2_000;
const ROUNDS = 3;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A star about Canterbury: no two neighbouring vertices are equally far from the middle, and no edge crosses another. */
function zoneBody(vertices: number, name: string): string {
  const ring = Array.from({ length: vertices }, (_, i) => {
    const angle = (2 * Math.PI * i) / vertices;
    const degrees = 0.05 + (i % 2) * 0.0005;
    return [1.08 + 1.6 * degrees * Math.cos(angle), 51.28 + degrees * Math.sin(angle)];
  });
  ring.push(ring[0]!);
  const geometry = { type: 'Polygon', coordinates: [ring] };
  return JSON.stringify({ type: 'Feature', geometry, properties: { name } });
}

async function putZone(url: string, zoneId: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/zones/${zoneId}`, { method: 'PUT', headers, body });
  if (!answer.ok) throw new Error(`PUT of ${zoneId}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** One request on a connection of its own, as those who watch over a program ask; answers how long it waited, ms. */
function askOnce(url: string): Promise<number> {
  const askedAtMs = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(`${url}/health/live`, { agent: false }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(performance.now() - askedAtMs));
    });
    request.once('error', reject);
  });
}

/**
 * Asks again and again until it is told to end; answers what each request waited. One at a time: Node takes one new connection in a turn
 * of its event loop, so that many would wait for each other.
 */
function askWhetherItLives(url: string): { end(): Promise<readonly number[]> } {
  let isOver = false;
  const asking = (async () => {
    const waitsMs: number[] = [];
    while (!isOver) {
      waitsMs.push(await askOnce(url));
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
    return waitsMs;
  })();
  return {
    end() {
      isOver = true;
      return asking;
    },
  };
}

async function measure(url: string, vertices: number, atOnce: number): Promise<void> {
  let put = 0;
  for (const count of [1, atOnce]) {
    for (let round = 0; round < ROUNDS; round++) {
      const bodies = Array.from({ length: count }, () => zoneBody(vertices, `Star ${put++}`));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const own = monitorEventLoopDelay({ resolution: 5 });
      own.enable();
      const asking = askWhetherItLives(url);
      const beganAtMs = performance.now();
      await Promise.all(bodies.map((body, i) => putZone(url, `Z-star-${put - count + i}`, body)));
      const tookMs = performance.now() - beganAtMs;
      const waitsMs = await asking.end();
      own.disable();
      const longestMs = Math.round(Math.max(...waitsMs));
      const ownMs = Math.round(own.max / 1e6);
      console.log(
        `${count} at once: ${Math.round(tookMs)} ms, the longest of ${waitsMs.length} liveness requests ${longestMs} ms (this bench itself: ${ownMs})`,
      );
    }
  }
}

async function main(): Promise<number> {
  const asked = readAsked('zone-put', {
    vertices: wholeNumber(10_000, 3, 10_000, 'of each zone'),
    'at-once': wholeNumber(20, 1, 1_000, 'zones that are put together, after one alone'),
    embedded: toggle(
      'no Kafka, no PostGIS; otherwise DATABASE_URL and KAFKA_BROKERS, or a pair that is started for it',
    ),
  });
  if (typeof asked === 'number') return asked;
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-zone-put-'));
  console.log(machineLine(describeMachine()));
  try {
    const services = await openServices(root, folder, asked.embedded);
    const program = await startProgram(root, folder, services.env);
    try {
      await measure(program.url, asked.vertices, asked['at-once']);
    } finally {
      if (!(await program.stop())) console.error('bench: the program did not stop in order');
      await services.close();
    }
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

process.exitCode = await main();

/** Each way into the program, measured from the first ping sent until the last one stands in the database. */
import { Agent, request } from 'node:http';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { Program } from '../run/program.js';
import { readCommits, readCpuSeconds } from './costs.js';
import type { PathPing } from './pings.js';

const METRICS_EVERY_MS = 20;
/** While pings are still being sent: each look costs the program a query, and some milliseconds. */
const METRICS_WHILE_SENDING_MS = 1_000;
const SETTLE_LIMIT_MS = 180_000;
const KAFKA_BATCH = 1_000;

export interface Row {
  readonly name: string;
  readonly pings: number;
  readonly answeredPerSecond: number | null;
  readonly foldedPerSecond: number | null;
  readonly recordedPerSecond: number;
  /** Of the program; null where the system does not tell. */
  readonly cpuSecondsPer1000: number | null;
  readonly commitsPer1000: number | null;
}

/** A producer that writes pings keyed by tag, as suppliers do. */
export async function openProducer(brokers: readonly string[]): Promise<Producer> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return producer;
}

export async function produce(producer: Producer, topic: string, pings: Iterable<PathPing>): Promise<void> {
  let batch: { key: string; value: string }[] = [];
  for (const ping of pings) {
    batch.push({ key: ping.tagId, value: JSON.stringify(ping) });
    if (batch.length < KAFKA_BATCH) continue;
    await producer.send({ topic, messages: batch, acks: -1 });
    batch = [];
  }
  if (batch.length > 0) await producer.send({ topic, messages: batch, acks: -1 });
}

/** Posts pings, `perRequest` at a time, with so many requests in flight. Throws where one is not taken. */
export async function post(
  url: string,
  pings: Iterable<PathPing>,
  perRequest: number,
  inFlight: number,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const source = pings[Symbol.iterator]();
  const work = async () => {
    for (;;) {
      const batch: PathPing[] = [];
      for (let next = source.next(); !next.done; next = source.next()) {
        batch.push(next.value);
        if (batch.length === perRequest) break;
      }
      if (batch.length === 0) return;
      await postOnce(url, agent, JSON.stringify(perRequest === 1 ? batch[0] : batch));
    }
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, work));
  } finally {
    agent.destroy();
  }
}

function postOnce(url: string, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/api/v1/pings`, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode === 202 && !text.includes('"reason"')) resolve();
        else reject(new Error(`POST /pings answered ${answer.statusCode}: ${text.slice(0, 300)}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

interface Counts {
  readonly folded: number;
  readonly recorded: number;
}

async function readCounts(url: string): Promise<Counts> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const sum = (name: string) => {
    const lines = text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'gm'));
    return [...lines].reduce((total, [, count]) => total + Number(count), 0);
  };
  return { folded: sum('tagwatch_pings_folded_total'), recorded: sum('tagwatch_pings_recorded_total') };
}

/** Runs `send`, and waits until the program has folded and recorded `pings` more than before. */
export async function measureRun(
  name: string,
  program: Program,
  databaseUrl: string,
  pings: number,
  send: () => Promise<void>,
): Promise<Row> {
  const before = await readCounts(program.url);
  const commitsBefore = await readCommits(databaseUrl);
  const cpuBefore = readCpuSeconds(program.pid);
  const startedAtMs = performance.now();
  const perSecond = () => Math.round(pings / ((performance.now() - startedAtMs) / 1000));
  let answeredPerSecond: number | null = null;
  let foldedPerSecond: number | null = null;
  const sending = send().then(() => {
    answeredPerSecond = perSecond();
  });
  // A failure of sending is thrown below, where it is waited for.
  sending.catch(() => {});
  for (;;) {
    const { folded, recorded } = await readCounts(program.url);
    if (foldedPerSecond === null && folded - before.folded >= pings) foldedPerSecond = perSecond();
    if (foldedPerSecond !== null && recorded - before.recorded >= pings) break;
    if (performance.now() - startedAtMs > SETTLE_LIMIT_MS) {
      throw new Error(`${name}: ${recorded - before.recorded} of ${pings} recorded after ${SETTLE_LIMIT_MS} ms`);
    }
    const isSending = answeredPerSecond === null;
    await Promise.race([
      isSending ? sending : new Promise(() => {}),
      new Promise((resolve) => setTimeout(resolve, isSending ? METRICS_WHILE_SENDING_MS : METRICS_EVERY_MS)),
    ]);
  }
  const recordedPerSecond = perSecond();
  await sending;
  const cpuAfter = readCpuSeconds(program.pid);
  // PostgreSQL's sessions tell their commits when they have been idle for a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const commits = (await readCommits(databaseUrl)) - commitsBefore;
  return {
    name,
    pings,
    answeredPerSecond,
    foldedPerSecond,
    recordedPerSecond,
    cpuSecondsPer1000: cpuBefore === null || cpuAfter === null ? null : (1000 * (cpuAfter - cpuBefore)) / pings,
    commitsPer1000: (1000 * commits) / pings,
  };
}

/**
 * The floor under the whole path: the least that any program does which takes pings from Kafka and keeps them in PostgreSQL. A
 * kafkajs consumer, `JSON.parse`, one insert a batch. It judges nothing, rejects nothing, and knows no repeat.
 */
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import type { PathPing } from './pings.js';

const LOOK_EVERY_MS = 2;
const LIMIT_MS = 180_000;

const TABLE = `create table if not exists floor_ping (
  tag_id text, sequence bigint, fixed_at timestamptz, latitude double precision, longitude double precision,
  accuracy_metres double precision, speed_kmh double precision, satellites int, battery_percent double precision)`;

const INSERT = `insert into floor_ping select * from unnest($1::text[], $2::bigint[], $3::timestamptz[],
  $4::double precision[], $5::double precision[], $6::double precision[], $7::double precision[], $8::int[],
  $9::double precision[])`;

const COLUMNS = [
  'tagId',
  'sequence',
  'fixedAt',
  'latitude',
  'longitude',
  'accuracyMetres',
  'speedKmh',
  'satellites',
  'batteryPercent',
] as const;

interface Reading {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly databaseUrl: string;
  /** Shared with who measures: how many have been taken, and how many stand in the database. */
  readonly counts: Int32Array;
}

/** Cells of `counts`. */
const TAKEN = 0;
const WRITTEN = 1;

async function read({ brokers, topic, databaseUrl, counts }: Reading): Promise<void> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  await pool.query(TABLE);
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `floor-${Date.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    async eachBatch({ batch }) {
      Atomics.add(counts, TAKEN, batch.messages.length);
      const pings = batch.messages.map(({ value }) => JSON.parse(value!.toString()) as PathPing);
      await pool.query(
        INSERT,
        COLUMNS.map((name) => pings.map((ping) => ping[name])),
      );
      Atomics.add(counts, WRITTEN, pings.length);
    },
  });
}

/** This very bundle in a thread of its own reads, as the program does in a process of its own. */
export const isFloorThread = !isMainThread;
export const readFloor = (): Promise<void> => read(workerData as Reading);

/** Measures one floor: what is sent meanwhile, or what stands in the topic already. */
export async function measureFloor(
  reading: Omit<Reading, 'counts'>,
  measure: (until: { taken(count: number): Promise<void>; written(count: number): Promise<void> }) => Promise<number>,
): Promise<number> {
  const counts = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const thread = new Worker(new URL(import.meta.url), { workerData: { ...reading, counts } satisfies Reading });
  const failed = new Promise<never>((_, reject) => thread.once('error', reject));
  const reach = async (cell: number, count: number) => {
    const limitMs = performance.now() + LIMIT_MS;
    while (Atomics.load(counts, cell) < count) {
      if (performance.now() > limitMs) throw new Error(`the floor: ${counts[cell]} of ${count} after ${LIMIT_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  try {
    return await Promise.race([
      failed,
      measure({ taken: (count) => reach(TAKEN, count), written: (count) => reach(WRITTEN, count) }),
    ]);
  } finally {
    await thread.terminate();
  }
}

/**
 * The floor under the whole path: the least that any program does which takes pings from Kafka and keeps them in PostgreSQL. A
 * kafkajs consumer, `JSON.parse`, one insert a batch. It judges nothing, rejects nothing, and knows no repeat.
 */
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import type { PathPing } from './pings.js';

const TABLE = `create table floor_ping (
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

/** Reads `count` pings that stand in the topic into a table of its own; answers how long that took, ms. */
export async function measureFloor(
  brokers: readonly string[],
  topic: string,
  databaseUrl: string,
  count: number,
): Promise<number> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  await pool.query(TABLE);
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `floor-${Date.now()}`, maxWaitTimeInMs: 100 });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    return await readAll(consumer, pool, count);
  } finally {
    await consumer.disconnect();
    await pool.end();
  }
}

/** From the first batch on: joining a group is no work of the path. */
function readAll(consumer: Consumer, pool: Pool, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let startedAtMs: number | null = null;
    let written = 0;
    consumer
      .run({
        async eachBatch({ batch }) {
          startedAtMs ??= performance.now();
          const pings = batch.messages.map(({ value }) => JSON.parse(value!.toString()) as PathPing);
          await pool.query(
            INSERT,
            COLUMNS.map((name) => pings.map((ping) => ping[name])),
          );
          written += pings.length;
          if (written >= count) resolve(performance.now() - startedAtMs);
        },
      })
      .catch(reject);
  });
}

/** The api is killed while it answers: what it answered is on record once, and the chain holds. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyChain } from '../../src/audit/verify.js';
import type { Database } from '../../src/ports/database.js';
import { readChain } from '../../src/store/audit.js';
import { connectPostgres } from '../../src/store/postgres.js';
import { createPostgresDatabase } from '../support/database.js';
import { type Home, makeHome, type Program, put, startProgram } from '../support/program.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

let home: Home;
let program: Program;
let db: Database;
let drop = async () => {};

beforeAll(async () => {
  const database = await createPostgresDatabase();
  drop = database.drop;
  db = connectPostgres({ url: database.url, log: silentLog });
  const prefix = `audit-${randomUUID().slice(0, 8)}.`;
  home = await makeHome({
    DATABASE_URL: database.url,
    KAFKA_BROKERS: sharedKafkaBrokers().join(','),
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_PING_TOPICS: `${prefix}pings`,
  });
  program = await startProgram(home);
});
afterAll(async () => {
  await program?.kill();
  home?.remove();
  await db?.close();
  await drop();
});

it('has every answer on record once, whenever it was killed', async () => {
  await put(program.url, '/wearers/W-1', { name: 'One' });
  const answered: string[] = [];
  for (let round = 0; round < 2; round++) {
    let isKilled = false;
    const ask = async () => {
      while (!isKilled) {
        const correlationId = randomUUID();
        try {
          const headers = { 'x-correlation-id': correlationId };
          const { status } = await fetch(`${program.url}/api/v1/wearers/W-1`, { headers });
          if (status === 200) answered.push(correlationId);
        } catch {
          // The answer did not come: whether there is an entry, nobody can say.
        }
      }
    };
    const asking = Array.from({ length: 8 }, ask);
    const before = answered.length;
    await expect.poll(() => answered.length).toBeGreaterThan(before + 50);
    await program.kill();
    isKilled = true;
    await Promise.all(asking);
    program = await startProgram(home);
  }
  const count = async () => {
    const { rows } = await db.query<{ times: number }>(
      `select count(a.position) as times from unnest($1::text[]) as asked (id)
       left join audit_entry a on a.entry ->> 'correlationId' = asked.id group by asked.id`,
      [answered],
    );
    return new Map([0, 1, 2].map((times) => [times, rows.filter((row) => row.times === times).length]));
  };
  await expect.poll(async () => (await count()).get(0), { interval: 200 }).toBe(0);
  await delay(200);
  expect((await count()).get(1)).toBe(answered.length);
  expect((await verifyChain(readChain(db), [], null)).faults).toEqual([]);
});

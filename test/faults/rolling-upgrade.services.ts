/**
 * Programs replaced one by one on one Kafka and one PostGIS while pings come in: none is lost and none doubled, no alert either. From
 * the commit before records had authors and alerts columns to this one, and from this one to this one.
 */
import { once } from 'node:events';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FreshPair, openFreshPair } from '../end-to-end/services.js';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { buildOlderProgram, type OlderProgram } from '../support/older-program.js';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { sharedKafkaBrokers } from '../support/services.js';

/** The last commit whose programs do not know that migrations may break nothing. */
const OLDER = '4f1e30f';
const LIMIT = { timeout: 420_000 };
const SOON = { timeout: 120_000, interval: 500 };

/** The first half of them sends over Kafka, the other over HTTP. */
const TAGS = Array.from({ length: 12 }, (_, n) => `T-${n}`);
const OVER_KAFKA = TAGS.length / 2;
const FIX_EVERY_MS = 20_000;
/** Of every so many fixes of a tag the last few are in the zone: one visit. */
const FIXES_A_VISIT = 20;
const INSIDE_FROM = 14;
const since = '2026-01-01T00:00:00Z';

/** Fixes of all tags, one visit of each after the other, from a day ago on: within a test's time none of them comes to be of the future. */
class Supplier {
  private readonly producer: Producer;
  private readonly startsAtMs = Date.now() - 24 * 3_600_000;
  private fixes = 0;
  private running: Promise<void> | null = null;
  private stopped = false;

  /** `url` is the front door to which it sends: it may be told another. */
  constructor(
    private readonly topic: string,
    public url: string,
  ) {
    const retry = { retries: 20 };
    this.producer = new Kafka({ brokers: [...sharedKafkaBrokers()], logLevel: logLevel.NOTHING, retry }).producer();
  }

  get sent(): number {
    return this.fixes * TAGS.length;
  }
  get visits(): number {
    return (this.fixes / FIXES_A_VISIT) * TAGS.length;
  }

  /** A fix of each tag ten times a second, until it is stopped. */
  async start(): Promise<void> {
    await this.producer.connect();
    this.running = (async () => {
      // The last visit is a whole one.
      while (!this.stopped || this.fixes % FIXES_A_VISIT !== 0) {
        await this.sendOne();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
  }
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    await this.producer.disconnect();
  }
  /** Goes on for so many visits. */
  async forVisits(count: number): Promise<void> {
    const until = this.fixes + count * FIXES_A_VISIT;
    await vi.waitFor(() => expect(this.fixes).toBeGreaterThanOrEqual(until), { timeout: 120_000, interval: 100 });
  }

  private async sendOne(): Promise<void> {
    const isInside = this.fixes % FIXES_A_VISIT >= INSIDE_FROM;
    const fixedAt = new Date(this.startsAtMs + this.fixes * FIX_EVERY_MS).toISOString();
    const place = { latitude: 51.28, longitude: isInside ? 1.08 : 1.12 };
    const pings = TAGS.map((tagId) => ({ tagId, fixedAt, ...place, accuracyMetres: 5 }));
    const messages = pings.slice(0, OVER_KAFKA).map((ping) => ({ key: ping.tagId, value: JSON.stringify(ping) }));
    await this.producer.send({ topic: this.topic, messages });
    await this.post(pings.slice(OVER_KAFKA));
    this.fixes += 1;
  }

  /** Again until it is taken, as a supplier would: what is taken twice is one. */
  private async post(pings: readonly object[]): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const answer = await send(this.url, 'POST', '/pings', pings).catch(() => null);
      if (answer?.status === 202) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${this.url} takes no pings`);
  }
}

interface RecordedAlert {
  readonly tagId: string;
  readonly episode: { readonly startedAt: string };
}

async function readAlerts(url: string): Promise<RecordedAlert[]> {
  const found: RecordedAlert[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page: { status: number; body: { items: RecordedAlert[]; next: string | null } } = await send(
      url,
      'GET',
      `/alerts?limit=500&kind=exclusion${next && `&cursor=${next}`}`,
    );
    expect(page.status).toBe(200);
    found.push(...page.body.items);
    next = page.body.next;
  }
  return found;
}

/** On record: every ping that was sent, once; an alert for every visit, once; no event twice, and no revision missing. */
async function expectNothingLostNorDoubled(url: string, databaseUrl: string, supplier: Supplier): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const count = async (sql: string) => Number((await client.query(sql)).rows[0].n);
  try {
    await vi.waitFor(async () => expect(await count('select count(*) n from ping')).toBe(supplier.sent), SOON);
    await vi.waitFor(async () => expect(await readAlerts(url)).toHaveLength(supplier.visits), SOON);
    const alerts = await readAlerts(url);
    expect(new Set(alerts.map(({ tagId, episode }) => `${tagId} ${episode.startedAt}`)).size).toBe(supplier.visits);
    const onRecord = 'select count(*) n from alert where kind = $$exclusion$$';
    await vi.waitFor(async () => expect(await count(onRecord)).toBe(supplier.visits), SOON);
    expect(
      await count('select count(*) n from (select from alert_event group by event_id having count(*) > 1) as twice'),
    ).toBe(0);
    expect(
      await count(
        `select count(*) n from (
           select alert_id from alert_event where event ? 'revision' group by alert_id
           having count(*) <> max((event ->> 'revision')::int)
         ) as with_holes`,
      ),
    ).toBe(0);
    // Also what an older program wrote into the newer schema.
    expect(await count('select count(*) n from alert where activation_id is null or order_id is null')).toBe(0);
  } finally {
    await client.end();
  }
}

describe('a rolling upgrade', () => {
  let older: OlderProgram;
  let pair: FreshPair;
  let supplier: Supplier;
  const homes: Home[] = [];
  const programs: Program[] = [];

  const start = async (over: { main?: string; env?: Record<string, string> } = {}): Promise<Program> => {
    const { main, env = {} } = over;
    const home = { ...(await makeHome({ ...pair.env, ...env })), ...(main === undefined ? {} : { main }) };
    homes.push(home);
    const program = await startProgram(home);
    programs.push(program);
    return program;
  };
  const seed = async (url: string): Promise<void> => {
    await put(url, '/zones/Z-1', rectangle('Zone', 1.07, 51.27, 1.09, 51.29));
    for (const tagId of TAGS) {
      await fitTag(url, { tagId, since });
      await exclude(url, { tagId, since }, 'Z-1');
    }
    supplier = new Supplier(pair.env['KAFKA_PING_TOPICS']!, url);
    await supplier.start();
  };

  beforeAll(async () => {
    older = await buildOlderProgram(OLDER);
  }, 600_000);
  afterAll(() => older?.remove());

  const begin = async () => {
    pair = await openFreshPair();
  };
  const end = async () => {
    await supplier?.stop();
    await Promise.all(programs.splice(0).map((program) => program.kill()));
    for (const home of homes.splice(0)) home.remove();
    await pair?.close();
  };

  it('from the commit before: new beside old, instead of it, then by records of many', LIMIT, async () => {
    await begin();
    try {
      const before = await start({ main: older.main });
      await put(before.url, '/wearers/W-before', { name: 'Before' });
      await seed(before.url);
      await supplier.forVisits(2);
      // An older program reads no record of many pings: until the last of them is gone, none is written.
      const after = await start({ env: { TAGWATCH_INPUT_FORMAT: 'single' } });
      supplier.url = after.url;
      await supplier.forVisits(2);
      // The older program goes on with the newer schema, and what it writes is read as any other.
      await put(before.url, '/zones/Z-old', rectangle('Written by the older', 1, 51, 1.01, 51.01));
      await put(before.url, '/wearers/W-old', { name: 'Written by the older' });
      for (const path of ['/zones/Z-old', '/wearers/W-old', '/wearers/W-before', '/conditions/C-T-1']) {
        expect(await send(after.url, 'GET', path)).toMatchObject({
          status: 200,
          body: { version: 1, author: 'local' },
        });
      }
      await put(after.url, '/wearers/W-new', { name: 'Written by the newer' });
      expect(await send(before.url, 'GET', '/wearers/W-new')).toMatchObject({ status: 200 });
      expect(await before.stop()).toBe(0);
      await supplier.forVisits(1);
      const last = await start();
      supplier.url = last.url;
      expect(await after.stop()).toBe(0);
      await supplier.forVisits(2);
      await supplier.stop();
      await expectNothingLostNorDoubled(last.url, pair.env['DATABASE_URL']!, supplier);
      // A program of then does not know which migrations break nothing: it says so, and that is the way back's end.
      await expect(start({ main: older.main })).rejects.toThrow(/used by a newer version of Tagwatch/);
    } finally {
      await end();
    }
  });

  it('from this one to this one: beside it, instead of it, and killed', LIMIT, async () => {
    await begin();
    try {
      const first = await start();
      await seed(first.url);
      await supplier.forVisits(1);
      const second = await start();
      supplier.url = second.url;
      await supplier.forVisits(1);
      expect(await first.stop()).toBe(0);
      await supplier.forVisits(1);
      const third = await start();
      await supplier.forVisits(1);
      supplier.url = third.url;
      second.child.kill('SIGKILL');
      await once(second.child, 'exit');
      await supplier.forVisits(2);
      await supplier.stop();
      await expectNothingLostNorDoubled(third.url, pair.env['DATABASE_URL']!, supplier);
    } finally {
      await end();
    }
  });
});

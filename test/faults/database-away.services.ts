/** PostGIS is pulled, and pulled it stays while the program is killed: alerts, snapshots, actions and resume go on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { type Home, makeHome, openFeed, type Program, put, send, startProgram } from '../support/program.js';
import { type OwnServices, startOwnServices } from '../support/services.js';
import { sendFixes } from '../support/supplier.js';

const BACK_LIMIT_MS = 120_000;

describe('the database away', () => {
  let services: OwnServices;
  let home: Home;
  let program: Program;
  const since = '2026-01-01T00:00:00Z';
  let sent = 0;

  beforeAll(async () => {
    services = await startOwnServices();
    home = await makeHome({ DATABASE_URL: services.databaseUrl(), KAFKA_BROKERS: services.kafkaBrokers().join(',') });
    program = await startProgram(home);
    await put(program.url, '/zones/Z-1', rectangle('Zone', 1.07, 51.27, 1.09, 51.29));
    for (const tagId of ['T-1', 'T-2']) {
      await fitTag(program.url, { tagId, since });
      await exclude(program.url, { tagId, since }, 'Z-1');
    }
  });
  afterAll(async () => {
    await program?.kill();
    home?.remove();
    await services?.dispose();
  });

  /** Two fixes inside the zone. */
  async function enterZone(tagId: string): Promise<void> {
    await sendFixes(services.kafkaBrokers(), tagId, { latitude: 51.28, longitude: 1.08 });
    sent += 2;
  }

  it('alerts (how soon is told), shows them to new consoles, takes an acknowledgement', async () => {
    const watching = await openFeed(program.url);
    await services.stop('postgres', 'kill');
    await enterZone('T-1');
    const sentAtMs = Date.now();
    const { event } = await watching.waitFor(
      (message) => message.event?.tagId === 'T-1' && message.event.type === 'confirmed',
    );
    process.stdout.write(`the database away: alerted ${Date.now() - sentAtMs} ms after the fixes were with Kafka\n`);
    const fresh = await openFeed(program.url);
    const snapshot = await fresh.waitFor((message) => message.type === 'snapshot');
    const held = snapshot.alerts?.find(({ alertId }) => alertId === event?.alertId);
    expect(held).toMatchObject({ status: 'open', kind: 'exclusion', tagId: 'T-1' });

    const answer = await send(
      program.url,
      'POST',
      `/alerts/${held!.alertId}/acknowledge`,
      {},
      { 'if-match': held!.etag },
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ acknowledgedBy: 'local' });
    await watching.waitFor((message) => message.event?.type === 'acknowledged');
    // The database is asked every two seconds whether it is there; alerts flow meanwhile, so the answer stays 200.
    const ready = async () => {
      const answer = await fetch(`${program.url}/health/ready`);
      return { code: answer.status, body: await answer.json() };
    };
    await expect.poll(ready, { interval: 250 }).toMatchObject({ code: 200, body: { status: 'degraded' } });
    watching.close();
    fresh.close();
  });

  it('killed and started again without the database: resume gives exactly what was missed', async () => {
    const before = await openFeed(program.url);
    const hello = await before.waitFor((message) => message.type === 'hello');
    await enterZone('T-2');
    await before.waitFor((message) => message.event?.tagId === 'T-2' && message.event.type === 'confirmed');
    const missed = before.messages.filter((message) => message.type === 'event');
    await program.kill();

    program = await startProgram({ ...home, isDatabaseAway: true });
    await expect.poll(program.output).toContain('database is away');
    const after = await openFeed(program.url, `?resume=${hello.epoch}:${hello.seq}`);
    await after.waitFor((message) => message.event?.eventId === missed.at(-1)?.event?.eventId);
    expect(after.messages.filter((message) => message.type === 'snapshot')).toEqual([]);
    expect(after.messages.filter((message) => message.type === 'event')).toEqual(missed);
    after.close();
  });

  it('the database back: all rows, and the alerts with who acknowledged them', async () => {
    await services.start('postgres');
    const deadline = Date.now() + BACK_LIMIT_MS;
    let rows = 0;
    while (rows < sent && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      rows = 0;
      const from = new Date(Date.now() - 3_600_000).toISOString();
      const to = new Date(Date.now() + 60_000).toISOString();
      for (const tagId of ['T-1', 'T-2']) {
        const trail = await send(program.url, 'GET', `/wearers/W-${tagId}/trail?from=${from}&to=${to}`);
        if (trail.status === 200) rows += (trail.body as { features: unknown[] }).features.length;
      }
    }
    expect(rows).toBe(sent);
    await put(program.url, '/wearers/W-T-1', { name: 'Records can be changed again' });
    expect(await program.stop()).toBe(0);
  });
});

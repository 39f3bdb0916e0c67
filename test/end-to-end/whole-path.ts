/** The whole path, once: a track goes in by `tagwatch replay`, a supervisor's socket shows the alerts, the database holds the track. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import {
  type FeedAlert,
  type Home,
  makeHome,
  openFeed,
  type Program,
  put,
  send,
  startProgram,
} from '../support/program.js';
import { seededRandom } from '../support/random.js';
import { countRows, replay, untilRecorded } from './replaying.js';
import type { Track } from './tracks.js';

/** Only ends what hangs. */
const SOON = { timeout: 120_000, interval: 100 };

export interface WholePathOptions {
  readonly name: string;
  /** A fresh pair for each home: empty variables are the embedded adapters. */
  readonly openServices: () => Promise<{ env: Readonly<Record<string, string>>; close(): Promise<void> }>;
  readonly openTrack: (directory: string) => Track;
  /** How often the program is killed with -9 while the replay sends to it. */
  readonly kills: number;
}

/** What an operator alerts on, with every role in one process. */
async function askHealthAndMetrics(url: string): Promise<void> {
  const ready = await fetch(`${url}/health/ready`);
  expect(ready.status).toBe(200);
  const { status, parts } = (await ready.json()) as { status: string; parts: { part: string; ready: boolean }[] };
  expect(status).toBe('ready');
  expect(parts.map(({ part }) => part)).toEqual([
    'log',
    'topics',
    'database',
    'engine',
    'recorder',
    'publisher',
    'intake',
    'alerts',
    'positions',
    'access',
    'audit',
  ]);
  const lines = [
    /^tagwatch_build_info\{version="\S+",node="\S+"\} 1$/m,
    /^tagwatch_log_up 1$/m,
    /^tagwatch_database_up 1$/m,
    /^tagwatch_outbox_rows 0$/m,
    /^tagwatch_outbox_age_seconds 0$/m,
    /^tagwatch_engine_lag_inputs \d+$/m,
    /^tagwatch_recorder_lag_records \d+$/m,
    /^tagwatch_intake_lag_records 0$/m,
    // The entry of a feed that was just closed may be on its way.
    /^tagwatch_audit_waiting [01]$/m,
    /^tagwatch_checkpoint_age_seconds \d/m,
    /^tagwatch_rebalances_total\{group="tagwatch-recorder[^"]*"\} [1-9]/m,
    PINGS_ACCEPTED,
  ];
  // What is told may be about something that goes on.
  await vi.waitFor(async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    for (const line of lines) expect(metrics).toMatch(line);
  }, SOON);
}

/** The suite for one pair of adapters and one track. */
export function wholePath({ name, openServices, openTrack, kills }: WholePathOptions): void {
  describe(`whole path, ${name}`, () => {
    let directory: string;
    let track: Track;
    let unkilled: FeedAlert[];
    const cleanups: (() => Promise<void> | void)[] = [];

    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'tagwatch-track-'));
      track = openTrack(directory);
    });
    afterAll(async () => {
      for (const cleanup of cleanups.reverse()) await cleanup();
      rmSync(directory, { recursive: true, force: true });
    });

    async function openHome(): Promise<Home> {
      const services = await openServices();
      const home = await makeHome(services.env);
      cleanups.push(
        () => services.close(),
        () => home.remove(),
      );
      return home;
    }

    it('alerts on every visit, keeps every ping, and a second replay changes nothing', {
      timeout: 600_000,
    }, async () => {
      const program = await startProgram(await openHome());
      cleanups.push(async () => void (await program.stop()));
      await seed(program.url, track);
      const feed = await openFeed(program.url);

      expect(await replay(program.url, track)).toBe(0);
      const wanted = Object.values(track.confirmed).reduce((a, b) => a + b, 0);
      await feed.waitFor(() => confirmed(feed.events()).length >= wanted);
      await untilRecorded(program.url, track);
      expect(countByTag(confirmed(feed.events()))).toEqual(withoutZeros(track.confirmed));
      unkilled = confirmed(feed.events());

      const before = feed.events().length;
      expect(await replay(program.url, track)).toBe(0);
      await marker(program.url, feed);
      expect(feed.events().filter((event) => event.tagId !== MARKER).length).toBe(before);
      expect(await countRows(program.url, track)).toBe(track.rows);
      feed.close();
      await askHealthAndMetrics(program.url);
      expect(await program.stop()).toBe(0);
    });

    it(`killed with -9 ${kills} times in the replay: the same alert ids, every row`, { timeout: 900_000 }, async () => {
      const { random, seed: randomSeed } = seededRandom();
      const home = await openHome();
      let program: Program = await startProgram(home);
      cleanups.push(() => program.kill());
      await seed(program.url, track);

      // Paced, so that the kills fall into the replay and not behind it.
      const done = replay(program.url, track, ['--rate', String(Math.ceil(track.rows / 20)), '--batch', '25']);
      // It is waited for below; until then its failure is not one that nobody looks at.
      done.catch(() => {});
      for (let kill = 0; kill < kills; kill++) {
        // The replay waits up to 5 s before it tries again: a program that is killed sooner is killed while nobody sends to it.
        await Promise.race([untilPingsCame(program.url), done]);
        await sleep(random() * 1_900);
        await program.kill();
        program = await startProgram(home);
      }
      expect(await done, `seed ${randomSeed}`).toBe(0);
      const feed = await openFeed(program.url);
      await marker(program.url, feed);
      await untilRecorded(program.url, track);

      const found = async () => {
        const { body } = await send(program.url, 'GET', '/alerts?status=open&kind=exclusion&limit=500');
        const { items } = body as { items: (FeedAlert & { confirmedAt?: string })[] };
        return items
          .filter((alert) => alert.confirmedAt && alert.tagId !== MARKER)
          .map((alert) => alert.alertId)
          .sort();
      };
      // The marker is of one partition, and others may be folded later.
      const wanted = unkilled.map((alert) => alert.alertId).sort();
      await expect.poll(found, { message: `seed ${randomSeed}` }).toEqual(wanted);
      feed.close();
      expect(await program.stop()).toBe(0);
    });
  });
}

const MARKER = 'MARKER';
const PINGS_ACCEPTED =
  /^tagwatch_http_request_seconds_count\{method="POST",route="\/api\/v1\/pings",status="2xx"\} [1-9]/m;

/** Until this program, since its start, has accepted pings. */
async function untilPingsCame(url: string): Promise<void> {
  while (!PINGS_ACCEPTED.test(await (await fetch(`${url}/metrics`)).text())) await sleep(50);
}

async function seed(url: string, track: Track): Promise<void> {
  await put(url, '/zones/Z-1', rectangle('Zone', ...track.zone));
  for (const tagId of Object.keys(track.confirmed)) {
    await fitTag(url, { tagId, since: track.since });
    await exclude(url, { tagId, since: track.since }, 'Z-1');
  }
}

let markers = 0;

/** Two fixes of a tag of its own inside the zone: once its alert has come, what was sent before has been folded on its way. */
async function marker(url: string, feed: Awaited<ReturnType<typeof openFeed>>): Promise<void> {
  const since = '2026-01-01T00:00:00Z';
  await fitTag(url, { tagId: MARKER, since });
  await exclude(url, { tagId: MARKER, since }, 'Z-1');
  markers += 1;
  const atMs = Date.now() - 3_600_000 + markers * 120_000;
  const fix = (offsetMs: number) => ({
    tagId: MARKER,
    fixedAt: new Date(atMs + offsetMs).toISOString(),
    latitude: 53.43,
    longitude: -2.93,
    accuracyMetres: 5,
  });
  const answer = await send(url, 'POST', '/pings', [fix(0), fix(30_000)]);
  expect(answer.status).toBe(202);
  await feed.waitFor(({ event }) => event?.tagId === MARKER && event.type === 'confirmed');
}

function confirmed(events: readonly FeedAlert[]): FeedAlert[] {
  return events.filter((event) => event.type === 'confirmed' && event.kind === 'exclusion' && event.tagId !== MARKER);
}

function countByTag(events: readonly FeedAlert[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { tagId } of events) counts[tagId] = (counts[tagId] ?? 0) + 1;
  return counts;
}

function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

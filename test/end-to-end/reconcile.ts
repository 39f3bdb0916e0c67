/** What comes too late for the live judgement, and records of the past: the whole program, over its own wire. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import {
  type FeedAlert,
  type FeedClient,
  type Home,
  makeHome,
  openFeed,
  type Program,
  put,
  send,
  startProgram,
} from '../support/program.js';
import type { FreshPair } from './services.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const MINUTE_MS = 60_000;
const WEEK_AGO = new Date(Date.now() - 7 * 86_400_000).toISOString();
const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const at = (minute: number) => new Date(NOW_MS + minute * MINUTE_MS).toISOString();

const fix = (tagId: string, minute: number, isInside: boolean) => ({
  tagId,
  fixedAt: at(minute),
  latitude: isInside ? 53.43 : 53.45,
  longitude: -2.93,
  accuracyMetres: 5,
});

/** Visits of minutes -110 to -100 and, across the half hour that is judged live, -40 to -20. */
const isInBacklog = (minute: number) => (minute >= -110 && minute < -100) || (minute >= -40 && minute < -20);
const BACKLOG = Array.from({ length: 121 }, (_, i) => i - 120);

export function reconcileEndToEnd(name: string, openServices: () => Promise<FreshPair>): void {
  describe(`the past is judged again, ${name}`, () => {
    let services: FreshPair;
    let home: Home;
    let program: Program;
    let feed: FeedClient;

    beforeAll(async () => {
      services = await openServices();
      home = await makeHome({ ...services.env, TAGWATCH_RECONCILE_QUIET_SECONDS: '1' });
      program = await startProgram(home);
      feed = await openFeed(program.url);
      await put(program.url, '/zones/Z-1', rectangle('Zone', -2.94, 53.42, -2.92, 53.44));
    });
    afterAll(async () => {
      feed?.close();
      await program?.kill();
      home?.remove();
      await services?.close();
    });

    const fitted = async (tagId: string) => {
      await fitTag(program.url, { tagId, since: WEEK_AGO });
      return { tagId, since: WEEK_AGO };
    };
    const upload = async (pings: readonly object[]) => {
      for (let i = 0; i < pings.length; i += 20)
        expect((await send(program.url, 'POST', '/pings', pings.slice(i, i + 20))).status).toBe(202);
    };
    const about = (tagId: string) => feed.events().filter((event) => event.tagId === tagId);
    const found = (tagId: string, wanted: (event: FeedAlert) => boolean) =>
      feed.waitFor(({ event }) => event?.tagId === tagId && wanted(event));
    /** As they stand, oldest first. */
    const alertsOf = async (tagId: string) => {
      const { body } = await send(program.url, 'GET', `/alerts?wearerId=W-${tagId}`);
      const { items } = body as { items: FeedAlert[] };
      return items
        .filter(({ type }) => type !== 'withdrawn')
        .sort((a, b) => (a.episode.startedAt < b.episode.startedAt ? -1 : 1));
    };
    const visit = (from: number, until: number) => ({ startedAt: at(from), endedAt: at(until) });

    it('a two-hour backlog newest first: the same episodes as in order, historic', async () => {
      for (const tagId of ['T-ORDER', 'T-NEWEST']) await exclude(program.url, await fitted(tagId), 'Z-1');
      await upload(BACKLOG.map((minute) => fix('T-ORDER', minute, isInBacklog(minute))));
      await upload(BACKLOG.toReversed().map((minute) => fix('T-NEWEST', minute, isInBacklog(minute))));
      await found('T-NEWEST', ({ historic, episode }) => historic && episode.endedAt === at(-100));
      await found('T-NEWEST', ({ historic, episode }) => historic && episode.startedAt === at(-40));
      const [order, newest] = [await alertsOf('T-ORDER'), await alertsOf('T-NEWEST')];
      expect(order.map(({ episode }) => episode)).toEqual([visit(-110, -100), visit(-40, -20)]);
      expect(newest.map(({ episode }) => episode)).toEqual(order.map(({ episode }) => episode));
      expect(order.map(({ historic }) => historic)).toEqual([false, false]);
      expect(newest.map(({ historic, status }) => [historic, status])).toEqual([
        [true, 'open'],
        [true, 'open'],
      ]);
    });

    it('a warning that goes on began where late fixes say', async () => {
      const zone = {
        ...rectangle('Three', -2.94, 53.42, -2.92, 53.44),
        properties: { name: 'Three', bufferMetres: 400 },
      };
      await put(program.url, '/zones/Z-3', zone);
      const tagId = 'T-NEAR';
      await exclude(program.url, await fitted(tagId), 'Z-3');
      const near = (minute: number) => ({ ...fix(tagId, minute, false), latitude: 53.442 });
      await upload(BACKLOG.toReversed().map((minute) => (minute < -90 ? fix(tagId, minute, false) : near(minute))));
      await found(tagId, ({ historic, episode }) => historic && episode.startedAt === at(-90));
      expect((await alertsOf(tagId)).map(({ kind, episode }) => [kind, episode])).toEqual([
        ['buffer', { startedAt: at(-90), endedAt: null }],
      ]);
    });

    it('a condition backdated by four hours over a visit: one historic alert', async () => {
      const tagId = 'T-BACKDATED';
      await fitTag(program.url, { tagId, since: at(-300) });
      const track = Array.from({ length: 240 }, (_, i) => i - 239);
      await upload(track.map((minute) => fix(tagId, minute, minute >= -180 && minute < -120)));
      await put(program.url, `/orders/O-${tagId}`, { wearerId: `W-${tagId}`, type: 'licence', startsAt: at(-240) });
      await exclude(program.url, { tagId, since: at(-240) }, 'Z-1');
      await found(tagId, ({ type }) => type === 'ended');
      expect(about(tagId).map(({ type, kind, historic }) => [type, kind, historic])).toEqual([
        ['confirmed', 'exclusion', true],
        ['ended', 'exclusion', true],
      ]);
      expect((await alertsOf(tagId)).map(({ episode }) => episode)).toEqual([visit(-180, -120)]);
    });

    it('a zone replaced while the wearer is inside: told as that, and not as a visit', async () => {
      const replaced = await fitted('T-REPLACED');
      await put(program.url, '/zones/Z-2', rectangle('Two', -2.94, 53.42, -2.92, 53.44));
      await exclude(program.url, replaced, 'Z-2');
      await upload([-3, -2, -1, 0].map((minute) => fix('T-REPLACED', minute, true)));
      await found('T-REPLACED', ({ type }) => type === 'confirmed');
      const beforeAt = new Date().toISOString();
      await put(program.url, '/zones/Z-2', rectangle('Two, wider', -2.95, 53.42, -2.92, 53.44));
      const ended = await found('T-REPLACED', ({ type }) => type === 'ended');
      expect(ended.event).toMatchObject({ endedBecause: 'version-changed', zoneVersion: 1 });
      const next = await found('T-REPLACED', ({ zoneVersion }) => zoneVersion === 2);
      expect(next.event).toMatchObject({ type: 'confirmed', historic: false, episode: { endedAt: null } });
      expect(next.event!.episode.startedAt > beforeAt).toBe(true);
      expect(next.event!.episode.startedAt >= ended.event!.episode.endedAt!).toBe(true);
      expect(about('T-REPLACED').every(({ historic }) => !historic)).toBe(true);
    });

    it('explain finds historic alerts again', async () => {
      const alerts = (await Promise.all(['T-NEWEST', 'T-NEAR', 'T-BACKDATED'].map(alertsOf))).flat();
      expect(alerts).toHaveLength(4);
      // Done means that the record holds what was found.
      const metrics = async () => await (await fetch(`${program.url}/metrics`)).text();
      await expect.poll(metrics).toMatch(/^tagwatch_reconcile_requests_waiting 0$/m);
      await expect.poll(metrics).toMatch(/tagwatch_reconciliations_total\{outcome="agreed"\} [1-9]/);
      feed.close();
      expect(await program.stop()).toBe(0);
      for (const { alertId } of alerts) {
        const { code, text } = await explain(alertId, home.env);
        expect(text).toContain('the engine finds the same');
        expect(text).toContain('judged again');
        expect(code).toBe(0);
      }
    });
  });
}

async function explain(
  alertId: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, [MAIN, 'explain', alertId], { env: { ...process.env, ...env } });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

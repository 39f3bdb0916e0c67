/** A curfew that opens in the next minute, in real time: who is out, who is silent, who is at home. */
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { fitTag, rectangle } from '../support/cohort.js';
import { makeHome, openFeed, put, send, startProgram } from '../support/program.js';
import type { FreshPair } from './services.js';

const HOME = { latitude: 51.28, longitude: 1.08 };
const AWAY = { latitude: 51.3, longitude: 1.08 };
/** An edge is settled by tick 90 s after it; the alert has to be there two minutes after the edge. */
const ALERT_LIMIT_MS = 120_000;

export function curfewEdge(name: string, openServices: () => Promise<FreshPair>): void {
  describe.concurrent(`a curfew that opens in the next minute, ${name}`, () => {
    it('tells who is out, who is unknown, and leaves alone who is at home', { timeout: 400_000 }, async () => {
      const services = await openServices();
      const home = await makeHome(services.env);
      const program = await startProgram(home);
      try {
        const { url } = program;
        const feed = await openFeed(url);
        const since = new Date(Date.now() - 86_400_000).toISOString();
        await put(url, '/zones/HOME', rectangle('Home', 1.079, 51.279, 1.081, 51.281));
        for (const tagId of ['OUT', 'SILENT', 'HOME']) await fitTag(url, { tagId, since });

        const nowMs = Date.now();
        // At least 20 s ahead, so that the records and pings below stand before it.
        const edgeMs = Math.ceil((nowMs + 20_000) / 60_000) * 60_000;
        const opens = Temporal.Instant.fromEpochMilliseconds(edgeMs).toZonedDateTimeISO('Europe/London');
        const clock = (time: Temporal.ZonedDateTime) => time.toPlainTime().toString({ smallestUnit: 'minute' });
        const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
        const window = { days, from: clock(opens), to: clock(opens.add({ hours: 8 })) };
        for (const tagId of ['OUT', 'SILENT', 'HOME'])
          await put(url, `/conditions/C-${tagId}`, {
            orderId: `O-${tagId}`,
            kind: 'curfew',
            zoneId: 'HOME',
            schedule: { timeZone: 'Europe/London', windows: [window] },
            startsAt: since,
          });

        const fix = (tagId: string, atMs: number, where: typeof HOME) => ({
          tagId,
          fixedAt: new Date(atMs).toISOString(),
          accuracyMetres: 8,
          ...where,
        });
        const pings = [
          fix('OUT', nowMs - 150_000, AWAY),
          fix('OUT', nowMs - 60_000, AWAY),
          fix('SILENT', nowMs - 660_000, AWAY),
          fix('SILENT', nowMs - 600_000, AWAY),
          fix('HOME', nowMs - 60_000, HOME),
        ];
        expect((await send(url, 'POST', '/pings', pings)).status).toBe(202);
        expect(Date.now()).toBeLessThan(edgeMs);

        await new Promise((resolve) => setTimeout(resolve, edgeMs + 10_000 - Date.now()));
        expect((await send(url, 'POST', '/pings', fix('HOME', edgeMs + 5_000, HOME))).status).toBe(202);

        const about = (tagId: string) => feed.events().filter((event) => event.tagId === tagId);
        const left = edgeMs + ALERT_LIMIT_MS - Date.now();
        const { event } = await feed.waitFor(
          (message) => message.event?.tagId === 'OUT' && message.event.type === 'confirmed',
          left,
        );
        expect(event).toMatchObject({
          kind: 'curfew',
          episode: { startedAt: new Date(edgeMs).toISOString(), endedAt: null },
          explanation: { rule: 'edge' },
        });
        await feed.waitFor((message) => message.event?.tagId === 'SILENT', edgeMs + ALERT_LIMIT_MS - Date.now());
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, edgeMs + ALERT_LIMIT_MS - Date.now())));
        expect(about('SILENT').map(({ kind }) => kind)).toEqual(['unknown-at-edge']);
        expect(about('HOME')).toEqual([]);
        expect(new Set(about('OUT').map(({ kind }) => kind))).toEqual(new Set(['curfew']));
        feed.close();
        expect(await program.stop()).toBe(0);
      } finally {
        await program.kill();
        home.remove();
        await services.close();
      }
    });
  });
}

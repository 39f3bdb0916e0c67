/** What `GET /rejected` promises, over either database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../src/http/app.js';
import { registerRejected } from '../../src/http/routes/rejected/rejected.js';
import type { Database } from '../../src/ports/database.js';
import { insertRejected } from '../../src/store/rejected.js';
import { listRejected } from '../../src/store/rejected-list.js';
import { silentLog } from '../support/silent-log.js';

const at = (offset: number) => ({ topic: 'tagwatch.rejected', partition: 0, offset });
const AT_MS = Date.parse('2026-11-22T18:00:00Z');
const BYTES = {
  json: Buffer.from('{"tagId":"T-rej"'),
  binary: Buffer.from([0xff, 0x00, 0x80]),
  // Cut after 2,048 bytes, the two of an é part.
  long: Buffer.from(`x${'é'.repeat(2_000)}`),
};

export function rejectedSuite(name: string, open: () => Promise<Database>): void {
  describe(`what could not be used, ${name}`, () => {
    let app: App;
    beforeAll(async () => {
      const db = await open();
      const row = (offset: number, reason: string, payload: Buffer, over: object = {}) => {
        const common = { detail: 'why', rejectedAtMs: AT_MS + offset, source: null, tagId: null };
        return { at: at(offset), reason, payload, ...common, ...over };
      };
      await insertRejected(db, 'E-rejected', [
        row(1, 'not-json', BYTES.json, { source: { http: 'request-1' }, tagId: 'T-rej' }),
        row(2, 'not-utf8', BYTES.binary, { source: { topic: 'tagwatch.pings', partition: 3, offset: 7 } }),
        row(3, 'not-json', BYTES.long),
      ]);
      app = await createApp({ log: silentLog });
      registerRejected(app, { listRejected: (filter, payloadBytes) => listRejected(db, filter, payloadBytes) });
    });
    afterAll(() => app?.close());
    const get = async (query: string) => (await app.inject(`/api/v1/rejected${query}`)).json();
    const within = `from=2026-11-22T18:00:00Z&to=2026-11-22T18:00:01Z`;

    it('lists it newest first, with where it came from and how its bytes begin', async () => {
      const { items, next } = await get(`?${within}`);
      expect(next).toBeNull();
      expect(items).toEqual([
        {
          rejectedId: expect.any(Number),
          reason: 'not-json',
          detail: 'why',
          rejectedAt: '2026-11-22T18:00:00.003Z',
          from: at(3),
          tagId: null,
          payload: { text: `x${'é'.repeat(1_023)}`, bytes: 4_001, complete: false },
        },
        expect.objectContaining({
          from: { topic: 'tagwatch.pings', partition: 3, offset: 7 },
          payload: { base64: '/wCA', bytes: 3, complete: true },
        }),
        expect.objectContaining({
          from: { http: 'request-1' },
          tagId: 'T-rej',
          payload: { text: '{"tagId":"T-rej"', bytes: 16, complete: true },
        }),
      ]);
    });

    it('by reason, tag and time, page by page, and one by itself whole', async () => {
      const reasons = async (query: string) => (await get(query)).items.map(({ reason }: { reason: string }) => reason);
      expect(await reasons(`?${within}&reason=not-utf8`)).toEqual(['not-utf8']);
      expect(await reasons('?tagId=T-rej')).toEqual(['not-json']);
      expect(await reasons('?from=2026-11-22T18:00:00.002Z&to=2026-11-22T18:00:00.003Z')).toEqual(['not-utf8']);
      const first = await get(`?${within}&reason=not-json&limit=1`);
      const second = await get(`?${within}&reason=not-json&limit=1&cursor=${first.next}`);
      expect([first.items.length, second.items[0].tagId, second.next]).toEqual([1, 'T-rej', null]);
      const { payload } = await get(`/${first.items[0].rejectedId}`);
      expect(payload).toEqual({ text: BYTES.long.toString('utf8'), bytes: 4_001, complete: true });
    });

    it('refuses what it cannot look for', async () => {
      for (const query of [
        '?cursor=x',
        '?from=yesterday',
        '?reason=',
        '?reson=x',
        '/0',
        '/1e1',
        '/99999999999999999999',
      ]) {
        expect([query, (await get(query)).status]).toEqual([query, 400]);
      }
      expect((await get(`/${Number.MAX_SAFE_INTEGER}`)).status).toBe(404);
      expect((await get(`?cursor=${Buffer.from('[9007199254740993]').toString('base64url')}`)).status).toBe(400);
    });
  });
}

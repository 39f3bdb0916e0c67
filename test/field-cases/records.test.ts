/** Field cases of the records' door. */
import { afterAll, beforeAll, expect } from 'vitest';
import { type App, createApp } from '../../src/http/app.js';
import { registerRecords } from '../../src/http/routes/records/register-records.js';
import { databaseAway } from '../support/database-away.js';
import { silentLog } from '../support/silent-log.js';
import { fieldCase } from './field-case.js';

let app: App;
beforeAll(async () => {
  app = await createApp({ log: silentLog });
  // What is refused here is refused before the database is asked.
  const clock = { nowMs: () => Date.parse('2026-11-27T12:00:00Z') };
  registerRecords(app, { db: databaseAway, logger: silentLog, clock, serviceArea: null, measure: async () => [] });
});
afterAll(() => app.close());

async function putCurfew(timeZone: string): Promise<{ readonly status: number; readonly pointers: readonly string[] }> {
  const answer = await app.inject({
    method: 'PUT',
    url: '/api/v1/conditions/C-29',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify({
      orderId: 'O-29',
      kind: 'curfew',
      zoneId: 'Z-29',
      startsAt: '2026-11-01T00:00:00Z',
      schedule: { timeZone, windows: [{ days: ['mon'], from: '19:00', to: '07:00' }] },
    }),
  });
  const { errors = [] } = answer.json() as { errors?: { pointer: string }[] };
  return { status: answer.statusCode, pointers: errors.map(({ pointer }) => pointer) };
}

fieldCase('29', 'time zone abbreviations', async () => {
  const refused = ['BST', 'IST', 'CST', 'London', 'UTC+1', '+01:00'];
  for (const timeZone of refused) {
    expect(await putCurfew(timeZone), timeZone).toEqual({ status: 422, pointers: ['/schedule/timeZone'] });
  }
  // On to the database, which is away.
  for (const timeZone of ['Europe/London', 'GB', 'EST5EDT']) expect((await putCurfew(timeZone)).status).toBe(503);
  return `422 at /schedule/timeZone for ${refused.join(', ')}`;
});

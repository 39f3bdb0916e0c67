import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../src/http/app.js';
import { registerRecords } from '../../src/http/routes/records/register-records.js';
import { databaseAway } from '../support/database-away.js';
import { silentLog } from '../support/silent-log.js';

interface Operation {
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
}

describe('the API’s description', () => {
  let app: App;
  beforeAll(async () => {
    app = await createApp({ log: silentLog });
    registerRecords(app, {
      db: databaseAway,
      logger: silentLog,
      clock: { nowMs: () => 0 },
      serviceArea: null,
      measure: async () => [],
    });
  });
  afterAll(() => app.close());

  it('is valid OpenAPI 3.1', async () => {
    const document = (await app.inject('/api/v1/openapi.json')).json();
    const { valid, errors } = await new Validator().validate(document);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(document.openapi).toBe('3.1.0');
  });

  it('describes every record and how each fails', async () => {
    const { paths } = (await app.inject('/api/v1/openapi.json')).json();
    const records = [
      'wearers',
      'tag-models',
      'tags',
      'activations',
      'orders',
      'zones',
      'conditions',
      'absences',
      'suspensions',
      'custody-periods',
      'rag-ratings',
      'mappa',
      'memberships',
      'wearer-flags',
      'tasks',
      'intelligence',
      'recalls',
      'consents',
      'legal-holds',
      'notes',
    ];
    for (const record of records) {
      const own = Object.keys(paths).filter((path) => path.split('/')[3] === record);
      expect(own).toHaveLength(3);
      const put: Operation = paths[own.find((path) => path.endsWith('}')) ?? ''].put;
      expect(Object.keys(put.responses)).toEqual(
        expect.arrayContaining(['200', '201', '202', '409', '412', '422', '503']),
      );
      expect(put.responses['422']?.content).toHaveProperty('application/problem+json');
    }
  });

  it('answers 503 where the database is away', async () => {
    const headers = { 'content-type': 'application/json' };
    const put = await app.inject({ method: 'PUT', url: '/api/v1/wearers/W-1', headers, payload: '{"name":"A"}' });
    expect([put.statusCode, put.headers['retry-after'], put.headers['content-type']]).toEqual([
      503,
      '2',
      'application/problem+json',
    ]);
    expect((await app.inject('/api/v1/wearers')).statusCode).toBe(503);
  });
});

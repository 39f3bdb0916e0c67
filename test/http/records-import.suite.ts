/** What `POST /records/import` promises, over any pair of adapters. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock, openRecordsApi, type RecordsApi, readWatches } from '../support/records.js';
import { type Adapters, square } from './records.suite.js';

const NOW = '2026-03-20T12:00:00.000Z';
const since = '2026-01-01T00:00:00Z';

interface Line {
  readonly kind: string;
  readonly id: string;
  readonly body: object;
}

/** A wearer with everything, in an order in which each refers to what comes after it. */
function wearerWithAll(n: string): Line[] {
  const span = { startsAt: '2026-03-01T00:00:00Z', endsAt: '2026-03-02T00:00:00Z' };
  return [
    {
      kind: 'recall',
      id: `R-${n}`,
      body: { wearerId: `W-${n}`, orderId: `O-${n}`, alertIds: [], form: {}, state: 'draft' },
    },
    { kind: 'custody-period', id: `P-${n}`, body: { wearerId: `W-${n}`, ...span } },
    { kind: 'suspension', id: `S-${n}`, body: { wearerId: `W-${n}`, conditionId: `C-${n}`, reason: 'r', ...span } },
    { kind: 'absence', id: `B-${n}`, body: { orderId: `O-${n}`, conditionIds: [`C-${n}`], reason: 'r', ...span } },
    {
      kind: 'condition',
      id: `C-${n}`,
      body: { orderId: `O-${n}`, kind: 'exclusion', zoneId: `Z-${n}`, startsAt: since },
    },
    { kind: 'zone', id: `Z-${n}`, body: square(1, 51) },
    { kind: 'order', id: `O-${n}`, body: { wearerId: `W-${n}`, type: 'hdc', startsAt: since } },
    { kind: 'activation', id: `A-${n}`, body: { tagId: `T ${n}`, wearerId: `W-${n}`, fittedAt: since } },
    { kind: 'tag', id: `T ${n}`, body: { modelId: `M-${n}` } },
    {
      kind: 'tag-model',
      id: `M-${n}`,
      body: { name: 'M', accuracyConvention: 'r95', intervalSeconds: 60, changeReason: 'taken over' },
    },
    { kind: 'wearer', id: `W-${n}`, body: { name: `Wearer ${n}` } },
  ];
}

export function recordsImportSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`import of records, ${name}`, () => {
    let adapters: Adapters;
    let api: RecordsApi;

    beforeAll(async () => {
      adapters = await open();
      api = await openRecordsApi(adapters.db, adapters.log, createTestClock(NOW));
      await api.startPublisher();
    });
    afterAll(async () => {
      await api?.stop();
      await adapters?.stop();
    });

    const send = (payload: string | Buffer, type = 'application/x-ndjson') =>
      api.app.inject({ method: 'POST', url: '/api/v1/records/import', headers: { 'content-type': type }, payload });
    const post = (lines: readonly Line[]) => send(lines.map((line) => JSON.stringify(line)).join('\n'));
    const stands = async (path: string) => (await api.get(path)).statusCode === 200;

    it('takes every kind in any order, publishes it once, and changes nothing the second time', async () => {
      const lines = [...wearerWithAll('i1'), ...wearerWithAll('i2')];
      const first = await post(lines);
      expect([first.statusCode, first.json()]).toEqual([200, { created: 22, changed: 0, unchanged: 0 }]);
      const again = await post(lines);
      expect([again.statusCode, again.json()]).toEqual([200, { created: 0, changed: 0, unchanged: 22 }]);
      expect((await api.get('/conditions/C-i1')).json()).toMatchObject({
        version: 1,
        author: 'local',
        correlationId: first.headers['x-request-id'],
        effectiveAt: '2026-01-01T00:00:00.000Z',
      });
      expect((await api.get('/tag-models/M-i2')).json()).toMatchObject({ changeReason: 'taken over' });
      expect((await api.get('/zones/Z-i1')).json()).toMatchObject({ effectiveAt: null, geometry: { type: 'Polygon' } });
      const watches = await readWatches(adapters.log, 'T i1');
      expect(watches).toHaveLength(1);
      expect(watches[0]).toMatchObject({ activations: [{ wearerId: 'W-i1', terms: [{ zoneKey: 'Z-i1@1' }] }] });
    });

    it('what PUT writes, import finds unchanged; what it changes is a version, by the version that stands', async () => {
      await api.put('/wearers/W-i3', { name: 'A' });
      const answered = (await api.get('/wearers/W-i3')).json();
      const line = (body: object) => [{ kind: 'wearer', id: 'W-i3', body }];
      expect((await post(line(answered))).json()).toMatchObject({ unchanged: 1 });
      expect((await post(line({ ...answered, name: 'B' }))).json()).toMatchObject({ changed: 1 });
      const late = await post(line({ ...answered, name: 'C' }));
      expect([late.statusCode, late.json().lines]).toEqual([
        422,
        [{ line: 1, kind: 'wearer', id: 'W-i3', status: 412, detail: 'Version 2 stands.', version: 2 }],
      ]);
    });

    it('writes none where one is refused, and says of each why', async () => {
      const body = { wearerId: 'W-nobody', type: 'hdc', startsAt: since };
      const answer = await post([
        { kind: 'wearer', id: 'W-i4', body: { name: 'A' } },
        { kind: 'order', id: 'O-i4', body },
        {
          kind: 'condition',
          id: 'C-i4',
          body: { orderId: 'O-i4', kind: 'exclusion', zoneId: 'Z-no', startsAt: since },
        },
        { kind: 'absence', id: 'B-i4', body: { orderId: 'O-i4', reason: 'r', startsAt: since, endsAt: since } },
      ]);
      expect(answer.statusCode).toBe(422);
      // The absence has nothing of its own to mend: the order that it names is refused.
      expect(answer.json()).toMatchObject({
        title: 'Nothing was imported',
        lines: [
          { line: 2, status: 422, errors: [{ pointer: '/body/wearerId', detail: 'there is no wearer W-nobody' }] },
          { line: 3, status: 422, errors: [{ pointer: '/body/zoneId', detail: 'there is no zone Z-no' }] },
        ],
      });
      expect(answer.json().lines).toHaveLength(2);
      expect(await stands('/wearers/W-i4')).toBe(false);
    });

    it('holds what holds for one among many: overlaps, room, what belongs together', async () => {
      const fitted = (id: string, tagId: string) => ({
        kind: 'activation',
        id,
        body: { tagId, wearerId: 'W-i5', fittedAt: since },
      });
      const base = [
        { kind: 'wearer', id: 'W-i5', body: { name: 'A' } },
        { kind: 'tag', id: 'T-i5a', body: {} },
        { kind: 'tag', id: 'T-i5b', body: {} },
        { kind: 'zone', id: 'Z-i5', body: square(1, 51) },
        { kind: 'order', id: 'O-i5', body: { wearerId: 'W-i5', type: 'hdc', startsAt: since } },
      ];
      const twice = await post([...base, fitted('A-i5a', 'T-i5a'), fitted('A-i5b', 'T-i5b')]);
      expect(twice.json().lines.map(({ line, status }: { line: number; status: number }) => [line, status])).toEqual([
        [6, 409],
        [7, 409],
      ]);
      const conditions = Array.from({ length: 101 }, (_, i) => ({
        kind: 'condition',
        id: `C-i5-${i}`,
        body: { orderId: 'O-i5', kind: 'exclusion', zoneId: 'Z-i5', startsAt: since },
      }));
      const crowded = await post([...base, ...conditions]);
      expect(crowded.json().lines[0].errors[0].detail).toMatch(/at most 100 conditions/);
      expect((await post([...base, ...conditions.slice(1)])).statusCode).toBe(200);
      const span = { startsAt: since, endsAt: since };
      const foreign = await post([
        { kind: 'wearer', id: 'W-i5x', body: { name: 'X' } },
        { kind: 'suspension', id: 'S-i5', body: { wearerId: 'W-i5x', conditionId: 'C-i5-1', reason: 'r', ...span } },
      ]);
      expect(foreign.json().lines).toMatchObject([{ line: 2, errors: [{ pointer: '/body/conditionId' }] }]);
      const leave = (id: string, startsAt: string, endsAt: string) => ({
        kind: 'absence',
        id,
        body: { orderId: 'O-i5', reason: 'r', startsAt, endsAt },
      });
      const outside = await post([
        leave('B-i5a', since, NOW),
        leave('B-i5b', '2019-01-01T00:00:00Z', NOW),
        { kind: 'zone', id: 'Z-i5', body: square(1, 51, 0.02, { effectiveAt: '2020-01-01T00:00:00Z' }) },
      ]);
      expect(outside.json().lines).toMatchObject([
        {
          line: 2,
          errors: [
            {
              pointer: '/body/startsAt',
              detail: expect.stringMatching(/^is before its order begins: order O-i5 holds from/),
            },
          ],
        },
        {
          line: 3,
          errors: [
            {
              pointer: '/body/properties/effectiveAt',
              detail: expect.stringMatching(/^only a first version may start in the past: version 1 stands/),
            },
          ],
        },
      ]);
    });

    it('the same record twice is one, unless it says two things', async () => {
      const line = (name: string) => ({ kind: 'wearer', id: 'W-i6', body: { name } });
      expect((await post([line('A'), line('A')])).json()).toMatchObject({ created: 1, unchanged: 0 });
      const two = await post([line('A'), line('B')]);
      expect(two.json().lines).toMatchObject([{ line: 2, status: 409, detail: expect.stringMatching(/^line 1 says/) }]);
    });

    it.each([
      ['not JSON', '{"kind":', { status: 400 }],
      ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), { status: 400, detail: 'The line is not UTF-8.' }],
      ['no object', '[1]', { status: 422 }],
      ['an unknown kind', '{"kind":"prisoner","id":"X","body":{}}', { errors: [{ pointer: '/kind' }] }],
      ['an unknown field', '{"kind":"tag","id":"X","body":{},"more":1}', { errors: [{ pointer: '/more' }] }],
      ['no id', '{"kind":"tag","body":{}}', { errors: [{ pointer: '/id' }] }],
      ['an id that is none', '{"kind":"wearer","id":"a b","body":{"name":"A"}}', { errors: [{ pointer: '/id' }] }],
      ['a step for an id', '{"kind":"tag","id":"..","body":{}}', { errors: [{ pointer: '/id' }] }],
      ['half a character in an id', '{"kind":"tag","id":"\\ud800","body":{}}', { errors: [{ pointer: '/id' }] }],
      [
        'half a character',
        '{"kind":"wearer","id":"W-x","body":{"name":"\\ud800"}}',
        { errors: [{ pointer: '/body/name' }] },
      ],
      ['NUL', '{"kind":"wearer","id":"W-x","body":{"name":"a\\u0000"}}', { errors: [{ pointer: '/body/name' }] }],
      ['a typo', '{"kind":"wearer","id":"W-x","body":{"nmae":"A"}}', { errors: [{}, { pointer: '/body/nmae' }] }],
      [
        'another id in the body',
        '{"kind":"wearer","id":"W-x","body":{"name":"A","wearerId":"W-y"}}',
        { errors: [{ pointer: '/body/wearerId' }] },
      ],
      [
        'a zone that is none',
        `{"kind":"zone","id":"Z-x","body":{"type":"Feature","properties":{"name":"A"},"geometry":null}}`,
        { errors: [{ pointer: '/body/geometry' }] },
      ],
      ['nested too deeply', `{"kind":"tag","id":"X","body":${'['.repeat(100)}${']'.repeat(100)}}`, { status: 400 }],
      ['a version of nothing', '{"kind":"wearer","id":"W-x","body":{"name":"A","version":3}}', { status: 412 }],
    ])('refuses %s with its line', async (_what, bad, expected) => {
      const good = '{"kind":"wearer","id":"W-i7","body":{"name":"A"}}\n\n';
      const answer = await send(Buffer.concat([Buffer.from(good), Buffer.from(bad)]));
      expect([answer.statusCode, answer.json().lines]).toMatchObject([422, [{ line: 3, ...expected }]]);
      expect(await stands('/wearers/W-i7')).toBe(false);
    });

    it('takes nothing for nothing, and refuses too much and other types', async () => {
      expect((await send('')).json()).toEqual({ created: 0, changed: 0, unchanged: 0 });
      const line = JSON.stringify({ kind: 'wearer', id: 'W-i8', body: { name: 'A' } });
      expect((await send(`${line}\n`.repeat(5_001))).statusCode).toBe(413);
      expect((await send(line, 'application/json')).statusCode).toBe(415);
      expect((await send(Buffer.alloc(17 * 1_048_576, 32))).statusCode).toBe(413);
    });

    it('many at once who write the same wait for each other', async () => {
      const lines = Array.from({ length: 50 }, (_, i) => ({ kind: 'wearer', id: `W-i9-${i}`, body: { name: 'A' } }));
      const answers = await Promise.all([
        post(lines),
        post([...lines].reverse()),
        api.put('/wearers/W-i9-7', { name: 'A' }),
      ]);
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, expect.toBeOneOf([200, 201])]);
      expect((await api.get('/wearers/W-i9-7/versions')).json().items).toHaveLength(1);
    });
  });
}

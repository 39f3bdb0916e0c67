/** Zones and conditions that are proposed together, as the editor proposes them; and what a zone file or a drawn zone would be. */
import { expect, it } from 'vitest';
import { SUBJECT } from '../support/access.js';
import { square } from './records.suite.js';

const STARTS = { startsAt: '2026-01-01T00:00:00Z' };
const SECOND = 'https://idp.example#second';

export type Ask = (
  as: string,
  who: string,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
) => Promise<{
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
  readonly text: string;
}>;

/** Within a suite whose `W-two` of `O-two` is within scope, and `W-two-out` of `O-two-out` is not. */
export function proposedRecordsTests(ask: () => Ask): void {
  const zone = { kind: 'zone', id: 'Z-drawn', body: square(0.7, 51.7) };
  const condition = (orderId = 'O-two', id = 'C-drawn') => ({
    kind: 'condition',
    id,
    body: { orderId, kind: 'exclusion', zoneId: 'Z-drawn', ...STARTS },
  });
  const propose = (records: readonly object[], as = 'sergeant') =>
    ask()(as, SUBJECT, 'POST', '/proposals', {
      kind: 'records',
      id: 'A new address',
      body: { records },
      reason: 'she has moved',
    });

  it('a zone and its condition come into force together, when a second person agrees who might write them', async () => {
    const proposed = await propose([zone, condition()]);
    expect([proposed.status, proposed.body.errors]).toEqual([201, undefined]);
    expect(proposed.body.body.records[0]).toMatchObject({ kind: 'zone', id: 'Z-drawn', standingVersion: null });
    const path = `/proposals/${proposed.body.proposalId}`;
    const agree = (as: string, who: string) => ask()(as, who, 'POST', `${path}/approve`, {});
    expect((await agree('sergeant', SUBJECT)).status).toBe(403);
    expect((await agree('supervisor', SECOND)).status).toBe(403);
    expect((await ask()('sergeant', SUBJECT, 'GET', '/zones/Z-drawn')).status).toBe(404);
    expect((await agree('sergeant', SECOND)).body).toMatchObject({ status: 'approved', decidedBy: SECOND });
    for (const record of ['/zones/Z-drawn', '/conditions/C-drawn'])
      expect((await ask()('sergeant', SUBJECT, 'GET', record)).body).toMatchObject({
        version: 1,
        author: SUBJECT,
        changeReason: 'she has moved',
        correlationId: proposed.body.proposalId,
      });
  });

  it('all of them or none: what was changed meanwhile, or would rewrite the past, keeps the others from coming too', async () => {
    const moved = { ...zone, body: square(0.71, 51.7) };
    const proposed = await propose([moved, condition('O-two', 'C-drawn-2')]);
    expect(proposed.status).toBe(201);
    await ask()('sergeant', SUBJECT, 'PUT', '/zones/Z-drawn', square(0.72, 51.7));
    const agreed = await ask()('sergeant', SECOND, 'POST', `/proposals/${proposed.body.proposalId}/approve`, {});
    expect(agreed.status).toBe(412);
    expect((await ask()('sergeant', SUBJECT, 'GET', '/conditions/C-drawn-2')).status).toBe(404);
    const past = { ...zone, body: square(0.73, 51.7, 0.01, { effectiveAt: '2026-03-01T00:00:00Z' }) };
    const rewriting = await propose([past, condition('O-two', 'C-drawn-3')]);
    const refused = await ask()('sergeant', SECOND, 'POST', `/proposals/${rewriting.body.proposalId}/approve`, {});
    expect([refused.status, refused.body.errors?.[0]]).toMatchObject([
      422,
      { detail: expect.stringContaining('only a first version may start in the past') },
    ]);
    expect((await ask()('sergeant', SUBJECT, 'GET', '/conditions/C-drawn-3')).status).toBe(404);
  });

  it('is refused with the place of what is wrong, and tells nothing of who is out of scope', async () => {
    const cases: [readonly object[], string][] = [
      [[], '/body/records'],
      [[{ kind: 'wearer', id: 'W', body: {} }], '/body/records/0/kind'],
      [[zone, zone], '/body/records/1/id'],
      [[{ ...zone, id: 'Z-nobody' }], '/body/records'],
      [[zone, { ...condition(), body: { orderId: 'O-two' } }], '/body/records/1/body/kind'],
      [[{ ...zone, id: 'Z-drawn-other' }, condition('O-two-out', 'C-drawn-out')], '/body/records/1/body/orderId'],
    ];
    for (const [records, pointer] of cases) {
      const answer = await propose(records);
      expect([pointer, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([pointer, 422, pointer]);
    }
    expect((await propose([zone, condition()], 'supervisor')).status).toBe(403);
  });

  const read = (name: string, text: string, as = 'sergeant') =>
    ask()(as, SUBJECT, 'POST', '/zone-files/read', { name, base64: Buffer.from(text).toString('base64') });

  it('a drawn zone is judged as PUT judges it, in words and with its place, and is not written', async () => {
    const good = await read('drawn.geojson', JSON.stringify({ ...square(0.8, 51.8), id: 'Z-read' }));
    expect(good.body.zones).toMatchObject([{ id: 'Z-read', areaSquareMetres: expect.any(Number), findings: [] }]);
    expect((await ask()('sergeant', SUBJECT, 'GET', '/zones/Z-read')).status).toBe(404);
    const faults = {
      'a bow tie': [
        [
          [1, 51],
          [1.01, 51.01],
          [1.01, 51],
          [1, 51.01],
          [1, 51],
        ],
      ],
      'a hole outside': [
        [
          [1, 51],
          [1.01, 51],
          [1.01, 51.01],
          [1, 51.01],
          [1, 51],
        ],
        [
          [2, 51],
          [2.001, 51],
          [2.001, 51.001],
          [2, 51.001],
          [2, 51],
        ],
      ],
      'over the antimeridian': [
        [
          [179.9, 51],
          [-179.9, 51],
          [-179.9, 51.1],
          [179.9, 51.1],
          [179.9, 51],
        ],
      ],
    };
    for (const [what, coordinates] of Object.entries(faults)) {
      const body = { type: 'Feature', geometry: { type: 'Polygon', coordinates }, properties: { name: what } };
      const told = await read('drawn.geojson', JSON.stringify(body));
      const put = await ask()('sergeant', SUBJECT, 'PUT', '/zones/Z-bad', body);
      const errors = told.body.zones[0].findings.filter(({ severity }: { severity: string }) => severity === 'error');
      expect([what, put.status, told.body.zones[0].zone]).toEqual([what, 422, undefined]);
      expect(errors.map(({ pointer, detail }: { pointer: string; detail: string }) => ({ pointer, detail }))).toEqual(
        put.body.errors,
      );
    }
  });

  it('reads zones of KML and WKT, says what a file cannot be read for, and is for who may write records', async () => {
    const kml = `<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Park</name><Polygon><outerBoundaryIs>
      <LinearRing><coordinates>1,51 1.01,51 1.01,51.01 1,51.01 1,51</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>`;
    const park = await read('park.kml', kml);
    expect(park.body.zones).toMatchObject([{ zone: { properties: { name: 'Park' }, geometry: { type: 'Polygon' } } }]);
    const wkt = await read('square.wkt', 'POLYGON ((1 51, 1.01 51, 1.01 51.01, 1 51.01, 1 51))');
    expect(wkt.body.zones[0].zone.geometry.type).toBe('Polygon');
    const nothing = await read('broken.geojson', '{"type":');
    expect(nothing.body).toMatchObject({ zones: [], findings: [{ severity: 'error', detail: expect.any(String) }] });
    expect((await read('park.kml', kml, 'officer')).status).toBe(403);
  });
}

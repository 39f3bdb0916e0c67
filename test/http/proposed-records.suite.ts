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

  it('another try by the same id is the same proposal, also at once and after it was decided; what says something else is refused', async () => {
    const tried = { kind: 'records', id: 'Tried', body: { records: [zone] }, reason: 'no answer came' };
    const drawn = { kind: 'zone', id: 'Z-tried', body: square(0.7, 51.7) };
    const named = { ...condition('O-two', 'C-tried'), body: { ...condition().body, zoneId: 'Z-tried' } };
    const said = { ...tried, body: { records: [drawn, named] }, proposalId: 'a-try-of-the-tests-1' };
    const post = (body: object, who = SUBJECT) => ask()('sergeant', who, 'POST', '/proposals', body);
    const answers = await Promise.all([post(said), post(said), post(said)]);
    expect(answers.map(({ status }) => status)).toEqual(expect.not.arrayContaining([expect.toSatisfy((n) => n > 201)]));
    expect(new Set(answers.map(({ body }) => body.proposalId))).toEqual(new Set([said.proposalId]));
    const open = await ask()('sergeant', SUBJECT, 'GET', '/proposals');
    expect(open.body.items.filter(({ id }: { id: string }) => id === 'Tried')).toHaveLength(1);
    expect((await post({ ...said, reason: 'another' })).status).toBe(409);
    expect((await post(said, SECOND)).status).toBe(409);
    await ask()('sergeant', SECOND, 'POST', `/proposals/${said.proposalId}/approve`, {});
    expect((await post(said)).body).toMatchObject({ proposalId: said.proposalId, status: 'approved' });
  });

  it('one proposal is told with what stands in its place, as it is written, and that nothing does', async () => {
    const moved = { ...zone, body: square(0.705, 51.7) };
    const proposed = await propose([moved, condition('O-two', 'C-drawn-1')]);
    const { body } = await ask()('sergeant', SECOND, 'GET', `/proposals/${proposed.body.proposalId}`);
    expect(body.standing).toEqual([
      { kind: 'zone', id: 'Z-drawn', body: expect.objectContaining({ type: 'Feature', geometry: zone.body.geometry }) },
      { kind: 'condition', id: 'C-drawn-1', body: null },
    ]);
    await ask()('sergeant', SUBJECT, 'POST', `/proposals/${proposed.body.proposalId}/refuse`, { reason: 'told' });
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

  const ofAll = (id: string, zoneId: string) => ({
    kind: 'condition',
    id,
    body: { appliesTo: 'all-wearers', kind: 'exclusion', zoneId, ...STARTS },
  });
  const agree = async (proposalId: string, as: string) => {
    const answer = await ask()(as, SECOND, 'POST', `/proposals/${proposalId}/approve`, {});
    return { status: answer.status, detail: answer.body.detail };
  };

  it('what is about all wearers and about one is not proposed together: everybody would read of the one', async () => {
    const own = condition('O-two', 'C-mixed-own');
    const hers = { kind: 'zone', id: 'Z-two-victim', body: square(0.5, 51.5, 0.02, { priority: 'victim' }) };
    const drawn = { ...zone, id: 'Z-mixed' };
    const cases: [readonly object[], string][] = [
      [[drawn, ofAll('C-mixed', 'Z-mixed'), own], '/body/records'],
      [[drawn, ofAll('C-mixed', 'Z-mixed'), hers], '/body/records'],
      [[hers, ofAll('C-mixed', 'Z-two-victim')], '/body/records'],
      [[ofAll('C-mixed', 'Z-two'), drawn], '/body/records/1'],
    ];
    for (const [records, pointer] of cases) {
      const answer = await propose(records);
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
    }
    const listed = (await ask()('administrator', SECOND, 'GET', '/proposals?status=all')).text;
    expect([listed.includes('O-two'), listed.includes('victim')]).toEqual([false, false]);
  });

  it('a new zone of all wearers comes into force with its condition, by who writes what is shared', async () => {
    const drawn = { ...zone, id: 'Z-for-all' };
    const proposed = await propose([drawn, ofAll('C-for-all', 'Z-for-all')]);
    expect(proposed.status).toBe(201);
    const { proposalId } = proposed.body;
    expect((await agree(proposalId, 'sergeant')).status).toBe(403);
    expect((await agree(proposalId, 'supervisor')).status).toBe(403);
    expect(await agree(proposalId, 'administrator')).toEqual({ status: 200, detail: undefined });
    for (const path of ['/zones/Z-for-all', '/conditions/C-for-all'])
      expect((await ask()('supervisor', SUBJECT, 'GET', path)).status).toBe(200);
    // A zone that was of nobody when it was proposed, and is of one wearer when it is agreed to.
    const put = (path: string, body: object) => ask()('sergeant', SUBJECT, 'PUT', path, body);
    expect((await put('/zones/Z-turned', square(0.9, 51.7))).status).toBeLessThan(300);
    const turned = { kind: 'zone', id: 'Z-turned', body: square(0.91, 51.7) };
    const later = (await propose([turned, ofAll('C-turned', 'Z-turned')])).body.proposalId;
    const own = { ...condition().body, zoneId: 'Z-turned' };
    expect((await put('/conditions/C-turned-own', own)).status).toBeLessThan(300);
    expect(await agree(later, 'administrator')).toEqual({ status: 412, detail: expect.stringContaining('Whom') });
    expect((await ask()('sergeant', SUBJECT, 'GET', '/conditions/C-turned')).status).toBe(404);
  });

  it('what proposed records name cannot be swapped before somebody agrees', async () => {
    const put = (id: string, longitude: number) =>
      ask()('sergeant', SUBJECT, 'PUT', `/zones/${id}`, square(longitude, 51.9));
    for (const id of ['Z-named', 'Z-night']) expect((await put(id, 0.5)).status).toBeLessThan(300);
    const schedule = {
      timeZone: 'Europe/London',
      windows: [{ days: ['mon'], from: '19:00', to: '07:00', zoneId: 'Z-night' }],
    };
    const curfew = { orderId: 'O-two', kind: 'curfew', zoneId: 'Z-named', schedule, ...STARTS };
    const shared = ofAll('C-naming-all', 'Z-named').body;
    const records = (body: object) => ({
      kind: 'records',
      body: { records: [{ kind: 'condition', id: 'C-naming', body }] },
    });
    const swaps: [string, string, object][] = [
      ['Z-named', 'sergeant', records(curfew)],
      ['Z-night', 'sergeant', records(curfew)],
      ['Z-named', 'administrator', { kind: 'condition', body: shared }],
      ['Z-not-yet', 'administrator', { kind: 'condition', body: { ...shared, zoneId: 'Z-not-yet' } }],
    ];
    for (const [place, [named, as, said]] of swaps.entries()) {
      const sent = { id: `C-naming-${place}`, reason: 'she has moved', ...said };
      const proposed = await ask()('sergeant', SUBJECT, 'POST', '/proposals', sent);
      expect([place, proposed.status]).toEqual([place, 201]);
      expect((await put(named, 0.6 + place / 100)).status).toBeLessThan(300);
      const answer = await agree(proposed.body.proposalId, as);
      expect([place, answer]).toEqual([place, { status: 412, detail: expect.stringContaining(named) }]);
    }
    expect((await ask()('sergeant', SUBJECT, 'GET', '/conditions/C-naming')).status).toBe(404);
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

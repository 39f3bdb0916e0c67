/**
 * What trackers and their platforms send to the doors of pings, on the running program: nothing misjudged, misdated or lost in
 * silence. Offsets are metres north of a home; the day is yesterday, so that no fix is ahead of its time.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { fieldCase } from './field-case.js';

const HOME = { latitude: 51.2787, longitude: 1.0803 };
const METRES_PER_DEGREE = 111_195;
const DAY_MS = 86_400_000;
const YESTERDAY = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
const T0_MS = Date.parse(`${YESTERDAY}T12:00:00Z`);
const SINCE = new Date(T0_MS - 26 * DAY_MS).toISOString();
/** The day of the input files. */
const FILE_DAY = '2026-11-27';

let home: Home;
let program: Program;
let sent = 0;

beforeAll(async () => {
  home = await makeHome({ TAGWATCH_RECONCILE_QUIET_SECONDS: '1' });
  program = await startProgram(home);
});
afterAll(async () => {
  await program?.stop();
  home?.remove();
});

const at = (minutes: number) => new Date(T0_MS + minutes * 60_000).toISOString();
const north = (metres: number) => ({ ...HOME, latitude: HOME.latitude + metres / METRES_PER_DEGREE });

/** A square of so many metres about the home. */
function square(name: string, sideMetres: number): object {
  const dy = sideMetres / 2 / METRES_PER_DEGREE;
  const dx = dy / Math.cos((HOME.latitude * Math.PI) / 180);
  const { latitude, longitude } = HOME;
  return rectangle(name, longitude - dx, latitude - dy, longitude + dx, latitude + dy);
}

/** A tag without a model on a wearer of its own. */
async function fitWearer(tagId: string, id = tagId): Promise<void> {
  await put(program.url, `/wearers/W-${id}`, { name: 'A wearer' });
  await put(program.url, `/tags/${encodeURIComponent(tagId)}`, {});
  await put(program.url, `/activations/A-${id}`, { tagId, wearerId: `W-${id}`, fittedAt: SINCE });
  await put(program.url, `/orders/O-${id}`, { wearerId: `W-${id}`, type: 'licence', startsAt: SINCE });
}

async function order(id: string, kind: 'exclusion' | 'curfew', sideMetres: number): Promise<void> {
  await put(program.url, `/zones/Z-${id}`, square(id, sideMetres));
  await put(program.url, `/conditions/C-${id}`, { orderId: `O-${id}`, kind, zoneId: `Z-${id}`, startsAt: SINCE });
}

interface Taken {
  readonly accepted: number;
  readonly rejected: readonly { readonly reason: string }[];
  readonly warnings?: readonly { readonly index: number; readonly reason: string; readonly positionIgnored?: string }[];
}

/** Sends and waits until all that was ever taken has been folded. */
async function post(body: unknown, query = '', headers: Record<string, string> = {}) {
  const answer = await send(program.url, 'POST', `/pings${query}`, body, headers);
  const taken = answer.body as Taken;
  sent += taken.accepted ?? 0;
  const folded = async () => {
    const metrics = await (await fetch(`${program.url}/metrics`)).text();
    const counts = [...metrics.matchAll(/^tagwatch_pings_folded_total\{.*\} (\d+)$/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  while ((await folded()) < sent) await new Promise((resolve) => setTimeout(resolve, 50));
  return { status: answer.status, ...taken };
}

interface Alert {
  readonly kind: string;
  readonly confirmedAt?: string;
}
async function alertsOf(id: string): Promise<readonly Alert[]> {
  return ((await send(program.url, 'GET', `/alerts?wearerId=W-${id}`)).body as { items: Alert[] }).items;
}
/** Waits until one alert of the wearer is confirmed; there is none besides. */
async function expectConfirmed(id: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const confirmed = (await alertsOf(id)).filter(({ confirmedAt }) => confirmedAt);
    if (confirmed.length > 0 || Date.now() > deadline) {
      expect(confirmed, `alerts of ${id}`).toHaveLength(1);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

let controls = 0;

/** Nothing of what was sent raised an alert: one that was sent after it has come, and none of this wearer is there. */
async function expectNothingRaised(id: string): Promise<void> {
  controls += 1;
  const control = `control-${controls}`;
  await fitWearer(control);
  await order(control, 'exclusion', 400);
  const fixes = [0, 1, 2].map((minute) => ({ tagId: control, fixedAt: at(minute), ...HOME, accuracyMetres: 5 }));
  await post(fixes);
  await expectConfirmed(control);
  expect(await alertsOf(id), `alerts of ${id}`).toEqual([]);
}

interface Feature {
  readonly geometry: object | null;
  readonly properties: {
    readonly fixedAt: string;
    readonly deviceEvents: readonly string[];
    readonly notJudged: string | null;
    readonly positionIgnored?: string;
  };
}
const WHOLE = () => `from=${at(-12 * 60)}&to=${at(11 * 60)}`;

/** The trail of the day, once the record holds so many pings of it. */
async function trailOf(id: string, count: number): Promise<readonly Feature[]> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const { body } = await send(program.url, 'GET', `/wearers/W-${id}/trail?${WHOLE()}`);
    const { features } = body as { features: Feature[] };
    if (features.length >= count || Date.now() > deadline) {
      expect(features, `trail of ${id}`).toHaveLength(count);
      return features;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A position as the table's scenes forward it; `attributes.sat` is 0 where nothing else is said. */
function forwarded(
  tagId: string,
  minutes: number,
  place: object,
  position: object = {},
  attributes: object = { sat: 0 },
) {
  const times = { serverTime: at(minutes), deviceTime: at(minutes), fixTime: at(minutes) };
  const motion = { altitude: 0.0, speed: 0.0, course: 0.0, network: null };
  return {
    position: { ...times, valid: true, accuracy: 6, ...motion, ...place, attributes, ...position },
    device: { id: 1, uniqueId: tagId, attributes: {} },
  };
}

/** An input of the table, moved to yesterday. */
const readInput = (name: string): { device: { uniqueId: string } }[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'inputs', name), 'utf8').replaceAll(FILE_DAY, YESTERDAY));

describe('pings', () => {
  for (const [what, attributes, positionIgnored] of [
    ['as the table has it', { sat: 0 }, 'no-fix'],
    ['with satellites', { sat: 7 }, 'zero-position'],
  ] as const) {
    fieldCase('07', `0° 0° over ?format=traccar, ${what}`, async () => {
      const id = `field-07-${attributes.sat}`;
      await fitWearer(id);
      await order(id, 'curfew', 200);
      const atHome = north(3);
      const nowhere = { latitude: 0.0, longitude: 0.0, outdated: false };
      const answers: Taken[] = [];
      for (let minute = 0; minute < 13; minute++) {
        const place = minute >= 4 && minute < 9 ? nowhere : atHome;
        answers.push(await post(forwarded(id, minute, place, { outdated: false }, attributes), '?format=traccar'));
      }
      await expectNothingRaised(id);
      expect(answers.slice(4, 9).map(({ warnings }) => warnings?.[0]?.positionIgnored)).toEqual(
        Array(5).fill('zero-position'),
      );
      const trail = await trailOf(id, 13);
      expect(trail.filter(({ geometry }) => geometry === null).length).toBe(attributes.sat === 0 ? 13 : 5);
      const told = new Set(trail.map(({ properties }) => properties.positionIgnored));
      expect(told).toContain(positionIgnored);
      return 'nothing raised; answer and trail say why';
    });
  }

  fieldCase('07', 'beside 0° 0°, three and more that agree: the engine takes none for evidence', async () => {
    const id = 'field-07-near';
    await fitWearer(id);
    await order(id, 'curfew', 200);
    const fix = (minute: number, place: object) => ({ tagId: id, fixedAt: at(minute), accuracyMetres: 6, ...place });
    const gulf = { latitude: 0.004, longitude: -0.006 };
    const pings = Array.from({ length: 13 }, (_, minute) => fix(minute, minute >= 4 && minute < 9 ? gulf : north(3)));
    expect(await post(pings)).toMatchObject({ status: 202, accepted: 13 });
    await expectNothingRaised(id);
    const trail = await trailOf(id, 13);
    expect(trail.filter(({ properties }) => properties.notJudged === 'zero-position')).toHaveLength(5);
    return 'nothing raised; the trail says zero-position';
  });

  fieldCase('11', 'charset in the Content-Type', async () => {
    const type = { 'content-type': 'application/json; charset=utf-8' };
    const own = { tagId: 'field-11', fixedAt: at(0), ...HOME, accuracyMetres: 5 };
    expect(await post(own, '', type)).toMatchObject({ status: 202, accepted: 1 });
    const theirs = forwarded('field-11', 1, HOME);
    expect(await post(theirs, '?format=traccar', type)).toMatchObject({ status: 202, accepted: 1 });
    expect((await send(program.url, 'PUT', '/wearers/W-field-11', { name: 'x' }, type)).status).toBeLessThan(300);
    return '202 at both formats, and for a record';
  });

  fieldCase('20', 'accuracy 0 is unknown', async () => {
    for (const [id, metres, count] of [
      ['field-20-a', 180, 2],
      ['field-20-b', 195, 4],
    ] as const) {
      await fitWearer(id);
      await order(id, 'exclusion', 400);
      const fix = (minute: number, metresNorth: number, accuracyMetres: number) => ({
        tagId: id,
        fixedAt: at(minute),
        ...north(metresNorth),
        accuracyMetres,
      });
      const zeros = Array.from({ length: count }, (_, minute) => fix(minute, metres, 0));
      const { warnings, ...answer } = await post([fix(-2, 2_000, 8), ...zeros]);
      expect(answer).toMatchObject({ status: 202, accepted: count + 1, rejected: [] });
      expect(warnings?.map(({ reason }) => reason)).toEqual(Array(count).fill('accuracy-missing'));
      await expectNothingRaised(id);
      const trail = await trailOf(id, count + 1);
      expect(trail.map(({ properties }) => properties.notJudged)).toEqual([null, ...Array(count).fill('no-accuracy')]);
    }
    return 'kept, told as accuracy-missing, no evidence';
  });

  fieldCase('20', 'accuracy 0 of a tag whose model has a default is that', async () => {
    const id = 'field-20-model';
    await fitTag(program.url, { tagId: id, since: SINCE });
    const model = { name: 'Known', accuracyConvention: 'r95', intervalSeconds: 60, defaultAccuracyMetres: 10 };
    await put(program.url, '/tag-models/M-known', model);
    await put(program.url, `/tags/${id}`, { modelId: 'M-known' });
    await put(program.url, `/zones/Z-${id}`, square(id, 400));
    await exclude(program.url, { tagId: id, since: SINCE }, `Z-${id}`);
    const fix = (minute: number, metres: number) => ({
      tagId: id,
      fixedAt: at(minute),
      ...north(metres),
      accuracyMetres: 0,
    });
    const answer = await post([fix(-2, 2_000), fix(0, 0), fix(1, 0), fix(2, 0)]);
    expect(answer).toMatchObject({ status: 202, accepted: 4 });
    expect(answer.warnings).toBeUndefined();
    await expectConfirmed(id);
    return 'judged with 10 m';
  });

  fieldCase('24', 'a tamper with an impossible accuracy', async () => {
    await fitWearer('field-24');
    const answer = await post(readInput('traccar/tamper-impossible-accuracy.json'), '?format=traccar');
    const reason = 'accuracy-out-of-range';
    expect(answer).toMatchObject({ status: 202, accepted: 1, warnings: [{ reason, positionIgnored: reason }] });
    expect(await trailOf('field-24', 1)).toMatchObject([
      { geometry: null, properties: { deviceEvents: ['strap-tamper'], positionIgnored: reason } },
    ]);
    return '202, the tamper on record, the position told as ignored';
  });

  fieldCase('26', 'a tamper without a position, in the trail and beside the position', async () => {
    const id = 'field-26';
    await fitWearer(id);
    await post({ tagId: id, fixedAt: at(0), deviceEvents: ['strap-tamper'] });
    await trailOf(id, 1);
    const read = async (accept: string) => {
      const path = `/api/v1/wearers/W-${id}/trail?from=${at(-60)}&to=${at(60)}`;
      return await (await fetch(`${program.url}${path}`, { headers: { accept } })).text();
    };
    for (const type of [
      'application/geo+json',
      'text/csv',
      'application/gpx+xml',
      'application/vnd.google-earth.kml+xml',
    ]) {
      expect(await read(type), type).toContain('strap-tamper');
    }
    const position = await send(program.url, 'GET', `/wearers/W-${id}/position`);
    expect([position.status, position.body]).toMatchObject([
      404,
      { messagesSince: [{ fixedAt: at(0), deviceEvents: ['strap-tamper'] }] },
    ]);
    return 'in CSV, GeoJSON, GPX, KML, and told by the position';
  });

  fieldCase('27', 'a fix and a tamper of one second and sequence', async () => {
    const id = 'field-27';
    await fitWearer(id);
    const fix = { tagId: id, fixedAt: at(0), sequence: 0, ...HOME, accuracyMetres: 5 };
    const tamper = { tagId: id, fixedAt: at(0), sequence: 0, deviceEvents: ['strap-tamper'] };
    expect(await post([fix, tamper])).toMatchObject({ status: 202, accepted: 2 });
    await trailOf(id, 2);
    expect(await post([tamper, fix, fix])).toMatchObject({ status: 202, accepted: 3 });
    await post({ ...fix, fixedAt: at(1) });
    const trail = await trailOf(id, 3);
    expect(trail.flatMap(({ properties }) => properties.deviceEvents)).toEqual(['strap-tamper']);
    return 'both on record, each once';
  });

  fieldCase('45', 'identifiers of trackers', async () => {
    for (const [n, tagId] of ['AA:BB:CC:DD:EE:FF', '+447700900123', 'Van 7', 'owner/phone', '£ – 漢'].entries()) {
      await fitWearer(tagId, `field-45-${n}`);
      await order(`field-45-${n}`, 'exclusion', 400);
      const fixes = [0, 1, 2].map((minute) => ({ tagId, fixedAt: at(minute), ...HOME, accuracyMetres: 5 }));
      expect(await post(fixes)).toMatchObject({ status: 202, accepted: 3 });
      await expectConfirmed(`field-45-${n}`);
      await trailOf(`field-45-${n}`, 3);
    }
    return 'recorded, fitted, judged, in the trail';
  });

  fieldCase('88', "messages without a fix, from today's Traccar", async () => {
    await fitWearer('field-88');
    await fitWearer('field-89');
    const messages = readInput('traccar/heartbeat-without-fix.json');
    for (const message of messages) {
      expect(await post(message, '?format=traccar')).toMatchObject({ status: 202, accepted: 1, rejected: [] });
    }
    expect(await trailOf('field-88', 2)).toMatchObject([
      { geometry: { type: 'Point' }, properties: { fixedAt: at(0), deviceEvents: [] } },
      {
        geometry: null,
        properties: { fixedAt: at(60), deviceEvents: ['strap-tamper'], positionIgnored: 'fix-repeated' },
      },
    ]);
    expect(await trailOf('field-89', 1)).toMatchObject([
      { geometry: null, properties: { fixedAt: at(60), deviceEvents: ['strap-tamper'] } },
    ]);
    return 'the fix once; both tampers at 13:00 without a position';
  });

  fieldCase('89', 'one refused position from Traccar', async () => {
    const answer = await post(forwarded('field-89', 5, { latitude: 95, longitude: 1 }, {}, {}), '?format=traccar');
    expect(answer).toMatchObject({ status: 202, accepted: 0, rejected: [{ reason: 'latitude-out-of-range' }] });
    return '202 with rejected';
  });

  fieldCase('10.1', 'a fix without accuracy or model, over HTTP', async () => {
    const id = 'field-no-accuracy';
    await fitWearer(id);
    const ping = forwarded(id, 0, HOME, { accuracy: 0.0 }, { sat: 8, alarm: 'removing' });
    expect(await post(ping, '?format=traccar')).toMatchObject({
      status: 202,
      accepted: 1,
      warnings: [{ reason: 'accuracy-missing' }],
    });
    expect(await trailOf(id, 1)).toMatchObject([
      { geometry: { type: 'Point' }, properties: { deviceEvents: ['strap-tamper'], notJudged: 'no-accuracy' } },
    ]);
    return 'stored with its events, told, no evidence';
  });
});

/** Field cases of track files, by both doors: `POST /api/v1/pings` and `tagwatch replay`, which read alike. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { replay } from '../../src/cli/replay.js';
import type { Ping } from '../../src/engine/types.js';
import { type App, createApp } from '../../src/http/app.js';
import { registerPings } from '../../src/http/routes/pings/pings.js';
import { readInputs } from '../../src/ports/ping-records.js';
import { INPUT_PARTITIONS, INPUTS } from '../../src/ports/topics.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { silentLog } from '../support/silent-log.js';
import { fieldCase } from './field-case.js';

const NOW_MS = Date.parse('2026-11-27T12:00:00Z');
const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  gpx: 'application/gpx+xml',
  kml: 'application/vnd.google-earth.kml+xml',
  geojson: 'application/geo+json',
};
const pathOf = (name: string) => fileURLToPath(new URL(`inputs/${name}`, import.meta.url));

let log: TestLog;
let app: App;
beforeAll(async () => {
  log = await openTestLog();
  app = await createApp({ log: silentLog });
  registerPings(app, {
    log: log.log,
    clock: { nowMs: () => NOW_MS },
    defaultAccuracy: () => null,
    counters: { pingsAccepted() {}, pingRejected() {} },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await log.dispose();
});
let seen = 0;
let tag = '';
beforeEach(() => {
  seen += 1;
  tag = `field-${seen}`;
});
afterEach(() => {
  tag = '';
});

interface Answer {
  readonly status: number;
  readonly accepted?: number;
  readonly detail?: string;
  readonly rejected?: readonly { readonly line?: number; readonly detail: string }[];
  readonly warnings?: readonly { readonly detail: string; readonly reason: string }[];
}

async function post(name: string): Promise<Answer> {
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v1/pings?tag=${tag}&accuracyMetres=10`,
    headers: { 'content-type': TYPES[name.split('.').at(-1)!]! },
    payload: readFileSync(pathOf(name)),
  });
  return { status: answer.statusCode, ...(answer.json() as object) };
}

async function send(name: string, ...args: string[]): Promise<{ code: number; told: string }> {
  const told: string[] = [];
  const note = (line: string) => void told.push(line);
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const code = await replay([pathOf(name), '--tag', tag, '--url', url, ...args], { out: note, err: note });
  return { code, told: told.join('\n') };
}

async function readStored(): Promise<Ping[]> {
  const pings: Ping[] = [];
  const all = Array.from({ length: INPUT_PARTITIONS }, (_, partition) => ({ topic: INPUTS, partition }));
  await log.log.readToEnd(all, ({ records }) => {
    for (const { input } of records.flatMap(readInputs)) {
      if (input.type === 'ping' && input.ping.tagId === tag) pings.push(input.ping);
    }
  });
  return pings;
}
const minutesOf = (pings: readonly Ping[]) =>
  pings.map(({ fixedAtMs }) => new Date(fixedAtMs).toISOString().slice(0, 16)).map((text) => text.replace('T', ' '));
const at = (...minutes: number[]) => minutes.map((minute) => `2026-11-20 14:${String(minute).padStart(2, '0')}`);

/** Sends by one door, then by the other under another tag, and expects the same pings. */
async function sendByBoth(name: string): Promise<{ pings: readonly Ping[]; answer: Answer; told: string }> {
  const answer = await post(name);
  expect(answer.status, JSON.stringify(answer)).toBe(202);
  const pings = await readStored();
  tag = `${tag}-replayed`;
  const { code, told } = await send(name);
  expect(code, told).toBe(0);
  const strip = (list: readonly Ping[]) => list.map(({ tagId: _tag, identity: _identity, ...rest }) => rest);
  expect(strip(await readStored())).toEqual(strip(pings));
  return { pings, answer, told };
}

fieldCase('13', 'date and time parted', async () => {
  const { pings } = await sendByBoth('date-and-time-columns.csv');
  expect(minutesOf(pings)).toEqual(at(5, 6));
  return 'read together: 14:05 and 14:06';
});

fieldCase('14', 'date without time', async () => {
  const { pings } = await sendByBoth('date-alone.csv');
  expect(minutesOf(pings)).toEqual(at(5, 6, 7));
  return 'the three instants, by the columns Date and Time of day';
});

fieldCase('16', 'hemisphere columns', async () => {
  const { pings } = await sendByBoth('hemisphere-columns.csv');
  expect(pings.map(({ position }) => [position?.latitude, position?.longitude])).toEqual([
    [53.4084, -2.9916],
    [53.4085, -2.9917],
  ]);
  return 'in Liverpool';
});

fieldCase('18', 'accuracy under another name', async () => {
  const csv = await sendByBoth('horizontal-accuracy-m.csv');
  expect(csv.pings.map(({ position }) => position?.accuracyMetres)).toEqual([850]);
  tag = `${tag}-kml`;
  const kml = await sendByBoth('accuracy-array.kml');
  expect(kml.pings.map(({ position }) => position?.accuracyMetres ?? null)).toEqual([null, 4.5]);
  expect(kml.pings[0]?.position).toBeNull();
  return '850 m and 4.5 m';
});

fieldCase('22', 'no fix, said so', async () => {
  const { pings, answer, told } = await sendByBoth('fix-none.gpx');
  expect(minutesOf(pings)).toEqual(at(5, 6));
  expect(pings.map(({ position }) => position === null)).toEqual([false, true]);
  expect(answer.warnings).toMatchObject([{ reason: 'file-note', detail: expect.stringContaining('"fix" is "none"') }]);
  expect(told).toContain('"fix" is "none"');
  return 'a fix, and a message without a position that says so';
});

fieldCase('31', 'spellings of time', async () => {
  const { pings } = await sendByBoth('offset-without-colon.gpx');
  expect(minutesOf(pings)).toEqual(at(5, 6));
  return '+0000 is read in files';
});

fieldCase('35', 'another datum, said so', async () => {
  for (const name of ['points-epsg-4277.geojson', 'line-epsg-4277.geojson']) {
    const answer = await post(name);
    expect([answer.status, answer.detail]).toEqual([400, expect.stringMatching(/EPSG:+4277/)]);
    const { code, told } = await send(name, '--skip-bad');
    expect([code, told]).toEqual([1, expect.stringMatching(/Nothing was sent.*EPSG:+4277/)]);
  }
  expect(await readStored()).toEqual([]);
  return 'refused, the crs named';
});

fieldCase('39', 'cut file', async () => {
  const minutes = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
  const answer = await post('truncated.gpx');
  expect(answer).toMatchObject({ status: 202, accepted: 10, rejected: [{ line: 13 }] });
  expect(minutesOf(await readStored())).toEqual(at(...minutes));
  tag = `${tag}-replayed`;
  const refused = await send('truncated.gpx');
  expect([refused.code, refused.told]).toEqual([1, expect.stringMatching(/line 13: .*Nothing was sent/s)]);
  expect(await readStored()).toEqual([]);
  const { code, told } = await send('truncated.gpx', '--skip-bad');
  expect([code, told]).toEqual([1, expect.stringMatching(/10 sent(.|\n)*line 13: The file cannot be read on/)]);
  expect(minutesOf(await readStored())).toEqual(at(...minutes));
  return 'the ten whole points sent, the cut told with line 13';
});

fieldCase('41', 'blanks before the XML declaration', async () => {
  const { pings } = await sendByBoth('blanks-first.gpx');
  expect(minutesOf(pings)).toEqual(at(5));
  expect(pings[0]?.position).toMatchObject({ latitude: 51.2787, longitude: 1.0803 });
  return 'read';
});

fieldCase('76', 'one part without times beside a track', async () => {
  const { pings, answer, told } = await sendByBoth('track-beside-line.kml');
  expect(minutesOf(pings)).toEqual(at(5, 6));
  expect(answer).toMatchObject({ rejected: [], warnings: [{ detail: expect.stringContaining('has no times') }] });
  expect(told).toContain('A LineString has no times');
  const { code } = await send('track-beside-line.kml', '--skip-bad');
  expect(code).toBe(0);
  return 'the track sent, the line said to have no times';
});

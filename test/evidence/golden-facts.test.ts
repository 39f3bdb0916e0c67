/** What each file of a pack says of the same thing is the same, on the two nights too on which an hour comes twice, or not at all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPack } from '../../src/evidence/build-pack.js';
import { readContainer } from '../../src/evidence/container.js';
import { bothTimes } from '../../src/evidence/finding-sentences.js';
import { limitsOfTrack } from '../../src/evidence/limits.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import { readManifest } from '../../src/evidence/read-manifest.js';
import { verifyPack } from '../../src/evidence/verify-pack.js';
import { toGridReference } from '../../src/formats/osgb36.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../src/signing-key.js';
import { ENGINE, makeModel, NEEDLES, ORDER, trust } from '../support/pack.js';

const EVERY_MS = 3 * 60_000;
const COUNT = 50;
const [IN, OUT] = [14, 27];
/** In after 42 minutes, out after 81: from one of the two hours into the other. */
const isInside = (i: number) => i >= IN && i < OUT;

let folder: string;
let key: SigningKey;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-golden-'));
  makeSigningKey(join(folder, 'key.pem'));
  key = readSigningKey(join(folder, 'key.pem'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  // Local times at which it goes in and is out again, with their offsets.
  ['the night the clocks go back', '2026-10-25T00:00:00Z', ['2026-10-25T01:42:00+01:00', '2026-10-25T01:21:00+00:00']],
  ['the night they go forward', '2026-03-29T00:00:00Z', ['2026-03-29T00:42:00+00:00', '2026-03-29T02:21:00+01:00']],
  ['another night', '2026-11-20T00:00:00Z', ['2026-11-20T00:42:00+00:00', '2026-11-20T01:21:00+00:00']],
])('%s', (_, start, [entry, exit]) => {
  const startMs = Date.parse(start);
  const model = makeModel({ startMs, everyMs: EVERY_MS, count: COUNT, isInside });
  const at = (i: number) => new Date(startMs + i * EVERY_MS).toISOString();
  const [first, last] = [at(0), at(COUNT + 8)];
  let zip: Uint8Array;
  let texts: Map<string, string>;
  beforeAll(async () => {
    zip = await buildPack(model, ORDER, key);
    texts = new Map(readContainer(zip).map(({ name, bytes }) => [name, strFromU8(bytes)]));
  });
  const textOf = (name: string) => texts.get(name)!;
  const instants = (text: string, tag: string) =>
    [...text.matchAll(new RegExp(`<${tag}>([^<]+)</${tag}>`, 'g'))].map(([, said]) => new Date(said!).toISOString());

  test('it is verified, and the engine finds the same', () => {
    const verdict = verifyPack(zip, [trust(key)], { crypto: NODE_CRYPTO, engine: ENGINE });
    expect([verdict.verified, verdict.rerun.map(({ outcome }) => outcome)]).toEqual([true, ['same']]);
  });

  test('first and last fix, and how many, are the same in all formats of the track', () => {
    const rows: Record<string, string>[] = parse(textOf('track.csv'), { columns: true, bom: true });
    const points = (JSON.parse(textOf('track.geojson')) as GeoJSON.FeatureCollection).features.filter(
      ({ geometry }) => geometry?.type === 'Point',
    );
    const said = {
      csv: rows.map(({ fixedAt }) => new Date(fixedAt!).toISOString()),
      geojson: points.map(({ properties }) => new Date(properties!['fixedAt'] as string).toISOString()),
      gpx: instants(textOf('track.gpx').slice(textOf('track.gpx').indexOf('<trk>')), 'time'),
      inputs: textOf('inputs.ndjson')
        .split('\n')
        .filter((line) => line.includes('"type":"ping"'))
        .map((line) => new Date((JSON.parse(line) as { ping: { fixedAtMs: number } }).ping.fixedAtMs).toISOString()),
    };
    for (const [name, times] of Object.entries(said))
      expect([name, times.length, times[0], times.at(-1)]).toEqual([name, COUNT, first, last]);
    expect(textOf('track.kml')).toContain(first);
    expect(textOf('track.kml')).toContain(last);
    const { counts } = readManifest(readContainer(zip).find(({ name }) => name === 'manifest.json')!.bytes);
    expect(counts).toEqual({ pings: COUNT, judged: COUNT - 1, notJudged: { mechanism: 1 }, gaps: 1 });
  });

  test('entry and exit are the same in alert, track and statement, each in UTC and in the local time of its hour', () => {
    const [{ alert }] = JSON.parse(textOf('alert.json')) as [{ alert: { finding: { episode: object } } }];
    expect(alert.finding.episode).toEqual({ startedAt: at(IN), endedAt: at(OUT) });
    const rows: Record<string, string>[] = parse(textOf('track.csv'), { columns: true, bom: true });
    expect([rows[IN]!['fixedAtLocal'], rows[OUT]!['fixedAtLocal']]).toEqual([entry, exit]);
    const statement = readContainer(zip).find(({ name }) => name === 'statement.docx')!.bytes;
    const words = strFromU8(unzipSync(statement)['word/document.xml']!);
    expect(words).toContain(`${entry} (${at(IN)})`);
    expect(words).toContain(`${exit} (${at(OUT)})`);
  });

  test('the words of the order are the same in the record and the statement', () => {
    const records = JSON.parse(textOf('record.json')) as {
      kind: string;
      versions: { content: { wording?: string } }[];
    }[];
    const stood = records.find(({ kind }) => kind === 'condition')!.versions;
    expect(stood.map(({ content }) => content.wording)).toEqual([NEEDLES.wording]);
    const statement = readContainer(zip).find(({ name }) => name === 'statement.docx')!.bytes;
    const words = strFromU8(unzipSync(statement)['word/document.xml']!);
    expect(words).toContain(`In the words of the order: “${NEEDLES.wording.replace('\n', ' ')}”`);
  });

  test('the grid reference of a fix is the same in track and statement, and is computed from what the track has', () => {
    const rows: Record<string, string>[] = parse(textOf('track.csv'), { columns: true, bom: true });
    for (const { latitude, longitude, gridReference } of rows) {
      expect(gridReference).toMatch(/^SJ \d{5} \d{5}$/);
      expect(gridReference).toBe(toGridReference(Number(latitude), Number(longitude)));
    }
    const statement = readContainer(zip).find(({ name }) => name === 'statement.docx')!.bytes;
    const words = strFromU8(unzipSync(statement)['word/document.xml']!);
    const named = [
      ...words.matchAll(/is recorded at latitude ([\d.]+), longitude (-[\d.]+) \(grid reference ([^)]+)\)/g),
    ];
    expect(named.length).toBeGreaterThan(0);
    for (const [, latitude, longitude, grid] of named) {
      const row = rows.find((each) => each['gridReference'] === grid)!;
      expect([Number(row['latitude']).toFixed(6), Number(row['longitude']).toFixed(6)]).toEqual([latitude, longitude]);
    }
  });

  test('the longest gap is the same in track, statement and what the report says against it', () => {
    const rows: Record<string, string>[] = parse(textOf('track.csv'), { columns: true, bom: true });
    const gaps = rows.flatMap(({ gapBeforeFrom, fixedAt }) =>
      gapBeforeFrom === '' ? [] : [[gapBeforeFrom!, fixedAt!]],
    );
    expect(gaps).toEqual([[at(COUNT - 2), last]]);
    const [from, to] = gaps[0]!.map((instant) => Date.parse(instant)) as [number, number];
    const collection = JSON.parse(textOf('track.geojson')) as GeoJSON.FeatureCollection;
    expect(collection.features.at(-1)!.properties!['gapBefore']).toMatchObject({ from: at(COUNT - 2) });
    const said = `The longest is of ${(to - from) / 60_000} min: ${bothTimes(at(COUNT - 2))} to ${bothTimes(last)}.`;
    expect(limitsOfTrack(model)).toContain(said);
    const statement = readContainer(zip).find(({ name }) => name === 'statement.docx')!.bytes;
    expect(strFromU8(unzipSync(statement)['word/document.xml']!)).toContain(said);
  });

  test('every local time in the track is another one: of an hour that comes twice each is told from the other', () => {
    const rows: Record<string, string>[] = parse(textOf('track.csv'), { columns: true, bom: true });
    const locals = rows.map(({ fixedAtLocal }) => fixedAtLocal!);
    expect(new Set(locals).size).toBe(COUNT);
    expect(locals.map((text) => new Date(text).toISOString())).toEqual(
      rows.map(({ fixedAt }) => new Date(fixedAt!).toISOString()),
    );
  });
});

describe('of a time of which retention deleted', () => {
  const startMs = Date.parse('2026-11-20T00:00:00Z');
  const at = (i: number) => new Date(startMs + i * EVERY_MS).toISOString();
  const whole = makeModel({ startMs, everyMs: EVERY_MS, count: COUNT, isInside });
  const [first, last] = [30, 40];
  const stretch = { fromMs: Date.parse(at(first)), toMs: Date.parse(at(last)), messages: last - first + 1 };
  const track = whole.track
    .filter((_, i) => i < first || i > last)
    .map((one) =>
      one.fix.fixedAtMs === Date.parse(at(last + 1))
        ? { ...one, fix: { ...one.fix, gapBefore: { fromMs: Date.parse(at(first - 1)), cannotExclude: [] } } }
        : one,
    );
  const model = { ...whole, track, deletedPings: stretch.messages, deleted: [stretch] };
  const told = { from: at(first), to: at(last), messages: stretch.messages };
  const build = async (of: typeof model, edition: 'full' | 'wearer-safe') => {
    const zip = await buildPack(of, { ...ORDER, edition }, key);
    const files = new Map(readContainer(zip).map(({ name, bytes }) => [name, bytes]));
    return {
      zip,
      manifest: readManifest(files.get('manifest.json')!),
      textOf: (name: string) => strFromU8(files.get(name)!),
      files,
    };
  };

  test('every format says from when to when, and none counts it as a gap', async () => {
    const { zip, manifest, textOf, files } = await build(model, 'full');
    expect(manifest.deleted).toEqual([told]);
    expect(manifest.counts).toMatchObject({ pings: COUNT - stretch.messages, gaps: 1 });
    const rows: Record<string, string>[] = parse(textOf('track.csv'), { columns: true, bom: true });
    expect(rows.filter(({ notJudged }) => notJudged === 'deleted')).toMatchObject([
      { number: '', fixedAt: told.from, deletedTo: told.to, deletedMessages: `${told.messages}` },
    ]);
    expect(rows[first]).toMatchObject({ notJudged: 'deleted' });
    expect(rows[first + 1]).toMatchObject({ number: `${first + 1}`, fixedAt: at(last + 1) });
    expect(JSON.parse(textOf('track.geojson'))).toMatchObject({ deleted: [told] });
    expect(textOf('track.gpx')).toContain(
      `<tagwatch:from>${told.from}</tagwatch:from><tagwatch:to>${told.to}</tagwatch:to>`,
    );
    expect(textOf('track.kml')).toContain(`<begin>${told.from}</begin><end>${told.to}</end>`);
    const said = `What the tag sent from ${bothTimes(told.from)} to ${bothTimes(told.to)} was deleted because of its age`;
    expect(limitsOfTrack(model).filter((sentence) => sentence.startsWith(said))).toHaveLength(1);
    expect(strFromU8(unzipSync(files.get('statement.docx')!)['word/document.xml']!)).toContain(said);
    expect(verifyPack(zip, [trust(key)], { crypto: NODE_CRYPTO, engine: ENGINE }).verified).toBe(true);
  });

  test('the wearer-safe edition says it too; of one of which all is gone so does the statement', async () => {
    expect((await build(model, 'wearer-safe')).manifest.deleted).toEqual([told]);
    const gone = await build({ ...model, track: [], alerts: [], terms: [] }, 'full');
    expect(strFromU8(unzipSync(gone.files.get('statement.docx')!)['word/document.xml']!)).toContain(
      'was deleted because of its age',
    );
    expect(gone.textOf('track.csv')).toContain(`${told.from}`);
  });
});

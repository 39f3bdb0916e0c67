/** The report as a file: by veraPDF, qpdf and poppler, and what a person reads in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Zone } from '../../src/engine/types.js';
import type { PackModel, PackOrder } from '../../src/evidence/pack-model.js';
import { writeReport } from '../../src/evidence/report/write-report.js';
import { toGridReference } from '../../src/formats/osgb36.js';
import { checkPdf, drawPages, textOfPdf, validatePdfs } from '../support/documents.js';
import { type ModelOptions, makeModel, NEEDLES, ORDER } from '../support/pack.js';

const [LATITUDE, LONGITUDE] = [Number(NEEDLES.latitude), Number(NEEDLES.longitude)];
const corner = (north: number, east: number): [number, number] => [LONGITUDE + east, LATITUDE + north];
/** An L with a hole in it. */
const POLYGON: Zone['shape'] = {
  type: 'polygons',
  polygons: [
    [
      [
        corner(-0.004, -0.006),
        corner(-0.004, 0.009),
        corner(0.003, 0.009),
        corner(0.003, 0.003),
        corner(0.006, 0.003),
        corner(0.006, -0.006),
        corner(-0.004, -0.006),
      ],
      [
        corner(-0.003, -0.005),
        corner(-0.001, -0.005),
        corner(-0.001, -0.003),
        corner(-0.003, -0.003),
        corner(-0.003, -0.005),
      ],
    ],
  ],
};
const HOSTILE = `& < ]]> \u202egnp.exe\u202c 😀 =cmd|' /C calc'!A0 \u0000 Ł𝒳 \ud800 ${'x'.repeat(10_000)}`;

const CASES: Readonly<Record<string, readonly [ModelOptions, Partial<PackOrder>]>> = {
  full: [{ shape: POLYGON, bufferMetres: 150 }, {}],
  court: [{ bufferMetres: 150 }, { edition: 'court' }],
  'wearer-safe': [{ priority: 'victim' }, { edition: 'wearer-safe' }],
  suspected: [{ isInside: (i) => i === 5, accuracyMetres: 60 }, {}],
  hostile: [
    { wearerName: HOSTILE },
    { purpose: HOSTILE, recipient: HOSTILE, madeBy: HOSTILE, marking: HOSTILE.slice(0, 60) },
  ],
  'no wording': [{ hasWording: false }, {}],
  'clocks go back': [{ startMs: Date.parse('2026-10-25T00:27:00Z') }, {}],
  // Its table goes over several pages.
  'four hours': [{ startMs: Date.parse('2026-11-20T00:00:00Z'), count: 240 }, {}],
};
const EXHIBITS = [{ name: 'track.csv', bytes: 1_234, sha256: 'a'.repeat(64) }];
const KEY_ID = 'f'.repeat(64);

let folder: string;
const fileOf = (name: string) => join(folder, `${name.replaceAll(' ', '-')}.pdf`);
const write = (model: PackModel, over: Partial<PackOrder>) =>
  writeReport(model, { ...ORDER, ...over }, EXHIBITS, KEY_ID);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-report-'));
  for (const [name, [options, over]] of Object.entries(CASES))
    writeFileSync(fileOf(name), write(makeModel(options), over));
  const nothing = { ...makeModel(), alerts: [], track: [], records: [], terms: [] };
  writeFileSync(fileOf('nothing'), write(nothing, {}));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = [...Object.keys(CASES), 'nothing'];
const flat = (text: string) => text.replace(/\s+/g, ' ');

test('every one is PDF/A-2a and PDF/UA-1', () => {
  const verdicts = validatePdfs(NAMES.map(fileOf));
  expect(verdicts).toHaveLength(2 * NAMES.length);
  for (const { file, flavour, passed, failures, assertions } of verdicts) {
    expect({ file, flavour, passed, failures }).toEqual({ file, flavour, passed: true, failures: [] });
    expect(assertions).toBeGreaterThan(1_000);
  }
});

test('what is not PDF/A or PDF/UA is found', () => {
  const broken = join(folder, 'broken.pdf');
  const bytes = Buffer.from(write(makeModel(), {})).toString('latin1');
  writeFileSync(broken, Buffer.from(bytes.replace('/Marked true', '/Marked null'), 'latin1'));
  expect(validatePdfs([broken]).map(({ passed }) => passed)).toEqual([false, false]);
});

describe.each(NAMES)('%s', (name) => {
  test('is sound, and every page has something on it', () => {
    expect(checkPdf(fileOf(name))).toMatch(/No syntax or stream encoding errors found/);
    const pages = drawPages(fileOf(name));
    expect(pages.length).toBeGreaterThan(0);
    for (const darkness of pages) expect(darkness).toBeGreaterThan(0.002);
  });

  test('is marked at the top and the foot of every page', () => {
    const marking = name === 'hostile' ? /& < \]\]>/g : /OFFICIAL-SENSITIVE/g;
    for (const page of textOfPdf(fileOf(name)).split('\f').filter(Boolean))
      expect(page.match(marking)?.length).toBeGreaterThanOrEqual(2);
  });
});

test('it tells what was found, and beside it what that does not show', () => {
  const text = flat(textOfPdf(fileOf('full')));
  expect(text).toMatch(/CONFIRMED by the evidence threshold/);
  expect(text).toMatch(/the wearer was inside a zone that must not be entered from 2026-11-20T20:03:00\+00:00/);
  expect(text).toMatch(/It is no decision that a condition was breached/);
  expect(text).toMatch(/1 of the 12 messages of this time did not count/);
  expect(text).toMatch(/There is one gap in the evidence/);
  expect(text).toContain('track.csv');
  expect(text).toContain(EXHIBITS[0]!.sha256);
  expect(text).toContain('Sam Example');
});

test('each alert tells the condition in the words of the order, or that they are not on record', () => {
  expect(flat(textOfPdf(fileOf('full')))).toContain(`In the words of the order: “${flat(NEEDLES.wording)}”`);
  expect(flat(textOfPdf(fileOf('no wording')))).toContain('The words of the court are not on record.');
});

test('a map is told in words to whoever does not see it', () => {
  const bytes = Buffer.from(write(makeModel(CASES['full']![0]), {})).toString('latin1');
  expect(bytes.match(/\/S \/Figure/g)).toHaveLength(2);
  expect(bytes.match(/\/Alt \(Map of the zone Refuge at 17 Planted Lane/g)).toHaveLength(2);
});

test('a suspicion reads as one wherever it stands', () => {
  const text = flat(textOfPdf(fileOf('suspected')));
  expect(text).not.toMatch(/CONFIRMED by/);
  expect(text).toMatch(/WITHDRAWN/);
  for (const [, before] of text.matchAll(/(.{0,90})the wearer was inside/g))
    expect(before).toMatch(/suspected, and not confirmed|had said that/);
});

test('hostile names are printed and change nothing else', () => {
  const text = textOfPdf(fileOf('hostile'));
  expect(flat(text)).toContain(
    "& < ]]> [U+202E]gnp.exe[U+202C] [U+1F600] =cmd|' /C calc'!A0 [U+0000] Ł[U+1D4B3] [U+D800]",
  );
  // What is too long for a cell says where the whole of it stands.
  expect(text.match(/x/g)?.length).toBeGreaterThan(10_000);
  expect(flat(text)).toContain('the whole of it: manifest.json, alert.json, record.json');
});

test('the golden facts of a track: its first and last fix, entry, exit, count', () => {
  const text = flat(textOfPdf(fileOf('four hours')));
  expect(text).toContain('of the 240 messages');
  expect(text).toContain('1 2026-11-20T00:00:00+00:00');
  expect(text).toContain('240 2026-11-20T04:08:00+00:00');
  expect(text).toMatch(/from 2026-11-20T00:03:00\+00:00 .{0,40} until 2026-11-20T00:08:00\+00:00/);
});

test('each fix has its grid reference beside latitude and longitude, and how exact that is stands above them', () => {
  const text = flat(textOfPdf(fileOf('full')));
  expect(text).toMatch(/computed from latitude and longitude by a transformation alone.{0,120}± 5 m/);
  const rows = [...text.matchAll(/(53\.\d{6}) (-2\.\d{6}) (SJ \d{5} \d{5})/g)];
  expect(rows).toHaveLength(12);
  for (const [, latitude, longitude, grid] of rows)
    expect(grid!.slice(0, 6)).toBe(toGridReference(Number(latitude), Number(longitude))!.slice(0, 6));
});

test('on the night the clocks go back, the two hours of one name are told apart in the table, the summary and the limits', () => {
  const text = flat(textOfPdf(fileOf('clocks go back')));
  expect(text).toMatch(/from 2026-10-25T01:30:00\+01:00 \(2026-10-25T00:30:00\.000Z\)/);
  expect(text).toContain('1 2026-10-25T01:27:00+01:00');
});

test('one that is safe for the wearer holds nothing of a place or a person, in text, tree or metadata', () => {
  const raw = Buffer.from(write(makeModel({ priority: 'victim' }), { edition: 'wearer-safe' })).toString('latin1');
  const said = `${textOfPdf(fileOf('wearer-safe'))}\n${raw}`;
  const { zoneName, zoneId, conditionId, reason, note, actor, latitude, longitude } = NEEDLES;
  for (const needle of [
    zoneName,
    zoneId,
    conditionId,
    reason,
    note,
    actor,
    'Planted',
    'Sam Example',
    toGridReference(LATITUDE, LONGITUDE)!.slice(0, 6),
    NEEDLES.address,
    latitude.slice(0, 6),
    longitude.slice(0, 6),
  ])
    expect(said.toLowerCase()).not.toContain(needle.toLowerCase());
  expect(said).not.toMatch(/\d m (in|out)side|likelier|victim|critical/i);
  expect(said).toContain('Withheld in this edition');
});

test('the same in gives the same bytes, in whatever time zone and whatever was written before', () => {
  const zone = process.env['TZ'];
  const one = () => Buffer.from(write(makeModel({ wearerName: 'Zoë\u00a0Łuk' }), {})).toString('latin1');
  const before = one();
  process.env['TZ'] = 'Pacific/Auckland';
  try {
    write(makeModel({ wearerName: 'a\u00a0b' }), {});
    expect(one() === before).toBe(true);
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
});

/** What is shown of one match as a file: by veraPDF, qpdf and poppler, and what a person reads in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateOrder, writeCertificate } from '../../src/evidence/match-certificate.js';
import type { MatchShown } from '../../src/wire/crime-batch.js';
import { checkPdf, drawPages, textOfPdf, validatePdfs } from '../support/documents.js';

const HOSTILE = `& < ]]> \u202egnp.exe\u202c 😀 =cmd|' /C calc'!A0 \u0000 Ł𝒳 \ud800 ${'x'.repeat(200)}`;
const eliminated: MatchShown = {
  batchId: 'B-1',
  place: 2,
  wearerId: 'W-17',
  crime: {
    force: 'Kent',
    reference: 'C/9',
    version: 1,
    type: 'BIAD',
    from: '2026-05-08T19:00:00.000Z',
    to: '2026-05-08T20:00:00.000Z',
    latitude: 51.28,
    longitude: 1.08,
    datum: 'WGS84',
    text: '',
  },
  outcome: 'ELIMINATED',
  fixes: 61,
  probability: 0,
  closestMetres: 3_990.4,
  closestAt: '2026-05-08T19:20:00.000Z',
  speedKmh: 3,
  dwellSeconds: 0,
  longestUnseenSeconds: 95,
  atRadius: { 50: 'ELIMINATED', 200: 'ELIMINATED' },
  radiusMetres: 100,
  fastestKmh: 108,
  readAt: '2026-05-11T12:00:00.000Z',
  outcomeOfRun: { run: 1, outcome: 'ELIMINATED' },
  coverage: {
    goodFixes: 61,
    lastBefore: '2026-05-08T18:59:00.000Z',
    firstAfter: '2026-05-08T20:01:00.000Z',
    errorMetres: { median: 8.2, widest: 21 },
    easiest: { from: '2026-05-08T19:20:00.000Z', to: '2026-05-08T19:21:00.000Z', neededKmh: 466.9 },
  },
};
const order: CertificateOrder = {
  certificateId: '0d9f1a6e-1111-4222-8333-444455556666',
  name: 'Sam Example',
  authority: { reference: 'CM/77', scope: 'Operation Elm' },
  madeBy: 'https://idp.example#hart',
  purpose: 'charging decision',
  recipient: 'CPS',
  madeAtMs: Date.parse('2026-05-11T12:00:00.000Z'),
  program: { version: '1.0.0', engine: '0'.repeat(64) },
};
const KEY_ID = 'a'.repeat(64);
const CASES: Readonly<Record<string, readonly [MatchShown, CertificateOrder]>> = {
  eliminated: [eliminated, order],
  disappears: [
    { ...eliminated, outcome: 'POSSIBLE', closestMetres: 80, atRadius: { 50: 'ELIMINATED', 200: 'PRESENT' } },
    order,
  ],
  unheard: [
    {
      ...eliminated,
      outcome: 'CANNOT SAY',
      fixes: 0,
      closestMetres: null,
      closestAt: null,
      speedKmh: null,
      coverage: {
        goodFixes: 0,
        lastBefore: null,
        firstAfter: null,
        errorMetres: null,
        easiest: { from: null, to: null, neededKmh: null },
      },
      outcomeOfRun: { run: 2, outcome: 'POSSIBLE' },
    },
    order,
  ],
  hostile: [
    { ...eliminated, crime: { ...eliminated.crime, reference: HOSTILE, force: HOSTILE } },
    { ...order, name: HOSTILE, purpose: HOSTILE, recipient: HOSTILE },
  ],
};
const NAMES = Object.keys(CASES);
let folder: string;
const fileOf = (name: string) => join(folder, `${name}.pdf`);
const textOf = (name: string) => textOfPdf(fileOf(name)).replace(/\s+/g, ' ');

beforeAll(() => {
  folder = process.env.TAGWATCH_CERTIFICATES ?? mkdtempSync(join(tmpdir(), 'tagwatch-certificate-'));
  for (const [name, [shown, said]] of Object.entries(CASES))
    writeFileSync(fileOf(name), writeCertificate(shown, said, KEY_ID));
});
afterAll(() => {
  if (process.env.TAGWATCH_CERTIFICATES === undefined) rmSync(folder, { recursive: true, force: true });
});

test('every one is PDF/A-2a and PDF/UA-1', () => {
  const verdicts = validatePdfs(NAMES.map(fileOf));
  expect(verdicts).toHaveLength(2 * NAMES.length);
  for (const { file, flavour, passed, failures } of verdicts)
    expect({ file, flavour, passed, failures }).toEqual({ file, flavour, passed: true, failures: [] });
});

describe.each(NAMES)('%s', (name) => {
  test('is sound, marked at the top and the foot of every page, and the same bytes each time', () => {
    expect(checkPdf(fileOf(name))).toMatch(/No syntax or stream encoding errors found/);
    for (const darkness of drawPages(fileOf(name))) expect(darkness).toBeGreaterThan(0.002);
    for (const page of textOfPdf(fileOf(name)).split('\f').filter(Boolean))
      expect(page.match(/OFFICIAL-SENSITIVE/g)?.length).toBeGreaterThanOrEqual(2);
    const [shown, said] = CASES[name]!;
    expect(
      Buffer.from(writeCertificate(shown, said, KEY_ID)).equals(Buffer.from(writeCertificate(shown, said, KEY_ID))),
    ).toBe(true);
  });
});

test('an elimination names its coverage: radius, window, fixes, longest gap, accuracy, program and key', () => {
  const text = textOf('eliminated');
  for (const words of [
    'Sam Example (W-17) was not within 100 m of it at any moment of that time',
    '2026-05-08T20:00:00+01:00 to 2026-05-08T21:00:00+01:00',
    '61, of which 61 are good',
    '95 s',
    'median 8.2 m, widest 21 m',
    'at 467 km/h or faster; 108 km/h is taken for the fastest',
    'CM/77: Operation Elm',
    'CPS: charging decision',
    'Tagwatch 1.0.0',
  ])
    expect(text.replace(/- /g, '-')).toContain(words);
});

test('a match says where it disappears, and one of nobody that the fixes do not tell', () => {
  expect(textOf('disappears')).toContain('At 50 m this disappears.');
  expect(textOf('disappears')).toContain('At 200 m: present.');
  expect(textOf('unheard')).toContain('No finding: the fixes do not tell');
  expect(textOf('unheard')).toContain('said otherwise: possible. The record has changed since.');
});

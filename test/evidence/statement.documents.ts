/** The draft of a statement, as LibreOffice reads it: what a witness is given, and that nothing is done for them beforehand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PackOrder } from '../../src/evidence/pack-model.js';
import { writeStatement } from '../../src/evidence/statement.js';
import { convertToPdf, drawPages, textOfPdf } from '../support/documents.js';
import { type ModelOptions, makeModel, NEEDLES, ORDER } from '../support/pack.js';

const HOSTILE = `& < ]]> \u202egnp.exe\u202c =cmd|' /C calc'!A0 \u0000 Ł ${'x'.repeat(2_000)}`;
const CASES: Readonly<Record<string, readonly [ModelOptions, Partial<PackOrder>]>> = {
  full: [{}, { madeBy: 'Olga Marsh (https://idp.example#om)' }],
  court: [{}, { edition: 'court' }],
  suspected: [{ isInside: (i) => i === 11, accuracyMetres: 60 }, {}],
  withdrawn: [{ isInside: (i) => i === 5, accuracyMetres: 60 }, {}],
  hostile: [{ wearerName: HOSTILE }, { purpose: HOSTILE, madeBy: HOSTILE, marking: HOSTILE.slice(0, 40) }],
  'clocks-go-back': [{ startMs: Date.parse('2026-10-25T00:27:00Z') }, {}],
};
const NAMES = Object.keys(CASES);
const EXHIBITS = [
  { name: 'report.pdf', bytes: 1_234, sha256: 'a'.repeat(64) },
  { name: 'track.csv', bytes: 99, sha256: 'b'.repeat(64) },
];

let folder: string;
const fileOf = (name: string) => join(folder, `${name}.pdf`);
const pagesOf = (name: string) => textOfPdf(fileOf(name)).split('\f').filter(Boolean);
/** A line may break behind a hyphen. */
const textOf = (name: string) => textOfPdf(fileOf(name)).replace(/\s+/g, ' ').replaceAll('- ', '-');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-statement-'));
  const files = [];
  for (const [name, [options, over]] of Object.entries(CASES)) {
    const file = join(folder, `${name}.docx`);
    writeFileSync(file, await writeStatement(makeModel(options), { ...ORDER, ...over }, EXHIBITS));
    files.push(file);
  }
  convertToPdf(files);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(NAMES)('%s', (name) => {
  test('every page has something on it, is marked at its top and foot, and is to be signed at its foot', () => {
    const pages = pagesOf(name);
    expect(drawPages(fileOf(name))).toHaveLength(pages.length);
    for (const page of pages) {
      expect(page.match(name === 'hostile' ? /& < \]\]>/g : /OFFICIAL-SENSITIVE/g)!.length).toBeGreaterThanOrEqual(2);
      expect(page).toMatch(/Signature: _+\s+Signature witnessed by: _+/);
    }
  });

  test('it is a draft: nobody has signed it, and nothing is dated or counted', () => {
    const text = textOf(name);
    expect(text).toContain('DRAFT – not signed');
    expect(text).toContain('consisting of ______ page(s)');
    expect(text).toContain('CrimPR r.16.2; section 9 of the Criminal Justice Act 1967');
    expect(text).not.toMatch(/[Pp]age \d|Date:? \d/);
    // Who witnesses it is not known: who asked for the pack is named nowhere.
    expect(text).not.toMatch(/Statement of \w+ \w+ Age|Olga Marsh/);
  });
});

test('what is on record stands before what is inferred from it, and that before what a person decided', () => {
  const text = textOf('full');
  const parts = [
    'Wearer W-1, version 1',
    `Condition ${NEEDLES.conditionId}, version 1`,
    `name: ${NEEDLES.zoneName}; priority: standard`,
    '12 messages of the tag are on record for this time. The first was made at 2026-11-20T20:00:00+00:00 (2026-11-20T20:00:00.000Z)',
    'The finding names',
    'What the program infers: CONFIRMED by the evidence threshold',
    'On record is that a person decided',
    'It is no decision that a condition was breached',
    'I give no opinion on why the wearer was anywhere, or on what was meant by it.',
  ].map((part) => [part, text.indexOf(part)] as const);
  for (const [part, at] of parts) expect([part, at > 0]).toEqual([part, true]);
  const places = parts.map(([, at]) => at);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('the exhibits bear the initials of who asked for them, and their hashes; of a name of one word they are left open', () => {
  const dense = (name: string) => textOf(name).replaceAll(' ', '');
  expect(dense('full')).toMatch(/OM\/1report\.pdf,1234bytesSHA-256a{64}OM\/2track\.csv/);
  expect(dense('court')).toContain('[initials]/1report.pdf');
});

test('a suspicion reads as one, and how the force manages the wearer is no part of it', () => {
  expect(textOf('suspected')).toContain('What the program infers: SUSPECTED, not confirmed');
  expect(textOf('suspected')).not.toContain('CONFIRMED by');
  expect(textOf('withdrawn')).toContain('What the program infers: WITHDRAWN');
  expect(textOf('withdrawn')).toContain('This finding was withdrawn and does not stand.');
  expect(textOf('full')).toContain('division: North');
  expect(textOf('court')).not.toContain('division');
});

test('on the night the clocks go back each of the two hours is told from the other', () => {
  const text = textOf('clocks-go-back');
  expect(text).toContain('2026-10-25T01:30:00+01:00 (2026-10-25T00:30:00.000Z)');
});

test('hostile names are text, and what turns the direction of text is named', () => {
  const text = textOf('hostile');
  expect(text).toContain('& < ]]> [U+202E]gnp.exe[U+202C] =cmd|');
  expect(text).toContain('[U+0000] Ł');
});

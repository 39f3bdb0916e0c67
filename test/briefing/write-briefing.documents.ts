/** A briefing as a file: by veraPDF, qpdf and poppler, and what a person reads in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeBriefing } from '../../src/briefing/write-briefing.js';
import type { Briefing } from '../../src/wire/briefing.js';
import { toBriefingSections } from '../../src/wire/briefing-words.js';
import { makeBriefingOf } from '../support/briefing.js';
import { checkPdf, drawPages, textOfPdf, validatePdfs } from '../support/documents.js';

const HOSTILE = `& < ]]> \u202egnp.exe\u202c 😀 =cmd|' /C calc'!A0 \u0000 Ł𝒳 \ud800 ${'x'.repeat(200)}`;
const plain = makeBriefingOf('Sam Example');
const CASES: Readonly<Record<string, Briefing>> = {
  plain,
  hostile: { ...makeBriefingOf(HOSTILE), division: HOSTILE, madeBy: HOSTILE },
  // Its tables go over several pages, and end before all of it is told.
  many: makeBriefingOf('Sam Example', 400),
  nothing: {
    ...plain,
    division: null,
    hidden: 0,
    content: {
      ...plain.content,
      alerts: [],
      ragChanges: [],
      membershipChanges: [],
      panels: [],
      silentTags: [],
      conditionsTonight: [],
      releases: [],
      reviewsDue: [],
      dealtWith: [],
    },
  },
};
const NAMES = Object.keys(CASES);
let folder: string;
const fileOf = (name: string) => join(folder, `${name}.pdf`);
const textOf = (name: string) => textOfPdf(fileOf(name)).replace(/\s+/g, ' ');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-briefing-'));
  for (const [name, briefing] of Object.entries(CASES)) writeFileSync(fileOf(name), writeBriefing(briefing));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
    expect(Buffer.from(writeBriefing(CASES[name]!)).equals(Buffer.from(writeBriefing(CASES[name]!)))).toBe(true);
  });

  test('has every section of the page, and says where nothing is', () => {
    const text = textOf(name);
    for (const { title, none, rows } of toBriefingSections(CASES[name]!)) {
      expect(text).toContain(title);
      if (rows.length === 0) expect(text).toContain(none);
    }
  });
});

test('it tells each row, whom it leaves out, and where there are more', () => {
  const text = textOf('plain');
  expect(text).toMatch(/Sam Example \(W-1\) +Curfew, confirmed +high +Mon 16 Mar 08:00 +reasonable excuse/);
  expect(text).toMatch(/amber → red/);
  expect(text).toMatch(/To be at Home, 1 Mill Lane +Mon 16 Mar 19:00 +Tue 17 Mar 07:00/);
  expect(text).toMatch(
    /Already dealt with: 1 +Who +How far +Sam Example \(W-1\) +Already dealt with: recall sent, Sun 15 Mar 22:30/,
  );
  expect(text).toMatch(/1 wearer is left out/);
  expect(textOf('many')).toMatch(/These are the first 300 of 400/);
});

/** A request to recall as LibreOffice reads it: every answer stands in what is shared, and what must not be in it stands apart. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../src/ports/records.js';
import { type RequestedOf, writeNonDisclosure, writeRequest } from '../../src/recall/request-documents.js';
import { RECALL_QUESTIONS, type RecallContent } from '../../src/wire/recall.js';
import { convertToPdf, drawPages, textOfPdf } from '../support/documents.js';

const REFUGE = 'Refuge at 17 Planted Lane, condition C-planted';
const HOSTILE = `& < ]]> \u202egnp.exe\u202c =cmd|' /C calc'!A0 \u0000 Ł ${'x'.repeat(2_000)}`;
/** As long as an answer may be: it goes over pages. */
const LONG = 'He was seen. '.repeat(769).slice(0, 9_990);

interface Case {
  readonly of: RequestedOf;
  readonly title: string;
  readonly state: RecallContent['state'];
  readonly say: (title: string) => string;
}
const LICENCE: RequestedOf = { wearerName: 'Wearer Ł One', orderType: 'licence' };
const CASES: Readonly<Record<string, Case>> = {
  recall: { of: LICENCE, title: 'Request for recall', state: 'sent', say: (title) => `${title}: said` },
  draft: { of: LICENCE, title: 'Request for recall', state: 'draft', say: (title) => `${title}: said` },
  breach: {
    of: { ...LICENCE, orderType: 'bail' },
    title: 'Report of a breach, for the court',
    state: 'requested',
    say: (title) => `${title}: said`,
  },
  long: { of: LICENCE, title: 'Request for recall', state: 'sent', say: (title) => `${title}: said. ${LONG}` },
  hostile: {
    of: { ...LICENCE, wearerName: HOSTILE },
    title: 'Request for recall',
    state: 'sent',
    say: (title) => `${title}: said. ${HOSTILE}`,
  },
};
const NAMES = Object.keys(CASES);

const recordOf = ({ state, say }: Case): StoredRecord<RecallContent> =>
  ({
    kind: 'recall',
    id: 'R-1',
    version: 3,
    recordedAt: '2026-11-20T20:00:00.000Z',
    content: {
      wearerId: 'W-1',
      orderId: 'O-1',
      alertIds: ['AL-1', 'AL-2'],
      form: Object.fromEntries(RECALL_QUESTIONS.map(({ name, title }) => [name, say(title)])),
      nonDisclosure: `The zone is ${REFUGE}.`,
      state,
    },
  }) as unknown as StoredRecord<RecallContent>;

let folder: string;
const FILES = { form: writeRequest, apart: writeNonDisclosure };
const fileOf = (name: string, which: keyof typeof FILES) => join(folder, `${name}-${which}.pdf`);
const textOf = (file: string) => textOfPdf(file).replace(/\s+/g, ' ');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-recall-'));
  const files = [];
  for (const name of NAMES)
    for (const [which, write] of Object.entries(FILES)) {
      const file = join(folder, `${name}-${which}.docx`);
      writeFileSync(file, (await write(recordOf(CASES[name]!), CASES[name]!.of))!);
      files.push(file);
    }
  convertToPdf(files);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(NAMES)('%s', (name) => {
  const { title, state } = CASES[name]!;

  test.each(['form', 'apart'] as const)(
    '%s: every page has something on it, and is marked at its top and foot',
    (which) => {
      const file = fileOf(name, which);
      const pages = textOfPdf(file).split('\f').filter(Boolean);
      const drawn = drawPages(file);
      expect(drawn).toHaveLength(pages.length);
      for (const darkness of drawn) expect(darkness).toBeGreaterThan(0);
      const marking = which === 'form' ? /OFFICIAL-SENSITIVE/g : /NOT FOR DISCLOSURE TO THE OFFENDER/g;
      for (const page of pages) expect(page.match(marking)!.length).toBeGreaterThanOrEqual(2);
    },
  );

  test('what is shared has every answer in the order of its questions, and nothing of what is not', () => {
    const text = textOf(fileOf(name, 'form'));
    expect(text).toContain(title);
    for (const said of ['R-1, version 3', 'O-1', 'AL-1', 'AL-2', 'This is shared with the wearer'])
      expect(text).toContain(said);
    const places = RECALL_QUESTIONS.map((question) => text.indexOf(`${question.title}: said`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text.includes('DRAFT – not requested')).toBe(state === 'draft');
    // Signed by nobody beforehand.
    expect(text).toMatch(/Signed Name: Role: Signature: Date:/);
    for (const hidden of ['Planted', 'C-planted', 'Not to be disclosed', 'NOT FOR DISCLOSURE'])
      expect(text).not.toContain(hidden);
  });

  test('what is not shared stands apart, and says to which request it belongs', () => {
    const text = textOf(fileOf(name, 'apart'));
    expect(text).toContain(REFUGE);
    expect(text).toContain('R-1, version 3');
    expect(text).not.toContain(': said');
  });
});

test('hostile names are text, and what turns the direction of text is named', () => {
  const text = textOf(fileOf('hostile', 'form'));
  expect(text).toContain('& < ]]> [U+202E]gnp.exe[U+202C] =cmd|');
  expect(text).toContain('[U+0000] Ł');
});

test('the longest answers are whole: to their last words, over several pages', () => {
  const pages = textOfPdf(fileOf('long', 'form')).split('\f').filter(Boolean);
  expect(pages.length).toBeGreaterThan(RECALL_QUESTIONS.length);
  expect(pages.join(' ').match(/seen\./g)).toHaveLength(RECALL_QUESTIONS.length * LONG.match(/seen\./g)!.length);
});

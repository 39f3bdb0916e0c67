import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type DocxContent, writeDocx } from '../../src/formats/documents/docx.js';

const HOSTILE = `& < ]]> \u202egnp.exe\u202c 😀 =cmd|' /C calc'!A0 \u0000 Ł \ud800 ${'x'.repeat(10_000)}`;
const content: DocxContent = {
  title: 'Reference 1',
  marking: HOSTILE.slice(0, 60),
  foot: 'Signature:',
  madeAtMs: Date.parse('2026-10-25T00:30:00Z'),
  blocks: [
    { type: 'title', text: HOSTILE },
    { type: 'facts', rows: [['Wearer', HOSTILE]] },
    { type: 'answer', title: 'What led to it', text: 'one\ntwo\r\nthree' },
    { type: 'numbered', text: 'first' },
    { type: 'note', text: HOSTILE },
  ],
};

test('the same in gives the same bytes, whenever it is written', async () => {
  const first = await writeDocx(content);
  // A stamp of the clock has seconds.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(Buffer.from(await writeDocx(content)).equals(Buffer.from(first))).toBe(true);
  const properties = strFromU8(unzipSync(first)['docProps/core.xml']!);
  expect(properties.match(/2026-10-25T00:30:00Z/g)).toHaveLength(2);
});

test('hostile text is named and changes nothing else; a line is a paragraph', async () => {
  const files = unzipSync(await writeDocx(content));
  const body = strFromU8(files['word/document.xml']!);
  expect(body).toContain('&amp; &lt; ]]&gt; [U+202E]gnp.exe[U+202C] 😀 =cmd|');
  expect(body).toContain('[U+0000] Ł [U+D800]');
  for (const line of ['one', 'two', 'three']) expect(body).toMatch(new RegExp(`>${line}</w:t></w:r></w:p>`));
  for (const part of ['word/header1.xml', 'word/footer1.xml'])
    expect(strFromU8(files[part]!)).toContain('[U+202E]gnp.exe');
  // Nothing that leads elsewhere, or that is seen by nobody.
  const all = Object.values(files)
    .map((bytes) => strFromU8(bytes))
    .join('');
  expect(all).not.toMatch(/w:(hyperlink|commentReference|bookmarkStart|fldSimple|instrText)/);
});

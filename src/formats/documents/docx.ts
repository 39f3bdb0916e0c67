/**
 * Documents of Word, from blocks of text, to be edited and printed: headings, paragraphs, numbered ones, questions with their answers. The
 * same in gives the same bytes. No links, comments, bookmarks or fields: what is read is what stands there.
 */
import { unzipSync } from 'fflate';
import { writeZip } from '../zip.js';

export type DocxBlock =
  | { readonly type: 'title' | 'heading' | 'paragraph' | 'note' | 'numbered'; readonly text: string }
  /** A box with its title, and the text in it. */
  | { readonly type: 'answer'; readonly title: string; readonly text: string }
  | { readonly type: 'facts'; readonly rows: readonly (readonly [name: string, value: string])[] };

export interface DocxContent {
  /** Of the file's properties: constants and references alone, since they travel unseen. */
  readonly title: string;
  /** At the top and the foot of every page. */
  readonly marking: string;
  /** At the foot of every page, above the marking. */
  readonly foot?: string;
  readonly blocks: readonly DocxBlock[];
  readonly madeAtMs: number;
}

/** A4, and margins of 20 mm, in twentieths of a point. */
const PAGE = { width: 11_906, height: 16_838 };
const MARGIN = 1_134;
const FONT = 'Arial';
/** Half points. */
const SIZE = { body: 22, heading: 26, title: 32, small: 18 } as const;
/** Twentieths of a point. */
const AFTER = 120;
const NUMBERING = 'paragraphs';

/** What XML has no place for, and what turns the direction of text, is named as in the report: `[U+202E]`. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u00ad\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;

/** Never torn by the end of a page, as who signs would sign the half of it; what is longer than half a page has to be. */
const isShort = (text: string): boolean => text.length < 1_000 && text.split('\n').length < 15;

export const toDocxText = (text: string): string =>
  text
    .replaceAll('\t', ' ')
    .replace(UNPRINTABLE, (mark) => `[U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/).map(toDocxText);

export async function writeDocx({ title, marking, foot, blocks, madeAtMs }: DocxContent): Promise<Uint8Array> {
  // Loaded by whoever writes one: half a megabyte that a start does not need.
  const docx = await import('docx');
  const { AlignmentType, HeadingLevel, Paragraph, Table, TableCell, TableRow, TextRun, WidthType } = docx;
  const run = (
    text: string,
    more: { readonly bold?: boolean; readonly italics?: boolean; readonly size?: number } = {},
  ) => new TextRun({ text, ...more });
  const paragraphs = (text: string, more: object = {}) =>
    linesOf(text).map((line) => new Paragraph({ spacing: { after: AFTER }, children: [run(line)], ...more }));
  const cell = (children: ConstructorParameters<typeof TableCell>[0]['children'], percent: number) =>
    new TableCell({
      children,
      width: { size: percent, type: WidthType.PERCENTAGE },
      margins: { top: 60, bottom: 60, left: 100, right: 100 },
    });
  const table = (rows: readonly InstanceType<typeof TableRow>[]) =>
    new Table({ width: { size: 100, type: WidthType.PERCENTAGE }, rows: [...rows] });
  const gap = () => new Paragraph({ spacing: { after: AFTER }, children: [] });

  const toChildren = (block: DocxBlock) => {
    switch (block.type) {
      case 'title':
        return [new Paragraph({ heading: HeadingLevel.TITLE, children: [run(toDocxText(block.text))] })];
      case 'heading':
        return [new Paragraph({ heading: HeadingLevel.HEADING_1, children: [run(toDocxText(block.text))] })];
      case 'paragraph':
        return paragraphs(block.text);
      case 'note':
        return linesOf(block.text).map(
          (line) => new Paragraph({ spacing: { after: AFTER }, children: [run(line, { italics: true })] }),
        );
      case 'numbered':
        return paragraphs(block.text, { numbering: { reference: NUMBERING, level: 0 } });
      case 'answer':
        return [
          new Paragraph({ heading: HeadingLevel.HEADING_1, keepNext: true, children: [run(toDocxText(block.title))] }),
          table([new TableRow({ cantSplit: isShort(block.text), children: [cell(paragraphs(block.text), 100)] })]),
          gap(),
        ];
      case 'facts':
        return [
          table(
            block.rows.map(
              ([name, value]) =>
                new TableRow({
                  cantSplit: true,
                  children: [
                    cell([new Paragraph({ children: [run(toDocxText(name), { bold: true })] })], 30),
                    cell(paragraphs(value), 70),
                  ],
                }),
            ),
          ),
          gap(),
        ];
    }
  };
  const centred = (text: string, bold: boolean) =>
    new Paragraph({
      alignment: AlignmentType.CENTER,
      children: [run(toDocxText(text), { bold, size: SIZE.small })],
    });
  const style = (size: number, before: number) => ({
    run: { font: FONT, size, bold: true, color: '000000' },
    paragraph: { spacing: { before, after: AFTER } },
  });
  const document = new docx.Document({
    title,
    creator: 'Tagwatch',
    lastModifiedBy: 'Tagwatch',
    description: '',
    styles: {
      default: {
        document: { run: { font: FONT, size: SIZE.body, language: { value: 'en-GB' } } },
        title: style(SIZE.title, 0),
        heading1: style(SIZE.heading, 240),
      },
    },
    numbering: {
      config: [
        {
          reference: NUMBERING,
          levels: [
            {
              level: 0,
              format: docx.LevelFormat.DECIMAL,
              text: '%1.',
              alignment: AlignmentType.START,
              style: { paragraph: { indent: { left: 567, hanging: 567 } } },
            },
          ],
        },
      ],
    },
    sections: [
      {
        properties: {
          page: { size: PAGE, margin: { top: MARGIN, right: MARGIN, bottom: MARGIN, left: MARGIN } },
        },
        headers: { default: new docx.Header({ children: [centred(marking, true)] }) },
        footers: {
          default: new docx.Footer({
            children: [...(foot === undefined ? [] : [centred(foot, false)]), centred(marking, true)],
          }),
        },
        children: blocks.flatMap<InstanceType<typeof Paragraph> | InstanceType<typeof Table>>(toChildren),
      },
    ],
  });
  return settle(await docx.Packer.toBuffer(document), madeAtMs);
}

/** Its times are when it was made, whenever that is written. */
function settle(zip: Uint8Array, madeAtMs: number): Uint8Array {
  const at = new Date(madeAtMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const files = Object.entries(unzipSync(zip)).filter(([name]) => !name.endsWith('/'));
  const decoder = new TextDecoder();
  return writeZip(
    files.map(([name, bytes]) => ({
      name,
      bytes:
        name === 'docProps/core.xml'
          ? new TextEncoder().encode(
              decoder.decode(bytes).replace(/(<dcterms:(?:created|modified)[^>]*>)[^<]*/g, (_, open) => `${open}${at}`),
            )
          : bytes,
    })),
    madeAtMs,
  );
}

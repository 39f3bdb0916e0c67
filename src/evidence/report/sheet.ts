/**
 * A document of pages that is PDF/A-2a and PDF/UA-1 at once, and the same bytes each time: every text and figure stands in the tree of
 * what it is (heading, paragraph, list, table, figure), in the order of reading; what repeats on every page is decoration.
 */
import { zlibSync } from 'fflate';
import PDFDocument from 'pdfkit';
import { type Fonts, measureText, openFonts, toPrintable } from './fonts.js';

export interface SheetOptions {
  readonly title: string;
  readonly author: string;
  /** At the top and the foot of every page. */
  readonly marking: string;
  /** At the foot of every page, before its number. */
  readonly footer: string;
  readonly madeAtMs: number;
}

export type Weight = keyof Fonts;
export type Structure = PDFKit.PDFStructureElement;

export interface TextStyle {
  readonly size: number;
  readonly weight?: Weight;
  readonly color?: string;
  readonly indent?: number;
  readonly after?: number;
}

/** Points; A4 upright. */
export const PAGE = { width: 595.28, height: 841.89, left: 50, right: 545, top: 62, bottom: 780 } as const;
export const INK = '#111111';
export const GREY = '#555555';
export const RULE = '#b0b0b0';
const LINE_HEIGHT = 1.3;
const HEADINGS: Readonly<Record<1 | 2 | 3, number>> = { 1: 20, 2: 14, 3: 11.5 };
const BODY = 10;

/** PDF/A asks of metadata it does not know that they are described. */
const UA_METADATA = `
<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
`;

export class Sheet {
  readonly doc: PDFKit.PDFDocument;
  readonly fonts: Fonts = openFonts();
  /** Where the next thing stands, from the top. */
  y: number = PAGE.top;
  private readonly root: Structure;

  constructor(private readonly options: SheetOptions) {
    const at = new Date(options.madeAtMs);
    // Of the metadata no character is escaped, so nothing that somebody typed may stand there.
    const info = {
      Title: options.title,
      Author: options.author,
      Creator: options.author,
      Producer: 'pdfkit',
      CreationDate: at,
      ModDate: at,
    };
    this.doc = new PDFDocument({
      size: 'A4',
      margin: 0,
      pdfVersion: '1.7',
      subset: 'PDF/A-2a',
      tagged: true,
      lang: 'en-GB',
      displayTitle: true,
      // Pages are deflated at the end, by fflate: the zlib of another Node would give other bytes.
      compress: false,
      bufferPages: true,
      autoFirstPage: false,
      // A null font: the standard fonts are not embedded, and PDF/A asks for that.
      font: null as unknown as string,
      info,
    });
    (this.doc as unknown as { appendXML(xml: string): void }).appendXML(UA_METADATA);
    // By name: an object is opened as a new font at each use.
    for (const [name, font] of Object.entries(this.fonts)) this.doc.registerFont(name, font as unknown as string);
    this.addPage();
    this.root = this.doc.struct('Document');
    this.doc.addStructure(this.root);
  }

  /** A new element under another one, in the order of reading. */
  open(
    type: string,
    under: Structure = this.root,
    options: Parameters<PDFKit.PDFDocument['struct']>[1] = {},
  ): Structure {
    const element = this.doc.struct(type as 'P', options as object);
    under.add(element);
    return element;
  }

  addPage(): void {
    this.doc.addPage();
    gatherContent(this.doc.page);
    this.y = PAGE.top;
  }

  /** Begins a new page where less than this is left of this one. */
  need(points: number): void {
    if (this.y + points > PAGE.bottom) this.addPage();
  }

  widthOf(text: string, size: number, weight: Weight = 'regular'): number {
    return measureText(text, this.fonts[weight]) * size;
  }

  /** The text in lines of this width, printable; a word that is longer than a line is broken. */
  wrap(text: string, width: number, size: number, weight: Weight = 'regular'): string[] {
    const lines: string[] = [];
    let line = '';
    const fits = (candidate: string) => this.widthOf(candidate, size, weight) <= width;
    const printable = toPrintable(text, this.fonts);
    if (fits(printable)) return [printable];
    for (const word of printable.split(/ +/)) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (fits(longer)) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      line = '';
      for (const character of word) {
        if (line !== '' && !fits(line + character)) {
          lines.push(line);
          line = '';
        }
        line += character;
      }
    }
    if (line !== '' || lines.length === 0) lines.push(line);
    return lines;
  }

  /** Lines at a place, inside of whatever is open. */
  drawLines(
    lines: readonly string[],
    x: number,
    y: number,
    { size, weight = 'regular', color = INK }: TextStyle,
  ): void {
    this.doc.font(weight).fontSize(size).fillColor(color);
    lines.forEach((line, i) => {
      this.doc.text(line, x, y + i * size * LINE_HEIGHT, { lineBreak: false });
    });
  }

  /** A text that goes on over pages. */
  text(text: string, element: Structure, style: TextStyle): void {
    const { size, weight, indent = 0, after = 6 } = style;
    const left = PAGE.left + indent;
    let lines = this.wrap(text, PAGE.right - left, size, weight);
    while (lines.length > 0) {
      this.need(size * LINE_HEIGHT);
      const room = Math.max(1, Math.floor((PAGE.bottom - this.y) / (size * LINE_HEIGHT)));
      const [here, y] = [lines.slice(0, room), this.y];
      element.add(() => this.drawLines(here, left, y, style));
      this.y += here.length * size * LINE_HEIGHT;
      lines = lines.slice(room);
    }
    this.y += after;
  }

  /** Never alone at the foot of a page: so many points have to fit under it. */
  heading(level: 1 | 2 | 3, text: string, pointsBelow = 60): void {
    const size = HEADINGS[level];
    this.need(size * LINE_HEIGHT + 18 + pointsBelow);
    if (level > 1 && this.y > PAGE.top) this.y += level === 2 ? 12 : 6;
    this.closed(`H${level}`, (element) => this.text(text, element, { size, weight: 'bold', after: 5 }));
  }

  paragraph(text: string, style: Partial<TextStyle> = {}): void {
    this.closed('P', (element) => this.text(text, element, { size: BODY, ...style }));
  }

  list(items: readonly string[]): void {
    if (items.length === 0) return;
    this.closed('L', (list) => {
      for (const item of items) {
        const entry = this.open('LI', list);
        this.need(BODY * LINE_HEIGHT * 2);
        const y = this.y;
        this.open('Lbl', entry).add(() => this.drawLines(['•'], PAGE.left + 4, y, { size: BODY }));
        this.text(item, this.open('LBody', entry), { size: BODY, indent: 16, after: 3 });
      }
    });
    this.y += 4;
  }

  /** Opens an element, and ends it when it is written. */
  closed(type: string, write: (element: Structure) => void): void {
    const element = this.open(type);
    write(element);
    element.end();
  }

  /** What is no content: rules, repeated heads. */
  artifact(draw: () => void, options: PDFKit.Mixins.MarkingOptions = { type: 'Layout' }): void {
    this.doc.markContent('Artifact', options);
    draw();
    this.doc.endMarkedContent();
  }

  /** A drawing with words for those who do not see it. `draw` is given the place of its upper edge. */
  figure(alt: string, height: number, draw: (top: number) => void): void {
    this.need(height);
    const top = this.y;
    const figure = this.open('Figure', this.root, {
      alt: toPrintable(alt, this.fonts),
      bbox: [PAGE.left, top, PAGE.right, top + height],
      placement: 'Block',
    } as object);
    figure.add(() => draw(top));
    figure.end();
    this.y = top + height + 4;
  }

  finish(): Uint8Array {
    this.root.end();
    const { start, count } = this.doc.bufferedPageRange();
    for (let i = start; i < start + count; i++) {
      this.doc.switchToPage(i);
      this.furnish(`${this.options.footer} · page ${i - start + 1} of ${count}`);
      deflate(this.doc.page);
    }
    this.doc.end();
    const bytes = this.doc.read() as Buffer;
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private furnish(footer: string): void {
    const marking = toPrintable(this.options.marking, this.fonts);
    const [markedLine] = this.wrap(marking, PAGE.right - PAGE.left, 10, 'bold');
    const x = (PAGE.width - this.widthOf(markedLine!, 10, 'bold')) / 2;
    const bold: TextStyle = { size: 10, weight: 'bold' };
    this.artifact(() => this.drawLines([markedLine!], x, 30, bold), { type: 'Pagination', attached: ['Top'] });
    this.artifact(
      () => {
        this.drawLines([toPrintable(footer, this.fonts)], PAGE.left, 795, { size: 8, color: GREY });
        this.drawLines([markedLine!], x, 810, bold);
      },
      { type: 'Pagination', attached: ['Bottom'] },
    );
  }
}

interface PageContent {
  write(operation: string): void;
  readonly content: { buffer: Uint8Array[]; readonly data: Record<string, unknown> };
  /** One a line. */
  operations: string[];
}

/** As text until it is deflated: an array of bytes for each operation, of which a day has a hundred thousand, takes longer than drawing them. */
function gatherContent(page: PDFKit.PDFPage): void {
  const gathering = page as unknown as PageContent;
  gathering.operations = [];
  gathering.write = (operation) => void gathering.operations.push(operation);
}

/** Nothing is written to the page any more. A third of a day's report is left, and uploads have a limit. */
function deflate(page: PDFKit.PDFPage): void {
  const { content, operations } = page as unknown as PageContent;
  // What stands there already turns the page's axes upwards.
  const whole = Buffer.concat([...content.buffer, Buffer.from(`${operations.join('\n')}\n`, 'latin1')]);
  content.buffer = [zlibSync(whole)];
  content.data['Filter'] = 'FlateDecode';
}

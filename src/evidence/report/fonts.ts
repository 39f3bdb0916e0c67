/** The typeface of the report, embedded: Source Sans 3, whose licence (OFL) allows it everywhere. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font, type Glyph } from 'fontkit';

export interface Fonts {
  readonly regular: Font;
  readonly bold: Font;
}

const require = createRequire(import.meta.url);
const FILES = { regular: 'SourceSans3-Regular.ttf', bold: 'SourceSans3-Bold.ttf' } as const;
const read = new Map<string, Buffer>();

/** New ones for each document: a font remembers by which character a glyph was first asked for, and that goes into the file. */
export function openFonts(): Fonts {
  return { regular: openPlain(FILES.regular), bold: openPlain(FILES.bold) };
}

/**
 * Characters to glyphs one by one: without shaping a table of a day is written in a tenth of the time, and what is copied out of the
 * report is what stands in it, ligatures being none.
 */
function openPlain(name: string): Font {
  const bytes = read.get(name) ?? readFileSync(require.resolve(`source-sans/TTF/${name}`));
  read.set(name, bytes);
  const font = create(bytes);
  if (!('layout' in font)) throw new Error(`${name} is a collection of fonts and not one`);
  const layout = (text: string) => {
    const glyphs: Glyph[] = [...text].map((character) => font.glyphForCodePoint(character.codePointAt(0)!));
    const positions = glyphs.map(({ advanceWidth }) => ({
      xAdvance: advanceWidth,
      yAdvance: 0,
      xOffset: 0,
      yOffset: 0,
    }));
    return {
      glyphs,
      positions,
      // Asked for after the positions were scaled.
      get advanceWidth() {
        return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
      },
    };
  };
  return Object.assign(font, { layout });
}

/** How wide a text is at a size of one point, as `openPlain` lays it out: without laying it out. */
export function measureText(text: string, font: Font): number {
  const widths = widthsOf(font);
  let units = 0;
  for (const character of text) {
    let width = widths.get(character);
    if (width === undefined) {
      width = font.glyphForCodePoint(character.codePointAt(0)!).advanceWidth;
      widths.set(character, width);
    }
    units += width;
  }
  return units / font.unitsPerEm;
}

const known = new WeakMap<Font, Map<string, number>>();

function widthsOf(font: Font): Map<string, number> {
  const widths = known.get(font) ?? new Map<string, number>();
  known.set(font, widths);
  return widths;
}

/** A mark that turns the direction of what stands around it, so that a text could be read as another one. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** What the font has no glyph for is named, `[U+1F600]`, and never left out. */
export function toPrintable(text: string, { regular, bold }: Fonts): string {
  // Most of a table, and every font has them.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  let printable = '';
  for (const character of text) {
    const codePoint = character.codePointAt(0)!;
    if (/[\t\n\r\u00a0\u202f]/.test(character)) printable += ' ';
    else if (
      regular.hasGlyphForCodePoint(codePoint) &&
      bold.hasGlyphForCodePoint(codePoint) &&
      codePoint >= 0x20 &&
      !(codePoint >= 0x7f && codePoint < 0xa0) &&
      codePoint !== 0xad &&
      codePoint !== 0xfeff &&
      !DIRECTION.test(character)
    )
      printable += character;
    else printable += `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`;
  }
  return printable;
}

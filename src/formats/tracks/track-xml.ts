/**
 * XML, element by element, in bounded memory. Entities other than XML's own five are an error (saxes expands none that a document
 * declares), nothing is fetched, and neither nesting nor any single token can grow without end.
 */
import { SaxesParser } from 'saxes';
import { peek } from './track-bytes.js';
import { TrackCut, type TrackItem, TrackUnreadable } from './track-item.js';

/** Characters of what the parser complains of: it repeats names in full, and a damaged file may have one of megabytes. */
const MAX_COMPLAINT_LENGTH = 500;
/** The most characters without the end of a tag, text or comment: beyond them a quote or tag was never closed. */
const MAX_TOKEN_LENGTH = 1_048_576;
const MAX_DEPTH = 200;
/** What is fed to the parser at once, bytes: what it finds in there waits in memory. */
const SLICE_BYTES = 65_536;

/** Attributes by their names without prefix. */
export type Attributes = Readonly<Record<string, string>>;

/** What a format makes of elements. Names come without prefix: prefixes differ, and local names do not clash in these formats. */
export interface XmlVisitor<Item = TrackItem> {
  open(name: string, attributes: Attributes, line: number): void;
  /** `text`: all that stands directly in an element without children. */
  close(name: string, text: string, line: number): void;
  /** Items found since the last call. */
  take(): Iterable<Item>;
  /** After the end; throws {@link TrackUnreadable} where the document was not of the format. */
  end(): void;
  /** Where the document breaks off: what of it was begun and is left out for that, in words, or null. */
  cut?(): string | null;
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;
const isBlank = (byte: number) => byte === 32 || byte === 10 || byte === 13 || byte === 9;

/** A document from its first character on: some programs write blanks before the declaration, where XML allows none. */
async function* skipBlanks(chunks: AsyncIterable<Uint8Array>, onLine: () => void): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(chunks, ({ length }) => length >= BYTE_ORDER_MARK.length);
  let skip = BYTE_ORDER_MARK.every((byte, i) => head[i] === byte) ? BYTE_ORDER_MARK.length : 0;
  let isBefore = true;
  for await (const chunk of all) {
    let from = Math.min(skip, chunk.length);
    skip -= from;
    for (; isBefore && from < chunk.length; from += 1) {
      if (!isBlank(chunk[from]!)) isBefore = false;
      else if (chunk[from] === 10) onLine();
      if (!isBefore) break;
    }
    if (from < chunk.length) yield chunk.subarray(from);
  }
}

/**
 * The encoding of a document, for `TextDecoder`, and the one that it declares. UTF-16 that is UTF-16 has been undone before
 * (`toUtf8`), so where that or ASCII is declared it is UTF-8, as it is where nothing is.
 */
function findEncoding(head: Uint8Array): { readonly encoding: string; readonly declared: string | null } {
  const declaration = Buffer.from(head.subarray(0, 200)).toString('latin1');
  const declared = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(declaration)?.[1] ?? null;
  const isUtf8 = declared === null || /^(?:utf-?16|ucs-?2|iso-10646-ucs-2|unicode|us-ascii|ascii)/i.test(declared);
  return { encoding: isUtf8 ? 'utf-8' : declared, declared };
}

type Decoder = (bytes: Uint8Array | null) => { readonly text: string; readonly fault: string | null };

/** Decodes piece by piece (null: the end); where something is not of the encoding, up to there. */
function createDecoder(head: Uint8Array): Decoder {
  const { encoding, declared } = findEncoding(head);
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new TrackUnreadable(`The encoding ${JSON.stringify(encoding.slice(0, 40))} is not known.`);
  }
  const other =
    declared === null || declared.toLowerCase() === encoding ? '' : `, nor the ${declared} that it declares`;
  return (bytes) => {
    try {
      return { text: bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true }), fault: null };
    } catch {
      const lenient = bytes === null ? '' : new TextDecoder(encoding).decode(bytes);
      return {
        text: lenient.slice(0, lenient.indexOf('\ufffd')),
        fault: `this is not ${encoding.toLowerCase()}${other}.`,
      };
    }
  };
}

/** Reads a document with a visitor. Throws {@link TrackCut} with the line where it is not well-formed. */
export async function* readXml<Item = TrackItem>(
  chunks: AsyncIterable<Uint8Array>,
  visitor: XmlVisitor<Item>,
): AsyncGenerator<Item> {
  const parser = new SaxesParser({ xmlns: false, position: true });
  let decode: Decoder | null = null;
  let text = '';
  let depth = 0;
  let unbroken = 0;
  let linesBefore = 0;
  const fail = (detail: string) => {
    const line = parser.line + linesBefore;
    return new TrackCut(`Line ${line}: ${[detail, visitor.cut?.() ?? null].filter(Boolean).join(' ')}`, line);
  };
  /** The last element that was closed, until what follows shows that it was closed by its own tag. */
  let closed: (() => void) | null = null;
  const settle = () => {
    const close = closed;
    closed = null;
    close?.();
  };
  const progress = () => {
    unbroken = 0;
    settle();
  };
  parser.on('error', (error) => {
    if (!error.message.includes('unexpected close tag')) settle();
    throw fail(error.message.replace(/^\S*?\d+:\d+: /, '').slice(0, MAX_COMPLAINT_LENGTH));
  });
  parser.on('opentag', (tag) => {
    progress();
    depth += 1;
    if (depth > MAX_DEPTH) throw fail(`elements are nested deeper than ${MAX_DEPTH}.`);
    text = '';
    const attributes: Record<string, string> = {};
    for (const [name, value] of Object.entries(tag.attributes)) attributes[local(name)] = value;
    visitor.open(local(tag.name), attributes, parser.line + linesBefore);
  });
  parser.on('closetag', (tag) => {
    progress();
    depth -= 1;
    const own = text;
    text = '';
    const line = parser.line + linesBefore;
    closed = () => visitor.close(local(tag.name), own, line);
  });
  const addText = (more: string) => {
    progress();
    text += more;
    if (text.length > MAX_TOKEN_LENGTH) throw fail('there is more text in one element than any track or zone has.');
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('comment', progress);
  parser.on('processinginstruction', progress);
  parser.on('doctype', progress);

  const feed = (piece: string) => {
    unbroken += piece.length;
    parser.write(piece);
    settle();
    if (unbroken > MAX_TOKEN_LENGTH) throw fail('a tag, text or comment does not end.');
  };
  /** Why it could not be read on, told after what was found before. */
  const read = (bytes: Uint8Array | null): unknown => {
    try {
      const { text: piece, fault } = decode?.(bytes) ?? { text: '', fault: null };
      feed(piece);
      if (fault !== null) throw fail(fault);
      if (bytes === null) {
        parser.close();
        settle();
      }
      return null;
    } catch (error) {
      return error;
    }
  };
  const document = skipBlanks(chunks, () => {
    linesBefore += 1;
  });
  for await (const chunk of document) {
    for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
      const slice = chunk.subarray(from, from + SLICE_BYTES);
      decode ??= createDecoder(slice);
      const failure = read(slice);
      yield* visitor.take();
      if (failure !== null) throw failure;
    }
  }
  const failure = read(null);
  yield* visitor.take();
  if (failure !== null) throw failure;
  visitor.end();
  yield* visitor.take();
}

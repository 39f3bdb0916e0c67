/**
 * XML, element by element, in bounded memory. Entities other than XML's own five are an error (saxes expands none that a document
 * declares), nothing is fetched, and neither nesting nor any single token can grow without end.
 */
import { SaxesParser } from 'saxes';
import { type TrackItem, TrackUnreadable } from './track-item.js';

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
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

/** The encoding that the document declares, for `TextDecoder`; UTF-8 where it declares none. */
function findEncoding(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const declaration = Buffer.from(head.subarray(0, 200)).toString('latin1');
  return (
    /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(declaration.replace(/^\u00ef\u00bb\u00bf/, ''))?.[1] ??
    'utf-8'
  );
}

type Decoder = InstanceType<typeof TextDecoder>;

function createDecoder(head: Uint8Array): Decoder {
  const encoding = findEncoding(head);
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new TrackUnreadable(`The encoding ${JSON.stringify(encoding.slice(0, 40))} is not known.`);
  }
}

/** Reads a document with a visitor. Throws {@link TrackUnreadable} with the line where it is not well-formed. */
export async function* readXml<Item = TrackItem>(
  chunks: AsyncIterable<Uint8Array>,
  visitor: XmlVisitor<Item>,
): AsyncGenerator<Item> {
  const parser = new SaxesParser({ xmlns: false, position: true });
  let decoder: Decoder | null = null;
  let text = '';
  let depth = 0;
  let unbroken = 0;
  const fail = (detail: string) => new TrackUnreadable(`Line ${parser.line}: ${detail}`);
  const progress = () => {
    unbroken = 0;
  };
  parser.on('error', (error) => {
    throw fail(error.message.replace(/^\S*?\d+:\d+: /, ''));
  });
  parser.on('opentag', (tag) => {
    progress();
    depth += 1;
    if (depth > MAX_DEPTH) throw fail(`elements are nested deeper than ${MAX_DEPTH}.`);
    text = '';
    const attributes: Record<string, string> = {};
    for (const [name, value] of Object.entries(tag.attributes)) attributes[local(name)] = value;
    visitor.open(local(tag.name), attributes, parser.line);
  });
  parser.on('closetag', (tag) => {
    progress();
    depth -= 1;
    const own = text;
    text = '';
    visitor.close(local(tag.name), own, parser.line);
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
    if (unbroken > MAX_TOKEN_LENGTH) throw fail('a tag, text or comment does not end.');
  };
  const decode = (bytes: Uint8Array | undefined): string => {
    try {
      return bytes === undefined ? (decoder?.decode() ?? '') : decoder!.decode(bytes, { stream: true });
    } catch {
      throw fail(`this is not ${decoder!.encoding}.`);
    }
  };
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
      const slice = chunk.subarray(from, from + SLICE_BYTES);
      decoder ??= createDecoder(slice);
      feed(decode(slice));
      yield* visitor.take();
    }
  }
  feed(decode(undefined));
  parser.close();
  yield* visitor.take();
  visitor.end();
}

/** The beginning of a file looked at before it is read; gzip undone, UTF-16 made UTF-8. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TrackCut } from './track-item.js';

const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Chunks with the beginning looked at: as much of it as `isEnough` asks for, where there is so much. */
export async function peek(
  chunks: AsyncIterable<Uint8Array>,
  isEnough: (head: Buffer) => boolean,
): Promise<{ head: Buffer; all: AsyncGenerator<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let isDone = false;
  while (!isDone && !isEnough(head)) {
    const next = await iterator.next();
    isDone = next.done === true;
    if (!next.done) head = Buffer.concat([head, next.value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head, all: all() };
}

/** Ungzips what begins as gzip does, whatever the file is called. Throws {@link TrackCut} where it is damaged. */
export async function* ungzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(chunks, ({ length }) => length >= 2);
  if (head[0] !== GZIP_MAGIC[0] || head[1] !== GZIP_MAGIC[1]) {
    yield* all;
    return;
  }
  try {
    // Errors reach the reader through the last stream, which the pipeline destroys with them.
    yield* pipeline(Readable.from(all), createGunzip(), () => {}) as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_')) throw new TrackCut(`The gzip data are damaged or cut off (${code}).`, null);
    throw error;
  }
}

/** UTF-16 with a byte order mark, or told by the zeros that its first characters have in it. */
function findUtf16([a, b, c, d]: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'utf-16le';
  return (a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0) ? 'utf-16be' : null;
}

/** The file in UTF-8 where it is UTF-16, as spreadsheets and Windows' tools save "Unicode"; anything else as it is. */
export async function* toUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(chunks, ({ length }) => length >= 4);
  const encoding = findUtf16(head);
  if (encoding === null) {
    yield* all;
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of all) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

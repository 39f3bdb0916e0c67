/** The beginning of a file looked at before it is read, and gzip undone. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TrackUnreadable } from './track-item.js';

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

/** Ungzips what begins as gzip does, whatever the file is called. Throws {@link TrackUnreadable} where it is damaged. */
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
    if (code?.startsWith('Z_')) throw new TrackUnreadable(`The gzip data are damaged or cut off (${code}).`);
    throw error;
  }
}

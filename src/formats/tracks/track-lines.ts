/** Lines of a file of any length, as bytes. */
import { TrackCut } from './track-item.js';

/** The longest line that is read, bytes: longer ones are another format. */
const MAX_LINE_BYTES = 1_048_576;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export interface FileLine {
  /** From 1. */
  readonly line: number;
  readonly bytes: Uint8Array;
}

/** The lines without their ends, empty ones included. Throws {@link TrackCut} for one that is too long. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FileLine> {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let line = 0;
  const take = (last: Uint8Array): FileLine => {
    const bytes = rest.length === 0 ? last : Buffer.concat([...rest, last]);
    rest = [];
    restBytes = 0;
    line += 1;
    return { line, bytes: bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to !== -1; to = chunk.indexOf(NEWLINE, from)) {
      yield take(chunk.subarray(from, to));
      from = to + 1;
    }
    restBytes += chunk.length - from;
    if (restBytes > MAX_LINE_BYTES) {
      throw new TrackCut(`Line ${line + 1} is longer than ${MAX_LINE_BYTES} bytes.`, line + 1);
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (restBytes > 0) yield take(new Uint8Array());
}

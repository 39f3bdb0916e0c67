/** Cuts the features out of a GeoJSON document of any length, so that each is parsed by itself. */
import { TrackCut, TrackUnreadable } from './track-item.js';

/** The largest feature, and the most that stands around the features, bytes. */
const MAX_PART_BYTES = 33_554_432;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const NEWLINE = 10;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const MAX_KEY_BYTES = 64;

export interface JsonPart {
  /** What stands before the top-level `features`, a feature of it, or what is left of the document without them. */
  readonly kind: 'head' | 'feature' | 'rest';
  /** Where it begins, from 1. */
  readonly line: number;
  readonly bytes: Buffer;
}

const isSpace = (byte: number) => byte === 32 || byte === NEWLINE || byte === 13 || byte === 9;

/** Bytes of one part over several chunks. */
function createPart() {
  let pieces: Uint8Array[] = [];
  let length = 0;
  return {
    add(piece: Uint8Array, line: number): void {
      length += piece.length;
      if (length > MAX_PART_BYTES) {
        throw new TrackUnreadable(
          `The feature that begins before line ${line} is larger than ${MAX_PART_BYTES} bytes.`,
        );
      }
      if (piece.length > 0) pieces.push(piece);
    },
    /** What there is so far, left where it is. */
    look: () => Buffer.concat(pieces),
    take(): Buffer {
      const bytes = Buffer.concat(pieces);
      pieces = [];
      length = 0;
      return bytes;
    },
  };
}

/**
 * The features one by one, then the rest, in which `features` is left empty: whoever parses the rest knows whether the document
 * was well-formed around them. Throws {@link TrackCut} where something else than objects and commas stands between them.
 */
export async function* scanFeatures(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<JsonPart> {
  const rest = createPart();
  const feature = createPart();
  let line = 1;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  /** The last string at depth 1, while nothing but a colon follows it. */
  let key = '';
  let keyBytes: number[] | null = null;
  let isInFeatures = false;
  let isInFeature = false;
  let featureLine = 1;
  let needsComma = false;
  let needsFeature = false;

  for await (const chunk of chunks) {
    /** Where the bytes begin that have not been given to a part yet. */
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === NEWLINE) line += 1;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) {
          isInString = false;
          if (keyBytes !== null) key = Buffer.from(keyBytes).toString('latin1');
          keyBytes = null;
        } else if (keyBytes !== null && keyBytes.length < MAX_KEY_BYTES) keyBytes.push(byte);
        continue;
      }
      if (isInFeatures && !isInFeature) {
        if (isSpace(byte)) continue;
        if (byte === CLOSE_BRACKET && !needsFeature) {
          isInFeatures = false;
          from = at;
          depth -= 1;
        } else if (byte === COMMA && needsComma) {
          needsComma = false;
          needsFeature = true;
        } else if (byte === OPEN_BRACE && !needsComma) {
          isInFeature = true;
          from = at;
          featureLine = line;
          depth += 1;
        } else throw new TrackCut(`Line ${line}: this is not JSON, or something in "features" is no feature.`, line);
        continue;
      }
      if (byte === QUOTE) {
        isInString = true;
        if (depth === 1) keyBytes = [];
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
        if (byte === OPEN_BRACKET && depth === 2 && key === 'features') {
          rest.add(chunk.subarray(from, at + 1), line);
          isInFeatures = true;
          needsComma = false;
          needsFeature = false;
          key = '';
          yield { kind: 'head', line: 1, bytes: rest.look() };
        }
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (isInFeature && depth === 2) {
          feature.add(chunk.subarray(from, at + 1), line);
          yield { kind: 'feature', line: featureLine, bytes: feature.take() };
          isInFeature = false;
          needsComma = true;
          needsFeature = false;
        }
      } else if (byte === COMMA && depth === 1) key = '';
    }
    if (isInFeature) feature.add(chunk.subarray(from), line);
    else if (!isInFeatures) rest.add(chunk.subarray(from), line);
  }
  if (isInFeatures) throw new TrackCut(`Line ${line}: the document ends within its features.`, line);
  yield { kind: 'rest', line: 1, bytes: rest.take() };
}

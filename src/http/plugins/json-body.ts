/** Bodies that are JSON. */
import { exceedsDepth, MAX_JSON_DEPTH } from '../../formats/json-depth.js';
import { findJsonFault } from './json-position.js';

/** A body that is not JSON, or that is nested too deeply to be looked at. */
export class UnreadableJson extends Error {
  override readonly name = 'UnreadableJson';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON of records and actions: nothing in them is nested as deeply as what would make others fall over it. */
function parseShallow(text: string): unknown {
  if (exceedsDepth(text, MAX_JSON_DEPTH)) {
    throw new UnreadableJson(`The body is nested more than ${MAX_JSON_DEPTH} deep.`);
  }
  return JSON.parse(text);
}

/**
 * JSON from bytes, read by `parse`, which throws as `JSON.parse` does. Throws {@link UnreadableJson} naming line and column, never
 * quoting the text.
 */
export function parseJsonBody(bytes: Uint8Array, parse: (text: string) => unknown = parseShallow): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new UnreadableJson('The body is not UTF-8.');
  }
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof UnreadableJson) throw error;
    throw new UnreadableJson(`The body is ${findJsonFault(text)?.detail ?? 'not JSON'}.`);
  }
}

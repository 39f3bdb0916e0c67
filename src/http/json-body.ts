/** Bodies that are JSON. */
import { exceedsDepth, MAX_JSON_DEPTH } from '../formats/json-depth.js';
import { findJsonFault } from './json-position.js';

/** A body that is not JSON, or that is nested too deeply to be looked at. */
export class UnreadableJson extends Error {
  override readonly name = 'UnreadableJson';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON from bytes. Throws {@link UnreadableJson} naming line and column, never quoting the text. */
export function parseJsonBody(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new UnreadableJson('The body is not UTF-8.');
  }
  if (exceedsDepth(text, MAX_JSON_DEPTH)) {
    throw new UnreadableJson(`The body is nested more than ${MAX_JSON_DEPTH} deep.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableJson(`The body is ${findJsonFault(text)?.detail ?? 'not JSON'}.`);
  }
}

/**
 * JSON of a message that may be a list, in which an element that is nested too deeply costs itself alone: `JSON.parse` reads any
 * depth, but whatever walks the value afterwards falls over it, and the whole message with it.
 */
import { exceedsDepth, MAX_JSON_DEPTH } from './json-depth.js';

/** Stands in place of a value that is nested more deeply than `MAX_JSON_DEPTH`. */
export class TooDeep {
  /** `json`: its text, as it came. */
  constructor(readonly json: string) {}
}

/** The elements of a list as text; null where the text is no list. It has to be JSON. */
function splitList(text: string): string[] | null {
  const first = text.search(/[^ \t\n\r]/);
  if (text[first] !== '[') return null;
  const elements: string[] = [];
  let depth = 0;
  let from = first + 1;
  for (let at = first; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') {
      for (at += 1; text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    } else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth -= 1;
    if ((char === ',' && depth === 1) || depth === 0) {
      elements.push(text.slice(from, at));
      from = at + 1;
    }
    if (depth === 0) return elements;
  }
  return elements;
}

/** JSON as `JSON.parse` reads it, throwing as it does, with `TooDeep` for the whole or for elements of a list that are too deep. */
export function parseElements(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  if (!exceedsDepth(text, MAX_JSON_DEPTH)) return value;
  // The list around them is a level of its own.
  const elements = splitList(text)?.map((json) =>
    exceedsDepth(json, MAX_JSON_DEPTH - 1) ? new TooDeep(json.trim()) : (JSON.parse(json) as unknown),
  );
  return elements ?? new TooDeep(text);
}

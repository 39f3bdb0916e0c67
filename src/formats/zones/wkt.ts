/** Well-known text of areas (OGC Simple Features, and PostGIS's `SRID=…;` before it): POLYGON and MULTIPOLYGON. */

export type WktResult =
  | {
      readonly ok: true;
      readonly geometry: { readonly type: 'Polygon' | 'MultiPolygon'; readonly coordinates: unknown[] };
    }
  | { readonly ok: false; readonly detail: string };

/** Where a geometry begins in a line, whatever stands before it: a word of WKT and what can follow it, so that a name is none. */
export const WKT_START =
  /(?:SRID\s*=\s*-?\d+\s*;\s*)?\b(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE)|GEOMETRYCOLLECTION|CURVEPOLYGON|CIRCULARSTRING|COMPOUNDCURVE|TRIANGLE|TIN|POLYHEDRALSURFACE)(?:\s*(?:ZM|Z|M))?\s*(?:\(\s*(?:[-+.\d(]|[A-Z]+\s*\()|EMPTY\b)/i;

class WktFault extends Error {}

const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/iy;
const MAX_FAULT_EXCERPT = 20;

/** Reads nested lists of positions to a fixed depth, so that no input can nest without end. */
function readLists(text: string, start: number, depth: number): { value: unknown[]; end: number } {
  let at = start;
  const skip = () => {
    while (at < text.length && /\s/.test(text[at]!)) at += 1;
  };
  const fail = (expected: string) => {
    const found = at >= text.length ? 'the end' : JSON.stringify(text.slice(at, at + MAX_FAULT_EXCERPT));
    return new WktFault(`${expected} is expected at character ${at + 1}, not ${found}.`);
  };
  const readPosition = (): number[] => {
    const numbers: number[] = [];
    for (;;) {
      skip();
      NUMBER.lastIndex = at;
      const match = NUMBER.exec(text);
      if (match === null) break;
      at = NUMBER.lastIndex;
      numbers.push(Number(match[0]));
    }
    if (numbers.length < 2 || numbers.length > 4) throw fail('A position of longitude and latitude');
    // Heights and measures are no part of a zone.
    return numbers.slice(0, 2);
  };
  const readList = (level: number): unknown[] => {
    skip();
    if (text[at] !== '(') throw fail('"("');
    at += 1;
    const items: unknown[] = [];
    for (;;) {
      items.push(level === 1 ? readPosition() : readList(level - 1));
      skip();
      if (text[at] === ',') at += 1;
      else if (text[at] === ')') break;
      else throw fail('"," or ")"');
    }
    at += 1;
    return items;
  };
  return { value: readList(depth), end: at };
}

/** Reads one geometry, which is all of the text. Never throws. */
export function readWkt(text: string): WktResult {
  const head = /^\s*(?:SRID\s*=\s*(-?\d+)\s*;\s*)?([A-Z]+)\s*(?:ZM|Z|M)?\s*(EMPTY)?/i.exec(text);
  const type = head?.[2]?.toUpperCase();
  if (head === null || type === undefined) return { ok: false, detail: 'This is not WKT.' };
  const srid = head[1];
  if (srid !== undefined && srid !== '4326') {
    return { ok: false, detail: `SRID ${srid}: zones are in WGS84 degrees, SRID 4326. Convert it (ST_Transform).` };
  }
  // POLYGONZ and the like, without the blank.
  const plain = /^(MULTI)?POLYGON(?=(?:ZM|Z|M)?$)/.exec(type)?.[0];
  if (plain === undefined) return { ok: false, detail: `${type} holds no area: a zone is a POLYGON or MULTIPOLYGON.` };
  if (head[3] !== undefined) return { ok: false, detail: `The ${plain} is empty.` };
  const isSingle = plain === 'POLYGON';
  try {
    const { value, end } = readLists(text, head[0].length, isSingle ? 2 : 3);
    const rest = text.slice(end).trim();
    if (rest !== '' && rest !== ';')
      return { ok: false, detail: `Something follows the ${plain}: ${rest.slice(0, 40)}` };
    return { ok: true, geometry: { type: isSingle ? 'Polygon' : 'MultiPolygon', coordinates: value } };
  } catch (error) {
    if (!(error instanceof WktFault)) throw error;
    return { ok: false, detail: error.message };
  }
}

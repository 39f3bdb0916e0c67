/** DER (X.690), as far as certificates and time stamps need it: definite lengths, tags of one byte. Pure, and the same in a browser. */

export interface Der {
  /** The identifier byte: 0x30 is a sequence, 0xa0 a context's [0]. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length, as it is signed and hashed. */
  readonly whole: Uint8Array;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

const LONG = 0x80;
const MAX_LENGTH_BYTES = 3;

/** What stands from `at` on, and where it ends; throws where that is no DER. */
function readAt(bytes: Uint8Array, at: number): { readonly der: Der; readonly end: number } {
  const fail = (): never => {
    throw new Error('it is no DER');
  };
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return fail();
  let from = at + 2;
  let length = first;
  if (first >= LONG) {
    const count = first - LONG;
    if (count === 0 || count > MAX_LENGTH_BYTES) return fail();
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[from + i] ?? fail());
    from += count;
    // One length is written in one way.
    if (length < LONG || length < 256 ** (count - 1)) return fail();
  }
  const end = from + length;
  if (end > bytes.byteLength) return fail();
  return { der: { tag, content: bytes.subarray(from, end), whole: bytes.subarray(at, end) }, end };
}

/** All of the bytes as one element. */
export function readDer(bytes: Uint8Array): Der {
  const { der, end } = readAt(bytes, 0);
  if (end !== bytes.byteLength) throw new Error('it is no DER: something stands behind it');
  return der;
}

export function childrenOf({ content }: Der): Der[] {
  const children: Der[] = [];
  for (let at = 0; at < content.byteLength; ) {
    const { der, end } = readAt(content, at);
    children.push(der);
    at = end;
  }
  return children;
}

/** The element, if it is there and of that tag; throws else. */
export function expectTag(der: Der | undefined, tag: number): Der {
  if (der?.tag !== tag) throw new Error('it holds something else than what belongs there');
  return der;
}

export const isOf = (der: Der | undefined, tag: number): der is Der => der?.tag === tag;

/** In dots. */
export function oidOf(der: Der | undefined): string {
  const { content } = expectTag(der, TAG.oid);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < LONG) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [head = 0, ...rest] = arcs;
  const top = Math.min(Math.floor(head / 40), 2);
  return [top, head - top * 40, ...rest].join('.');
}

const TIME = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?Z$/;

/** Epoch ms; of a year of two digits 50 to 99 are those of the last century (RFC 5280). */
export function timeMsOf(der: Der | undefined): number {
  const isShort = isOf(der, TAG.utcTime);
  const { content } = isShort ? der : expectTag(der, TAG.generalTime);
  const found = TIME.exec(String.fromCharCode(...content));
  if (found === null || (found[1]!.length === 2) !== isShort) throw new Error('it holds a time that is none');
  const [, year, month, day, hour, minute, second, fraction = ''] = found;
  const century = isShort ? (Number(year) >= 50 ? '19' : '20') : '';
  const atMs = Date.parse(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(atMs)) throw new Error('it holds a time that is none');
  return atMs + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** Of a bit string in whole bytes. */
export function bitsOf(der: Der | undefined): Uint8Array {
  const { content } = expectTag(der, TAG.bits);
  if (content[0] !== 0) throw new Error('it holds bits that are no bytes');
  return content.subarray(1);
}

export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const head: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) head.unshift(rest % 256);
  const lengthBytes = length < LONG ? [length] : [LONG + head.length, ...head];
  const out = new Uint8Array(1 + lengthBytes.length + length);
  out.set([tag, ...lengthBytes]);
  let at = 1 + lengthBytes.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}

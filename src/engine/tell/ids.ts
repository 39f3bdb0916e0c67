/**
 * Ids that say the same however often a finding is computed: hashes of what is told, never of server time. By a SHA-256 (FIPS 180-4) of
 * short texts of our own: @noble/hashes takes 3.4 to 4.9 µs for an id, more than all else that is done to say an event; this takes 1.0 to
 * 1.7, because nothing is allocated but the answer.
 */

/** 128 bits: no two alerts of the world's tags share one. */
function hashOf(parts: readonly (string | number)[]): string {
  return sha256Of128Bits(JSON.stringify(parts));
}

/** `startedAtMs` as first raised: later amendments of the start keep the id. The zone counts as `zoneId@version`. */
export function alertIdOf(
  kind: string,
  activationId: string,
  conditionId: string,
  conditionVersion: number,
  zoneKey: string,
  startedAtMs: number,
): string {
  return hashOf([kind, activationId, conditionId, conditionVersion, zoneKey, startedAtMs]);
}

/** Of what is said about the watching itself. */
export function noticeIdOf(kind: string, activationId: string, startedAtMs: number): string {
  return hashOf([kind, activationId, startedAtMs]);
}

export function eventIdOf(alertId: string, revision: number): string {
  // As JSON would have it: there is nothing in a number of an alert to be escaped.
  return sha256Of128Bits(`["${alertId}",${revision}]`);
}

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = Int32Array.from([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

/** Of the square roots of the first 8 primes. */
const FIRST_HASH = Int32Array.from([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const BLOCK_BYTES = 64;
/** A block ends with one bit and, in the last one, 64 bits of length. */
const TAIL_BYTES = 9;
const LAST_ASCII = 0x7f;

/** Used by one call at a time: the engine is synchronous. */
const words = new Int32Array(64);
const hash = new Int32Array(8);
let bytes = new Uint8Array(4 * BLOCK_BYTES);

const encoder = new TextEncoder();

const DIGITS = '0123456789abcdef';
/** Of the hexadecimal digits of an answer. */
const codes = Array.from({ length: 32 }, () => 0);

/** The first 128 bits of the SHA-256 of a text in UTF-8, as 32 hexadecimal digits. */
export function sha256Of128Bits(text: string): string {
  const length = write(text);
  hash.set(FIRST_HASH);
  const padded = Math.ceil((length + TAIL_BYTES) / BLOCK_BYTES) * BLOCK_BYTES;
  bytes[length] = 0x80;
  bytes.fill(0, length + 1, padded);
  for (let at = padded - 1, bits = length * 8; bits > 0; at--, bits = Math.floor(bits / 256)) bytes[at] = bits % 256;
  for (let at = 0; at < padded; at += BLOCK_BYTES) addBlock(at);
  for (let i = 0; i < codes.length; i++) codes[i] = DIGITS.charCodeAt((hash[i >> 3]! >>> (28 - 4 * (i & 7))) & 15);
  // At once: a text put together from pieces keeps its pieces, four times its bytes, for as long as an alert is known.
  return String.fromCharCode.apply(null, codes);
}

/** Writes a text into `bytes`, with room for the tail; answers how many bytes it is. */
function write(text: string): number {
  // Three bytes a UTF-16 unit at most.
  const most = 3 * text.length + TAIL_BYTES + BLOCK_BYTES;
  if (bytes.length < most) bytes = new Uint8Array(most);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > LAST_ASCII) return encoder.encodeInto(text, bytes).written;
    bytes[i] = unit;
  }
  return text.length;
}

function addBlock(at: number): void {
  for (let i = 0; i < 16; i++) {
    const from = at + 4 * i;
    words[i] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15]!;
    const y = words[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16]! + s0 + words[i - 7]! + s1) | 0;
  }
  let a = hash[0]!;
  let b = hash[1]!;
  let c = hash[2]!;
  let d = hash[3]!;
  let e = hash[4]!;
  let f = hash[5]!;
  let g = hash[6]!;
  let h = hash[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i]! + words[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  hash[0] = hash[0]! + a;
  hash[1] = hash[1]! + b;
  hash[2] = hash[2]! + c;
  hash[3] = hash[3]! + d;
  hash[4] = hash[4]! + e;
  hash[5] = hash[5]! + f;
  hash[6] = hash[6]! + g;
  hash[7] = hash[7]! + h;
}

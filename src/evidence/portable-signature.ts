/** Signatures of certificates in JavaScript alone: RSA (PKCS #1 v1.5) and ECDSA over the curves of NIST. */
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { bitsOf, childrenOf, expectTag, oidOf, readDer, TAG } from '../formats/der.js';
import type { HashName, SignatureKind } from './time-stamp/algorithms.js';

const HASHES = { sha1, sha256, sha384, sha512 } as const;
const CURVES: Readonly<Record<string, typeof p256>> = {
  '1.2.840.10045.3.1.7': p256,
  '1.3.132.0.34': p384,
  '1.3.132.0.35': p521,
};
const RSA = '1.2.840.113549.1.1.1';
const EC = '1.2.840.10045.2.1';
/** What stands before the hash in what RSA signs (RFC 8017, 9.2). */
const DIGEST_HEADS = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
} as const;
const MAX_RSA_BYTES = 1_024;

export const hash = (name: HashName, bytes: Uint8Array): Uint8Array => HASHES[name](bytes);

export function isSignedBySpki(
  spki: Uint8Array,
  { scheme, hash: name }: SignatureKind,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  const [algorithm, bits] = childrenOf(expectTag(readDer(spki), TAG.sequence));
  const [type, parameter] = childrenOf(expectTag(algorithm, TAG.sequence));
  const key = bitsOf(bits);
  const digest = hash(name, bytes);
  if (oidOf(type) !== (scheme === 'rsa' ? RSA : EC)) return false;
  if (scheme === 'rsa') return isSignedByRsa(key, DIGEST_HEADS[name] + bytesToHex(digest), signature);
  const curve = CURVES[oidOf(parameter)];
  if (curve === undefined)
    throw new Error(`the key is one of the curve ${oidOf(parameter)}, which cannot be checked here`);
  try {
    return curve.verify(signature, digest, key, { prehash: false, lowS: false, format: 'der' });
  } catch {
    // A signature that is none.
    return false;
  }
}

function isSignedByRsa(key: Uint8Array, info: string, signature: Uint8Array): boolean {
  const [modulusDer, exponentDer] = childrenOf(expectTag(readDer(key), TAG.sequence));
  const numberOf = (bytes: Uint8Array) => BigInt(`0x${bytesToHex(bytes) || '0'}`);
  const modulus = numberOf(expectTag(modulusDer, TAG.integer).content);
  const exponent = numberOf(expectTag(exponentDer, TAG.integer).content);
  const length = Math.ceil(modulus.toString(16).length / 2);
  if (length > MAX_RSA_BYTES || exponent >= 1n << 64n) throw new Error('the key is larger than any that is in use');
  const value = numberOf(signature);
  if (signature.byteLength !== length || value >= modulus) return false;
  const opened = power(value, exponent, modulus)
    .toString(16)
    .padStart(length * 2, '0');
  const padding = length - 3 - info.length / 2;
  return padding >= 8 && opened === `0001${'ff'.repeat(padding)}00${info}`;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Cryptography in JavaScript alone: of a browser whatever its age, and without a secure context, which a page on a disk need not be. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { PackCrypto } from './pack-crypto.js';
import { hash, isSignedBySpki } from './portable-signature.js';

const PEM = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/;
/** The SPKI of every Ed25519 key begins so (RFC 8410); the 32 bytes of the key follow. */
const SPKI_HEAD = '302a300506032b6570032100';
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

function readSpki(pem: string): Uint8Array {
  const found = PEM.exec(pem.trim());
  if (found === null) throw new Error('it is no public key as PEM');
  let text: string;
  try {
    text = atob(found[1]!.replaceAll(/\s/g, ''));
  } catch {
    throw new Error('it is no public key as PEM: what stands in it is not base64');
  }
  const der = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const head = bytesToHex(der.subarray(0, SPKI_HEAD.length / 2));
  if (head !== SPKI_HEAD || der.byteLength !== SPKI_HEAD.length / 2 + KEY_BYTES)
    throw new Error('it is a key of another kind, not of Ed25519');
  return der;
}

const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

export const PORTABLE_CRYPTO: PackCrypto = {
  sha256Hex,
  hash,
  isSignedBySpki,
  keyIdOf: (pem) => sha256Hex(readSpki(pem)),
  isSignedBy(pem, bytes, signature) {
    const key = readSpki(pem).subarray(-KEY_BYTES);
    // As OpenSSL judges (RFC 8032), not as consensus of ledgers asks it.
    return signature.byteLength === SIGNATURE_BYTES && ed25519.verify(signature, bytes, key, { zip215: false });
  },
};

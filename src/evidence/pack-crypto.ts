/** What verifying needs of a machine's cryptography: given to it, so that the same verifier runs in Node and in a browser. */
import type { HashName, SignatureKind } from './time-stamp/algorithms.js';

/** Keys are Ed25519 public keys, SPKI as PEM. What takes one throws, saying why, where it is none. */
export interface PackCrypto {
  sha256Hex(bytes: Uint8Array): string;
  hash(name: HashName, bytes: Uint8Array): Uint8Array;
  /** SHA-256 of the SPKI (DER), hexadecimal. */
  keyIdOf(publicKeyPem: string): string;
  isSignedBy(publicKeyPem: string, bytes: Uint8Array, signature: Uint8Array): boolean;
  /** As certificates and time stamps are signed: `spki` is DER, of RSA (PKCS #1 v1.5) or of a curve of NIST. False for a key of the other kind. */
  isSignedBySpki(spki: Uint8Array, kind: SignatureKind, bytes: Uint8Array, signature: Uint8Array): boolean;
}

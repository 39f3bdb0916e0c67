/** What verifying needs of a machine's cryptography: given to it, so that the same verifier runs in Node and in a browser. */

/** Keys are Ed25519 public keys, SPKI as PEM. What takes one throws, saying why, where it is none. */
export interface PackCrypto {
  sha256Hex(bytes: Uint8Array): string;
  /** SHA-256 of the SPKI (DER), hexadecimal. */
  keyIdOf(publicKeyPem: string): string;
  isSignedBy(publicKeyPem: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}

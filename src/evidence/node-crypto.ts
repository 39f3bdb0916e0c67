/** The cryptography of Node: OpenSSL's. */
import { createHash, verify } from 'node:crypto';
import { keyIdOf, readPublicKey } from '../signing-key.js';
import type { PackCrypto } from './pack-crypto.js';

export const NODE_CRYPTO: PackCrypto = {
  sha256Hex: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  keyIdOf: (pem) => keyIdOf(readPublicKey(pem)),
  isSignedBy: (pem, bytes, signature) => verify(null, bytes, readPublicKey(pem), signature),
};

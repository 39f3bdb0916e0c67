/** The cryptography of Node: OpenSSL's. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { keyIdOf, readPublicKey } from '../signing-key.js';
import type { PackCrypto } from './pack-crypto.js';

const TYPES = { rsa: 'rsa', ecdsa: 'ec' } as const;

export const NODE_CRYPTO: PackCrypto = {
  sha256Hex: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  hash: (name, bytes) => createHash(name).update(bytes).digest(),
  keyIdOf: (pem) => keyIdOf(readPublicKey(pem)),
  isSignedBy: (pem, bytes, signature) => verify(null, bytes, readPublicKey(pem), signature),
  isSignedBySpki(spki, { scheme, hash }, bytes, signature) {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === TYPES[scheme] && verify(hash, bytes, key, signature);
  },
};

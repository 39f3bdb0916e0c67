/** Which hashes and signatures certificates and time stamps may use here. */
import { childrenOf, type Der, isOf, oidOf, TAG } from '../../formats/der.js';

export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512';
export interface SignatureKind {
  readonly scheme: 'rsa' | 'ecdsa';
  /** Never SHA-1, with which somebody could have had two things signed at once. */
  readonly hash: Exclude<HashName, 'sha1'>;
}

const HASHES: Readonly<Record<string, HashName>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
export const SHA256_OID = '2.16.840.1.101.3.4.2.1';
const RSA = '1.2.840.113549.1.1.1';
const SIGNATURES: Readonly<Record<string, SignatureKind>> = {
  '1.2.840.113549.1.1.11': { scheme: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { scheme: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { scheme: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { scheme: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { scheme: 'ecdsa', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { scheme: 'ecdsa', hash: 'sha512' },
};

const oidOfAlgorithm = (der: Der | undefined): string => {
  if (!isOf(der, TAG.sequence)) throw new Error('it names no algorithm');
  return oidOf(childrenOf(der)[0]);
};

export function hashNameOf(der: Der | undefined): HashName {
  const oid = oidOfAlgorithm(der);
  const name = HASHES[oid];
  if (name === undefined) throw new Error(`it uses the hash ${oid}, which cannot be checked here`);
  return name;
}

/** `digest`: where the algorithm says RSA alone, the hash is the one that was named beside it. */
export function signatureKindOf(der: Der | undefined, digest?: HashName): SignatureKind {
  const oid = oidOfAlgorithm(der);
  const kind =
    oid === RSA && digest !== undefined && digest !== 'sha1'
      ? { scheme: 'rsa' as const, hash: digest }
      : SIGNATURES[oid];
  if (kind === undefined) throw new Error(`it is signed by ${oid}, which cannot be checked here`);
  return kind;
}

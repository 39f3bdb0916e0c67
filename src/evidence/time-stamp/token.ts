/** Time stamps by RFC 3161: what an authority is asked, and what stands in its answer. */
import { childrenOf, type Der, expectTag, isOf, oidOf, readDer, TAG, timeMsOf, writeDer } from '../../formats/der.js';
import { type HashName, hashNameOf, type SignatureKind, signatureKindOf } from './algorithms.js';
import { type Certificate, readCertificate } from './certificate.js';

export interface TimeStamp {
  /** What was stamped: a hash, and of which kind. */
  readonly imprint: { readonly hash: HashName; readonly digest: Uint8Array };
  readonly atMs: number;
  /** By which rules the authority says it, in dots. */
  readonly policy: string;
  /** As it was asked, the bytes of the integer; null: it tells none. */
  readonly nonce: Uint8Array | null;
  /** What says all this; its hash stands among the signed attributes. */
  readonly info: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly signer: Signer;
}

export interface Signer {
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  readonly digest: HashName;
  readonly kind: SignatureKind;
  readonly signature: Uint8Array;
  /** As they are signed. */
  readonly attributes: Uint8Array;
  readonly contentType: string;
  readonly messageDigest: Uint8Array;
  /** Which certificate it is, by its hash; null: it does not say. */
  readonly certificate: { readonly hash: HashName; readonly digest: Uint8Array } | null;
}

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  timeStampInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;
export const TIME_STAMP_INFO = OID.timeStampInfo;
/** DER of SHA-256's OID, and of 1. */
const SHA256 = Uint8Array.from([0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]);
const ONE = Uint8Array.from([TAG.integer, 1, 1]);
const TRUE = Uint8Array.from([TAG.boolean, 1, 0xff]);
const CONTEXT_0 = 0xa0;

/** Asks for a time stamp of a SHA-256, with the certificates that it hangs on. `nonce`: positive, without a leading zero byte. */
export function writeTimeStampRequest(sha256: Uint8Array, nonce: Uint8Array): Uint8Array {
  const imprint = writeDer(TAG.sequence, writeDer(TAG.sequence, SHA256), writeDer(TAG.octets, sha256));
  return writeDer(TAG.sequence, ONE, imprint, writeDer(TAG.integer, nonce), TRUE);
}

/** With the certificates that it hangs on. */
export const MAX_ANSWER_BYTES = 65_536;
const STATUS = ['granted', 'granted with changes'] as const;

/** What an authority answered. Throws, saying why, where it did not grant a time stamp, or the answer cannot be read. */
export function readTimeStamp(answer: Uint8Array): TimeStamp {
  const [status, token] = childrenOf(expectTag(readDer(answer), TAG.sequence));
  const [code] = childrenOf(expectTag(status, TAG.sequence));
  const number = expectTag(code, TAG.integer).content[0] ?? 255;
  if (STATUS[number] === undefined) throw new Error(`the authority refused it (status ${number})`);
  const [type, content] = childrenOf(expectTag(token, TAG.sequence));
  if (oidOf(type) !== OID.signedData) throw new Error('the time stamp is not signed');
  return readSignedData(expectTag(childrenOf(expectTag(content, CONTEXT_0))[0], TAG.sequence));
}

function readSignedData(signedData: Der): TimeStamp {
  const [, , encapsulated, ...rest] = childrenOf(signedData);
  const [type, holder] = childrenOf(expectTag(encapsulated, TAG.sequence));
  if (oidOf(type) !== OID.timeStampInfo) throw new Error('what is signed is no time stamp');
  const info = expectTag(childrenOf(expectTag(holder, CONTEXT_0))[0], TAG.octets).content;
  const certificates = isOf(rest[0], CONTEXT_0) ? childrenOf(rest[0]).filter(({ tag }) => tag === TAG.sequence) : [];
  const signers = childrenOf(expectTag(rest.at(-1), TAG.set));
  if (signers.length !== 1) throw new Error('it is not signed by one authority');
  const [, policy, imprint, , at, ...more] = childrenOf(expectTag(readDer(info), TAG.sequence));
  const [hash, digest] = childrenOf(expectTag(imprint, TAG.sequence));
  return {
    imprint: { hash: hashNameOf(hash), digest: expectTag(digest, TAG.octets).content },
    atMs: timeMsOf(at),
    policy: oidOf(policy),
    nonce: more.find(({ tag }) => tag === TAG.integer)?.content ?? null,
    info,
    certificates: certificates.map(({ whole }) => readCertificate(whole)),
    signer: readSigner(signers[0]!),
  };
}

function readSigner(der: Der): Signer {
  const [, id, digestAlgorithm, signed, algorithm, signature] = childrenOf(expectTag(der, TAG.sequence));
  const [issuer, serial] = childrenOf(expectTag(id, TAG.sequence));
  const digest = hashNameOf(digestAlgorithm);
  const attributes = new Map<string, Der>();
  for (const one of childrenOf(expectTag(signed, CONTEXT_0))) {
    const [name, values] = childrenOf(one);
    const [value, ...others] = childrenOf(expectTag(values, TAG.set));
    if (value === undefined || others.length > 0 || attributes.has(oidOf(name)))
      throw new Error('a signed attribute is there twice, or not at all');
    attributes.set(oidOf(name), value);
  }
  return {
    issuer: expectTag(issuer, TAG.sequence).whole,
    serial: expectTag(serial, TAG.integer).content,
    digest,
    kind: signatureKindOf(algorithm, digest),
    signature: expectTag(signature, TAG.octets).content,
    // They are signed as the set that they are (RFC 5652, 5.4).
    attributes: writeDer(TAG.set, signed!.content),
    contentType: oidOf(attributes.get(OID.contentType)),
    messageDigest: expectTag(attributes.get(OID.messageDigest), TAG.octets).content,
    certificate: readCertificateId(attributes),
  };
}

/** ESSCertID (RFC 2634) and ESSCertIDv2 (RFC 5816): the first of them is the signer's. */
function readCertificateId(attributes: ReadonlyMap<string, Der>): Signer['certificate'] {
  const first = (name: string) => {
    const value = attributes.get(name);
    return value === undefined ? undefined : childrenOf(expectTag(childrenOf(value)[0], TAG.sequence))[0];
  };
  const [newer, older] = [first(OID.signingCertificateV2), first(OID.signingCertificate)];
  if (newer !== undefined) {
    const [algorithm, ...rest] = childrenOf(newer);
    if (isOf(algorithm, TAG.octets)) return { hash: 'sha256', digest: algorithm.content };
    return { hash: hashNameOf(algorithm), digest: expectTag(rest[0], TAG.octets).content };
  }
  if (older === undefined) return null;
  return { hash: 'sha1', digest: expectTag(childrenOf(older)[0], TAG.octets).content };
}

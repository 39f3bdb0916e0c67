/** X.509 certificates (RFC 5280), as far as a time stamp hangs on them. */
import { bitsOf, childrenOf, type Der, expectTag, isOf, oidOf, readDer, TAG, timeMsOf } from '../../formats/der.js';
import { areSameBytes } from '../container.js';
import type { PackCrypto } from '../pack-crypto.js';
import { type SignatureKind, signatureKindOf } from './algorithms.js';

export interface Certificate {
  readonly whole: Uint8Array;
  /** What its issuer signed, by what, and the signature. */
  readonly signed: Uint8Array;
  readonly readKind: () => SignatureKind;
  readonly signature: Uint8Array;
  readonly serial: Uint8Array;
  /** Names, DER. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** The common name, or an organisation's; for the eye alone. */
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** The public key, SPKI. */
  readonly spki: Uint8Array;
  readonly isAuthority: boolean;
  /** It is for time stamps and nothing else, and that is critical (RFC 3161). */
  readonly isForTimeStamps: boolean;
}

const OID = {
  commonName: '2.5.4.3',
  organisation: '2.5.4.10',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;
const EXTENSIONS = 0xa3;
const VERSION = 0xa0;
/** Of the first byte of the usages: this key signs certificates. */
const SIGNS_CERTIFICATES = 0x04;

interface Extension {
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** Throws, saying why, where it is none. */
export function readCertificate(bytes: Uint8Array): Certificate {
  const whole = readDer(bytes);
  const [toBeSigned, algorithm, signature] = childrenOf(expectTag(whole, TAG.sequence));
  const fields = childrenOf(expectTag(toBeSigned, TAG.sequence));
  if (isOf(fields[0], VERSION)) fields.shift();
  const [serial, , issuer, validity, subject, spki, ...more] = fields;
  const [from, to] = childrenOf(expectTag(validity, TAG.sequence));
  const extensions = readExtensions(more.find(({ tag }) => tag === EXTENSIONS));
  return {
    whole: whole.whole,
    signed: toBeSigned!.whole,
    readKind: () => signatureKindOf(algorithm),
    signature: bitsOf(signature),
    serial: expectTag(serial, TAG.integer).content,
    issuer: expectTag(issuer, TAG.sequence).whole,
    subject: expectTag(subject, TAG.sequence).whole,
    name: nameOf(subject!),
    fromMs: timeMsOf(from),
    toMs: timeMsOf(to),
    spki: expectTag(spki, TAG.sequence).whole,
    isAuthority: isAuthority(extensions),
    isForTimeStamps: isForTimeStamps(extensions.get(OID.extendedKeyUsage)),
  };
}

function readExtensions(der: Der | undefined): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  if (der === undefined) return extensions;
  for (const one of childrenOf(expectTag(childrenOf(der)[0], TAG.sequence))) {
    const [id, ...rest] = childrenOf(one);
    const isCritical = isOf(rest[0], TAG.boolean) && rest[0].content[0] === 0xff;
    extensions.set(oidOf(id), { isCritical, value: expectTag(rest.at(-1), TAG.octets).content });
  }
  return extensions;
}

function isAuthority(extensions: ReadonlyMap<string, Extension>): boolean {
  const constraints = extensions.get(OID.basicConstraints);
  if (constraints === undefined) return false;
  const [authority] = childrenOf(readDer(constraints.value));
  if (!isOf(authority, TAG.boolean) || authority.content[0] !== 0xff) return false;
  const usage = extensions.get(OID.keyUsage);
  return usage === undefined || ((readDer(usage.value).content[1] ?? 0) & SIGNS_CERTIFICATES) !== 0;
}

function isForTimeStamps(usage: Extension | undefined): boolean {
  if (usage === undefined || !usage.isCritical) return false;
  const uses = childrenOf(readDer(usage.value)).map(oidOf);
  return uses.length === 1 && uses[0] === OID.timeStamping;
}

function nameOf(subject: Der): string {
  const said = new Map<string, string>();
  for (const set of childrenOf(subject)) {
    for (const one of childrenOf(set)) {
      const [id, value] = childrenOf(one);
      if (value !== undefined) said.set(oidOf(id), new TextDecoder().decode(value.content));
    }
  }
  return said.get(OID.commonName) ?? said.get(OID.organisation) ?? 'an authority without a name';
}

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** The certificates in a text, PEM. Throws, saying why, where there is none. */
export function readCertificates(text: string): readonly Certificate[] {
  const certificates = [...text.matchAll(PEM)].map(([, base64 = '']) =>
    readCertificate(Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), (character) => character.charCodeAt(0))),
  );
  if (certificates.length === 0) throw new Error('it holds no certificate as PEM');
  return certificates;
}

/** Why the certificate does not go back to one of `roots` at that time; null: it does. Revocation is not asked for. */
export function whyNotTrusted(
  certificate: Certificate,
  {
    others,
    roots,
    atMs,
    crypto,
  }: {
    readonly others: readonly Certificate[];
    readonly roots: readonly Certificate[];
    readonly atMs: number;
    readonly crypto: PackCrypto;
  },
): string | null {
  const isRoot = (one: Certificate) => roots.some((root) => areSameBytes(root.whole, one.whole));
  let why = `the certificate of ${certificate.name} does not go back to one that was given`;
  const isSigned = (one: Certificate, issuer: Certificate): boolean => {
    try {
      return crypto.isSignedBySpki(issuer.spki, one.readKind(), one.signed, one.signature);
    } catch (error) {
      // One of several of that name that cannot be checked does not stand in the way of the others.
      why = `the certificate of ${one.name}: ${error instanceof Error ? error.message : error}`;
      return false;
    }
  };
  const tried = new Set<Certificate>();
  const goesBack = (one: Certificate): boolean => {
    // Once each: certificates that sign each other are no way back.
    if (tried.has(one)) return false;
    tried.add(one);
    if (atMs < one.fromMs || atMs > one.toMs) {
      why = `the certificate of ${one.name} was not valid then: it is from ${isoOf(one.fromMs)} to ${isoOf(one.toMs)}`;
      return false;
    }
    if (isRoot(one)) return true;
    return [...roots, ...others].some(
      (issuer) =>
        issuer.isAuthority && areSameBytes(issuer.subject, one.issuer) && isSigned(one, issuer) && goesBack(issuer),
    );
  };
  return goesBack(certificate) ? null : why;
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

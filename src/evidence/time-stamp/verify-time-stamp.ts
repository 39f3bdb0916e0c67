/** What the time stamp of a pack says, and whether it may be believed. */
import { areSameBytes } from '../container.js';
import type { PackCrypto } from '../pack-crypto.js';
import { type Certificate, whyNotTrusted } from './certificate.js';
import { MAX_ANSWER_BYTES, readTimeStamp, TIME_STAMP_INFO, type TimeStamp } from './token.js';

/** `not-checked`: it fits, and the certificate of no authority was given that it could go back to. */
export type TimeAnswer =
  | { readonly outcome: 'not-stamped' }
  | {
      readonly outcome: 'good' | 'not-checked';
      readonly atMs: number;
      readonly authority: string;
      readonly policy: string;
    }
  | { readonly outcome: 'bad'; readonly why: string };

export interface TimeChecks {
  /** Of authorities that are trusted; none: whom it goes back to is not asked. */
  readonly authorities: readonly Certificate[];
  readonly crypto: PackCrypto;
}

/** `answer`: what the authority answered, `manifest.tsr`. Never throws for what is in it. */
export function verifyTimeStamp(answer: Uint8Array | undefined, stamped: Uint8Array, checks: TimeChecks): TimeAnswer {
  if (answer === undefined) return { outcome: 'not-stamped' };
  if (answer.byteLength > MAX_ANSWER_BYTES) return { outcome: 'bad', why: 'it is larger than a time stamp' };
  try {
    const stamp = readTimeStamp(answer);
    const signer = checkTimeStamp(stamp, stamped, checks.crypto);
    const { atMs, policy } = stamp;
    const said = { atMs, authority: signer.name, policy };
    if (checks.authorities.length === 0) return { outcome: 'not-checked', ...said };
    const why = whyNotTrusted(signer, {
      others: stamp.certificates,
      roots: checks.authorities,
      atMs,
      crypto: checks.crypto,
    });
    return why === null ? { outcome: 'good', ...said } : { outcome: 'bad', why };
  } catch (error) {
    return { outcome: 'bad', why: error instanceof Error ? error.message : String(error) };
  }
}

/** That it is a time stamp of these bytes, signed by the certificate that is answered; throws, saying why not. */
export function checkTimeStamp(stamp: TimeStamp, stamped: Uint8Array, crypto: PackCrypto): Certificate {
  const { imprint, signer, info, certificates, atMs } = stamp;
  const fits = (what: string, isSo: boolean): void => {
    if (!isSo) throw new Error(what);
  };
  fits('it stamps by SHA-1', imprint.hash !== 'sha1');
  fits('it is a time stamp of something else', areSameBytes(crypto.hash(imprint.hash, stamped), imprint.digest));
  const certificate = certificates.find(
    ({ serial, issuer }) => areSameBytes(serial, signer.serial) && areSameBytes(issuer, signer.issuer),
  );
  if (certificate === undefined) throw new Error('it does not hold the certificate of who signed it');
  fits('it is signed as something else', signer.contentType === TIME_STAMP_INFO);
  fits('what it says was changed', areSameBytes(crypto.hash(signer.digest, info), signer.messageDigest));
  fits(
    'it does not say which certificate signed it, or says another',
    signer.certificate !== null &&
      areSameBytes(crypto.hash(signer.certificate.hash, certificate.whole), signer.certificate.digest),
  );
  fits(
    'its signature is not the one of its certificate',
    crypto.isSignedBySpki(certificate.spki, signer.kind, signer.attributes, signer.signature),
  );
  fits(`the certificate of ${certificate.name} is not one for time stamps alone`, certificate.isForTimeStamps);
  fits(
    `the certificate of ${certificate.name} was not valid then: it is from ${new Date(certificate.fromMs).toISOString()} to ${new Date(certificate.toMs).toISOString()}`,
    atMs >= certificate.fromMs && atMs <= certificate.toMs,
  );
  return certificate;
}

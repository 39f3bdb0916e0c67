/** One pack judged, with what it takes: plain data, as it goes to a thread. */
import { PORTABLE_CRYPTO } from '../evidence/portable-crypto.js';
import { readCertificates } from '../evidence/time-stamp/certificate.js';
import type { TrustedKey } from '../evidence/trusted-keys.js';
import { answersOf, partInWords, type SaidAnswer, saidOfItself } from '../evidence/verdict-words.js';
import { verifyPack } from '../evidence/verify-pack.js';

export interface Question {
  readonly pack: Blob;
  readonly trusted: readonly TrustedKey[];
  /** PEM; empty: none is given. */
  readonly authorities: string;
  /** The hash of the engine that stands in the page. */
  readonly engine: string;
}

export interface Checked {
  readonly isVerified: boolean;
  readonly said: readonly string[];
  readonly answers: readonly SaidAnswer[];
  readonly sha256: string;
}

/** `tell`: what is being judged, in words. */
export async function check(question: Question, tell: (words: string) => void): Promise<Checked> {
  const { pack, trusted, authorities, engine } = question;
  const bytes = new Uint8Array(await pack.arrayBuffer());
  const verdict = verifyPack(bytes, trusted, {
    crypto: PORTABLE_CRYPTO,
    engine,
    authorities: authorities === '' ? [] : readCertificates(authorities),
    tell: (part) => tell(partInWords(part)),
  });
  return {
    isVerified: verdict.verified,
    said: saidOfItself(verdict),
    answers: answersOf(verdict),
    sha256: PORTABLE_CRYPTO.sha256Hex(bytes),
  };
}

/** What is said of the keys that sign evidence packs: for paper, so nothing of it depends on where or when it is read. Pure. */

/** One of `GET /api/v1/keys`. Instants are RFC 3339. */
export interface KeyItem {
  /** SHA-256, hexadecimal. */
  readonly keyId: string;
  /** PEM. */
  readonly publicKey: string;
  readonly validFrom: string;
  readonly validTo?: string;
  readonly revokedAt?: string;
  /** Why it was revoked. */
  readonly reason?: string;
}

/** `a1b2 c3d4 …`, as two people read it to each other. */
export const fingerprintWords = (keyId: string): string => (keyId.match(/.{1,4}/g) ?? []).join(' ');

/** `2026-11-22 18:03:11 UTC`. */
export const utcWords = (at: string): string =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');

/** Of a key that no register of keys tells when it was made. */
const NO_START = new Date(0).toISOString();

export const validFromWords = ({ validFrom }: KeyItem): string =>
  validFrom === NO_START ? 'the first: when it was made is not on record' : utcWords(validFrom);

/** Whether what it signed is trusted. */
export function keyStateWords({ validTo, revokedAt, reason }: KeyItem): string {
  if (revokedAt !== undefined)
    return `Revoked ${utcWords(revokedAt)}${reason === undefined ? '' : `: ${reason}`}. Nothing that it signed is trusted, whatever its date.`;
  if (validTo !== undefined) return 'Signs no more. What it signed while it was valid is trusted.';
  return 'Signs now.';
}

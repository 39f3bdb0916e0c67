/**
 * The chain over the audit entries, in the order of the log: whoever changes, removes, inserts or reorders one has to compute every
 * later hash anew, and the head of the chain is signed and kept elsewhere (`checkpoint.ts`).
 */
import { createHash } from 'node:crypto';
import { toCanonicalBytes } from '../canonical-json.js';
import type { AuditEntry } from '../ports/audit.js';

/** What stands before the first link. */
export const BEFORE_FIRST = new Uint8Array(32);

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** SHA-256(previous ‖ offset ‖ SHA-256(canonical entry)); the offset as eight bytes, the highest first. */
export function hashLink(previous: Uint8Array, offset: number, entry: AuditEntry): Uint8Array {
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(offset));
  return sha256(previous, place, sha256(toCanonicalBytes(entry)));
}

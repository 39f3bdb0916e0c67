/** The salt of the commitments about one wearer's alerts: the same in every pack that one key signs, and known to nobody without it. */
import { createHash } from 'node:crypto';
import { toCanonicalBytes } from '../canonical-json.js';
import type { SigningKey } from '../signing-key.js';
import type { PackModel } from './pack-model.js';

/** Ed25519 signs the same by the same bytes (RFC 8032). The signature itself goes nowhere. */
export function saltOf({ wearerId, alerts, fromMs, toMs }: PackModel, key: SigningKey): Uint8Array {
  const alertIds = alerts.map(({ alert }) => alert.alertId);
  const about = toCanonicalBytes({ saltOf: 'tagwatch-commitments/1', wearerId, alertIds, fromMs, toMs });
  return createHash('sha256')
    .update(Buffer.from(key.sign(about), 'base64url'))
    .digest();
}

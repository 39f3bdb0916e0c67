/** Ids that say the same however often a finding is computed: hashes of what is told, never of server time. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** 128 bits: no two alerts of the world's tags share one. */
const ID_BYTES = 16;

function hash(parts: readonly (string | number)[]): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts))).subarray(0, ID_BYTES));
}

/** `startedAtMs` as first raised: later amendments of the start keep the id. The zone counts as `zoneId@version`. */
export function alertIdOf(
  kind: string,
  activationId: string,
  conditionId: string,
  conditionVersion: number,
  zoneKey: string,
  startedAtMs: number,
): string {
  return hash([kind, activationId, conditionId, conditionVersion, zoneKey, startedAtMs]);
}

export function eventIdOf(alertId: string, revision: number): string {
  return hash([alertId, revision]);
}

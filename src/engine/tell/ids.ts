/** Ids that say the same however often a finding is computed: hashes of what is told, never of server time. */
import { sha256Of128Bits } from './sha256.js';

/** 128 bits: no two alerts of the world's tags share one. */
function hash(parts: readonly (string | number)[]): string {
  return sha256Of128Bits(JSON.stringify(parts));
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

/** Of what is said about the watching itself. */
export function noticeIdOf(kind: string, activationId: string, startedAtMs: number): string {
  return hash([kind, activationId, startedAtMs]);
}

export function eventIdOf(alertId: string, revision: number): string {
  // As JSON would have it: there is nothing in a number of an alert to be escaped.
  return sha256Of128Bits(`["${alertId}",${revision}]`);
}

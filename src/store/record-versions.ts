/** When versions of zones and conditions come into force (`wire.md`, "Records"). */
import { isDeepStrictEqual } from 'node:util';
import type { RecordFault, StoredRecord } from './records.js';

/** A content and from when it is to be in force, ISO; null: not said. */
export interface VersionPut<C> {
  readonly content: C;
  readonly effectiveAt: string | null;
}

/** Whether putting this again changes nothing: the same content, in force from then, or already in force where nothing is said. */
export function isSameVersion<C>(put: VersionPut<C>, current: StoredRecord<C>, nowMs: number): boolean {
  if (!isDeepStrictEqual(put.content, current.content)) return false;
  if (put.effectiveAt !== null) return put.effectiveAt === current.effectiveAt;
  const isInForce = current.effectiveAt === null || Date.parse(current.effectiveAt) <= nowMs;
  return isInForce || current.effectiveAtGiven !== true;
}

/** A version after the first may not change the past: what was judged stays as it was judged. */
export function checkEffectiveAt(
  put: VersionPut<unknown>,
  current: StoredRecord<unknown> | null,
  nowMs: number,
  pointer: string,
): RecordFault[] {
  if (current === null || put.effectiveAt === null || Date.parse(put.effectiveAt) >= nowMs) return [];
  const detail = `only a first version may start in the past; it is ${new Date(nowMs).toISOString()}`;
  return [{ pointer, detail }];
}

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

/**
 * From when a put is to be in force, ISO; null: it does not say. The past instant of the version that stands is what `GET`
 * answered, sent back beside a change: it does not say.
 */
export function readEffectiveAt(
  { effectiveAt }: VersionPut<unknown>,
  current: StoredRecord<unknown> | null,
  nowMs: number,
): string | null {
  const isRepeated = effectiveAt !== null && effectiveAt === current?.effectiveAt && Date.parse(effectiveAt) < nowMs;
  return isRepeated ? null : effectiveAt;
}

/** A version after the first may not change the past: what was judged stays as it was judged. */
export function checkEffectiveAt(
  put: VersionPut<unknown>,
  current: StoredRecord<unknown> | null,
  nowMs: number,
  pointer: string,
): RecordFault[] {
  const effectiveAt = readEffectiveAt(put, current, nowMs);
  if (current === null || effectiveAt === null || Date.parse(effectiveAt) >= nowMs) return [];
  const detail = `only a first version may start in the past; it is ${new Date(nowMs).toISOString()}`;
  return [{ pointer, detail }];
}

/** When a put is a new version, and from when that is in force (`docs/wire.md`, "Records"). */
import { isDeepStrictEqual } from 'node:util';
import type { RecordFault, StoredRecord } from '../ports/records.js';
import type { RecordRule, Said } from './rule.js';

/** What has to hold of the version that stands for a record to be written: one of these, or any (`*`), or none at all. */
export type Precondition = { readonly versions: readonly number[] | '*' } | { readonly absent: true };

/** What was sent of what a record is answered with beside its content. */
export type StandingGiven = Partial<
  Pick<StoredRecord, 'version' | 'effectiveAt' | 'recordedAt' | 'author' | 'correlationId'>
>;

/** Whether it may be written over the version that stands (null: none does). */
export function holds(precondition: Precondition | null, given: StandingGiven, version: number | null): boolean {
  const stands = version ?? 0;
  if ((given.version ?? stands) !== stands) return false;
  if (precondition === null) return true;
  if ('absent' in precondition) return version === null;
  if (version === null) return false;
  return precondition.versions === '*' || precondition.versions.includes(version);
}

/** What the server sets may only be repeated. */
export function checkGiven(given: StandingGiven, current: StoredRecord | null): RecordFault[] {
  return (['effectiveAt', 'recordedAt', 'author', 'correlationId'] as const).flatMap((field) =>
    given[field] === undefined || given[field] === current?.[field]
      ? []
      : [{ pointer: `/${field}`, detail: 'is set by the server: leave it out, or send back what was answered' }],
  );
}

/** Whether putting it leaves the record as it stands: the same content, in force from then, or already in force where it says nothing. */
export function isSame(rule: RecordRule, said: Said<object>, current: StoredRecord, nowMs: number): boolean {
  if (!isDeepStrictEqual(said.content, current.content)) return false;
  if (rule.inForce === undefined) return true;
  if (said.effectiveAt !== null) return said.effectiveAt === current.effectiveAt;
  const isInForce = current.effectiveAt === null || Date.parse(current.effectiveAt) <= nowMs;
  return isInForce || !current.effectiveAtGiven;
}

/**
 * From when a put is to be in force, ISO; null: it does not say. The past instant of the version that stands is what `GET`
 * answered, sent back beside a change: it does not say.
 */
function readEffectiveAt({ effectiveAt }: Said<object>, current: StoredRecord | null, nowMs: number): string | null {
  const isRepeated = effectiveAt !== null && effectiveAt === current?.effectiveAt && Date.parse(effectiveAt) < nowMs;
  return isRepeated ? null : effectiveAt;
}

/** A version after the first may not change the past: what was judged stays as it was judged. */
export function checkEffectiveAt(
  rule: RecordRule,
  said: Said<object>,
  current: StoredRecord | null,
  nowMs: number,
): RecordFault[] {
  const effectiveAt = readEffectiveAt(said, current, nowMs);
  if (rule.inForce === undefined || current === null || effectiveAt === null || Date.parse(effectiveAt) >= nowMs)
    return [];
  const stands = current.effectiveAt === null ? 'stands' : `stands, in force from ${current.effectiveAt}`;
  const detail = `only a first version may start in the past: version ${current.version} ${stands}; it is ${new Date(nowMs).toISOString()}`;
  return [{ pointer: rule.inForce.pointer, detail }];
}

/** From when the version that is written is in force. */
export function decideEffectiveAt(
  rule: RecordRule,
  said: Said<object>,
  current: StoredRecord | null,
  nowMs: number,
): Pick<StoredRecord, 'effectiveAt' | 'effectiveAtGiven'> {
  const now = new Date(nowMs).toISOString();
  if (rule.inForce === undefined) return { effectiveAt: now, effectiveAtGiven: false };
  const given = readEffectiveAt(said, current, nowMs);
  return {
    effectiveAt:
      given ?? (current === null && rule.inForce.first !== undefined ? rule.inForce.first(said.content) : now),
    effectiveAtGiven: given !== null,
  };
}

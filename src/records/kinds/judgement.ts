/**
 * What is judged about a person, kept apart from who the person is, so that no import of identities erases it: one record a wearer and
 * kind, under the wearer's id, whose versions are in force one after the other. The engine is told nothing of them.
 */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { createInstantReader } from '../instants.js';
import { Instant, type Parsed, type RecordRule } from '../rule.js';

export const EffectiveAt = Type.String({ ...Instant, description: 'From when it holds; without it: from now' });

/** What such kinds have in common. */
export const aboutWearer = {
  idName: 'wearerId',
  operations: { read: 'schemes.read', write: 'schemes.write' },
  inForce: { pointer: '/effectiveAt' },
  references: (_content: object, wearerId: string) => [{ pointer: '', kind: 'wearer', id: wearerId }],
  targets: () => [],
} as const satisfies Partial<RecordRule>;

/** The content of a body, and from when it is to be in force. */
export function sayEffective<B extends { readonly effectiveAt?: string }>(
  body: B,
  errors: RecordFault[],
): Parsed<Omit<B, 'effectiveAt'>> {
  const { effectiveAt: given, ...content } = body;
  const effectiveAt = createInstantReader(errors).readOptional('/effectiveAt', given) ?? null;
  return errors.length > 0 ? { ok: false, errors } : { ok: true, said: { content, effectiveAt } };
}

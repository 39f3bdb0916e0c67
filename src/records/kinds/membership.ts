/** Whether a wearer is of the managed cohort, and how: selected for good, for a time, or free of it. */
import Type from 'typebox';
import { COHORTS, type CohortName } from '../../wire/membership.js';
import type { RecordRule } from '../rule.js';
import { aboutWearer, EffectiveAt, sayEffective } from './judgement.js';

export interface MembershipContent {
  readonly cohort: CohortName;
}

export const membership: RecordRule<MembershipContent> = {
  ...aboutWearer,
  kind: 'membership',
  name: 'cohort membership',
  path: '/memberships',
  body: Type.Object(
    { cohort: Type.Enum([...COHORTS]), effectiveAt: Type.Optional(EffectiveAt) },
    { additionalProperties: false },
  ),
  parse: (body: MembershipContent & { readonly effectiveAt?: string }) => sayEffective(body, []),
};

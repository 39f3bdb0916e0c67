/** Whether a wearer is of the managed cohort, and how: selected for good, for a time, or free of it. */
import Type from 'typebox';
import type { RecordRule } from '../rule.js';
import { aboutWearer, EffectiveAt, sayEffective } from './judgement.js';

/** Fixed: whatever happens; flex: by score; free: de-selected, or never selected. */
export const COHORTS = ['FIXED', 'FLEX', 'FREE'] as const;
export type CohortName = (typeof COHORTS)[number];

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

/** What whoever meets a wearer has to know at once: warnings in few words, and whether the wearer is to be arrested. */
import Type from 'typebox';
import { WANTED, type Wanted } from '../../wire/priority.js';
import { Line, type RecordRule } from '../rule.js';
import { aboutWearer, EffectiveAt, sayEffective } from './judgement.js';

const MAX_FLAGS = 20;

export interface FlagsContent {
  /** Empty: none any more. */
  readonly flags: readonly string[];
  /** Absent: not, or not any more. */
  readonly wanted?: Wanted;
}

export const wearerFlags: RecordRule<FlagsContent> = {
  ...aboutWearer,
  kind: 'wearer-flags',
  name: 'set of flags',
  path: '/wearer-flags',
  body: Type.Object(
    {
      flags: Type.Array(Line(100), { maxItems: MAX_FLAGS, uniqueItems: true, description: 'Empty: none any more' }),
      wanted: Type.Optional(Type.Enum([...WANTED], { description: 'Without it: not wanted, or not any more' })),
      effectiveAt: Type.Optional(EffectiveAt),
    },
    { additionalProperties: false },
  ),
  parse: (body: FlagsContent & { readonly effectiveAt?: string }) => sayEffective(body, []),
};

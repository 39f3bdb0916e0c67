/** What whoever meets a wearer has to know at once: warnings in few words, and whether the wearer is to be arrested. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { WANTED, type Wanted } from '../../wire/priority.js';
import { createInstantReader } from '../instants.js';
import { Instant, invalid, Line, type RecordRule, type Refusal } from '../rule.js';
import { aboutWearer, EffectiveAt, sayEffective } from './judgement.js';

const MAX_FLAGS = 20;

export interface FlagsContent {
  /** Empty: none any more. */
  readonly flags: readonly string[];
  /** Absent: not, or not any more. */
  readonly wanted?: Wanted;
  /** Since when that is so, ISO: may be long before it was recorded. With `wanted` alone. */
  readonly wantedSince?: string;
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
      wantedSince: Type.Optional(
        Type.String({ ...Instant, description: 'Since when; without it: since the version holds that says so' }),
      ),
      effectiveAt: Type.Optional(EffectiveAt),
    },
    { additionalProperties: false },
  ),
  parse({ wantedSince: given, ...body }: FlagsContent & { readonly effectiveAt?: string }) {
    const errors: RecordFault[] = [];
    const wantedSince = createInstantReader(errors).readOptional('/wantedSince', given);
    if (wantedSince !== undefined && body.wanted === undefined)
      errors.push({ pointer: '/wantedSince', detail: 'goes with wanted' });
    return sayEffective({ ...body, ...(wantedSince === undefined ? {} : { wantedSince }) }, errors);
  },
  async judge(written, _facts, _tx, nowMs) {
    const refusals = new Map<string, Refusal>();
    for (const { id, content } of written)
      if (content.wantedSince !== undefined && Date.parse(content.wantedSince) > nowMs)
        refusals.set(id, invalid('/wantedSince', 'is in the future: it is recorded once it is so'));
    return refusals;
  },
};

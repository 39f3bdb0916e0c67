/** How the agencies manage a wearer together (MAPPA): by which category, at which level, since when, and when that is looked at again. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { createInstantReader } from '../instants.js';
import { Instant, type RecordRule } from '../rule.js';
import { aboutWearer, EffectiveAt, sayEffective } from './judgement.js';

export interface MappaContent {
  /** Null: no longer managed so. */
  readonly category: 1 | 2 | 3 | 4 | null;
  readonly level: 1 | 2 | 3 | null;
  readonly reviewAt?: string;
}

export const mappa: RecordRule<MappaContent> = {
  ...aboutWearer,
  kind: 'mappa',
  name: 'MAPPA status',
  path: '/mappa',
  body: Type.Object(
    {
      category: Type.Union([Type.Integer({ minimum: 1, maximum: 4 }), Type.Null()], {
        description: 'null, and the level too: no longer managed so',
      }),
      level: Type.Union([Type.Integer({ minimum: 1, maximum: 3 }), Type.Null()]),
      reviewAt: Type.Optional(Instant),
      effectiveAt: Type.Optional(EffectiveAt),
    },
    { additionalProperties: false },
  ),
  parse(body: MappaContent & { readonly effectiveAt?: string }) {
    const errors: RecordFault[] = [];
    if ((body.category === null) !== (body.level === null))
      errors.push({ pointer: '/level', detail: 'a category goes with a level: both, or both null' });
    const reviewAt = createInstantReader(errors).readOptional('/reviewAt', body.reviewAt);
    return sayEffective({ ...body, ...(reviewAt === undefined ? {} : { reviewAt }) }, errors);
  },
};

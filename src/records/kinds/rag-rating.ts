/** How much of a risk a wearer is, as two persons have agreed it: proposed by one with the evidence, agreed by another. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { RAG_RATINGS, type Rag } from '../../wire/rag.js';
import { createInstantReader } from '../instants.js';
import { Instant, Line, type RecordRule } from '../rule.js';
import { aboutWearer, EffectiveAt, sayEffective } from './judgement.js';

export interface RagContent {
  readonly rating: Rag;
  readonly evidence: string;
  /** Without it: as often as the rating asks for. */
  readonly nextReviewAt?: string;
}

export const ragRating: RecordRule<RagContent> = {
  ...aboutWearer,
  kind: 'rag-rating',
  name: 'RAG rating',
  path: '/rag-ratings',
  operations: { read: 'schemes.read', write: 'rag.write' },
  body: Type.Object(
    {
      rating: Type.Enum([...RAG_RATINGS], { description: 'blue: in custody' }),
      evidence: Line(2_000),
      nextReviewAt: Type.Optional(Instant),
      effectiveAt: Type.Optional(EffectiveAt),
    },
    { additionalProperties: false },
  ),
  parse(body: RagContent & { readonly effectiveAt?: string }) {
    const errors: RecordFault[] = [];
    const nextReviewAt = createInstantReader(errors).readOptional('/nextReviewAt', body.nextReviewAt);
    return sayEffective({ ...body, ...(nextReviewAt === undefined ? {} : { nextReviewAt }) }, errors);
  },
};

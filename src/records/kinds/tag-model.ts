/** Tag models: what is true of every tag of a make. */
import Type from 'typebox';
import { Line, type RecordRule, said } from '../rule.js';

const MAX_ACCURACY_METRES = 10_000;
const MAX_INTERVAL_SECONDS = 86_400;
const MAX_SILENCE_SECONDS = 30 * 86_400;

export interface TagModelContent {
  readonly name: string;
  readonly supplier?: string;
  readonly accuracyConvention: 'r68' | 'r95';
  readonly defaultAccuracyMetres?: number;
  readonly intervalSeconds: number;
  /** Null: its silence is not judged. */
  readonly silentAfterSeconds?: number | null;
}

export const tagModel: RecordRule<TagModelContent> = {
  kind: 'tag-model',
  name: 'tag model',
  path: '/tag-models',
  idName: 'modelId',
  operations: { read: 'tags.read', write: 'tags.write' },
  body: Type.Object(
    {
      name: Line(200),
      supplier: Type.Optional(Line(200)),
      accuracyConvention: Type.Enum(['r68', 'r95'], {
        description: 'Whether accuracyMetres is the radius of the 68 % or the 95 % circle',
      }),
      defaultAccuracyMetres: Type.Optional(
        Type.Number({ exclusiveMinimum: 0, maximum: MAX_ACCURACY_METRES, description: 'For pings that tell none' }),
      ),
      intervalSeconds: Type.Number({
        exclusiveMinimum: 0,
        maximum: MAX_INTERVAL_SECONDS,
        description: 'How often a tag of this model sends a ping',
      }),
      silentAfterSeconds: Type.Optional(
        Type.Union([Type.Number({ minimum: 60, maximum: MAX_SILENCE_SECONDS }), Type.Null()], {
          description:
            'A tag that is fitted and not heard from for so long is unmonitored; null: that is not judged. Not given: 15 times intervalSeconds, an hour at least',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  parse: (body: TagModelContent) => said(body),
  targets: ({ id, isNew }) => (isNew ? [] : [{ kind: 'tag-model', id }]),
};

/** `/tag-models`: what is true of every tag of a make. */
import Type from 'typebox';
import { type TagModelContent, tagModels } from '../../../store/tag-models.js';
import type { App } from '../../app.js';
import { Line, type RecordDeps, registerRecord } from './record-routes.js';

const MAX_ACCURACY_METRES = 10_000;
const MAX_INTERVAL_SECONDS = 86_400;

const Body = Type.Object(
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
  },
  { additionalProperties: false },
);

export function registerTagModels(app: App, deps: RecordDeps): void {
  registerRecord(app, deps, {
    path: '/tag-models',
    idName: 'modelId',
    name: 'tag model',
    table: tagModels,
    operations: { read: 'tags.read', write: 'tags.write' },
    body: Body,
    parse: (put: TagModelContent) => ({ ok: true, put }),
    toWire: (content) => content,
  });
}

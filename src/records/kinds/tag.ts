/** Tags: the devices, by their supplier's identifier. */
import Type from 'typebox';
import { TagIdSchema } from '../../wire/ping-schema.js';
import { RecordId } from '../../wire/record-id.js';
import { type RecordRule, said } from '../rule.js';

export interface TagContent {
  readonly modelId?: string;
}

export const tag: RecordRule<TagContent> = {
  kind: 'tag',
  name: 'tag',
  path: '/tags',
  idName: 'tagId',
  operations: { read: 'tags.read', write: 'tags.write' },
  id: TagIdSchema,
  body: Type.Object({ modelId: Type.Optional(RecordId) }, { additionalProperties: false }),
  parse: (body: TagContent) => said(body),
  references: ({ modelId }) => (modelId === undefined ? [] : [{ pointer: '/modelId', kind: 'tag-model', id: modelId }]),
  targets: ({ id }) => [{ kind: 'tag', id }],
};

/** Tags: the devices, by their supplier's identifier. */
import { checkReferences } from './records.js';
import { defineSimpleRecord } from './simple-record.js';

export interface TagContent {
  readonly modelId?: string;
}

export const tags = defineSimpleRecord<TagContent>('tag', [{ field: 'modelId', column: 'model_id', type: 'text' }], {
  async check(tx, put) {
    if (put.modelId === undefined) return null;
    const errors = await checkReferences(tx, [{ pointer: '/modelId', kind: 'tag-model', id: put.modelId }]);
    return errors.length === 0 ? null : { type: 'invalid', errors };
  },
  targets: (_put, { id }) => [{ kind: 'tag', id }],
});

/** Tag models: what is true of every tag of a make. */
import { defineSimpleRecord } from './simple-record.js';

export interface TagModelContent {
  readonly name: string;
  readonly supplier?: string;
  readonly accuracyConvention: 'r68' | 'r95';
  readonly defaultAccuracyMetres?: number;
  readonly intervalSeconds: number;
}

export const tagModels = defineSimpleRecord<TagModelContent>(
  'tag-model',
  [
    { field: 'name', column: 'name', type: 'text' },
    { field: 'supplier', column: 'supplier', type: 'text' },
    { field: 'accuracyConvention', column: 'accuracy_convention', type: 'text' },
    { field: 'defaultAccuracyMetres', column: 'default_accuracy_metres', type: 'number' },
    { field: 'intervalSeconds', column: 'interval_seconds', type: 'number' },
  ],
  {
    check: async () => null,
    targets: (_put, { id }) => [{ kind: 'tag-model', id }],
  },
);

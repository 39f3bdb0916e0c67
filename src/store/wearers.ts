/** Wearers: the people who are tagged. */
import { defineSimpleRecord } from './simple-record.js';

export interface WearerContent {
  readonly name: string;
  readonly division?: string;
  readonly rag?: 'red' | 'amber' | 'green';
}

export const wearers = defineSimpleRecord<WearerContent>(
  'wearer',
  [
    { field: 'name', column: 'name', type: 'text' },
    { field: 'division', column: 'division', type: 'text' },
    { field: 'rag', column: 'rag', type: 'text' },
  ],
  {
    check: async () => null,
    targets: (_put, { id }) => [{ kind: 'wearer', id }],
  },
);

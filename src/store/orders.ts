/** Orders: the legal instruments that conditions belong to. */
import { checkReferences, type RecordFault } from './records.js';
import { defineSimpleRecord } from './simple-record.js';

export const ORDER_TYPES = [
  'hdc',
  'licence',
  'bail',
  'community-order',
  'suspended-sentence',
  'dapo',
  'voluntary',
] as const;

export interface OrderContent {
  readonly wearerId: string;
  readonly type: (typeof ORDER_TYPES)[number];
  readonly startsAt: string;
  readonly endsAt?: string;
}

export const orders = defineSimpleRecord<OrderContent>(
  'order',
  [
    { field: 'wearerId', column: 'wearer_id', type: 'text' },
    { field: 'type', column: 'type', type: 'text' },
    { field: 'startsAt', column: 'starts_at', type: 'instant' },
    { field: 'endsAt', column: 'ends_at', type: 'instant' },
  ],
  {
    async check(tx, put, { current }) {
      const errors: RecordFault[] = await checkReferences(tx, [
        { pointer: '/wearerId', kind: 'wearer', id: put.wearerId },
      ]);
      if (current !== null && current.content.wearerId !== put.wearerId) {
        errors.push({ pointer: '/wearerId', detail: 'an order stays with its wearer: write another' });
      }
      return errors.length === 0 ? null : { type: 'invalid', errors };
    },
    targets: (put) => [{ kind: 'wearer', id: put.wearerId }],
  },
);

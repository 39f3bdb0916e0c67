/** While a wearer is in custody: alerts are raised all the same, and say so. */
import { checkReferences } from './records.js';
import { defineSimpleRecord } from './simple-record.js';

export interface CustodyContent {
  readonly wearerId: string;
  readonly startsAt: string;
  readonly endsAt?: string;
}

export const custodyPeriods = defineSimpleRecord<CustodyContent>(
  'custody-period',
  [
    { field: 'wearerId', column: 'wearer_id', type: 'text' },
    { field: 'startsAt', column: 'starts_at', type: 'instant' },
    { field: 'endsAt', column: 'ends_at', type: 'instant' },
  ],
  {
    async check(tx, put, { current }) {
      const errors = await checkReferences(tx, [{ pointer: '/wearerId', kind: 'wearer', id: put.wearerId }]);
      if (current !== null && current.content.wearerId !== put.wearerId) {
        errors.push({ pointer: '/wearerId', detail: 'a custody period stays with its wearer: write another' });
      }
      return errors.length === 0 ? null : { type: 'invalid', errors };
    },
    targets: (put) => [{ kind: 'wearer', id: put.wearerId }],
  },
);

/** Suspensions: while alerts of a wearer, or of one of the wearer's conditions, are held back. */
import type { Queryable } from '../ports/database.js';
import { checkReferences, type RecordFault } from './records.js';
import { defineSimpleRecord } from './simple-record.js';

export interface SuspensionContent {
  readonly wearerId: string;
  readonly conditionId?: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly reason: string;
}

/** A condition of one of the wearer's orders, or of all wearers. */
async function checkCondition(tx: Queryable, { wearerId, conditionId }: SuspensionContent): Promise<RecordFault[]> {
  if (conditionId === undefined) return [];
  const { rowCount } = await tx.query(
    `select 1 as found from condition left join legal_order using (order_id)
     where condition_id = $1 and coalesce(wearer_id, $2) = $2`,
    [conditionId, wearerId],
  );
  return rowCount > 0
    ? []
    : [{ pointer: '/conditionId', detail: `wearer ${wearerId} has no condition ${conditionId}` }];
}

export const suspensions = defineSimpleRecord<SuspensionContent>(
  'suspension',
  [
    { field: 'wearerId', column: 'wearer_id', type: 'text' },
    { field: 'conditionId', column: 'condition_id', type: 'text' },
    { field: 'startsAt', column: 'starts_at', type: 'instant' },
    { field: 'endsAt', column: 'ends_at', type: 'instant' },
    { field: 'reason', column: 'reason', type: 'text' },
  ],
  {
    async check(tx, put, { current }) {
      const errors = await checkReferences(tx, [{ pointer: '/wearerId', kind: 'wearer', id: put.wearerId }]);
      if (current !== null && current.content.wearerId !== put.wearerId) {
        errors.push({ pointer: '/wearerId', detail: 'a suspension stays with its wearer: write another' });
      }
      if (errors.length === 0) errors.push(...(await checkCondition(tx, put)));
      return errors.length === 0 ? null : { type: 'invalid', errors };
    },
    targets: (put) => [{ kind: 'wearer', id: put.wearerId }],
  },
);

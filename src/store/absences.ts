/** Authorised absences: when a wearer may be elsewhere than an order demands. */
import type { Queryable } from '../ports/database.js';
import type { AbsenceFacts } from '../ports/watch.js';
import { checkReferences, type RecordFault } from './records.js';
import { defineSimpleRecord } from './simple-record.js';

export interface AbsenceContent {
  readonly orderId: string;
  /** Absent: every condition of the order that demands presence. */
  readonly conditionIds?: readonly string[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly reason: string;
}

async function checkConditions(tx: Queryable, { orderId, conditionIds = [] }: AbsenceContent): Promise<RecordFault[]> {
  const { rows } = await tx.query<{ condition_id: string }>(
    'select condition_id from condition where order_id = $1 and condition_id = any($2)',
    [orderId, [...conditionIds]],
  );
  const own = new Set(rows.map((row) => row.condition_id));
  return conditionIds.flatMap((id, i) =>
    own.has(id) ? [] : [{ pointer: `/conditionIds/${i}`, detail: `order ${orderId} has no condition ${id}` }],
  );
}

export const absences = defineSimpleRecord<AbsenceContent>(
  'absence',
  [
    { field: 'orderId', column: 'order_id', type: 'text' },
    { field: 'conditionIds', column: 'condition_ids', type: 'texts' },
    { field: 'startsAt', column: 'starts_at', type: 'instant' },
    { field: 'endsAt', column: 'ends_at', type: 'instant' },
    { field: 'reason', column: 'reason', type: 'text' },
  ],
  {
    async check(tx, put, { current }) {
      const errors = await checkReferences(tx, [{ pointer: '/orderId', kind: 'order', id: put.orderId }]);
      if (current !== null && current.content.orderId !== put.orderId) {
        errors.push({ pointer: '/orderId', detail: 'an absence stays with its order: write another' });
      }
      if (errors.length === 0) errors.push(...(await checkConditions(tx, put)));
      return errors.length === 0 ? null : { type: 'invalid', errors };
    },
    targets: (put) => [{ kind: 'order', id: put.orderId }],
  },
);

/**
 * The absences of some orders, each as far as each of its versions stood: the first one always, a later one from when it was
 * recorded until the next. By order, start and id.
 */
export async function readAbsences(db: Queryable, orderIds: readonly string[]): Promise<AbsenceFacts[]> {
  const { rows } = await db.query<{
    absence_id: string;
    order_id: string;
    version: number;
    recorded_at: Date;
    until: Date | null;
    content: AbsenceContent;
  }>(
    `select absence_id, order_id, v.version, v.recorded_at, v.content,
            lead(v.recorded_at) over (partition by absence_id order by v.version) as until
     from absence join record_version v on v.record_kind = 'absence' and v.record_id = absence_id
     where order_id = any($1) order by absence_id, v.version`,
    [orderIds],
  );
  return rows
    .map((row): AbsenceFacts => {
      const recordedAtMs = row.recorded_at.getTime();
      return {
        absenceId: row.absence_id,
        orderId: row.order_id,
        conditionIds: row.content.conditionIds ?? null,
        startsAtMs: Math.max(Date.parse(row.content.startsAt), row.version === 1 ? -Infinity : recordedAtMs),
        endsAtMs: Math.min(Date.parse(row.content.endsAt), row.until?.getTime() ?? Infinity),
        knownFromMs: recordedAtMs,
      };
    })
    .filter(({ startsAtMs, endsAtMs }) => startsAtMs < endsAtMs)
    .sort((a, b) => a.startsAtMs - b.startsAtMs || (a.absenceId < b.absenceId ? -1 : 1));
}

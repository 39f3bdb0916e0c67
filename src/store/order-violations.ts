/** What accumulated time in violation is added up from: an order's curfew alerts and its absences, as they are on record. */
import type { Alert } from '../alerts/alert.js';
import type { Queryable } from '../ports/database.js';
import type { AbsenceFacts } from '../ports/watch.js';
import { readAbsences } from './absences.js';

/** Three a day over an order of nine years. */
export const MAX_ORDER_VIOLATIONS = 10_000;

export interface OrderViolations {
  /** Curfew alerts that were not withdrawn, the newest start first, at most `MAX_ORDER_VIOLATIONS`. */
  readonly alerts: readonly Alert[];
  /** False: there are more. */
  readonly complete: boolean;
  readonly absences: readonly AbsenceFacts[];
  readonly wearerId: string;
}

/** Null: there is no such order. */
export async function readOrderViolations(db: Queryable, orderId: string): Promise<OrderViolations | null> {
  const order = await db.query<{ wearer_id: string }>('select wearer_id from legal_order where order_id = $1', [
    orderId,
  ]);
  const wearerId = order.rows[0]?.wearer_id;
  if (wearerId === undefined) return null;
  const { rows } = await db.query<{ fold: Alert }>(
    `select fold from alert
     where order_id = $1 and kind = 'curfew' and type <> 'withdrawn'
     order by started_at desc, alert_id limit $2::int`,
    [orderId, MAX_ORDER_VIOLATIONS + 1],
  );
  return {
    alerts: rows.slice(0, MAX_ORDER_VIOLATIONS).map(({ fold }) => fold),
    complete: rows.length <= MAX_ORDER_VIOLATIONS,
    absences: await readAbsences(db, [orderId]),
    wearerId,
  };
}

/** What is on record about requests to recall: how far each is, and what a new one begins from. */
import type { Queryable } from '../ports/database.js';
import { type OrderType, recallTypeOf } from '../wire/order.js';
import { type DealtWith, ENDED_SHOWN_MS, type RecallOutcome } from '../wire/recall.js';

interface Row {
  recall_id: string;
  wearer_id: string;
  order_type: OrderType;
  state: DealtWith['state'];
  state_at: string | null;
  state_since: Date;
  alert_ids: string[];
  hearing_at: string | null;
  outcome: RecallOutcome | null;
}

export interface DealtWithQuery {
  /** All of this wearer's; null: everybody's that go on, and those that ended since `endedSinceMs`. */
  readonly wearerId: string | null;
  readonly endedSinceMs: number;
  readonly after: string | null;
  readonly limit: number;
}

/** Requests that were made, by id. A draft is none yet. */
export async function listDealtWith(db: Queryable, query: DealtWithQuery): Promise<DealtWith[]> {
  const { rows } = await db.query<Row>(
    `select r.recall_id, r.wearer_id, o.type as order_type, r.state, v.content ->> 'stateAt' as state_at,
            v.content -> 'alertIds' as alert_ids, v.content ->> 'hearingAt' as hearing_at, v.content ->> 'outcome' as outcome,
            (select min(recorded_at) from record_version s
             where s.record_kind = 'recall' and s.record_id = r.recall_id and s.content ->> 'state' = r.state) as state_since
     from recall r join legal_order o using (order_id)
       join record_version v on v.record_kind = 'recall' and v.record_id = r.recall_id and v.version = r.version
     where r.state <> 'draft' and r.recall_id > $1 collate "C"
       and ($2::text is null or r.wearer_id = $2::text)
       and ($2::text is not null or r.state <> 'outcome' or r.recorded_at >= $3::timestamptz)
     order by r.recall_id collate "C" limit $4::int`,
    [query.after ?? '', query.wearerId, new Date(query.endedSinceMs), query.limit],
  );
  return rows.map((row) => ({
    recallId: row.recall_id,
    wearerId: row.wearer_id,
    type: recallTypeOf(row.order_type),
    alertIds: row.alert_ids,
    state: row.state,
    stateAt: row.state_at ?? row.state_since.toISOString(),
    ...(row.hearing_at === null ? {} : { hearingAt: row.hearing_at }),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
  }));
}

/** Requests that go on, or ended of late: a force has tens of them. */
const OF_LATE_LIMIT = 10_000;

/** Everybody's that go on, and those that ended in the last 28 days. */
export const listDealtWithOfLate = (db: Queryable, nowMs: number): Promise<DealtWith[]> =>
  listDealtWith(db, { wearerId: null, endedSinceMs: nowMs - ENDED_SHOWN_MS, after: null, limit: OF_LATE_LIMIT });

export interface OrderOnRecord {
  readonly orderId: string;
  readonly type: OrderType;
  readonly startsAtMs: number;
  readonly endsAtMs: number | null;
}

/** A wearer's orders, the one that began last first. */
export async function listOrders(db: Queryable, wearerId: string): Promise<OrderOnRecord[]> {
  const { rows } = await db.query<{ order_id: string; type: OrderType; starts_at: Date; ends_at: Date | null }>(
    'select order_id, type, starts_at, ends_at from legal_order where wearer_id = $1 order by starts_at desc, order_id',
    [wearerId],
  );
  return rows.map((row) => ({
    orderId: row.order_id,
    type: row.type,
    startsAtMs: row.starts_at.getTime(),
    endsAtMs: row.ends_at?.getTime() ?? null,
  }));
}

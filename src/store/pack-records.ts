/** Which records belong to a wearer and an order, for who gathers all that stood at a time. */
import type { Queryable } from '../ports/database.js';

export interface RelatedRecords {
  readonly absenceIds: readonly string[];
  readonly suspensionIds: readonly string[];
  readonly custodyPeriodIds: readonly string[];
}

/** Those that ever overlapped the time, in any of their versions; `orderIds`: the orders whose absences are meant. */
export async function readRelatedRecords(
  db: Queryable,
  query: {
    readonly wearerId: string;
    readonly orderIds: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
  },
): Promise<RelatedRecords> {
  const period = [new Date(query.fromMs), new Date(query.toMs)];
  const list = async (table: string, idColumn: string, kind: string, where: string, param: unknown) => {
    const { rows } = await db.query<{ id: string }>(
      `select ${idColumn} as id from ${table} where ${where} and exists (
         select from record_version v where v.record_kind = '${kind}' and v.record_id = ${idColumn}
           and (v.content->>'startsAt')::timestamptz < $3::timestamptz
           and coalesce((v.content->>'endsAt')::timestamptz, 'infinity') > $2::timestamptz)
       order by ${idColumn} collate "C"`,
      [param, ...period],
    );
    return rows.map(({ id }) => id);
  };
  const { wearerId, orderIds } = query;
  return {
    absenceIds: await list('absence', 'absence_id', 'absence', 'order_id = any($1)', orderIds),
    suspensionIds: await list('suspension', 'suspension_id', 'suspension', 'wearer_id = $1', wearerId),
    custodyPeriodIds: await list('custody_period', 'custody_period_id', 'custody-period', 'wearer_id = $1', wearerId),
  };
}

/** Authorised absences as the publisher reads them: when a wearer may be elsewhere than an order demands. */
import type { Queryable } from '../ports/database.js';
import type { AbsenceFacts } from '../ports/watch.js';

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
    content: { conditionIds?: readonly string[]; startsAt: string; endsAt: string };
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

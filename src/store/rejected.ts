/** What could not be used: `rejected_message`. */
import type { Queryable } from '../ports/database.js';
import type { RejectedRow } from '../ports/record-tables.js';
import { toStorable, toStorableJson } from './text.js';

/** Writes those that are not there yet; tells how many. */
export async function insertRejected(tx: Queryable, epoch: string, rows: readonly RejectedRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  const column = <T>(pick: (row: RejectedRow) => T): T[] => rows.map(pick);
  const { rowCount } = await tx.query(
    `insert into rejected_message
       (epoch, log_topic, log_partition, log_offset, log_place, reason, detail, rejected_at, source, tag_id, payload)
     select $1, log_topic, log_partition, log_offset, log_place, reason, detail, to_timestamp(rejected_at), source, tag_id, payload
     from unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::double precision[], $8::jsonb[], $9::text[],
       $10::bytea[], $11::int[]) as r (log_topic, log_partition, log_offset, reason, detail, rejected_at, source, tag_id, payload, log_place)
     on conflict do nothing`,
    [
      epoch,
      column(({ at }) => at.topic),
      column(({ at }) => at.partition),
      column(({ at }) => at.offset),
      column(({ reason }) => toStorable(reason)),
      column(({ detail }) => toStorable(detail)),
      column(({ rejectedAtMs }) => rejectedAtMs / 1000),
      column(({ source }) => (source === null ? null : toStorableJson(source))),
      column(({ tagId }) => (tagId === null ? null : toStorable(tagId))),
      column(({ payload }) => payload),
      column(({ at }) => at.place ?? 0),
    ],
  );
  return rowCount;
}

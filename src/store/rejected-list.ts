/** What was rejected, as the record holds it. */
import type { Queryable } from '../ports/database.js';

export interface RejectedMessage {
  readonly rejectedId: number;
  readonly reason: string;
  readonly detail: string;
  readonly rejectedAt: string;
  /** Where it came from: a request's id, or a place in the log. */
  readonly from: object;
  readonly tagId: string | null;
  /** As many of its bytes as were asked for, from the first on. */
  readonly payload: Uint8Array;
  /** How many are kept. */
  readonly payloadBytes: number;
}

interface RejectedMessageRow {
  rejected_id: number;
  reason: string;
  detail: string;
  rejected_at: Date;
  log_topic: string;
  log_partition: number;
  log_offset: number;
  source: object | null;
  tag_id: string | null;
  payload: Uint8Array;
  payload_bytes: number;
}

export interface RejectedFilter {
  readonly reason?: string;
  readonly tagId?: string;
  readonly fromMs?: number;
  /** Excluded. */
  readonly toMs?: number;
  readonly rejectedId?: number;
  /** Only what was rejected before this one. */
  readonly before?: number;
  readonly limit: number;
}

/** Newest first, each with at most `payloadBytes` of its bytes. */
export async function listRejected(
  db: Queryable,
  filter: RejectedFilter,
  payloadBytes: number,
): Promise<RejectedMessage[]> {
  const params: unknown[] = [payloadBytes];
  const clauses: string[] = [];
  const where = (value: unknown, clause: (place: string) => string): void => {
    if (value !== undefined) clauses.push(clause(`$${params.push(value)}`));
  };
  const instant = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));
  where(filter.reason, (place) => `reason = ${place}`);
  where(filter.tagId, (place) => `tag_id = ${place}`);
  where(instant(filter.fromMs), (place) => `rejected_at >= ${place}::timestamptz`);
  where(instant(filter.toMs), (place) => `rejected_at < ${place}::timestamptz`);
  where(filter.rejectedId, (place) => `rejected_id = ${place}::bigint`);
  where(filter.before, (place) => `rejected_id < ${place}::bigint`);
  const { rows } = await db.query<RejectedMessageRow>(
    `select rejected_id, reason, detail, rejected_at, log_topic, log_partition, log_offset, source, tag_id,
       substring(payload from 1 for $1::int) as payload, length(payload) as payload_bytes
     from rejected_message ${clauses.length === 0 ? '' : `where ${clauses.join(' and ')}`}
     order by rejected_id desc limit $${params.push(filter.limit)}::int`,
    params,
  );
  return rows.map((row) => ({
    rejectedId: row.rejected_id,
    reason: row.reason,
    detail: row.detail,
    rejectedAt: row.rejected_at.toISOString(),
    from: row.source ?? { topic: row.log_topic, partition: row.log_partition, offset: row.log_offset },
    tagId: row.tag_id,
    payload: row.payload,
    payloadBytes: row.payload_bytes,
  }));
}

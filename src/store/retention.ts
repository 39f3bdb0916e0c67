/** What retention deletes, and what it must not: the view `held`. A step at a time, each with its row in `retention_deletion`. */
import type { Queryable } from '../ports/database.js';
import {
  type DeletedStretch,
  type Deletion,
  ONE_STRETCH_MS,
  type RetentionStep,
  type RetentionStore,
} from '../ports/retention.js';

/** As the trigger of the holds has it: who places one waits for the step, and the next step sees it. */
const DELETION_LOCK = 7_402_310_005;
/** So many before a held time are held with it: by them a re-run knows the state at its start (`PINGS_BEFORE` of `rerun.ts`). */
const PINGS_BEFORE = 8;

async function nextTagWithPings(db: Queryable, after: string | null, olderThanMs: number): Promise<string | null> {
  const { rows } = await db.query<{ tag_id: string }>(
    `select tag_id from ping where ($1::text is null or tag_id > $1::text) and fixed_at < $2::timestamptz order by tag_id limit 1`,
    [after, new Date(olderThanMs)],
  );
  return rows[0]?.tag_id ?? null;
}

/**
 * Deletes the first stretch of a tag's pings that were made and received before, as far as nothing holds it; tells how many. What is held
 * lies between two stretches, so that none tells of it as deleted.
 */
async function deletePings(
  tx: Queryable,
  { tagId, olderThanMs, nowMs, limit }: RetentionStep & { readonly tagId: string },
): Promise<number> {
  await tx.query('select pg_advisory_xact_lock($1::bigint)', [DELETION_LOCK]);
  const { rows } = await tx.query<{ deleted: number }>(
    `with island as materialized (
       select until_at, coalesce((select min(fixed_at) from (
           select fixed_at from ping where tag_id = $1 and fixed_at < h.from_at and position is not null
           order by fixed_at desc limit ${PINGS_BEFORE}) as before), h.from_at) as from_at
       from held h where h.tag_id = $1
     ), old as materialized (
       select fixed_at, identity from ping p
       where tag_id = $1 and fixed_at < $2::timestamptz and received_at < $2::timestamptz
         and not exists (select from island i where p.fixed_at >= i.from_at and p.fixed_at < i.until_at)
       order by fixed_at, identity limit $3::int
     ), stretch as (
       select * from old where fixed_at < coalesce((
         select min(from_at) from island where from_at > (select min(fixed_at) from old)), 'infinity')
     ), gone as (
       delete from ping p using stretch s where p.tag_id = $1 and p.fixed_at = s.fixed_at and p.identity = s.identity
       returning p.fixed_at, p.activation_id
     ), told as (
       select min(fixed_at) as from_at, max(fixed_at) as to_at, count(*)::int as deleted,
         array(select distinct wearer_id from activation where activation_id in (select activation_id from gone) order by 1) as wearer_ids
       from gone
     )
     insert into retention_deletion (what, tag_id, from_at, to_at, deleted, older_than, deleted_at, wearer_ids)
     select 'ping', $1, from_at, to_at, deleted, $2::timestamptz, $4::timestamptz, wearer_ids from told where deleted > 0
     returning deleted`,
    [tagId, new Date(olderThanMs), limit, new Date(nowMs)],
  );
  return rows[0]?.deleted ?? 0;
}

/**
 * Deletes the oldest messages that could not be used, as far as nothing holds their tag then or before, for what is of a held time may have
 * come at any time after it; of those without a tag, as far as
 * nothing that has a beginning holds any. Tells how many.
 */
async function deleteRejected(tx: Queryable, { olderThanMs, nowMs, limit }: RetentionStep): Promise<number> {
  await tx.query('select pg_advisory_xact_lock($1::bigint)', [DELETION_LOCK]);
  const { rows } = await tx.query<{ deleted: number }>(
    `with span as materialized (select * from held), old as materialized (
       select rejected_id from rejected_message r where rejected_at < $1::timestamptz and not exists (
         select from span h where r.rejected_at >= h.from_at and (h.tag_id = r.tag_id
           or (r.tag_id is null and h.from_at > '-infinity' and r.rejected_at < h.until_at)))
       order by rejected_at limit $2::int
     ), gone as (
       delete from rejected_message r using old where r.rejected_id = old.rejected_id returning r.tag_id, r.rejected_at
     )
     insert into retention_deletion (what, tag_id, from_at, to_at, deleted, older_than, deleted_at, wearer_ids)
     select 'rejected', tag_id, min(rejected_at), max(rejected_at), count(*)::int, $1::timestamptz, $3::timestamptz,
       array(select distinct wearer_id from activation a where a.tag_id = gone.tag_id order by 1)
     from gone group by tag_id
     returning deleted`,
    [new Date(olderThanMs), limit, new Date(nowMs)],
  );
  return rows.reduce((sum, { deleted }) => sum + deleted, 0);
}

interface Row {
  n: number;
  what: Deletion['what'];
  tag_id: string | null;
  from_at: Date;
  to_at: Date;
  deleted: number;
  wearer_ids: string[];
}

async function listUntold(db: Queryable, limit: number): Promise<readonly Deletion[]> {
  const { rows } = await db.query<Row>(
    `select n, what, tag_id, from_at, to_at, deleted, wearer_ids from retention_deletion
     where audited_at is null order by n limit $1::int`,
    [limit],
  );
  return rows.map((row) => ({
    n: row.n,
    what: row.what,
    tagId: row.tag_id,
    fromMs: row.from_at.getTime(),
    toMs: row.to_at.getTime(),
    deleted: row.deleted,
    wearerIds: row.wearer_ids,
  }));
}

async function noteTold(db: Queryable, n: number, atMs: number): Promise<void> {
  await db.query('update retention_deletion set audited_at = $2::timestamptz where n = $1::bigint', [
    n,
    new Date(atMs),
  ]);
}

export const retentionStore: RetentionStore = { nextTagWithPings, deletePings, deleteRejected, listUntold, noteTold };

/**
 * What retention deleted of what a wearer's tags sent within a time, by the device's clock, the first first.
 */
export async function listDeletedStretches(
  db: Queryable,
  query: { readonly wearerId: string; readonly fromMs: number; readonly toMs: number },
): Promise<DeletedStretch[]> {
  const { wearerId, fromMs, toMs } = query;
  const { rows } = await db.query<{ from_at: Date; to_at: Date; deleted: number }>(
    `select from_at, to_at, deleted from retention_deletion
     where what = 'ping' and $1::text = any (wearer_ids) and to_at >= $2::timestamptz and from_at < $3::timestamptz
       and tag_id in (select tag_id from worn
         where wearer_id = $1 and fitted_at < $3::timestamptz and coalesce(until_at, 'infinity') > $2::timestamptz)
     order by from_at`,
    [wearerId, new Date(fromMs), new Date(toMs)],
  );
  const stretches: DeletedStretch[] = [];
  for (const row of rows) {
    // What lies beyond may be of somebody else, who wore the tag then.
    const next = { fromMs: Math.max(fromMs, row.from_at.getTime()), toMs: Math.min(toMs, row.to_at.getTime()) };
    const last = stretches.at(-1);
    if (last === undefined || next.fromMs - last.toMs > ONE_STRETCH_MS)
      stretches.push({ ...next, messages: row.deleted });
    else
      stretches[stretches.length - 1] = {
        fromMs: last.fromMs,
        toMs: Math.max(last.toMs, next.toMs),
        messages: last.messages + row.deleted,
      };
  }
  return stretches;
}

/** Pings that retention deleted of what tags sent within a time, by the device's clock; the bounds included. */
export async function countDeletedPings(
  db: Queryable,
  query: { readonly tagIds: readonly string[]; readonly fromMs: number; readonly toMs: number },
): Promise<number> {
  const { rows } = await db.query<{ deleted: number }>(
    `select coalesce(sum(deleted), 0)::int as deleted from retention_deletion
     where what = 'ping' and tag_id = any ($1) and to_at >= $2::timestamptz and from_at <= $3::timestamptz`,
    [query.tagIds, new Date(query.fromMs), new Date(query.toMs)],
  );
  return rows[0]!.deleted;
}

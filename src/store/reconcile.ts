/** Requests to judge the past again, and what the reconciler reads: `ReconcileStore` in SQL. */
import type { FindingEvent } from '../alerts/event.js';
import type { Queryable } from '../ports/database.js';
import type { DueRequest, ReconcileStore } from '../ports/reconcile.js';
import type { RequestRow } from '../ports/record-tables.js';
import { isAhead, MOST_AHEAD, madeAt } from './made-at.js';
import { PING_COLUMNS, type StoredPingRow, toStoredPing } from './stored-ping.js';

const instant = (ms: number): string => new Date(ms).toISOString();

/** Merges requests into those that wait, one row an activation. `rows` are in the log's order. */
export async function mergeReconcileRequests(tx: Queryable, epoch: string, rows: readonly RequestRow[]): Promise<void> {
  const merged = new Map<string, AboutActivation & { firstRequestedAtMs: number }>();
  for (const row of await nameActivations(tx, await findUnclaimed(tx, rows))) {
    const before = merged.get(row.activationId);
    merged.set(row.activationId, {
      ...row,
      fromMs: Math.min(row.fromMs, before?.fromMs ?? row.fromMs),
      toMs: Math.max(row.toMs, before?.toMs ?? row.toMs),
      baseAtMs: Math.max(row.baseAtMs, before?.baseAtMs ?? row.baseAtMs),
      firstRequestedAtMs: before?.firstRequestedAtMs ?? row.requestedAtMs,
    });
  }
  // Always in the same order, so that two transactions never wait for each other.
  const sorted = [...merged.values()].sort((a, b) => (a.activationId < b.activationId ? -1 : 1));
  const column = <T>(pick: (row: (typeof sorted)[number]) => T): T[] => sorted.map(pick);
  await tx.query(
    `insert into reconcile_request (epoch, activation_id, tag_id, from_at, to_at, base_at, log_partition, log_offset,
       first_requested_at, requested_at)
     select $1, r.* from unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::int[],
       $8::bigint[], $9::timestamptz[], $10::timestamptz[])
       as r (activation_id, tag_id, from_at, to_at, base_at, log_partition, log_offset, first_requested_at, requested_at)
     on conflict (activation_id) do update set
       tag_id = excluded.tag_id,
       from_at = least(reconcile_request.from_at, excluded.from_at),
       to_at = greatest(reconcile_request.to_at, excluded.to_at),
       base_at = greatest(reconcile_request.base_at, excluded.base_at),
       epoch = excluded.epoch, log_partition = excluded.log_partition, log_offset = excluded.log_offset,
       requested_at = excluded.requested_at, attempts = 0, tampers_sent = 0, last_error = null, not_before = null`,
    [
      epoch,
      column(({ activationId }) => activationId),
      column(({ tagId }) => tagId),
      column(({ fromMs }) => instant(fromMs)),
      column(({ toMs }) => instant(toMs)),
      column(({ baseAtMs }) => instant(baseAtMs)),
      column(({ partition }) => partition),
      column(({ offset }) => offset),
      column(({ firstRequestedAtMs }) => instant(firstRequestedAtMs)),
      column(({ requestedAtMs }) => instant(requestedAtMs)),
    ],
  );
}

/**
 * Without those that are about what a tag sent before it was known whose it was, where it sent neither a position nor word of itself then. What counts is what the
 * log has before the request: a recorder that is behind has put the activation to the pings by now, and the engine has not judged them.
 */
async function findUnclaimed(tx: Queryable, rows: readonly RequestRow[]): Promise<readonly RequestRow[]> {
  const asked = rows.filter(({ unclaimed }) => unclaimed);
  if (asked.length === 0) return rows;
  const { rows: sent } = await tx.query<{ place: number; from_at: Date; to_at: Date }>(
    `select place::int as place, min(fixed_at) as from_at, max(fixed_at) as to_at
     from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::int[], $5::bigint[]) with ordinality
       as asked (tag_id, after_at, until_at, in_partition, before_offset, place)
     join ping using (tag_id)
     where fixed_at >= after_at and fixed_at < until_at and (position is not null or device_events <> '{}')
       and log_partition = in_partition and log_offset < before_offset
     group by place`,
    [
      asked.map(({ tagId }) => tagId),
      asked.map(({ fromMs }) => instant(fromMs)),
      asked.map(({ toMs }) => instant(toMs)),
      asked.map(({ partition }) => partition),
      asked.map(({ offset }) => offset),
    ],
  );
  const found = sent.map(({ place, from_at, to_at }) => ({
    ...asked[place - 1]!,
    fromMs: from_at.getTime(),
    toMs: to_at.getTime(),
  }));
  return [...rows.filter(({ unclaimed }) => !unclaimed), ...found];
}

type AboutActivation = RequestRow & { readonly activationId: string };

/**
 * In the place of requests that name a tag alone, one for each activation of it that was over by then and that they are about; none
 * where there is none. All of such an activation is the record's.
 */
async function nameActivations(tx: Queryable, rows: readonly RequestRow[]): Promise<AboutActivation[]> {
  const named: AboutActivation[] = [];
  const others: RequestRow[] = [];
  for (const row of rows) {
    if (row.activationId === null) others.push(row);
    else named.push({ ...row, activationId: row.activationId });
  }
  if (others.length === 0) return named;
  const { rows: found } = await tx.query<{ place: number; activation_id: string; until_at: Date }>(
    `select place::int as place, activation_id, until_at
     from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[]) with ordinality
       as asked (tag_id, from_at, to_at, requested_at, place)
     join worn using (tag_id)
     where fitted_at <= to_at and until_at > from_at and until_at <= requested_at order by place, activation_id`,
    [
      others.map(({ tagId }) => tagId),
      others.map(({ fromMs }) => instant(fromMs)),
      others.map(({ toMs }) => instant(toMs)),
      others.map(({ requestedAtMs }) => instant(requestedAtMs)),
    ],
  );
  for (const { place, activation_id: activationId, until_at: untilAt } of found) {
    named.push({ ...others[place - 1]!, activationId, baseAtMs: untilAt.getTime() });
  }
  return named;
}

interface ClaimedRow {
  request_id: number;
  activation_id: string;
  tag_id: string;
  from_at: Date;
  to_at: Date;
  base_at: Date;
  epoch: string;
  log_offset: number;
  attempts: number;
  tampers_sent: number;
}

const claim: ReconcileStore['claim'] = async (db, { nowMs, quietMs, waitLimitMs, leaseMs }) => {
  const { rows } = await db.query<ClaimedRow>(
    `update reconcile_request set leased_until = $2::timestamptz, attempts = attempts + 1
     where request_id = (
       select request_id from reconcile_request
       where coalesce(leased_until, '-infinity') <= $1::timestamptz and coalesce(not_before, '-infinity') <= $1::timestamptz
         and (requested_at <= $3::timestamptz or first_requested_at <= $4::timestamptz)
       order by to_at - from_at > interval '1 day', first_requested_at, request_id limit 1 for update skip locked
     )
     returning request_id, activation_id, tag_id, from_at, to_at, base_at, epoch, log_offset, attempts, tampers_sent`,
    [instant(nowMs), instant(nowMs + leaseMs), instant(nowMs - quietMs), instant(nowMs - waitLimitMs)],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    requestId: row.request_id,
    activationId: row.activation_id,
    tagId: row.tag_id,
    fromMs: row.from_at.getTime(),
    toMs: row.to_at.getTime(),
    baseAtMs: row.base_at.getTime(),
    epoch: row.epoch,
    offset: row.log_offset,
    attempts: row.attempts,
    tampersSent: row.tampers_sent,
  };
};

/** Whether nobody asked since it was taken in hand. */
const UNCHANGED = 'request_id = $1 and epoch = $2 and log_offset = $3';
const identityOf = ({ requestId, epoch, offset }: DueRequest) => [requestId, epoch, offset];

export const reconcileStore: ReconcileStore = {
  claim,
  async finish(db, request) {
    const done = await db.query(`delete from reconcile_request where ${UNCHANGED}`, identityOf(request));
    if (done.rowCount > 0) return;
    await db.query(
      'update reconcile_request set leased_until = null, first_requested_at = requested_at where request_id = $1',
      [request.requestId],
    );
  },
  async putBack(
    db,
    request,
    { notBeforeMs, attempts = request.attempts, tampersSent = request.tampersSent, lastError },
  ) {
    const put = await db.query(
      `update reconcile_request set leased_until = null, not_before = $4::timestamptz, attempts = $5, last_error = $6,
         tampers_sent = $7
       where ${UNCHANGED}`,
      [
        ...identityOf(request),
        notBeforeMs === null ? 'infinity' : instant(notBeforeMs),
        attempts,
        lastError ?? null,
        tampersSent,
      ],
    );
    if (put.rowCount > 0) return;
    await db.query('update reconcile_request set leased_until = null where request_id = $1', [request.requestId]);
  },
  async moveStart(db, request, fromMs) {
    await db.query(`update reconcile_request set from_at = $4::timestamptz where ${UNCHANGED}`, [
      ...identityOf(request),
      instant(fromMs),
    ]);
  },
  async countWaiting(db) {
    const { rows } = await db.query<{ count: number }>('select count(*) as count from reconcile_request', []);
    return rows[0]!.count;
  },
  async readKeptFrom(db, { tagId, activationId }) {
    const { rows } = await db.query<{ kept_from: Date | null }>(
      `select greatest(deleted_to, (
         select max(ended_at) from alert where activation_id = $2 and condition_id is not null and type <> 'withdrawn'
           and started_at <= deleted_to + interval '30 minutes')) as kept_from
       from (select max(to_at) as deleted_to from retention_deletion where tag_id = $1 and what = 'ping') as d`,
      [tagId, activationId],
    );
    return rows[0]?.kept_from?.getTime() ?? null;
  },
  async readFindings(db, { activationId, endedAfterMs, limit }) {
    const { rows } = await db.query<{ finding: FindingEvent }>(
      `select fold -> 'finding' as finding from alert
       where activation_id = $1 and coalesce(ended_at, 'infinity') >= $2::timestamptz
       order by started_at, alert_id limit $3`,
      [activationId, instant(endedAfterMs), limit],
    );
    return rows.map(({ finding }) => finding);
  },
  async readPingsBefore(db, { tagId, beforeMs, limit, aheadLimitMs }) {
    const { rows } = await db.query<StoredPingRow>(
      `select ${PING_COLUMNS} from (
         (select * from ping where tag_id = $1 and fixed_at < $2::timestamptz and position is not null
          order by fixed_at desc, identity desc limit $3)
         union
         (select * from ping where tag_id = $1 and position is not null and ${isAhead('$4')}
            and fixed_at >= $2::timestamptz and fixed_at < $2::timestamptz + ${MOST_AHEAD} and received_at < $2::timestamptz)
       ) as ping order by ${madeAt('$4')} desc, identity desc limit $3`,
      [tagId, instant(beforeMs), limit, aheadLimitMs / 1000],
    );
    return rows.reverse().map((row) => toStoredPing(tagId, row));
  },
  async readOrderedPings(db, { tagId, fromMs, after, limit, aheadLimitMs }) {
    // Those of clocks that are ahead stand elsewhere in the index: those that were made within the page's time are put among it.
    const { rows } = await db.query<StoredPingRow>(
      `with punctual as materialized (
         select * from ping
         where tag_id = $1 and fixed_at >= $2::timestamptz and (fixed_at, identity) > ($2::timestamptz, $3) and not ${isAhead('$5')}
         order by fixed_at, identity limit $4
       ), page as (
         select case when count(*) = $4 then max(fixed_at) else 'infinity' end as until from punctual
       )
       select ${PING_COLUMNS} from (
         select * from punctual
         union all
         (select * from ping
          where tag_id = $1 and fixed_at >= $2::timestamptz and fixed_at <= (select until + ${MOST_AHEAD} from page)
            and ${isAhead('$5')} and (received_at, identity) > ($2::timestamptz, $3) and received_at <= (select until from page)
          order by received_at, identity limit $4)
       ) as ping order by ${madeAt('$5')}, identity limit $4`,
      [tagId, instant(after?.madeAtMs ?? fromMs), after?.identity ?? '', limit, aheadLimitMs / 1000],
    );
    return rows.map((row) => toStoredPing(tagId, row));
  },
  async readUntoldTampers(db, { activationId, tagId, fromMs, toMs, limit }) {
    // Of each line the first message that says so and the first that says otherwise: many a tag repeats itself in every message. The
    // newest: what is over has to be heard of.
    const { rows } = await db.query<StoredPingRow>(
      `with said as materialized (
         select *, case when 'strap-tamper' = any (device_events) then true when 'strap-restored' = any (device_events) then false end as strap,
           case when 'case-tamper' = any (device_events) then true when 'case-restored' = any (device_events) then false end as casing
         from ping where tag_id = $1 and fixed_at >= $3::timestamptz and fixed_at <= $4::timestamptz
           and device_events && array['strap-tamper', 'strap-restored', 'case-tamper', 'case-restored']
       ), untold as (
         select coalesce(bool_or(tamper.of_kind = 'strap-tamper'), false) as strap, coalesce(bool_or(tamper.of_kind = 'case-tamper'), false) as casing
         from said s join unnest(array['strap-tamper', 'case-tamper']) as tamper (of_kind) on tamper.of_kind = any (s.device_events)
         where not exists (
           select from alert a where a.activation_id = $2 and a.kind = tamper.of_kind and a.type <> 'withdrawn'
             and a.started_at <= s.fixed_at and coalesce(a.ended_at, 'infinity') >= s.fixed_at)
       ), changed as (
         select fixed_at, identity from (
           select fixed_at, identity, strap is distinct from lag(strap) over (order by fixed_at, identity) as is_change
           from said where strap is not null and (select strap from untold)) as of_strap where is_change
         union
         select fixed_at, identity from (
           select fixed_at, identity, casing is distinct from lag(casing) over (order by fixed_at, identity) as is_change
           from said where casing is not null and (select casing from untold)) as of_case where is_change
       )
       select ${PING_COLUMNS} from said join changed using (fixed_at, identity)
       order by fixed_at desc, identity desc limit $5`,
      [tagId, activationId, instant(fromMs), instant(toMs), limit],
    );
    return rows.map((row) => toStoredPing(tagId, row)).reverse();
  },
  async readPublications(db, activationId) {
    const { rows } = await db.query<{
      condition_id: string;
      condition_version: number;
      zone_id: string;
      zone_version: number;
      published_at: Date;
    }>(
      `select condition_id, condition_version, zone_id, zone_version, published_at from term_publication
       where activation_id = $1`,
      [activationId],
    );
    return rows.map((row) => ({
      term: {
        activationId,
        conditionId: row.condition_id,
        conditionVersion: row.condition_version,
        zoneId: row.zone_id,
        zoneVersion: row.zone_version,
      },
      atMs: row.published_at.getTime(),
    }));
  },
  async listSharedConditions(db) {
    const { rows } = await db.query<{ condition_id: string }>(
      'select condition_id from condition where order_id is null order by condition_id',
      [],
    );
    return rows.map((row) => row.condition_id);
  },
  async readSharedVersion(db) {
    const { rows } = await db.query<{ version: string }>(
      `select coalesce(max(sequence), 0)::text || '/' || count(*)::text as version from watch_publication
       where target_kind = 'condition'`,
      [],
    );
    return rows[0]!.version;
  },
};

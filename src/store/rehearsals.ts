/** Rehearsals on record: what was tried over whose tracks, and what came of it. */
import type { Queryable } from '../ports/database.js';
import type { DraftRecord, RehearsalResult, RehearsalState } from '../wire/rehearsal.js';

/** A draft as it was sent, with what it would be: its content, and the version that it would have. */
export interface StoredDraft extends DraftRecord {
  readonly version: number;
  readonly content: object;
}

export interface NewRehearsal {
  readonly rehearsalId: string;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly reason: string;
  readonly correlationId: string | null;
  readonly wearerIds: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
  readonly drafts: readonly StoredDraft[];
}

/** Without its result. */
export interface StoredRehearsal extends NewRehearsal {
  /** In the order in which they were asked for. */
  readonly n: number;
  readonly state: RehearsalState;
  readonly wearersDone: number;
  readonly endedAtMs: number | null;
  readonly failure: string | null;
}

interface Row {
  n: number;
  rehearsal_id: string;
  requested_by: string;
  requested_at: Date;
  reason: string;
  correlation_id: string | null;
  wearer_ids: string[];
  from_at: Date;
  until_at: Date;
  drafts: string;
  state: RehearsalState;
  wearers_done: number;
  ended_at: Date | null;
  failure: string | null;
}
const COLUMNS = `n, rehearsal_id, requested_by, requested_at, reason, correlation_id, wearer_ids, from_at, until_at, drafts, state,
  wearers_done, ended_at, failure`;

const toRehearsal = (row: Row): StoredRehearsal => ({
  n: row.n,
  rehearsalId: row.rehearsal_id,
  requestedBy: row.requested_by,
  requestedAtMs: row.requested_at.getTime(),
  reason: row.reason,
  correlationId: row.correlation_id,
  wearerIds: row.wearer_ids,
  fromMs: row.from_at.getTime(),
  untilMs: row.until_at.getTime(),
  drafts: JSON.parse(row.drafts) as StoredDraft[],
  state: row.state,
  wearersDone: row.wearers_done,
  endedAtMs: row.ended_at?.getTime() ?? null,
  failure: row.failure,
});

export async function addRehearsal(db: Queryable, given: NewRehearsal): Promise<StoredRehearsal> {
  const { rows } = await db.query<Row>(
    `insert into rehearsal (rehearsal_id, requested_by, requested_at, reason, correlation_id, wearer_ids, from_at, until_at, drafts)
     values ($1, $2, $3::timestamptz, $4, $5, $6::text[], $7::timestamptz, $8::timestamptz, $9) returning ${COLUMNS}`,
    [
      given.rehearsalId,
      given.requestedBy,
      new Date(given.requestedAtMs),
      given.reason,
      given.correlationId,
      given.wearerIds,
      new Date(given.fromMs),
      new Date(given.untilMs),
      JSON.stringify(given.drafts),
    ],
  );
  return toRehearsal(rows[0]!);
}

export async function findRehearsal(db: Queryable, rehearsalId: string): Promise<StoredRehearsal | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from rehearsal where rehearsal_id = $1`, [rehearsalId]);
  return rows[0] === undefined ? null : toRehearsal(rows[0]);
}

/** Null: it has none, or not yet. */
export async function readRehearsalResult(db: Queryable, rehearsalId: string): Promise<RehearsalResult | null> {
  const { rows } = await db.query<{ result: string | null }>('select result from rehearsal where rehearsal_id = $1', [
    rehearsalId,
  ]);
  const text = rows[0]?.result ?? null;
  return text === null ? null : (JSON.parse(text) as RehearsalResult);
}

/** The newest first. */
export async function listRehearsals(
  db: Queryable,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<StoredRehearsal[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from rehearsal where n < $1::bigint order by n desc limit $2::int`,
    [before, limit],
  );
  return rows.map(toRehearsal);
}

/** How many of somebody's wait or run. */
export async function countWaitingRehearsals(db: Queryable, requestedBy: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from rehearsal where state in ('queued', 'running') and requested_by = $1`,
    [requestedBy],
  );
  return rows[0]?.count ?? 0;
}

export async function hasWaitingRehearsal(db: Queryable): Promise<boolean> {
  const { rows } = await db.query(`select 1 from rehearsal where state in ('queued', 'running') limit 1`);
  return rows.length > 0;
}

/** The one that waits longest, or was begun by who did not end it; it runs from now on. Null: none waits. */
export async function takeWaitingRehearsal(db: Queryable): Promise<StoredRehearsal | null> {
  const { rows } = await db.query<Row>(
    `update rehearsal set state = 'running', wearers_done = 0 where n = (
       select n from rehearsal where state in ('queued', 'running') order by n limit 1) returning ${COLUMNS}`,
  );
  return rows[0] === undefined ? null : toRehearsal(rows[0]);
}

/** False: it was ended meanwhile. */
export async function noteRehearsed(db: Queryable, rehearsalId: string, wearersDone: number): Promise<boolean> {
  const { rows } = await db.query(
    `update rehearsal set wearers_done = $2::int where rehearsal_id = $1 and state = 'running' returning n`,
    [rehearsalId, wearersDone],
  );
  return rows.length === 1;
}

export type RehearsalEnd =
  | { readonly state: 'ready'; readonly result: RehearsalResult }
  | { readonly state: 'failed'; readonly failure: string }
  | { readonly state: 'cancelled' };

/** False: it had ended before. */
export async function endRehearsal(
  db: Queryable,
  rehearsalId: string,
  end: RehearsalEnd,
  atMs: number,
): Promise<boolean> {
  const { rows } = await db.query(
    `update rehearsal set state = $2, ended_at = $3::timestamptz, result = $4, failure = $5
     where rehearsal_id = $1 and state in ('queued', 'running') returning n`,
    [
      rehearsalId,
      end.state,
      new Date(atMs),
      end.state === 'ready' ? JSON.stringify(end.result) : null,
      end.state === 'failed' ? end.failure : null,
    ],
  );
  return rows.length === 1;
}

/** The tags that wearers wore within a time. */
export async function readTagsWorn(
  db: Queryable,
  query: { readonly wearerIds: readonly string[]; readonly fromMs: number; readonly untilMs: number },
): Promise<{ readonly wearerId: string; readonly tagId: string }[]> {
  const { rows } = await db.query<{ wearer_id: string; tag_id: string }>(
    `select distinct wearer_id, tag_id from worn
     where wearer_id = any($1) and fitted_at < $3::timestamptz and coalesce(until_at, 'infinity') > $2::timestamptz
     order by wearer_id, tag_id`,
    [query.wearerIds, new Date(query.fromMs), new Date(query.untilMs)],
  );
  return rows.map((row) => ({ wearerId: row.wearer_id, tagId: row.tag_id }));
}

/** Wearers who wore a tag within a time, by id; `limit` of those after the one given. */
export async function listWorn(
  db: Queryable,
  query: { readonly fromMs: number; readonly untilMs: number; readonly after: string; readonly limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ wearer_id: string }>(
    `select wearer_id from worn
     where wearer_id > $3 collate "C" and fitted_at < $2::timestamptz and coalesce(until_at, 'infinity') > $1::timestamptz
     group by wearer_id order by wearer_id collate "C" limit $4::int`,
    [new Date(query.fromMs), new Date(query.untilMs), query.after, query.limit],
  );
  return rows.map((row) => row.wearer_id);
}

/** Conditions that name any of these zones as they stand. */
export async function findConditionsOf(db: Queryable, zoneIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ condition_id: string }>(
    `select distinct cz.condition_id from condition_zone cz join condition c using (condition_id)
     where cz.zone_id = any($1) and cz.version = c.version order by cz.condition_id`,
    [zoneIds],
  );
  return rows.map((row) => row.condition_id);
}

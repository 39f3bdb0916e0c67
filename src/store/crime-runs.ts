/** Runs of matching on record: asked for, taken, ended once. */
import type { Queryable } from '../ports/database.js';
import type { CrimeRunState } from '../wire/crime-batch.js';

export interface NewRun {
  readonly batchId: string;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly wearerIds: readonly string[];
}

export interface StoredRun extends NewRun {
  readonly run: number;
  /** How often it was begun. */
  readonly attempts: number;
  readonly state: CrimeRunState;
  readonly wearersDone: number;
  readonly endedAtMs: number | null;
  readonly failure: string | null;
}

interface RunRow {
  batch_id: string;
  run: number;
  requested_by: string;
  requested_at: Date;
  wearer_ids: string[];
  state: CrimeRunState;
  wearers_done: number;
  attempts: number;
  ended_at: Date | null;
  failure: string | null;
}
const RUN_COLUMNS =
  'batch_id, run, requested_by, requested_at, wearer_ids, state, wearers_done, attempts, ended_at, failure';

const toRun = (row: RunRow): StoredRun => ({
  batchId: row.batch_id,
  run: row.run,
  requestedBy: row.requested_by,
  requestedAtMs: row.requested_at.getTime(),
  wearerIds: row.wearer_ids,
  state: row.state,
  wearersDone: row.wearers_done,
  attempts: row.attempts,
  endedAtMs: row.ended_at?.getTime() ?? null,
  failure: row.failure,
});

/** The next run of a batch, of those wearers. */
export async function addRun(db: Queryable, given: NewRun): Promise<StoredRun> {
  const { rows } = await db.query<RunRow>(
    `insert into crime_run (batch_id, run, requested_by, requested_at, wearer_ids)
     select $1, coalesce(max(run), 0) + 1, $2, $3::timestamptz, $4::text[] from crime_run where batch_id = $1
     returning ${RUN_COLUMNS}`,
    [given.batchId, given.requestedBy, new Date(given.requestedAtMs), given.wearerIds],
  );
  return toRun(rows[0]!);
}

/** Of these batches, the newest of each first. */
export async function listRuns(db: Queryable, batchIds: readonly string[]): Promise<StoredRun[]> {
  const { rows } = await db.query<RunRow>(
    `select ${RUN_COLUMNS} from crime_run where batch_id = any($1) order by batch_id, run desc`,
    [batchIds],
  );
  return rows.map(toRun);
}

/** How many of somebody's wait or run. */
export async function countWaitingRuns(db: Queryable, requestedBy: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from crime_run where state in ('queued', 'running') and requested_by = $1`,
    [requestedBy],
  );
  return rows[0]?.count ?? 0;
}

export async function hasWaitingRun(db: Queryable): Promise<boolean> {
  const { rows } = await db.query(`select 1 from crime_run where state in ('queued', 'running') limit 1`);
  return rows.length > 0;
}

/** The one that waits longest, or was begun by who did not end it; null: none waits. */
export async function takeWaitingRun(db: Queryable): Promise<StoredRun | null> {
  const { rows } = await db.query<RunRow>(
    `update crime_run set state = 'running', wearers_done = 0, attempts = attempts + 1 where n = (
       select n from crime_run where state in ('queued', 'running') order by n limit 1) returning ${RUN_COLUMNS}`,
  );
  return rows[0] === undefined ? null : toRun(rows[0]);
}

export async function noteExamined(db: Queryable, { batchId, run }: StoredRun, wearersDone: number): Promise<void> {
  await db.query(
    `update crime_run set wearers_done = $3::int where batch_id = $1 and run = $2::int and state = 'running'`,
    [batchId, run, wearersDone],
  );
}

/** `failure` null: its results are there. */
export async function endRun(
  db: Queryable,
  { batchId, run }: StoredRun,
  failure: string | null,
  atMs: number,
): Promise<void> {
  await db.query(
    `update crime_run set state = $3, ended_at = $4::timestamptz, failure = $5
     where batch_id = $1 and run = $2::int and state in ('queued', 'running')`,
    [batchId, run, failure === null ? 'ready' : 'failed', new Date(atMs), failure],
  );
}

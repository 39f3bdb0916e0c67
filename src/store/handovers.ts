/** Shifts that were handed over. */
import type { Area } from '../access/principal.js';
import type { HandoverFacts } from '../alerts/handover.js';
import type { Queryable } from '../ports/database.js';

export interface NewHandover {
  readonly signedOffBy: string;
  readonly signedOffAtMs: number;
  readonly note: string;
  readonly facts: HandoverFacts;
  /** Whom it concerns. */
  readonly wearerIds: readonly string[];
  /** Of who signed off; null: not known. */
  readonly areas: readonly Area[] | null;
  readonly correlationId: string | null;
}

export interface StoredHandover extends NewHandover {
  readonly handoverId: number;
  readonly signedOn: { readonly by: string; readonly atMs: number } | null;
}

interface Row {
  handover_id: number;
  signed_off_by: string;
  signed_off_at: Date;
  note: string;
  facts: string;
  wearer_ids: string[];
  areas: string | null;
  correlation_id: string | null;
  signed_on_by: string | null;
  signed_on_at: Date | null;
}
const COLUMNS =
  'handover_id, signed_off_by, signed_off_at, note, facts, wearer_ids, areas, correlation_id, signed_on_by, signed_on_at';

const toHandover = (row: Row): StoredHandover => ({
  handoverId: row.handover_id,
  signedOffBy: row.signed_off_by,
  signedOffAtMs: row.signed_off_at.getTime(),
  note: row.note,
  facts: JSON.parse(row.facts) as HandoverFacts,
  wearerIds: row.wearer_ids,
  areas: row.areas === null ? null : (JSON.parse(row.areas) as Area[]),
  correlationId: row.correlation_id,
  signedOn:
    row.signed_on_by === null || row.signed_on_at === null
      ? null
      : { by: row.signed_on_by, atMs: row.signed_on_at.getTime() },
});

export async function addHandover(db: Queryable, given: NewHandover): Promise<StoredHandover> {
  const { signedOffBy, signedOffAtMs, note, facts, wearerIds, areas, correlationId } = given;
  const { rows } = await db.query<Row>(
    `insert into handover (signed_off_by, signed_off_at, note, facts, wearer_ids, areas, correlation_id)
     values ($1, $2::timestamptz, $3, $4, $5::text[], $6, $7) returning ${COLUMNS}`,
    [
      signedOffBy,
      new Date(signedOffAtMs),
      note,
      JSON.stringify(facts),
      wearerIds,
      areas && JSON.stringify(areas),
      correlationId,
    ],
  );
  return toHandover(rows[0]!);
}

/** Notes on wearers that were written since then, the newest first. */
export async function listNotesSince(
  db: Queryable,
  sinceMs: number,
  limit: number,
): Promise<{ noteId: string; wearerId: string }[]> {
  const { rows } = await db.query<{ note_id: string; wearer_id: string }>(
    'select note_id, wearer_id from note where recorded_at >= $1::timestamptz order by recorded_at desc, note_id limit $2::int',
    [new Date(sinceMs), limit],
  );
  return rows.map(({ note_id, wearer_id }) => ({ noteId: note_id, wearerId: wearer_id }));
}

/** The newest first. */
export async function listHandovers(
  db: Queryable,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<StoredHandover[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from handover where handover_id < $1::bigint order by handover_id desc limit $2::int`,
    [before, limit],
  );
  return rows.map(toHandover);
}

export async function findHandover(db: Queryable, handoverId: number): Promise<StoredHandover | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from handover where handover_id = $1::bigint`, [handoverId]);
  return rows[0] === undefined ? null : toHandover(rows[0]);
}

/** Null: somebody signed before, or there is none. */
export async function signHandover(
  db: Queryable,
  handoverId: number,
  { by, atMs }: { readonly by: string; readonly atMs: number },
): Promise<StoredHandover | null> {
  const { rows } = await db.query<Row>(
    `update handover set signed_on_by = $2, signed_on_at = $3::timestamptz
     where handover_id = $1::bigint and signed_on_by is null returning ${COLUMNS}`,
    [handoverId, by, new Date(atMs)],
  );
  return rows[0] === undefined ? null : toHandover(rows[0]);
}

/** By what authority patterns are looked for. What stands is never changed. */
import type { Queryable } from '../ports/database.js';

export interface NewPatternAuthority {
  readonly authorityId: string;
  readonly reference: string;
  readonly purpose: string;
  readonly scope: string;
  readonly wearerIds: readonly string[];
  readonly untilMs: number;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly correlationId: string | null;
}

export interface StoredPatternAuthority extends NewPatternAuthority {
  readonly n: number;
}

export async function addPatternAuthority(db: Queryable, given: NewPatternAuthority): Promise<void> {
  await db.query(
    `insert into pattern_authority (authority_id, reference, purpose, scope, wearer_ids, until_at, requested_by, requested_at, correlation_id)
     values ($1, $2, $3, $4, $5::text[], $6::timestamptz, $7, $8::timestamptz, $9)`,
    [
      given.authorityId,
      given.reference,
      given.purpose,
      given.scope,
      given.wearerIds,
      new Date(given.untilMs),
      given.requestedBy,
      new Date(given.requestedAtMs),
      given.correlationId,
    ],
  );
}

interface Row {
  n: number;
  authority_id: string;
  reference: string;
  purpose: string;
  scope: string;
  wearer_ids: string[];
  until_at: Date;
  requested_by: string;
  requested_at: Date;
  correlation_id: string | null;
}
const COLUMNS =
  'n, authority_id, reference, purpose, scope, wearer_ids, until_at, requested_by, requested_at, correlation_id';

const toAuthority = (row: Row): StoredPatternAuthority => ({
  n: row.n,
  authorityId: row.authority_id,
  reference: row.reference,
  purpose: row.purpose,
  scope: row.scope,
  wearerIds: row.wearer_ids,
  untilMs: row.until_at.getTime(),
  requestedBy: row.requested_by,
  requestedAtMs: row.requested_at.getTime(),
  correlationId: row.correlation_id,
});

export async function findPatternAuthority(db: Queryable, authorityId: string): Promise<StoredPatternAuthority | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from pattern_authority where authority_id = $1`, [
    authorityId,
  ]);
  return rows[0] === undefined ? null : toAuthority(rows[0]);
}

/** Somebody's own, the newest first. */
export async function listPatternAuthorities(
  db: Queryable,
  { requestedBy, before, limit }: { readonly requestedBy: string; readonly before: number; readonly limit: number },
): Promise<StoredPatternAuthority[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from pattern_authority where requested_by = $1 and n < $2::bigint order by n desc limit $3::int`,
    [requestedBy, before, limit],
  );
  return rows.map(toAuthority);
}

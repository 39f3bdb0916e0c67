/** What scope needs of wearers, as it is on record. */
import type { WearerScope } from '../access/may.js';
import type { Queryable } from '../ports/database.js';

interface ScopeRow {
  wearer_id: string;
  force: string | null;
  division: string | null;
  schemes: string[] | null;
  restricted_to: string[] | null;
}

const SELECT = 'select wearer_id, force, division, schemes, restricted_to from wearer';

/** Those who are not on record are left out. */
export async function readWearerScopes(db: Queryable, wearerIds: readonly string[]): Promise<WearerScope[]> {
  const { rows } = await db.query<ScopeRow>(`${SELECT} where wearer_id = any($1)`, [wearerIds]);
  return rows.map(toScope);
}

/** In the order of their ids, after the one given. */
export async function listWearerScopes(db: Queryable, after: string | null, limit: number): Promise<WearerScope[]> {
  const { rows } = await db.query<ScopeRow>(
    `${SELECT} where wearer_id > $1 collate "C" order by wearer_id collate "C" limit $2::int`,
    [after ?? '', limit],
  );
  return rows.map(toScope);
}

const toScope = ({ wearer_id, force, division, schemes, restricted_to }: ScopeRow): WearerScope => ({
  wearerId: wearer_id,
  force,
  division,
  schemes: schemes ?? [],
  restrictedTo: restricted_to,
});

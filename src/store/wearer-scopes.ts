/** What scope needs of wearers, as it is on record. */
import type { WearerScope } from '../access/may.js';
import type { Queryable } from '../ports/database.js';

/** Those who are not on record are left out. */
export async function readWearerScopes(db: Queryable, wearerIds: readonly string[]): Promise<WearerScope[]> {
  const { rows } = await db.query<{
    wearer_id: string;
    force: string | null;
    division: string | null;
    schemes: string[] | null;
    restricted_to: string[] | null;
  }>('select wearer_id, force, division, schemes, restricted_to from wearer where wearer_id = any($1)', [wearerIds]);
  return rows.map(({ wearer_id, force, division, schemes, restricted_to }) => ({
    wearerId: wearer_id,
    force,
    division,
    schemes: schemes ?? [],
    restrictedTo: restricted_to,
  }));
}

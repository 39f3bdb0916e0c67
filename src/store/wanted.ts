/** Who is to be arrested wherever met: of each wearer's flags the last that have come into force. */
import type { Queryable } from '../ports/database.js';
import type { Wanted, WantedWearer } from '../wire/priority.js';

export interface WantedQuery {
  readonly nowMs: number;
  /** Only wearers after this one. */
  readonly after: string | null;
  readonly limit: number;
}

/** By wearer. `since`: from when the version holds that says so. */
export async function listWanted(db: Queryable, { nowMs, after, limit }: WantedQuery): Promise<WantedWearer[]> {
  const { rows } = await db.query<{ wearer_id: string; wanted: Wanted; since: Date }>(
    `select wearer_id, wanted, since from (
       select distinct on (record_id) record_id as wearer_id, content ->> 'wanted' as wanted,
              coalesce(instant_of(content ->> 'wantedSince'), effective_at, recorded_at) as since
       from record_version
       where record_kind = 'wearer-flags' and record_id > $1 collate "C"
         and coalesce(effective_at, recorded_at) <= $2::timestamptz
       order by record_id, version desc) as in_force
     where wanted is not null order by wearer_id collate "C" limit $3::int`,
    [after ?? '', new Date(nowMs), limit],
  );
  return rows.map(({ wearer_id, wanted, since }) => ({ wearerId: wearer_id, wanted, since: since.toISOString() }));
}

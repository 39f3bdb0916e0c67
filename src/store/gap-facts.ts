/** What stood when a trail has a gap: the watches of its tags, and the shared conditions with a zone near the line across it. */
import type { Queryable } from '../ports/database.js';
import type { WatchFacts } from '../ports/watch.js';
import { watchStore } from './watch.js';

interface Place {
  readonly tagId: string;
  readonly latitude: number;
  readonly longitude: number;
}

type Line = { readonly before: Place; readonly after: Place };

export async function readGapFacts(
  db: Queryable,
  lines: readonly Line[],
): Promise<{ readonly own: WatchFacts; readonly shared: WatchFacts }> {
  const tagIds = [...new Set(lines.map(({ after }) => after.tagId))];
  const own = await watchStore.readTagFacts(db, tagIds);
  return { own, shared: await watchStore.readSharedFacts(db, await findSharedNear(db, lines)) };
}

/** A circle is stored as a polygon within it, 240 m short of one of 50 km. About 350 m in Britain. */
const MARGIN_DEGREES = 0.005;

/** Ids of the shared conditions, in their order; more than those whose zone a line meets, never fewer. */
async function findSharedNear(db: Queryable, lines: readonly Line[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ condition_id: string }>(
    `select distinct c.condition_id
     from unnest($1::double precision[], $2::double precision[], $3::double precision[], $4::double precision[])
       as line (from_x, from_y, to_x, to_y)
     join zone_version z on st_dwithin(z.geometry,
       st_setsrid(st_makeline(st_makepoint(from_x, from_y), st_makepoint(to_x, to_y)), 4326), $5)
     join condition_zone using (zone_id) join condition c using (condition_id)
     where c.order_id is null order by c.condition_id`,
    [
      lines.map(({ before }) => before.longitude),
      lines.map(({ before }) => before.latitude),
      lines.map(({ after }) => after.longitude),
      lines.map(({ after }) => after.latitude),
      MARGIN_DEGREES,
    ],
  );
  return rows.map((row) => row.condition_id);
}

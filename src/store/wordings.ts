/** What orders say, as conditions have it on record. */
import type { FindingEvent } from '../alerts/event.js';
import type { Queryable } from '../ports/database.js';

/** A condition by the version that it was judged by, and when; null: it is about none. */
export interface AskedWording {
  readonly conditionId: string | null;
  readonly conditionVersion: number | null;
  readonly atMs: number;
}

/**
 * The words in force at that time, in the order of what is asked; where none were on record yet, the first that came on record later, since
 * an order has its words before somebody types them. Of all versions that are judged as the one that is asked. Null: there are none.
 */
export async function readWordings(db: Queryable, asked: readonly AskedWording[]): Promise<readonly (string | null)[]> {
  const { rows } = await db.query<{ wording: string | null }>(
    `select (
       select v.content ->> 'wording' from condition_version v
       where v.condition_id = asked.condition_id and coalesce(v.judged_as, v.version) = asked.condition_version
         and v.content ? 'wording'
       order by v.effective_at > asked.at, case when v.effective_at > asked.at then v.version else -v.version end
       limit 1
     ) as wording
     from unnest($1::text[], $2::int[], $3::timestamptz[]) with ordinality as asked (condition_id, condition_version, at, nth)
     order by nth`,
    [
      asked.map(({ conditionId }) => conditionId),
      asked.map(({ conditionVersion }) => conditionVersion),
      asked.map(({ atMs }) => new Date(atMs)),
    ],
  );
  return rows.map(({ wording }) => wording);
}

/** Of a finding: at the time when what it tells of began. */
export async function readWording(
  db: Queryable,
  { conditionId, conditionVersion, episode }: Pick<FindingEvent, 'conditionId' | 'conditionVersion' | 'episode'>,
): Promise<string | null> {
  const [wording] = await readWordings(db, [{ conditionId, conditionVersion, atMs: Date.parse(episode.startedAt) }]);
  return wording ?? null;
}

/** As which version each version of a condition is judged. */
export async function readJudgedAs(db: Queryable, conditionId: string): Promise<ReadonlyMap<number, number>> {
  const { rows } = await db.query<{ version: number; judged_as: number }>(
    'select version, coalesce(judged_as, version) as judged_as from condition_version where condition_id = $1',
    [conditionId],
  );
  return new Map(rows.map(({ version, judged_as }) => [version, judged_as]));
}

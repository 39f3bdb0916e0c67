/** Suspensions and custody as the engine is told of them: every version, by when it stood. */
import type { CustodyPeriod, Suspension } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import type { WatchFacts } from '../ports/watch.js';

interface PeriodRow {
  id: string;
  wearer_id: string;
  recorded_at: Date;
  until: Date | null;
  content: { conditionId?: string; startsAt: string; endsAt?: string };
}

async function readVersions(
  db: Queryable,
  kind: string,
  table: string,
  idColumn: string,
  wearerIds: readonly string[],
): Promise<PeriodRow[]> {
  const { rows } = await db.query<PeriodRow>(
    `select ${idColumn} as id, wearer_id, v.recorded_at, v.content,
            lead(v.recorded_at) over (partition by ${idColumn} order by v.version) as until
     from ${table} join record_version v on v.record_kind = $1 and v.record_id = ${idColumn}
     where wearer_id = any($2) order by ${idColumn}, v.version`,
    [kind, wearerIds],
  );
  return rows;
}

function collect<T>(rows: readonly PeriodRow[], toPeriod: (row: PeriodRow) => T): Map<string, T[]> {
  const byWearer = new Map<string, T[]>();
  for (const row of rows) byWearer.set(row.wearer_id, [...(byWearer.get(row.wearer_id) ?? []), toPeriod(row)]);
  return byWearer;
}

const known = ({ recorded_at, until }: PeriodRow) => ({
  knownFromMs: recorded_at.getTime(),
  knownUntilMs: until?.getTime() ?? null,
});

/** By wearer, in the order of ids and versions. */
export async function readWearerPeriods(
  db: Queryable,
  wearerIds: readonly string[],
): Promise<Required<Pick<WatchFacts, 'suspensions' | 'custodyPeriods'>>> {
  const suspended = await readVersions(db, 'suspension', 'suspension', 'suspension_id', wearerIds);
  const held = await readVersions(db, 'custody-period', 'custody_period', 'custody_period_id', wearerIds);
  return {
    suspensions: collect(
      suspended,
      (row): Suspension => ({
        suspensionId: row.id,
        conditionId: row.content.conditionId ?? null,
        startsAtMs: Date.parse(row.content.startsAt),
        endsAtMs: Date.parse(row.content.endsAt ?? ''),
        ...known(row),
      }),
    ),
    custodyPeriods: collect(
      held,
      (row): CustodyPeriod => ({
        custodyPeriodId: row.id,
        startsAtMs: Date.parse(row.content.startsAt),
        endsAtMs: row.content.endsAt === undefined ? null : Date.parse(row.content.endsAt),
        ...known(row),
      }),
    ),
  };
}

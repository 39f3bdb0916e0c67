/** Counts of alerts that were raised in a period about some wearers, for the statistics. */
import type { Disposition } from '../alerts/event.js';
import type { AlertKind } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import type { Elapsed } from '../wire/statistics.js';

export interface Period {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Alerts that are alike, as many as there are. */
export interface AlertCell {
  readonly kind: AlertKind;
  readonly zoneId: string | null;
  readonly modelId: string | null;
  readonly modelName: string | null;
  /** Taken back before anybody touched it. */
  readonly isWithdrawn: boolean;
  readonly disposition: Disposition | null;
  readonly count: number;
}

const RAISED = `wearer_id = any($1) and raised_at >= $2::timestamptz and raised_at < $3::timestamptz`;
const given = (wearerIds: readonly string[], { fromMs, untilMs }: Period) => [
  wearerIds,
  new Date(fromMs),
  new Date(untilMs),
];

export async function countAlerts(db: Queryable, wearerIds: readonly string[], period: Period): Promise<AlertCell[]> {
  const { rows } = await db.query<{
    kind: AlertKind;
    zone_id: string | null;
    model_id: string | null;
    model_name: string | null;
    is_withdrawn: boolean;
    disposition: Disposition | null;
    count: number;
  }>(
    `select a.kind, a.zone_id, t.model_id, m.name as model_name, a.type = 'withdrawn' and a.disposition is null as is_withdrawn,
            a.disposition, count(*)::int as count
     from alert a left join tag t using (tag_id) left join tag_model m using (model_id)
     where ${RAISED}
     group by 1, 2, 3, 4, 5, 6 order by 1, 2 nulls first, 3 nulls first, 5, 6 nulls first`,
    given(wearerIds, period),
  );
  return rows.map((row) => ({
    kind: row.kind,
    zoneId: row.zone_id,
    modelId: row.model_id,
    modelName: row.model_name,
    isWithdrawn: row.is_withdrawn,
    disposition: row.disposition,
    count: row.count,
  }));
}

/** Of those that were raised in it: how long until somebody first acknowledged or took them, and from then until they were disposed of. */
export async function measureHandling(
  db: Queryable,
  wearerIds: readonly string[],
  period: Period,
): Promise<{ readonly untilTaken: Elapsed; readonly untilDisposed: Elapsed }> {
  const minutes = (from: string, to: string) => `extract(epoch from ${to} - ${from}) / 60`;
  const { rows } = await db.query<Record<'taken_n' | 'disposed_n', number> & Record<string, number | null>>(
    `with handled as (
       select a.raised_at, (
           select min((e.event ->> 'at')::timestamptz) from alert_event e
           where e.alert_id = a.alert_id and e.outcome = 'accepted' and e.type in ('acknowledged', 'taken', 'assigned', 'disposed')
         ) as taken_at, a.disposed_at
       from alert a where ${RAISED})
     select count(taken_at)::int as taken_n,
       percentile_cont(0.5) within group (order by ${minutes('raised_at', 'taken_at')}) as taken_median,
       percentile_cont(0.9) within group (order by ${minutes('raised_at', 'taken_at')}) as taken_p90,
       count(disposed_at)::int as disposed_n,
       percentile_cont(0.5) within group (order by ${minutes('taken_at', 'disposed_at')}) as disposed_median,
       percentile_cont(0.9) within group (order by ${minutes('taken_at', 'disposed_at')}) as disposed_p90
     from handled`,
    given(wearerIds, period),
  );
  const [row] = rows;
  const tenth = (minutesOf: number | null | undefined) => (minutesOf == null ? null : Math.round(minutesOf * 10) / 10);
  return {
    untilTaken: {
      n: row?.taken_n ?? 0,
      medianMinutes: tenth(row?.['taken_median']),
      p90Minutes: tenth(row?.['taken_p90']),
    },
    untilDisposed: {
      n: row?.disposed_n ?? 0,
      medianMinutes: tenth(row?.['disposed_median']),
      p90Minutes: tenth(row?.['disposed_p90']),
    },
  };
}

/** Of these wearers together: the time for which a tag was on within a period, ms. */
export async function measureTimeOnTag(db: Queryable, wearerIds: readonly string[], period: Period): Promise<number> {
  const { rows } = await db.query<{ seconds: number }>(
    `select coalesce(sum(extract(epoch from least(coalesce(until_at, 'infinity'), $3::timestamptz) - greatest(fitted_at, $2::timestamptz))), 0)::float8 as seconds
     from worn where wearer_id = any($1) and fitted_at < $3::timestamptz and coalesce(until_at, 'infinity') > $2::timestamptz
       and fitted_at < coalesce(until_at, 'infinity')`,
    given(wearerIds, period),
  );
  return rows[0]!.seconds * 1_000;
}

/** Everybody, or who is of a division now; in the order of their ids. */
export async function listWearersOf(db: Queryable, division: string | null): Promise<string[]> {
  const { rows } = await db.query<{ wearer_id: string }>(
    'select wearer_id from wearer where ($1::text is null or division = $1::text) order by wearer_id collate "C"',
    [division],
  );
  return rows.map(({ wearer_id }) => wearer_id);
}

/** What is on record of some wearers at once, for the cohort: a few statements, however many they are. */
import type { Disposition } from '../alerts/event.js';
import type { AlertKind } from '../engine/types.js';
import type { CohortAlert, CohortRecord, Heard, InForce } from '../ports/cohort-records.js';
import type { Queryable } from '../ports/database.js';
import { NO_TASKS } from '../ports/task-records.js';
import { readTaskFacts } from './tasks.js';

const KINDS = {
  'rag-rating': 'rag',
  mappa: 'mappa',
  membership: 'membership',
  'wearer-flags': 'flags',
  'risk-plan': 'plan',
} as const;
type Judgements = Pick<CohortRecord, (typeof KINDS)[keyof typeof KINDS]>;

/** The first or the last fix that says where a wearer was while a tag was on, within a time; the parameters hold its ends. */
const fixWhileOn = (from: string, until: string, order: 'asc' | 'desc') =>
  `left join lateral (
     select fixed_at from ping where ping.tag_id = a.tag_id and ping.not_judged is null and ping.fixed_at >= a.fitted_at
       and ping.fixed_at >= ${from}::timestamptz and ping.fixed_at <= ${until}::timestamptz
       and ping.fixed_at < coalesce(a.until_at, 'infinity')
     order by fixed_at ${order} limit 1)`;

/** Ids in their order, after the one given. */
export async function listWearerIds(db: Queryable, after: string | null, limit: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ wearer_id: string }>(
    'select wearer_id from wearer where wearer_id > $1 collate "C" order by wearer_id collate "C" limit $2::int',
    [after ?? '', limit],
  );
  return rows.map(({ wearer_id }) => wearer_id);
}

function group<T extends { readonly wearer_id: string }, R>(
  rows: readonly T[],
  toItem: (row: T) => R,
): Map<string, R[]> {
  const byWearer = new Map<string, R[]>();
  for (const row of rows) {
    const items = byWearer.get(row.wearer_id);
    if (items === undefined) byWearer.set(row.wearer_id, [toItem(row)]);
    else items.push(toItem(row));
  }
  return byWearer;
}

export interface CohortTime {
  readonly nowMs: number;
  /** From when on fixes are asked for. */
  readonly fromMs: number;
  /** Where the stretch before that begins; it is as well from when on alerts are. Without it there is none. */
  readonly beforeMs?: number;
}

/** In the order of their ids. */
export async function readCohort(
  db: Queryable,
  wearerIds: readonly string[],
  { nowMs, fromMs, beforeMs = fromMs }: CohortTime,
): Promise<CohortRecord[]> {
  const { rows: wearers } = await db.query<{
    wearer_id: string;
    name: string;
    division: string | null;
    schemes: string[] | null;
  }>('select wearer_id, name, division, schemes from wearer where wearer_id = any($1) order by wearer_id collate "C"', [
    wearerIds,
  ]);
  const judgements = await readJudgements(db, wearerIds, nowMs);
  const { rows: orders } = await db.query<{ wearer_id: string; type: string; starts_at: Date; ends_at: Date | null }>(
    'select wearer_id, type, starts_at, ends_at from legal_order where wearer_id = any($1) order by starts_at, order_id',
    [wearerIds],
  );
  const { rows: activations } = await db.query<{
    wearer_id: string;
    activation_id: string;
    tag_id: string;
    fitted_at: Date;
    until_at: Date | null;
    taken_off_at: Date | null;
    collects_until: Date | null;
    first_fix_at: Date | null;
    last_fix_at: Date | null;
    first_before_at: Date | null;
    last_before_at: Date | null;
  }>(
    `select a.wearer_id, activation_id, a.tag_id, a.fitted_at, until_at, removed_at as taken_off_at,
            collects_until, first_fix.fixed_at as first_fix_at, last_fix.fixed_at as last_fix_at,
            first_before.fixed_at as first_before_at, last_before.fixed_at as last_before_at
     from worn a join activation using (activation_id)
       ${fixWhileOn('$2', '$3', 'asc')} as first_fix on true
       ${fixWhileOn('$2', '$3', 'desc')} as last_fix on true
       ${fixWhileOn('$4', '$2', 'asc')} as first_before on $4::timestamptz < $2::timestamptz
       ${fixWhileOn('$4', '$2', 'desc')} as last_before on $4::timestamptz < $2::timestamptz
     where a.wearer_id = any($1) and (removed_at is null or removed_at > a.fitted_at) order by a.fitted_at, activation_id`,
    [wearerIds, new Date(fromMs), new Date(nowMs), new Date(beforeMs)],
  );
  const heard = (first: Date | null, last: Date | null): Heard | null =>
    first === null || last === null ? null : { firstFixAtMs: first.getTime(), lastFixAtMs: last.getTime() };
  const ordersOf = group(orders, ({ type, starts_at, ends_at }) => ({
    type,
    startsAtMs: starts_at.getTime(),
    endsAtMs: ends_at?.getTime() ?? null,
  }));
  const activationsOf = group(activations, (row) => ({
    activationId: row.activation_id,
    tagId: row.tag_id,
    fittedAtMs: row.fitted_at.getTime(),
    removedAtMs: row.until_at?.getTime() ?? null,
    heard: heard(row.first_fix_at, row.last_fix_at),
    heardBefore: heard(row.first_before_at, row.last_before_at),
  }));
  const endedOf = new Map(
    activations.flatMap(({ wearer_id, taken_off_at, collects_until }) => {
      const isOn = taken_off_at === null || taken_off_at.getTime() > nowMs;
      return isOn && collects_until !== null && collects_until.getTime() <= nowMs
        ? [[wearer_id, collects_until.getTime()] as const]
        : [];
    }),
  );
  const uncoveredOf = await readUncovered(db, wearerIds, nowMs);
  const tasksOf = await readTaskFacts(db, wearerIds);
  const alertsOf = await readAlerts(db, wearerIds, beforeMs);
  return wearers.map(({ wearer_id: wearerId, name, division, schemes }) => ({
    wearerId,
    name,
    division,
    schemes: schemes ?? [],
    rag: null,
    mappa: null,
    membership: null,
    flags: null,
    plan: null,
    ...judgements.get(wearerId),
    orders: ordersOf.get(wearerId) ?? [],
    activations: activationsOf.get(wearerId) ?? [],
    consentEndedAtMs: endedOf.get(wearerId) ?? null,
    uncoveredSinceMs: uncoveredOf.get(wearerId) ?? null,
    tasks: tasksOf.get(wearerId) ?? NO_TASKS,
    alerts: alertsOf.get(wearerId) ?? [],
  }));
}

/** Who wears a tag that is collected, and that nothing covers: since when. */
async function readUncovered(
  db: Queryable,
  wearerIds: readonly string[],
  nowMs: number,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ wearer_id: string; since: Date }>(
    `select wearer_id, min(greatest(fitted_at, (
         select max(ends_at) from tag_cover c
         where c.wearer_id = worn.wearer_id and c.starts_at < c.ends_at and c.ends_at <= $2::timestamptz
       ))) as since
     from worn
     where wearer_id = any($1) and fitted_at <= $2::timestamptz and coalesce(until_at, 'infinity') > $2::timestamptz
       and not exists (
         select from tag_cover c where c.wearer_id = worn.wearer_id and c.starts_at <= $2::timestamptz
           and coalesce(c.ends_at, 'infinity') > $2::timestamptz)
     group by wearer_id`,
    [wearerIds, new Date(nowMs)],
  );
  return new Map(rows.map(({ wearer_id, since }) => [wearer_id, since.getTime()]));
}

/** Of each kind the last of the versions that have come into force; `asKnownThen`: of those that were written by then. */
export async function readJudgements(
  db: Queryable,
  wearerIds: readonly string[],
  nowMs: number,
  asKnownThen = false,
): Promise<ReadonlyMap<string, Partial<Judgements>>> {
  const { rows } = await db.query<{
    wearer_id: string;
    kind: keyof typeof KINDS;
    content: object;
    since: Date;
    author: string;
  }>(
    `select distinct on (record_id, record_kind) record_id as wearer_id, record_kind as kind, content,
            coalesce(effective_at, recorded_at) as since, author
     from record_version
     where record_kind = any($1) and record_id = any($2) and coalesce(effective_at, recorded_at) <= $3::timestamptz
       and (not $4::boolean or recorded_at <= $3::timestamptz)
     order by record_id, record_kind, version desc`,
    [Object.keys(KINDS), wearerIds, new Date(nowMs), asKnownThen],
  );
  const byWearer = new Map<string, Record<string, InForce<object>>>();
  for (const { wearer_id, kind, content, since, author } of rows) {
    const own = byWearer.get(wearer_id) ?? {};
    own[KINDS[kind]] = { content, since: since.toISOString(), author };
    byWearer.set(wearer_id, own);
  }
  return byWearer as ReadonlyMap<string, Partial<Judgements>>;
}

async function readAlerts(
  db: Queryable,
  wearerIds: readonly string[],
  fromMs: number,
): Promise<ReadonlyMap<string, CohortAlert[]>> {
  const { rows } = await db.query<{
    wearer_id: string;
    kind: AlertKind;
    status: 'open' | 'closed';
    activation_id: string | null;
    condition_id: string | null;
    started_at: Date;
    ended_at: Date | null;
    strength: 'suspected' | 'confirmed';
    disposition: Disposition | null;
  }>(
    `select wearer_id, kind, status, activation_id, condition_id, started_at, ended_at, disposition,
            coalesce(fold #>> '{finding,strength}', case when confirmed_at is null then 'suspected' else 'confirmed' end) as strength
     from alert
     where wearer_id = any($1) and type <> 'withdrawn'
       and (status = 'open' or ended_at is null or ended_at > $2::timestamptz)
     order by started_at, alert_id`,
    [wearerIds, new Date(fromMs)],
  );
  return group(rows, (row) => ({
    kind: row.kind,
    isOpen: row.status === 'open',
    activationId: row.activation_id,
    conditionId: row.condition_id,
    startedAtMs: row.started_at.getTime(),
    endedAtMs: row.ended_at?.getTime() ?? null,
    isConfirmed: row.strength === 'confirmed',
    disposition: row.disposition,
  }));
}

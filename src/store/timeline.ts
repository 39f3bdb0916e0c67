/** What is on record of days of a wearer: as little of each ping as its days are drawn from. */
import type { Disposition } from '../alerts/event.js';
import type { AlertKind, NotJudged, Severity } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import type { TrailModel } from '../ports/watch.js';
import type { Timeline, TimelineAlert, TimelineNote } from '../wire/timeline.js';

interface Span {
  readonly wearerId: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** As the statement numbers them; the last stands for every other reason. */
const REASONS: readonly (NotJudged | null)[] = [null, 'ahead-of-clock', 'mechanism'];

/** A fix on record. Instants are epoch ms. */
export interface DayFix {
  readonly activationId: string;
  readonly fixedAtMs: number;
  readonly receivedAtMs: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number | null;
  readonly notJudged: NotJudged | null;
  readonly model: TrailModel | null;
}

/** Tags that were on the wearer at some time of it. */
export async function listTagsWorn(db: Queryable, { wearerId, fromMs, untilMs }: Span): Promise<readonly string[]> {
  const { rows } = await db.query<{ tag_id: string }>(
    `select distinct tag_id from worn
     where wearer_id = $1 and fitted_at < $3::timestamptz and coalesce(until_at, 'infinity') > $2::timestamptz`,
    [wearerId, new Date(fromMs), new Date(untilMs)],
  );
  return rows.map(({ tag_id }) => tag_id);
}

/**
 * Fixes in order of device time that were evidence, or tell of the tag's clock: what was no evidence otherwise says nothing of a day. A
 * month has forty thousand; as arrays of numbers they are read in half the time of rows. With those of a clock that is ahead, which
 * were made before their date.
 */
export async function readDayFixes(db: Queryable, { wearerId, fromMs, untilMs }: Span): Promise<readonly DayFix[]> {
  const { rows } = await db.query<{
    activation_id: string;
    accuracy_convention: 'r68' | 'r95' | null;
    default_accuracy_metres: number | null;
    fixes: readonly (readonly [number, number, number, number, number | null, number])[] | null;
  }>(
    `select a.activation_id, m.accuracy_convention, m.default_accuracy_metres,
       (select json_agg(array[date_part('epoch', p.fixed_at) * 1000, date_part('epoch', p.received_at) * 1000, st_y(p.position),
                 st_x(p.position), p.accuracy_metres, case when p.not_judged is null then 0 when p.not_judged = 'ahead-of-clock' then 1 else 2 end]
                 order by p.fixed_at, p.identity)
        from ping p
        where p.tag_id = a.tag_id and p.position is not null and p.fixed_at >= a.fitted_at
          and p.fixed_at < coalesce(a.until_at, 'infinity')
          and p.fixed_at >= $2::timestamptz and p.fixed_at < $3::timestamptz + interval '1 day'
          and (p.fixed_at < $3::timestamptz or p.not_judged = 'ahead-of-clock')
          and (p.not_judged is null or p.fixed_at > p.received_at)) as fixes
     from worn a left join tag t on t.tag_id = a.tag_id left join tag_model m on m.model_id = t.model_id
     where a.wearer_id = $1 and a.fitted_at < $3::timestamptz and coalesce(a.until_at, 'infinity') > $2::timestamptz
     order by a.fitted_at`,
    [wearerId, new Date(fromMs), new Date(untilMs)],
  );
  return rows.flatMap(({ activation_id: activationId, fixes, accuracy_convention, default_accuracy_metres }) => {
    const model =
      accuracy_convention === null
        ? null
        : { accuracyConvention: accuracy_convention, defaultAccuracyMetres: default_accuracy_metres };
    return (fixes ?? []).map(
      ([fixedAtMs, receivedAtMs, latitude, longitude, accuracyMetres, reason]): DayFix => ({
        activationId,
        // As fractions of a second they are a little off.
        fixedAtMs: Math.round(fixedAtMs),
        receivedAtMs: Math.round(receivedAtMs),
        latitude,
        longitude,
        accuracyMetres,
        notJudged: REASONS[reason] ?? null,
        model,
      }),
    );
  });
}

/** How many positions are on record, no more than `limit` of them counted. */
export async function countDayFixes(
  db: Queryable,
  { wearerId, fromMs, untilMs }: Span,
  limit: number,
): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from (
       select from worn a join ping p on p.tag_id = a.tag_id and p.position is not null
         and p.fixed_at >= a.fitted_at and p.fixed_at < coalesce(a.until_at, 'infinity')
       where a.wearer_id = $1 and p.fixed_at >= $2::timestamptz and p.fixed_at < $3::timestamptz limit $4::int) as found`,
    [wearerId, new Date(fromMs), new Date(untilMs), limit],
  );
  return rows[0]!.count;
}

/** More than a month of a tag that tampers every hour. */
const DEVICE_MESSAGES_LIMIT = 1_000;
const ALERTS_LIMIT = 1_000;
const NOTES_LIMIT = 500;

/** The newest of too many, and how many there are. */
export interface Newest<T> {
  readonly items: readonly T[];
  readonly onRecord: number;
}
type Counted<T> = T & { readonly on_record: number };

function newestOf<Row, T>(rows: readonly Counted<Row>[], read: (row: Row) => T): Newest<T> {
  return { items: rows.map(read), onRecord: rows[0]?.on_record ?? 0 };
}

/** What the tags said of themselves, in order of time. */
export async function readDeviceEvents(
  db: Queryable,
  { wearerId, fromMs, untilMs }: Span,
): Promise<Newest<Timeline['deviceEvents'][number]>> {
  const { rows } = await db.query<Counted<{ fixed_at: Date; device_events: string[] }>>(
    `select p.fixed_at, p.device_events, count(*) over ()::int as on_record
     from worn a join ping p on p.tag_id = a.tag_id
       and p.fixed_at >= a.fitted_at and (a.until_at is null or p.fixed_at < a.until_at)
     where a.wearer_id = $1 and p.fixed_at >= $2::timestamptz and p.fixed_at < $3::timestamptz and p.device_events <> '{}'
     order by p.fixed_at desc limit $4`,
    [wearerId, new Date(fromMs), new Date(untilMs), DEVICE_MESSAGES_LIMIT],
  );
  return newestOf(rows.reverse(), (row) => ({ at: row.fixed_at.toISOString(), events: row.device_events }));
}

/** As `concernsVictim` has it, of a row `a`. */
const CONCERNS_VICTIM = `(a.fold -> 'wasOfVictim' is not null or coalesce(a.fold #>> '{finding,zonePriority}' = 'victim', a.severity = 'critical' and a.fold #>> '{finding,zoneId}' is not null))`;

/** Alerts whose episode lies in it, in the order of their start; what was withdrawn never was. */
export async function readDayAlerts(
  db: Queryable,
  { wearerId, fromMs, untilMs }: Span,
  tellsVictims: boolean,
): Promise<Newest<TimelineAlert>> {
  const { rows } = await db.query<
    Counted<{
      alert_id: string;
      kind: AlertKind;
      severity: Severity;
      status: 'open' | 'closed';
      condition_id: string | null;
      zone_id: string | null;
      started_at: Date;
      ended_at: Date | null;
      strength: 'suspected' | 'confirmed';
      disposition: Disposition | null;
    }>
  >(
    `select alert_id, kind, severity, status, started_at, ended_at, disposition,
            case when $5 or not ${CONCERNS_VICTIM} then condition_id end as condition_id,
            case when $5 or not ${CONCERNS_VICTIM} then fold #>> '{finding,zoneId}' end as zone_id,
            coalesce(fold #>> '{finding,strength}', case when confirmed_at is null then 'suspected' else 'confirmed' end) as strength,
            count(*) over ()::int as on_record
     from alert a
     where wearer_id = $1 and type <> 'withdrawn' and started_at < $3::timestamptz
       and (ended_at is null or ended_at > $2::timestamptz)
     order by started_at desc, alert_id desc limit $4`,
    [wearerId, new Date(fromMs), new Date(untilMs), ALERTS_LIMIT, tellsVictims],
  );
  return newestOf(rows.reverse(), (row) => ({
    alertId: row.alert_id,
    kind: row.kind,
    severity: row.severity,
    strength: row.strength,
    status: row.status,
    conditionId: row.condition_id,
    zoneId: row.zone_id,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    disposition: row.disposition,
  }));
}

/** What people wrote about the wearer's alerts in that time, the newest first. */
export async function readDayNotes(
  db: Queryable,
  { wearerId, fromMs, untilMs }: Span,
  tellsVictims: boolean,
): Promise<Newest<TimelineNote>> {
  const { rows } = await db.query<Counted<{ alert_id: string; at: string; actor: string; note: string }>>(
    `select e.alert_id, e.event ->> 'at' as at, e.actor, e.event ->> 'note' as note, count(*) over ()::int as on_record
     from alert a join alert_event e on e.alert_id = a.alert_id
     where a.wearer_id = $1 and ($5 or not ${CONCERNS_VICTIM}) and e.outcome = 'accepted' and e.actor is not null and e.event ->> 'note' is not null
       and (e.event ->> 'at')::timestamptz >= $2::timestamptz and (e.event ->> 'at')::timestamptz < $3::timestamptz
     order by e.event_number desc limit $4`,
    [wearerId, new Date(fromMs), new Date(untilMs), NOTES_LIMIT, tellsVictims],
  );
  return newestOf(rows, ({ alert_id, at, actor, note }) => ({ alertId: alert_id, at, by: actor, note }));
}

/** Ids of the conditions that apply to all wearers, in their order. */
export async function listSharedConditions(db: Queryable, limit: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ condition_id: string }>(
    'select condition_id from condition where order_id is null order by condition_id limit $1::int',
    [limit],
  );
  return rows.map(({ condition_id }) => condition_id);
}

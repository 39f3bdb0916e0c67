/** Alerts and their events as the record holds them: `alert`, `alert_event`. */
import type { Alert, Applied, Refusal } from '../alerts/alert.js';
import { isCarried, type LoggedEvent, toAlertEvent } from '../alerts/carried.js';
import type { AlertEvent } from '../alerts/event.js';
import { applyEvent } from '../alerts/fold.js';
import type { Queryable } from '../ports/database.js';
import { toStorable, toStorableJson } from './text.js';

interface Judged {
  readonly seq: number;
  readonly event: AlertEvent;
  readonly applied: Applied;
}

/**
 * Folds events into their alerts, in order, with the function by which the api judges; tells how many changed something or
 * were refused. Repeats are dropped. The alerts concerned are locked until the transaction ends.
 */
export async function foldAlertEvents(
  tx: Queryable,
  epoch: string,
  events: readonly { readonly seq: number; readonly event: LoggedEvent }[],
): Promise<number> {
  if (events.length === 0) return 0;
  const ids = [...new Set(events.map(({ event }) => event.alertId))].sort();
  const { rows } = await tx.query<{ fold: Alert }>(
    'select fold from alert where alert_id = any ($1) order by alert_id for update',
    [ids.map(toStorable)],
  );
  const alerts = new Map(rows.map(({ fold }) => [fold.alertId, fold]));
  const changed = new Set<string>();
  const judged: Judged[] = [];
  for (const { seq, event } of events) {
    // The record forgets nothing, and knows alerts of logs before this one.
    if (isCarried(event) && alerts.has(event.alertId)) continue;
    const applied = applyEvent(alerts.get(event.alertId) ?? null, event, seq);
    if (applied.outcome !== 'repeat') judged.push({ seq, event: toAlertEvent(event), applied });
    if (applied.alert === null || applied.alert === alerts.get(event.alertId)) continue;
    alerts.set(event.alertId, applied.alert);
    changed.add(event.alertId);
  }
  await writeAlerts(
    tx,
    [...changed].map((id) => alerts.get(id)!),
  );
  await writeEvents(tx, epoch, judged);
  return judged.length;
}

async function writeAlerts(tx: Queryable, alerts: readonly Alert[]): Promise<void> {
  if (alerts.length === 0) return;
  const column = <T>(pick: (alert: Alert) => T): T[] => alerts.map(pick);
  await tx.query(
    `insert into alert (alert_id, wearer_id, tag_id, kind, severity, status, raised_at, started_at, ended_at, revision, actions,
       historic, last_seq, fold)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
       $8::timestamptz[], $9::timestamptz[], $10::int[], $11::int[], $12::boolean[], $13::bigint[], $14::jsonb[])
     on conflict (alert_id) do update set
       severity = excluded.severity, status = excluded.status, raised_at = excluded.raised_at, started_at = excluded.started_at,
       ended_at = excluded.ended_at, revision = excluded.revision, actions = excluded.actions, historic = excluded.historic,
       last_seq = excluded.last_seq, fold = excluded.fold`,
    [
      column(({ alertId }) => toStorable(alertId)),
      column(({ finding }) => toStorable(finding.wearerId)),
      column(({ finding }) => toStorable(finding.tagId)),
      column(({ finding }) => finding.kind),
      column(({ finding }) => finding.severity),
      column(({ status }) => status),
      column(({ raisedAt }) => raisedAt),
      column(({ finding }) => finding.episode.startedAt),
      column(({ finding }) => finding.episode.endedAt),
      column(({ finding }) => finding.revision),
      column(({ actions }) => actions),
      column(({ finding }) => finding.historic),
      column(({ lastSeq }) => lastSeq),
      column((alert) => toStorableJson(alert)),
    ],
  );
}

async function writeEvents(tx: Queryable, epoch: string, judged: readonly Judged[]): Promise<void> {
  if (judged.length === 0) return;
  const column = <T>(pick: (one: Judged) => T): T[] => judged.map(pick);
  await tx.query(
    `insert into alert_event (epoch, seq, event_id, alert_id, outcome, refusal, type, wearer_id, event)
     select $1, e.* from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::text[], $9::jsonb[])
       as e (seq, event_id, alert_id, outcome, refusal, type, wearer_id, event)
     on conflict do nothing`,
    [
      epoch,
      column(({ seq }) => seq),
      column(({ event }) => toStorable(event.eventId)),
      column(({ event }) => toStorable(event.alertId)),
      column(({ applied }) => applied.outcome),
      column(({ applied }) => (applied.refusal === undefined ? null : toStorableJson(applied.refusal))),
      column(({ event }) => event.type),
      column(({ event }) => toStorable(event.wearerId)),
      column(({ event }) => toStorableJson(event)),
    ],
  );
}

/** What a list holds. Instants are RFC 3339; `to` is excluded. */
export interface AlertListFilter {
  readonly status?: Alert['status'];
  readonly wearerId?: string;
  readonly kind?: string;
  /** Bounds of `raisedAt`. */
  readonly from?: string;
  readonly to?: string;
  /** Whose behaviour went on at some time of it, whenever that became known. What nobody saw ending went on until it was closed, or does. */
  readonly during?: { readonly from: string; readonly to: string };
  /** Only what comes after this one in the order of the list. */
  readonly after?: { readonly raisedAt: string; readonly alertId: string };
  readonly limit: number;
}

/** Alerts on record, raised last first, equal ones by id: the order of the api's register (`alerts/register.ts`). */
export async function listAlerts(db: Queryable, filter: AlertListFilter): Promise<Alert[]> {
  const params: unknown[] = [];
  const clauses: string[] = [];
  const where = (clause: (...places: string[]) => string, ...values: unknown[]) => {
    clauses.push(clause(...values.map((value) => `$${params.push(value)}`)));
  };
  if (filter.status !== undefined) clauses.push(filter.status === 'open' ? `status = 'open'` : `status = 'closed'`);
  if (filter.wearerId !== undefined) where((id) => `wearer_id = ${id}`, filter.wearerId);
  if (filter.kind !== undefined) where((kind) => `kind = ${kind}`, filter.kind);
  if (filter.from !== undefined) where((from) => `raised_at >= ${from}::timestamptz`, filter.from);
  if (filter.to !== undefined) where((to) => `raised_at < ${to}::timestamptz`, filter.to);
  if (filter.during !== undefined)
    where(
      (from, to) =>
        `started_at < ${to}::timestamptz
         and coalesce(ended_at, closed_at, 'infinity') >= ${from}::timestamptz`,
      filter.during.from,
      filter.during.to,
    );
  if (filter.after !== undefined) {
    const { raisedAt, alertId } = filter.after;
    where(
      (at, id) => `(raised_at < ${at}::timestamptz or (raised_at = ${at}::timestamptz and alert_id > ${id}))`,
      raisedAt,
      alertId,
    );
  }
  params.push(filter.limit);
  const { rows } = await db.query<{ fold: Alert }>(
    `select fold from alert ${clauses.length === 0 ? '' : `where ${clauses.join(' and ')}`}
     order by raised_at desc, alert_id limit $${params.length}`,
    params,
  );
  return rows.map(({ fold }) => fold);
}

/** What a wearer's period is about: also what became known after it, from pings that came late. */
export async function listPeriodAlerts(
  db: Queryable,
  { wearerId, fromMs, toMs }: { readonly wearerId: string; readonly fromMs: number; readonly toMs: number },
  limit: number,
): Promise<Alert[]> {
  const during = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  return await listAlerts(db, { wearerId, during, limit });
}

/** An event as it was judged. */
export interface RecordedEvent {
  readonly seq: number;
  readonly event: AlertEvent;
  readonly outcome: 'accepted' | 'refused';
  readonly refusal: Refusal | null;
}

/** An alert with all its events in the order of the log, the refused actions too; null where it is not on record. */
export async function readAlert(
  db: Queryable,
  alertId: string,
): Promise<{ readonly alert: Alert; readonly events: readonly RecordedEvent[] } | null> {
  const { rows } = await db.query<{ fold: Alert } & RecordedEvent>(
    `select a.fold, e.seq, e.event, e.outcome, e.refusal
     from alert a join alert_event e on e.alert_id = a.alert_id
     where a.alert_id = $1 order by e.event_number`,
    [alertId],
  );
  const first = rows[0];
  if (first === undefined) return null;
  const events = rows.map(({ seq, event, outcome, refusal }) => ({ seq, event, outcome, refusal }));
  return { alert: first.fold, events };
}

/** What was done about some wearers and is to be done, and which of their alerts may be looked at again. */
import type { Queryable } from '../ports/database.js';
import { NO_TASKS, type OpenTask, type SampleCandidate, type TaskFacts } from '../ports/task-records.js';

const OPEN = `status in ('open', 'accepted')`;

/** By wearer; those of whom there is nothing are left out. */
export async function readTaskFacts(
  db: Queryable,
  wearerIds: readonly string[],
): Promise<ReadonlyMap<string, TaskFacts>> {
  const { rows: open } = await db.query<{
    task_id: string;
    version: number;
    recorded_at: Date;
    content: Omit<OpenTask, 'taskId' | 'version' | 'recordedAt'>;
  }>(
    `select t.task_id, t.version, t.recorded_at, v.content
     from task t join record_version v on v.record_kind = 'task' and v.record_id = t.task_id and v.version = t.version
     where t.wearer_id = any($1) and t.${OPEN} order by t.task_id`,
    [wearerIds],
  );
  const { rows: done } = await db.query<{
    wearer_id: string;
    kind: 'review' | 'plan-review' | 'visit';
    at: Date;
    next_at: string | null;
  }>(
    `select distinct on (t.wearer_id, t.kind) t.wearer_id, t.kind,
            coalesce((v.content #>> '{outcome,happenedAt}')::timestamptz, t.recorded_at) as at, v.content #>> '{outcome,nextAt}' as next_at
     from task t join record_version v on v.record_kind = 'task' and v.record_id = t.task_id and v.version = t.version
     where t.wearer_id = any($1) and t.status = 'done' and t.kind in ('review', 'plan-review', 'visit')
       and (t.kind <> 'visit' or v.content #>> '{outcome,decision}' = 'seen')
     order by t.wearer_id, t.kind, at desc`,
    [wearerIds],
  );
  const facts = new Map<string, TaskFacts>();
  const add = (wearerId: string, more: (own: TaskFacts) => Partial<TaskFacts>): void => {
    const own = facts.get(wearerId) ?? NO_TASKS;
    facts.set(wearerId, { ...own, ...more(own) });
  };
  for (const { task_id: taskId, version, recorded_at, content } of open) {
    const task: OpenTask = { ...content, taskId, version, recordedAt: recorded_at.toISOString() };
    add(content.wearerId, (own) => ({ open: [...own.open, task] }));
  }
  for (const { wearer_id, kind, at, next_at } of done) {
    const nextAtMs = next_at === null ? null : Date.parse(next_at);
    const last = { atMs: at.getTime(), nextAtMs };
    add(wearer_id, () =>
      kind === 'visit'
        ? { lastVisitAtMs: last.atMs }
        : kind === 'review'
          ? { lastReview: last }
          : { lastPlanReview: last },
    );
  }
  return facts;
}

/** Alerts that were closed in this time, in the order of their ids, after the one given. */
export async function listClosedAlerts(
  db: Queryable,
  time: { readonly fromMs: number; readonly untilMs: number },
  after: string,
  limit: number,
): Promise<SampleCandidate[]> {
  const { rows } = await db.query<{ alert_id: string; wearer_id: string; severity: SampleCandidate['severity'] }>(
    `select alert_id, wearer_id, severity from alert
     where status = 'closed' and closed_at >= $1::timestamptz and closed_at < $2::timestamptz and alert_id > $3 collate "C"
     order by alert_id collate "C" limit $4::int`,
    [new Date(time.fromMs), new Date(time.untilMs), after, limit],
  );
  return rows.map(({ alert_id, wearer_id, severity }) => ({ alertId: alert_id, wearerId: wearer_id, severity }));
}

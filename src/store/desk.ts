/** What the desk goes by, of some wearers at once. */
import type { CohortRecord } from '../ports/cohort-records.js';
import type { Queryable } from '../ports/database.js';
import { NO_TASKS, type TaskFacts } from '../ports/task-records.js';
import { readJudgements } from './cohort.js';
import { readTaskFacts } from './tasks.js';

export type DeskRecord = Pick<CohortRecord, 'wearerId' | 'name' | 'division' | 'rag' | 'plan'> & {
  readonly tasks: TaskFacts;
};

/** In the order of their ids. */
export async function readDesk(db: Queryable, wearerIds: readonly string[], nowMs: number): Promise<DeskRecord[]> {
  const { rows } = await db.query<{ wearer_id: string; name: string; division: string | null }>(
    'select wearer_id, name, division from wearer where wearer_id = any($1) order by wearer_id collate "C"',
    [wearerIds],
  );
  const judgements = await readJudgements(db, wearerIds, nowMs);
  const tasks = await readTaskFacts(db, wearerIds);
  return rows.map(({ wearer_id: wearerId, name, division }) => ({
    wearerId,
    name,
    division,
    rag: judgements.get(wearerId)?.rag ?? null,
    plan: judgements.get(wearerId)?.plan ?? null,
    tasks: tasks.get(wearerId) ?? NO_TASKS,
  }));
}

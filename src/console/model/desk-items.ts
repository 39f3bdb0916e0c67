/** What stands on the desk, in the order in which it is to be done: what is overdue first. Pure. */
import type { DeskRow, DeskTask } from '../../wire/desk.js';
import type { Rag } from '../../wire/rag.js';
import type { TaskKind } from '../../wire/task.js';

export interface DeskItem {
  readonly key: string;
  readonly wearerId: string;
  readonly name: string;
  readonly division: string | null;
  readonly rag: Rag | null;
  readonly kind: TaskKind;
  /** Null: nobody has said until when. */
  readonly dueMs: number | null;
  /** Null: the rating asks for it, and nobody has written a task for it. */
  readonly task: DeskTask | null;
}

export interface DeskFilter {
  /** Empty: of every kind. */
  readonly kind: TaskKind | '';
  readonly text: string;
  readonly onlyMine: boolean;
  /** What the rating asks for later than this is not shown; overdue is always. */
  readonly untilMs: number;
}

export function listDeskItems(rows: readonly DeskRow[]): DeskItem[] {
  return rows.flatMap(({ wearerId, name, division, rag, duties, tasks }) => {
    const who = { wearerId, name, division, rag };
    return [
      ...duties.map(({ kind, dueAt }) => ({
        ...who,
        key: `${kind} of ${wearerId}`,
        kind,
        dueMs: Date.parse(dueAt),
        task: null,
      })),
      ...tasks.map((task) => ({
        ...who,
        key: task.taskId,
        kind: task.kind,
        dueMs: task.dueAt === undefined ? null : Date.parse(task.dueAt),
        task,
      })),
    ];
  });
}

export const isOverdue = ({ dueMs }: DeskItem, atMs: number): boolean => dueMs !== null && dueMs < atMs;

export function arrangeDesk(items: readonly DeskItem[], filter: DeskFilter, subjectId: string): DeskItem[] {
  const sought = filter.text.trim().toLowerCase();
  return items
    .filter(
      ({ kind, task, name, wearerId, division, dueMs }) =>
        (filter.kind === '' || kind === filter.kind) &&
        (!filter.onlyMine || task?.owner === subjectId) &&
        (task !== null || dueMs === null || dueMs <= filter.untilMs) &&
        [name, wearerId, division ?? '', task?.subject ?? ''].some((one) => one.toLowerCase().includes(sought)),
    )
    .sort((a, b) => (a.dueMs ?? Infinity) - (b.dueMs ?? Infinity) || (a.key < b.key ? -1 : 1));
}

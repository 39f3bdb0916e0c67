/** What the desk asks over REST, and what it writes. */
import type { DeskRow, DeskTask } from '../wire/desk.js';
import type { TaskContent } from '../wire/task.js';
import { askList } from './api.js';
import { putRecord, send } from './send.js';

/** A version of a task, as it is answered. */
export interface TaskRecord extends TaskContent {
  readonly taskId: string;
  readonly version: number;
  readonly recordedAt: string;
  readonly author: string;
  readonly changeReason?: string;
}

/** Everybody's, page by page. */
export const askDesk = () => askList<DeskRow>('/desk');
export const askTasks = () => askList<TaskRecord>('/tasks');
export const askTaskHistory = (taskId: string) => askList<TaskRecord>(`/tasks/${encodeURIComponent(taskId)}/versions`);

/** `version`: the one that is changed; null: there is none yet, and the id was made when its form was opened. */
export const putTask = (taskId: string, content: TaskContent, version: number | null) =>
  putRecord<TaskRecord>(`/tasks/${encodeURIComponent(taskId)}`, content, version);

/** What of a task as the desk has it is its content. */
export function contentOf({ taskId: _id, version: _version, recordedAt: _at, ...content }: DeskTask): TaskContent {
  return content;
}

export interface Sample {
  readonly seed: string;
  readonly candidates: number;
  readonly items: readonly { readonly isNew: boolean }[];
}

export const drawDipSample = (asked: object) => send<Sample>('POST', '/dip-samples', asked);

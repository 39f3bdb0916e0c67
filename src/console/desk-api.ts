/** What the desk asks over REST, and what it writes. */
import type { DeskRow, DeskTask } from '../wire/desk.js';
import type { TaskContent } from '../wire/task.js';
import { ANSWER_LIMIT_MS, type Answer, askList, BASE } from './api.js';

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

/** Whether it was written; where it was not, why, in words. */
export type Written = { readonly ok: true } | { readonly ok: false; readonly why: string };

interface ProblemBody {
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

async function send(method: 'PUT' | 'POST', path: string, body: object, headers: Readonly<Record<string, string>>) {
  try {
    const answer = await fetch(`${BASE}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return { status: answer.status, body: (await answer.json().catch(() => ({}))) as object };
  } catch {
    return { status: 0, body: {} };
  }
}

function whyNot(status: number, { detail, errors = [] }: ProblemBody): string {
  if (status === 0) return 'the server did not answer; it may or may not have been written';
  if (status === 412) return 'somebody was first: look at how it stands now';
  const [fault] = errors;
  if (fault !== undefined) return `${fault.pointer.slice(1).replaceAll('/', ' ')} ${fault.detail}`;
  return detail ?? `the server answered ${status}`;
}

/** `version`: the one that is changed; null: there is none yet. */
export async function putTask(taskId: string, content: TaskContent, version: number | null): Promise<Written> {
  const precondition = version === null ? { 'if-none-match': '*' } : { 'if-match': `"${version}"` };
  const { status, body } = await send('PUT', `/tasks/${encodeURIComponent(taskId)}`, content, { ...precondition });
  return status >= 200 && status < 300 ? { ok: true } : { ok: false, why: whyNot(status, body) };
}

/** What of a task as the desk has it is its content. */
export function contentOf({ taskId: _id, version: _version, recordedAt: _at, ...content }: DeskTask): TaskContent {
  return content;
}

export interface Sample {
  readonly seed: string;
  readonly candidates: number;
  readonly items: readonly { readonly isNew: boolean }[];
}

export async function drawDipSample(asked: object): Promise<Answer<Sample> & { readonly why?: string }> {
  const { status, body } = await send('POST', '/dip-samples', asked, {});
  return status === 200 ? { ok: true, body: body as Sample } : { ok: false, status, why: whyNot(status, body) };
}

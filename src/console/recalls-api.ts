/** What the console asks about requests to recall over REST. */
import type { RecallType } from '../wire/order.js';
import type { DealtWith, RecallContent } from '../wire/recall.js';
import { ANSWER_LIMIT_MS, type Answer, ask, askList, BASE, type Page } from './api.js';

export type RecallItem = RecallContent & {
  readonly recallId: string;
  readonly version: number;
  readonly recordedAt: string;
  readonly author: string;
};

export interface RecallDrafted {
  readonly type: RecallType;
  readonly draft: RecallContent;
}

/** A fault in what was sent, by JSON Pointer. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export type Refused = { readonly refused: string; readonly faults: readonly Fault[] };

const id = encodeURIComponent;
export const askRecalls = () => askList<RecallItem>('/recalls');
export const askRecallVersions = (recallId: string) =>
  ask<Page<RecallItem>>(`/recalls/${id(recallId)}/versions?limit=500`);
export const askDealtWith = () => askList<DealtWith>('/dealt-with');

/** The form as the record answers it, or why nobody can ask for it. */
export async function askRecallDraft(wearerId: string, alertIds: readonly string[]): Promise<RecallDrafted | Refused> {
  const query = new URLSearchParams(alertIds.map((alertId) => ['alertId', alertId]));
  return await send<RecallDrafted>(`/wearers/${id(wearerId)}/recall-draft?${query}`, {});
}

/** `version`: the one that the page shows; null: there is none yet. */
export async function putRecall(
  recallId: string,
  body: RecallContent,
  version: number | null,
): Promise<RecallItem | Refused> {
  const precondition: Record<string, string> =
    version === null ? { 'if-none-match': '*' } : { 'if-match': `"${version}"` };
  return await send<RecallItem>(`/recalls/${id(recallId)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...precondition },
    body: JSON.stringify(body),
  });
}

async function send<T>(path: string, more: RequestInit): Promise<T | Refused> {
  try {
    const answer = await fetch(`${BASE}${path}`, { ...more, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const body = (await answer.json()) as T & { readonly detail?: string; readonly errors?: readonly Fault[] };
    if (answer.ok) return body;
    return { refused: body.detail ?? `The server answered ${answer.status}.`, faults: body.errors ?? [] };
  } catch {
    return { refused: 'No answer from the server. Nothing is lost here: try again.', faults: [] };
  }
}

/** The first document of a program takes the writer of documents into memory: on a busy machine that is longer than an answer may take. */
const FILE_LIMIT_MS = 60_000;

/** One of its two files, for which it is said what it is for and who gets it. */
export async function askRecallFile(
  recallId: string,
  which: 'form' | 'non-disclosure',
  said: { readonly purpose: string; readonly recipient: string },
): Promise<Answer<Blob>> {
  try {
    const answer = await fetch(`${BASE}/recalls/${id(recallId)}/${which}?${new URLSearchParams(said)}`, {
      signal: AbortSignal.timeout(FILE_LIMIT_MS),
    });
    return answer.ok ? { ok: true, body: await answer.blob() } : { ok: false, status: answer.status };
  } catch {
    return { ok: false, status: 0 };
  }
}

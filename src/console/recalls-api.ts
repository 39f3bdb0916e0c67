/** What the console asks about requests to recall over REST. */
import type { RecallType } from '../wire/order.js';
import type { DealtWith, RecallContent } from '../wire/recall.js';
import { type Answer, ask, askList, BASE, type Page } from './api.js';
import { putRecord, type Sent, send } from './send.js';

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

const id = encodeURIComponent;
export const askRecalls = () => askList<RecallItem>('/recalls');
export const askRecallVersions = (recallId: string) =>
  ask<Page<RecallItem>>(`/recalls/${id(recallId)}/versions?limit=500`);
export const askDealtWith = () => askList<DealtWith>('/dealt-with');

/** The form as the record answers it, or why nobody can ask for it. */
export async function askRecallDraft(wearerId: string, alertIds: readonly string[]): Promise<Sent<RecallDrafted>> {
  const query = new URLSearchParams(alertIds.map((alertId) => ['alertId', alertId]));
  return await send<RecallDrafted>('GET', `/wearers/${id(wearerId)}/recall-draft?${query}`);
}

/** `version`: the one that the page shows; null: there is none yet, and the id was made when the form was opened. */
export const putRecall = (recallId: string, body: RecallContent, version: number | null) =>
  putRecord<RecallItem>(`/recalls/${id(recallId)}`, body, version);

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

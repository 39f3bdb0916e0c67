/** What the cohort's page asks over REST. */
import type { AlertItem } from '../alerts/alert.js';
import type { Rag } from '../wire/rag.js';
import { ANSWER_LIMIT_MS, type Answer, ask, BASE, PAGE_LIMIT, PAGES_LIMIT, type Page } from './api.js';

type Minutes = 'requiredMinutes' | 'keptMinutes' | 'excusedMinutes' | 'unreasonableMinutes' | 'unknownMinutes';

/** `GET /api/v1/cohort`. */
export interface CohortItem {
  readonly wearerId: string;
  readonly name: string;
  readonly division: string | null;
  readonly rag: Rag | null;
  readonly mappa: { readonly category: number; readonly level: number } | null;
  readonly cohort: string | null;
  readonly flags: readonly string[];
  readonly orderTypes: readonly string[];
  readonly isMonitored: boolean;
  readonly missing: 'ordered' | 'fitted' | 'watched' | 'charged' | 'fixing' | null;
  readonly monitoredSince: string | null;
  readonly newestFixAt: string | null;
  readonly batteryPercent: number | null;
  readonly daysOnTag: number;
  readonly compliance: Readonly<Record<Minutes, number>>;
  readonly violations: Readonly<Partial<Record<AlertItem['kind'], number>>>;
  readonly openAlerts: number;
  readonly batteryAlerts: number;
  readonly reviewDueAt: string | null;
}

/** All of it, page by page. */
export async function askCohort(): Promise<Answer<readonly CohortItem[]>> {
  const items: CohortItem[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES_LIMIT; pages++) {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: Answer<Page<CohortItem>> = await ask<Page<CohortItem>>(`/cohort?limit=${PAGE_LIMIT}${after}`);
    if (!answer.ok) return answer;
    items.push(...answer.body.items);
    cursor = answer.body.next;
    if (cursor === null) break;
  }
  return { ok: true, body: items };
}

/** The same as a file. */
export async function askCohortFile(purpose: string, recipient: string): Promise<Answer<Blob>> {
  try {
    const answer = await fetch(`${BASE}/cohort?${new URLSearchParams({ purpose, recipient })}`, {
      headers: { accept: 'text/csv' },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return answer.ok ? { ok: true, body: await answer.blob() } : { ok: false, status: answer.status };
  } catch {
    return { ok: false, status: 0 };
  }
}

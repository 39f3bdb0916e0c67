/** What is under way with alerts: acts that were sent, what became of them, and notes that somebody has begun to write. */
import { signal } from '@preact/signals';
import type { AlertItem } from '../../alerts/alert.js';
import type { Disposition } from '../../alerts/event.js';
import { type Act, act, newKey } from '../api.js';
import { book, serverNowMs, takeAlert } from '../live/live.js';
import { refusalWords } from '../words/words.js';

/** Acts that are on their way, by alert. */
export const busy = signal<ReadonlySet<string>>(new Set());
/** A line under an alert: what became of an act that was not taken. */
export const told = signal<ReadonlyMap<string, string>>(new Map());
/** The alert whose closing is open. */
export const disposing = signal<string | null>(null);

export interface Draft {
  readonly disposition: Disposition | null;
  readonly note: string;
}
/** What was written and not sent: a note outlives a dialog that was left, and a colleague who was first. */
export const drafts = signal<ReadonlyMap<string, Draft>>(new Map());

export function keepDraft(alertId: string, draft: Draft | null): void {
  const next = new Map(drafts.value);
  if (draft === null) next.delete(alertId);
  else next.set(alertId, draft);
  drafts.value = next;
}

function tell(alertId: string, words: string | null): void {
  const next = new Map(told.value);
  if (words === null) next.delete(alertId);
  else next.set(alertId, words);
  told.value = next;
}

function setBusy(alertId: string, isBusy: boolean): void {
  const next = new Set(busy.value);
  if (isBusy) next.add(alertId);
  else next.delete(alertId);
  busy.value = next;
}

/** The key of the same act of somebody who tries again after no answer, so that it is done once. */
const unanswered = new Map<string, string>();

/** Sends an act on the alert as the page shows it; true: it was taken. */
export async function actOn(item: AlertItem, what: Act): Promise<boolean> {
  const { alertId } = item;
  if (busy.value.has(alertId)) return false;
  const said = JSON.stringify([alertId, item.etag, what]);
  const key = unanswered.get(said) ?? newKey();
  setBusy(alertId, true);
  tell(alertId, null);
  const answer = await act(item, what, key);
  setBusy(alertId, false);
  if (answer.result === 'unknown') unanswered.set(said, key);
  else unanswered.delete(said);
  if (answer.result !== 'unknown' && answer.alert !== null) takeAlert(answer.alert);
  if (answer.result === 'refused') tell(alertId, refusalWords(answer, serverNowMs()));
  if (answer.result === 'unknown') tell(alertId, answer.detail);
  return answer.result === 'done';
}

/** Acknowledges the alert that the page shows by this id. */
export async function acknowledge(alertId: string): Promise<void> {
  const item = book.value.alerts.get(alertId);
  if (item !== undefined && item.status === 'open' && item.acknowledgedBy === undefined)
    await actOn(item, { verb: 'acknowledge' });
}

export function beginDisposal(alertId: string): void {
  const item = book.value.alerts.get(alertId);
  if (item?.status === 'open') disposing.value = alertId;
}

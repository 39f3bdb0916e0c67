/** What is under way with alerts: acts that were sent, what became of them, and what somebody has begun to write. */
import { computed, signal } from '@preact/signals';
import type { AlertItem } from '../../alerts/alert.js';
import { type Act, type ActionResult, act, actOnMany, newKey, type Verb } from '../api.js';
import { alertInSight, may, me, nameOf, serverNowMs, takeAlert } from '../live/live.js';
import { type AskingVerb, isImmediate, type Values } from '../model/act-forms.js';
import { mayStillBeDone } from '../model/offered-acts.js';
import { manyDoneWords, refusalWords } from '../words/words.js';
import { unmark } from './selection.js';

/** Acts that are on their way, by alert. */
export const busy = signal<ReadonlySet<string>>(new Set());
/** A line under an alert: what became of an act that was not taken. */
export const told = signal<ReadonlyMap<string, string>>(new Map());
/** What became of an act on many. */
export const manyTold = signal<string | null>(null);

export interface Doing {
  readonly verb: AskingVerb;
  readonly alertIds: readonly string[];
}
/** The act whose dialog is open. */
export const doing = signal<Doing | null>(null);

/** What was written and not sent: a note outlives a dialog that was left, and a colleague who was first. */
export const drafts = signal<ReadonlyMap<string, Values>>(new Map());
export const draftKeyOf = ({ verb, alertIds }: Doing): string => JSON.stringify([verb, alertIds]);

export function keepDraft(key: string, draft: Values | null): void {
  const next = new Map(drafts.value);
  if (draft === null) next.delete(key);
  else next.set(key, draft);
  drafts.value = next;
}

/** What somebody has begun to write about this alert, and not sent. */
export function unsentOf(alertId: string): string[] {
  return [...drafts.value].flatMap(([key, { note = '', reason = '' }]) => {
    const [, alertIds] = JSON.parse(key) as [string, readonly string[]];
    return alertIds.includes(alertId) ? [note, reason].filter((text) => text.trim() !== '') : [];
  });
}

function tell(alertId: string, words: string | null): void {
  const next = new Map(told.value);
  if (words === null) next.delete(alertId);
  else next.set(alertId, words);
  told.value = next;
}

function setBusy(alertIds: readonly string[], isBusy: boolean): void {
  const next = new Set(busy.value);
  for (const alertId of alertIds) {
    if (isBusy) next.add(alertId);
    else next.delete(alertId);
  }
  busy.value = next;
}

/** The key of the same act of somebody who tries again after no answer, so that it is done once. */
const unanswered = new Map<string, string>();

/** Takes what the server said of one alert; true: it was done. */
function take(alertId: string, answer: ActionResult): boolean {
  if (answer.result !== 'unknown' && answer.alert !== null) takeAlert(answer.alert);
  if (answer.result === 'refused') tell(alertId, refusalWords(answer, serverNowMs()));
  if (answer.result === 'unknown') tell(alertId, answer.detail);
  return answer.result === 'done';
}

/** Sends an act on the alerts as the page shows them, in one request where they are many; answers of which it was not taken. */
export async function actOn(items: readonly AlertItem[], what: Act): Promise<readonly string[]> {
  const free = items.filter(({ alertId }) => !busy.value.has(alertId));
  const ids = free.map(({ alertId }) => alertId);
  if (free.length === 0) return items.map(({ alertId }) => alertId);
  const said = JSON.stringify([free.map(({ alertId, etag }) => [alertId, etag]), what]);
  const key = unanswered.get(said) ?? newKey();
  setBusy(ids, true);
  for (const alertId of ids) tell(alertId, null);
  const [only] = free;
  const answers = free.length === 1 && only ? [await act(only, what, key)] : await actOnMany(free, what, key);
  setBusy(ids, false);
  if (answers.some(({ result }) => result === 'unknown')) unanswered.set(said, key);
  else unanswered.delete(said);
  const failed = ids.filter((alertId, index) => !take(alertId, answers[index]!));
  unmark(ids.filter((alertId) => !failed.includes(alertId)));
  if (items.length > 1) {
    const refused = free.filter(({ alertId }) => failed.includes(alertId)).map(({ wearerId }) => nameOf(wearerId));
    manyTold.value = manyDoneWords(what.verb, ids.length - failed.length, refused);
  }
  return failed;
}

const asker = computed(() => ({ subjectId: me.value?.subjectId ?? '', isAlone: me.value?.kind === 'local', may }));

/** Whether it is the time for an act, and who looks may do it. */
export const isOffered = (item: AlertItem, verb: Verb): boolean =>
  mayStillBeDone(item, verb, asker.value, serverNowMs());

/** Begins an act on those of the alerts to which it can be done: by its dialog, or at once where nothing has to be said. */
export async function begin(verb: Verb, alertIds: readonly string[]): Promise<void> {
  const items = alertIds.flatMap((alertId) => alertInSight(alertId) ?? []).filter((item) => isOffered(item, verb));
  if (items.length === 0) return;
  if (isImmediate(verb)) await actOn(items, { verb });
  else doing.value = { verb, alertIds: items.map(({ alertId }) => alertId) };
}

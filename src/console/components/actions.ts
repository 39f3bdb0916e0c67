/** What is under way with alerts: acts that were sent, what became of them, and what somebody has begun to write. */
import { computed, signal } from '@preact/signals';
import type { AlertItem } from '../../alerts/alert.js';
import { type Act, type ActionResult, act, actOnMany, newKey, type Verb } from '../api.js';
import { alertInSight, may, me, nameOf, serverNowMs, takeAlert } from '../live/live.js';
import { type AskingVerb, isImmediate, type Values } from '../model/act-forms.js';
import { mayStillBeDone } from '../model/offered-acts.js';
import { manyDoneWords, refusalWords } from '../words/words.js';
import { unmark } from './selection.js';

/** An alert as an act leaves it; null: the act was not taken. */
type Left = AlertItem | null;
/** By alert, the last act that is on its way or waits for those before it. */
const underWay = new Map<string, Promise<Left>>();
/** Alerts about which an act is under way. */
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

/** The key of the same act of somebody who tries again after no answer, so that it is done once. */
const unanswered = new Map<string, string>();

/** Takes what the server said of one alert. */
function take(item: AlertItem, answer: ActionResult): Left {
  if (answer.result !== 'unknown' && answer.alert !== null) takeAlert(answer.alert);
  if (answer.result === 'refused') tell(item.alertId, refusalWords(answer, serverNowMs()));
  if (answer.result === 'unknown') tell(item.alertId, answer.detail);
  return answer.result === 'done' ? (answer.alert ?? item) : null;
}

/**
 * Acts on the alerts as the page shows them, in one request where they are many, once what was done about them before is answered: who is
 * quicker than the server means what he sees to be done. Where that was not taken, this is not sent: it is decided anew. Answers of which
 * alerts it was not taken.
 */
export async function actOn(items: readonly AlertItem[], what: Act): Promise<readonly string[]> {
  const before = items.map((item) => underWay.get(item.alertId) ?? item);
  const all = Promise.all(before).then((left) => actOnLeft(left, what));
  const each = items.map(({ alertId }, index) => {
    const own = all.then((left) => left[index]!);
    underWay.set(alertId, own);
    return own;
  });
  busy.value = new Set(underWay.keys());
  const left = await all;
  items.forEach(({ alertId }, index) => {
    if (underWay.get(alertId) === each[index]) underWay.delete(alertId);
  });
  busy.value = new Set(underWay.keys());
  const failed = items.filter((_, index) => left[index] === null);
  unmark(items.flatMap(({ alertId }, index) => (left[index] === null ? [] : [alertId])));
  if (items.length > 1) {
    const refused = failed.map(({ wearerId }) => nameOf(wearerId));
    manyTold.value = manyDoneWords(what.verb, items.length - failed.length, refused);
  }
  return failed.map(({ alertId }) => alertId);
}

/** Acts on those of which the acts before were taken. Where nothing has to be said, the same key twice means it once. */
async function actOnLeft(left: readonly Left[], what: Act): Promise<readonly Left[]> {
  const isDone = (item: AlertItem) => isImmediate(what.verb) && !isOffered(item, what.verb);
  const asked = left.filter((item) => item !== null && !isDone(item)) as readonly AlertItem[];
  if (asked.length === 0) return left;
  const now = await send(asked, what);
  return left.map((item) => (item !== null && asked.includes(item) ? now[asked.indexOf(item)]! : item));
}

async function send(items: readonly AlertItem[], what: Act): Promise<readonly Left[]> {
  for (const { alertId } of items) tell(alertId, null);
  const said = JSON.stringify([items.map(({ alertId, etag }) => [alertId, etag]), what]);
  const key = unanswered.get(said) ?? newKey();
  const [only] = items;
  const answers = items.length === 1 && only ? [await act(only, what, key)] : await actOnMany(items, what, key);
  if (answers.some(({ result }) => result === 'unknown')) unanswered.set(said, key);
  else unanswered.delete(said);
  return items.map((item, index) => take(item, answers[index]!));
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

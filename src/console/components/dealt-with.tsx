/** That a wearer, or what an alert tells, is dealt with already; and the way to a request. */
import type { AlertItem } from '../../alerts/alert.js';
import { dealtWithWords } from '../../wire/recall-words.js';
import { dealtWithNow, dealtWithOf } from '../live/dealt-with.js';
import { may } from '../live/live.js';
import { newRecallAddress, recallAddress } from '../route.js';
import { WantedMark } from './priority.js';

export function DealtWithMark({ item }: { readonly item: AlertItem }) {
  const request = dealtWithOf(item);
  return request === null ? null : <strong class="tw-custody">{dealtWithWords(request)}</strong>;
}

/** By the alert that it is about, where there is one: a request about that is told after it ended, too. */
export function WearerDealtWith({ wearerId, alertId }: { readonly wearerId: string; readonly alertId?: string }) {
  const request = alertId === undefined ? dealtWithNow(wearerId) : dealtWithOf({ alertId, wearerId });
  return (
    <>
      {request === null ? null : <strong class="tw-custody">{dealtWithWords(request)}</strong>}
      <WantedMark wearerId={wearerId} />
    </>
  );
}

/** To the request that there is, or to a new one; nothing for whom the table of rights has none. */
export function RecallLink({ item }: { readonly item: AlertItem }) {
  const request = dealtWithOf(item);
  if (request !== null && may('recalls.read'))
    return <a href={recallAddress(request.recallId)}>The request about it</a>;
  if (request !== null || !may('recalls.write')) return null;
  return <a href={newRecallAddress(item.wearerId, [item.alertId])}>Ask for recall, or bring a breach</a>;
}

/** That a wearer, or what an alert tells, is dealt with already; and the way to a request. */
import type { AlertItem } from '../../alerts/alert.js';
import { dealtWithNow, dealtWithOf } from '../live/dealt-with.js';
import { may } from '../live/live.js';
import { newRecallAddress, recallAddress } from '../route.js';
import { dealtWithWords } from '../words/recall-words.js';
import { WantedMark } from './priority.js';

export function DealtWithMark({ item }: { readonly item: AlertItem }) {
  const request = dealtWithOf(item);
  return request === null ? null : <strong class="tw-custody">{dealtWithWords(request)}</strong>;
}

export function WearerDealtWith({ wearerId }: { readonly wearerId: string }) {
  const request = dealtWithNow(wearerId);
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

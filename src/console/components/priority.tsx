/** That a wearer is to be arrested, and why an alert is looked at before or after others. */
import type { AlertItem } from '../../alerts/alert.js';
import { priorityOf, wantedOf } from '../live/priority.js';
import { priorityWords, wantedWords } from '../words/priority-words.js';

export function WantedMark({ wearerId }: { readonly wearerId: string }) {
  const wanted = wantedOf(wearerId);
  return wanted === null ? null : <strong class="tw-custody">{wantedWords(wanted)}</strong>;
}

export function PriorityLine({ item }: { readonly item: AlertItem }) {
  const words = item.status === 'open' ? priorityWords(priorityOf(item)) : null;
  return words === null ? null : <span class="tw-sub tw-priority">{words}</span>;
}

/** The way to an alert by what it is: one that the feed does not hold, which ended long ago, is asked for. */

import { askAlert } from '../api.js';
import { book, zoneNameOf } from '../live/live.js';
import { alertAddress } from '../route.js';
import { dayAndTime } from '../words/times.js';
import { title } from '../words/words.js';
import { useAnswer } from './use-answer.js';

export function AlertLink({ alertId }: { readonly alertId: string }) {
  const held = book.value.alerts.get(alertId);
  const answer = useAnswer(held === undefined ? alertId : null, askAlert);
  const item = held ?? (answer?.ok === true ? answer.body : null);
  // Two of a kind are told apart by their times.
  const words =
    item === null ? 'an alert' : `${title(item, zoneNameOf(item.zoneId))}, ${dayAndTime(Date.parse(item.raisedAt))}`;
  return <a href={alertAddress(alertId)}>{words}</a>;
}

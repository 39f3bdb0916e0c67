/** Every act of the workflow that may be done to an alert now, each with its key. */
import type { AlertItem } from '../../alerts/alert.js';
import { nowMs } from '../live/live.js';
import { escalationTable } from '../live/priority.js';
import { VERBS } from '../model/offered-acts.js';
import { singleKeys } from '../preferences.js';
import { climbsWords, ownerWords } from '../words/owner-words.js';
import { VERB_WORDS } from '../words/words.js';
import { begin, busy, isOffered, told, unsentOf } from './actions.js';
import { VERB_KEYS } from './verb-keys.js';

export function ActButtons({ item }: { readonly item: AlertItem }) {
  const { alertId } = item;
  const table = escalationTable.value;
  const climbs = table === null ? null : climbsWords(item, table, nowMs.peek());
  const refused = told.value.get(alertId);
  const isBusy = busy.value.has(alertId);
  const offered = VERBS.filter((verb) => isOffered(item, verb));
  // Taking acknowledges: who may do both has one button less to choose from.
  const shown = offered.filter((verb) => verb !== 'acknowledge' || !offered.includes('take'));
  return (
    <section class="tw-actions" aria-label="Actions" aria-busy={isBusy}>
      <p class="tw-actions__owner">{ownerWords(item, nowMs.peek()) || 'Nobody has seen it yet.'}</p>
      {climbs === null ? null : <p class="tw-sub">{climbs}</p>}
      <div class="tw-row-of-buttons">
        {shown.map((verb, index) => (
          <button
            key={verb}
            type="button"
            class={index === 0 ? 'tw-button tw-button--main' : 'tw-button'}
            onClick={() => void begin(verb, [alertId])}
          >
            {VERB_WORDS[verb]}
            {singleKeys.value ? (
              <span class="tw-kbd" aria-hidden="true">
                {VERB_KEYS[verb]}
              </span>
            ) : null}
          </button>
        ))}
      </div>
      {unsentOf(alertId).map((text) => (
        <p key={text} class="tw-told">
          Your note is not sent yet: “{text}”
        </p>
      ))}
      {refused === undefined ? null : (
        <p class="tw-told" role="alert">
          {refused}
        </p>
      )}
    </section>
  );
}

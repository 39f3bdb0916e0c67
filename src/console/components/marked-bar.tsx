/** What can be done at once to all that are marked. It stands where the filters stand, so that the list does not move. */
import { useComputed } from '@preact/signals';
import type { Verb } from '../api.js';
import { book } from '../live/live.js';
import { VERB_WORDS } from '../words/words.js';
import { begin, busy, isOffered } from './actions.js';
import { PackButton } from './pack-button.js';
import { marked } from './selection.js';

/** What one request does to many: a suspension is one's own decision each time. */
const VERBS: readonly Verb[] = ['take', 'acknowledge', 'dispose', 'note', 'assign', 'release', 'reopen'];

export function MarkedBar() {
  const items = useComputed(() => {
    const { alerts } = book.value;
    return [...marked.value].flatMap((alertId) => alerts.get(alertId) ?? []);
  });
  const isBusy = items.value.some(({ alertId }) => busy.value.has(alertId));
  const ids = items.value.map(({ alertId }) => alertId);
  return (
    <section class="tw-filters tw-marked" aria-label="Marked alerts" aria-busy={isBusy}>
      <strong>{`${ids.length} marked`}</strong>
      {VERBS.map((verb) => {
        const count = items.value.filter((item) => isOffered(item, verb)).length;
        if (count === 0) return null;
        return (
          <button key={verb} type="button" class="tw-button" onClick={() => void begin(verb, ids)}>
            {VERB_WORDS[verb].replace('Close the alert', 'Close')}
            {count === ids.length ? '' : ` (${count})`}
          </button>
        );
      })}
      <PackButton draft={{ alerts: items.value }} />
      <button
        type="button"
        class="tw-link-button"
        onClick={() => {
          marked.value = new Set();
        }}
      >
        Let go
      </button>
    </section>
  );
}

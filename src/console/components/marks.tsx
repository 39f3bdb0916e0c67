/** Severity and certainty by word, shape and colour: whoever does not see one of them has the other two. */
import type { AlertItem } from '../../alerts/alert.js';
import { SEVERITY_SHAPES } from '../model/severity-shapes.js';
import { certainty, SEVERITY_WORDS } from '../words/words.js';

export function Severity({ severity }: { readonly severity: AlertItem['severity'] }) {
  return (
    <span class={`tw-severity tw-severity--${severity}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path d={SEVERITY_SHAPES[severity]} fill-rule="evenodd" />
      </svg>
      {SEVERITY_WORDS[severity]}
    </span>
  );
}

const CERTAINTY_CLASSES = { Confirmed: 'confirmed', Suspected: 'suspected', Withdrawn: 'withdrawn' } as const;

export function Certainty({ item }: { readonly item: AlertItem }) {
  const sure = certainty(item);
  return <span class={`tw-sure tw-sure--${CERTAINTY_CLASSES[sure]}`}>{sure}</span>;
}

/** Severity and certainty by word, shape and colour: whoever does not see one of them has the other two. */
import type { AlertItem } from '../../alerts/alert.js';
import { certainty, SEVERITY_WORDS } from '../words/words.js';

const SHAPES: Readonly<Record<AlertItem['severity'], string>> = {
  // An octagon, a triangle, a square, a ring.
  critical: 'M5 1h6l4 4v6l-4 4H5l-4-4V5z',
  high: 'M8 1l7.5 14H.5z',
  medium: 'M2 2h12v12H2z',
  low: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zm0 3a3 3 0 1 1 0 6a3 3 0 1 1 0-6z',
};

export function Severity({ severity }: { readonly severity: AlertItem['severity'] }) {
  return (
    <span class={`tw-severity tw-severity--${severity}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path d={SHAPES[severity]} fill-rule="evenodd" />
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

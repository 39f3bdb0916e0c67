/** The box that marks an alert, or all of a row, for an act on many. */
import { useComputed } from '@preact/signals';
import { may } from '../live/live.js';
import { marked, toggleMarks } from './selection.js';

export function Mark({ alertIds, label }: { readonly alertIds: readonly string[]; readonly label: string }) {
  const key = alertIds.join();
  // A boolean a row, so that marking one draws one.
  const isMarked = useComputed(() => key.split(',').every((alertId) => marked.value.has(alertId)));
  if (!may('alerts.act') && !may('exports.make')) return null;
  return (
    <input
      type="checkbox"
      class="tw-mark"
      aria-label={label}
      checked={isMarked.value}
      onChange={() => toggleMarks(alertIds)}
    />
  );
}

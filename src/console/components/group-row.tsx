/** One row for many: repeats of one wearer, or what a flood tells of one cause. */
import { useComputed } from '@preact/signals';
import type { AlertItem } from '../../alerts/alert.js';
import type { AlertGroup } from '../../alerts/grouping.js';
import { nameOf, nowMs, zoneNameOf } from '../live/live.js';
import { duration, timeOfDay } from '../words/times.js';
import { title } from '../words/words.js';
import { Mark } from './mark.js';
import { Severity } from './marks.js';
import { openGroups, select, selected, showMoreOf, toggleGroup } from './selection.js';

/** `All 12 are below`; `100 of 1234 are below`. */
const shownWords = (shown: number, count: number): string =>
  `${shown === count ? 'All' : `${shown} of`} ${count} are below`;

interface Props {
  readonly groupId: string;
  readonly group: AlertGroup;
  readonly items: readonly AlertItem[];
}

export function GroupRow({ groupId, group, items }: Props) {
  const shown = Math.min(openGroups.value.get(groupId) ?? 0, items.length);
  const isOpen = shown > 0;
  const isSelected = useComputed(() => selected.value === groupId);
  const age = useComputed(() => duration(nowMs.value - Date.parse(group.firstRaisedAt)));
  const [first] = items;
  if (first === undefined) return null;
  const heading = title(first, zoneNameOf(first.zoneId));
  const count = items.length;
  const at = (instant: string) => timeOfDay(Date.parse(instant), nowMs.peek());
  const who =
    group.type === 'repeating'
      ? nameOf(first.wearerId)
      : `${new Set(items.map(({ wearerId }) => wearerId)).size} wearers`;
  return (
    <tr
      class={`tw-alert tw-alert--group${isSelected.value ? ' tw-alert--selected' : ''}`}
      data-alert-id={groupId}
      data-severity={group.severity}
      onFocusCapture={() => select(groupId)}
      onClickCapture={() => select(groupId)}
    >
      <td>
        <Mark alertIds={group.alertIds} label={`Mark all ${count}: ${heading}, ${who}`} />
        <Severity severity={group.severity} />
        <span class="tw-sure">{group.type === 'repeating' ? 'Repeating' : 'Flood'}</span>
      </td>
      <td>
        <button
          type="button"
          class="tw-link-button tw-alert__title tw-fold"
          aria-expanded={isOpen}
          onClick={() => toggleGroup(groupId)}
        >
          {heading} <span class="tw-count">{`× ${count}`}</span>
        </button>
        <span class="tw-sub">{`${who} · the first raised ${at(group.firstRaisedAt)}, the last ${at(group.lastRaisedAt)}`}</span>
      </td>
      <td>
        <span class="tw-age">{age}</span>
      </td>
      <td>
        <span class="tw-sub">{isOpen ? shownWords(shown, count) : `${count} alerts in this row`}</span>
      </td>
    </tr>
  );
}

/** Below those that are shown, where there are more. */
export function MoreOfGroup({ groupId, count }: { readonly groupId: string; readonly count: number }) {
  const shown = openGroups.value.get(groupId) ?? 0;
  if (shown === 0 || shown >= count) return null;
  return (
    <tr class="tw-alert">
      <td colSpan={4}>
        <button type="button" class="tw-button tw-more" onClick={() => showMoreOf(groupId)}>
          {`Show more: ${shown} of ${count} of this row are shown`}
        </button>
      </td>
    </tr>
  );
}

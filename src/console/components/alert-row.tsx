/** One alert in a table of the board. Its age ticks in a text node of its own: a second passing draws no row. */
import { useComputed } from '@preact/signals';
import { memo } from 'preact/compat';
import type { AlertItem } from '../../alerts/alert.js';
import { may, nameOf, nowMs, wearers, zoneNameOf } from '../live/live.js';
import { isUnacknowledged } from '../model/alert-book.js';
import { alertAddress, wearerAddress } from '../route.js';
import { ownerWords } from '../words/owner-words.js';
import { duration, hourAndMinute } from '../words/times.js';
import { title } from '../words/words.js';
import { begin, busy, told } from './actions.js';
import { DealtWithMark } from './dealt-with.js';
import { Mark } from './mark.js';
import { Certainty, Severity } from './marks.js';
import { PriorityLine, WantedMark } from './priority.js';
import { select, selected } from './selection.js';

/** `4 min 10 s`: since it began, or for how long it was. */
function Age({ item }: { readonly item: AlertItem }) {
  const { startedAt, endedAt } = item.episode;
  const words = useComputed(() => {
    const untilMs = endedAt === null ? nowMs.value : Date.parse(endedAt);
    return duration(untilMs - Date.parse(startedAt));
  });
  return (
    <>
      <span class="tw-age">{words}</span>
      <span class="tw-sub">
        {endedAt === null ? `since ${hourAndMinute(Date.parse(startedAt), nowMs.peek())}` : 'has ended'}
      </span>
    </>
  );
}

/** `Adam Kerr · W-001 · East · RAG red`. */
function WhoLine({ wearerId }: { readonly wearerId: string }) {
  const wearer = wearers.value.get(wearerId);
  const rest = [wearer?.division, wearer?.rag === undefined ? undefined : `RAG ${wearer.rag}`];
  return (
    <>
      <a href={wearerAddress(wearerId)} tabIndex={-1}>
        {nameOf(wearerId)}
      </a>
      {` · ${[wearerId, ...rest].filter((part) => part !== undefined).join(' · ')}`}
    </>
  );
}

interface Props {
  readonly item: AlertItem;
  readonly isSelected: boolean;
}

export const AlertRow = memo(function AlertRow({ item, isSelected }: Props) {
  const { alertId } = item;
  const isNew = isUnacknowledged(item);
  const zone = zoneNameOf(item.zoneId);
  const refused = told.value.get(alertId);
  const isBusy = busy.value.has(alertId);
  const heading = title(item, zone);
  const state = ownerWords(item, nowMs.peek());
  const classes = ['tw-alert', isNew ? 'tw-alert--new' : '', isSelected ? 'tw-alert--selected' : ''];
  return (
    <tr
      class={classes.join(' ')}
      data-alert-id={alertId}
      data-severity={item.severity}
      onClick={() => select(alertId)}
      onFocusCapture={() => select(alertId)}
    >
      <td>
        <Mark alertIds={[alertId]} label={`Mark: ${heading}, ${nameOf(item.wearerId)}`} />
        <Severity severity={item.severity} />
        <Certainty item={item} />
      </td>
      <td>
        {item.inCustody === true ? <strong class="tw-custody">Recorded as in custody</strong> : null}
        <DealtWithMark item={item} />
        <WantedMark wearerId={item.wearerId} />
        <a class="tw-alert__title" href={alertAddress(alertId)}>
          {heading}
        </a>
        <span class="tw-sub">
          <WhoLine wearerId={item.wearerId} />
        </span>
        <PriorityLine item={item} />
        {refused === undefined ? null : (
          <span class="tw-told" role="alert">
            {refused}
          </span>
        )}
      </td>
      <td>
        <Age item={item} />
      </td>
      <td>
        {isNew && may('alerts.act') ? (
          <button
            type="button"
            class="tw-button"
            aria-label={`Acknowledge: ${heading}, ${nameOf(item.wearerId)}`}
            aria-disabled={isBusy}
            onClick={() => void begin('acknowledge', [alertId])}
          >
            {isBusy ? 'Sending …' : 'Acknowledge'}
          </button>
        ) : null}
        <span class="tw-sub">{state}</span>
      </td>
    </tr>
  );
});

export function AlertHead() {
  return (
    <>
      <colgroup>
        <col class="tw-col-severity" />
        <col />
        <col class="tw-col-age" />
        <col class="tw-col-owner" />
      </colgroup>
      <thead class="govuk-visually-hidden">
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">What and who</th>
          <th scope="col">For how long</th>
          <th scope="col">Who has it</th>
        </tr>
      </thead>
    </>
  );
}

/** Which of the shown alerts is selected, as a boolean a row, so that moving on draws two rows and not all. */
export const isSelected = (alertId: string): boolean => selected.value === alertId;

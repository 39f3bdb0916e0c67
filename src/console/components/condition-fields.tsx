/** The condition in the editor's form: whose, of which kind, when. */

import { daysWords, MAX_WORDING_LENGTH, ORDER_WORDS } from '../../wire/condition-words.js';
import type { OrderInfo } from '../api.js';
import { nameOf } from '../live/live.js';
import { ALL_DAYS, ALL_WEARERS, type ConditionDraft } from '../model/zone-draft.js';
import type { Known } from './use-answer.js';

const KIND_WORDS: Readonly<Record<ConditionDraft['kind'], string>> = {
  exclusion: 'Exclusion: not to enter',
  inclusion: 'Inclusion: not to leave',
  restriction: 'Restriction: to stay within',
  curfew: 'Curfew: to be at',
};

export const orderWords = ({ orderId, wearerId, type }: OrderInfo): string =>
  `${nameOf(wearerId)} (${wearerId}), ${ORDER_WORDS[type]}, ${orderId}`;

interface OfWhomProps {
  readonly name?: string;
  readonly value?: string;
  readonly orders: Known<OrderInfo>;
  readonly takesAll: boolean;
  readonly onChoose?: (orderId: string) => void;
}

/** Nobody is put under a condition by not having been looked at: it has to be chosen. */
export function OfWhom({ name, value, orders, takesAll, onChoose }: OfWhomProps) {
  const listed = orders.isKnown ? orders.items : [];
  const isElsewhere = value && value !== ALL_WEARERS && !listed.some(({ orderId }) => orderId === value);
  return (
    <>
      <label>
        Of whom{' '}
        <select
          name={name}
          {...(value === undefined ? {} : { value })}
          required
          onChange={(event) => onChoose?.(event.currentTarget.value)}
        >
          <option value="">Choose of whom</option>
          {takesAll ? <option value={ALL_WEARERS}>All wearers (an administrator agrees)</option> : null}
          {isElsewhere ? <option value={value}>{`Order ${value}, of whom is not known here`}</option> : null}
          {listed.map((order) => (
            <option key={order.orderId} value={order.orderId}>
              {orderWords(order)}
            </option>
          ))}
        </select>
      </label>
      {orders.isKnown ? null : <p class="tw-zones__error">{`Whose orders there are is not known: ${orders.why}.`}</p>}
    </>
  );
}

interface Props {
  readonly condition: ConditionDraft;
  readonly orders: Known<OrderInfo>;
  readonly onChange: (condition: ConditionDraft) => void;
}

export function ConditionFields({ condition, orders, onChange }: Props) {
  const change = (more: Partial<ConditionDraft>) => onChange({ ...condition, ...more });
  const [window] = condition.windows ?? [];
  const days = window?.days ?? ALL_DAYS;
  const setWindow = (more: object) =>
    change({ windows: [{ days, from: window?.from ?? '19:00', to: window?.to ?? '07:00', ...more }] });
  return (
    <fieldset class="tw-zones__fields">
      <legend>Condition</legend>
      <OfWhom value={condition.orderId} orders={orders} takesAll onChoose={(orderId) => change({ orderId })} />
      <label>
        Kind{' '}
        <select
          value={condition.kind}
          onChange={(event) => change({ kind: event.currentTarget.value as ConditionDraft['kind'] })}
        >
          {Object.entries(KIND_WORDS).map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        When{' '}
        <select
          value={condition.windows === null ? 'always' : 'hours'}
          onChange={(event) => (event.currentTarget.value === 'always' ? change({ windows: null }) : setWindow({}))}
        >
          <option value="always">At any time</option>
          <option value="hours">By hours</option>
        </select>
      </label>
      {window === undefined ? null : (
        <>
          <label>
            From{' '}
            <input
              type="time"
              value={window.from}
              onInput={(event) => setWindow({ from: event.currentTarget.value })}
            />
          </label>
          <label>
            To <input type="time" value={window.to} onInput={(event) => setWindow({ to: event.currentTarget.value })} />
          </label>
          <fieldset class="tw-zones__days">
            <legend>Days on which it begins</legend>
            {ALL_DAYS.map((day) => (
              <label key={day}>
                <input
                  type="checkbox"
                  checked={days.includes(day)}
                  onChange={(event) =>
                    setWindow({
                      days: ALL_DAYS.filter((one) => (one === day ? event.currentTarget.checked : days.includes(one))),
                    })
                  }
                />{' '}
                {daysWords([day])}
              </label>
            ))}
          </fieldset>
        </>
      )}
      {condition.exceptions.map(({ date, reason, windows }) => (
        <p key={date} class="tw-zones__exception">
          {`${date} (${reason}): ${windows.map(({ from, to }) => `${from} to ${to}`).join(', ') || 'not at all'} `}
          <button
            type="button"
            class="tw-link-button"
            onClick={() => change({ exceptions: condition.exceptions.filter((one) => one.date !== date) })}
          >
            {`Take out ${date}`}
          </button>
        </p>
      ))}
      <label>
        Grace, minutes{' '}
        <input
          type="number"
          min={0}
          value={condition.graceMinutes}
          onInput={(event) => change({ graceMinutes: event.currentTarget.value })}
        />
      </label>
      <label>
        In the words of the order{' '}
        <textarea
          rows={3}
          maxLength={MAX_WORDING_LENGTH}
          value={condition.wording}
          onInput={(event) => change({ wording: event.currentTarget.value })}
        />
      </label>
      <label>
        Begins (local time){' '}
        <input
          type="datetime-local"
          required
          value={condition.startsAt}
          onInput={(event) => change({ startsAt: event.currentTarget.value })}
        />
      </label>
      <label>
        Ends, if it does (local time){' '}
        <input
          type="datetime-local"
          value={condition.endsAt}
          onInput={(event) => change({ endsAt: event.currentTarget.value })}
        />
      </label>
    </fieldset>
  );
}

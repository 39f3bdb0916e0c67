/** The few questions of a wizard; its draft is then shown whole, to be changed, rehearsed and proposed. */
import { useState } from 'preact/hooks';
import { newKey, type OrderInfo } from '../api.js';
import type { ZoneDraft } from '../model/zone-draft.js';
import { draftByWizard, WIZARD_WORDS, type Wizard } from '../model/zone-wizards.js';
import { orderWords } from './condition-fields.js';

interface Props {
  readonly wizard: Wizard;
  readonly orders: readonly OrderInfo[];
  readonly onDraft: (draft: ZoneDraft) => void;
  readonly onLeave: () => void;
}

/** `2026-11-29T10:00` by the clock of the page. */
function toLocalInput(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

const NEEDS_DATES: Readonly<Partial<Record<Wizard, string>>> = {
  hdc: 'First night (the day of release)',
  'match-day': 'Days of matches, one a line: YYYY-MM-DD',
};

export function WizardForm({ wizard, orders, onDraft, onLeave }: Props) {
  const [stem] = useState(() => newKey().slice(0, 12));
  const { name, about } = WIZARD_WORDS[wizard];
  const dates = NEEDS_DATES[wizard];
  const submit = (form: HTMLFormElement): void => {
    const said = new FormData(form);
    const text = (field: string) => String(said.get(field) ?? '').trim();
    onDraft(
      draftByWizard(wizard, {
        orderId: text('orderId'),
        places: text('places'),
        name: text('name'),
        dates: text('dates').split(/\s+/).filter(Boolean),
        startsAt: text('startsAt'),
        stem,
      }),
    );
  };
  return (
    <section aria-labelledby="wizard-head">
      <h2 id="wizard-head">{name}</h2>
      <p class="tw-zones__quiet">{about}</p>
      <form
        class="tw-zones__fields"
        onSubmit={(event) => {
          event.preventDefault();
          submit(event.currentTarget);
        }}
      >
        <label>
          Of whom{' '}
          <select name="orderId">
            {wizard === 'hdc' || wizard === 'acquisitive' ? null : (
              <option value="">All wearers (an administrator agrees)</option>
            )}
            {orders.map((order) => (
              <option key={order.orderId} value={order.orderId}>
                {orderWords(order)}
              </option>
            ))}
          </select>
        </label>
        <label>
          What the place is called <input name="name" required maxLength={200} />
        </label>
        {wizard === 'zone' ? null : (
          <label>
            Where it is: latitude, longitude <input name="places" required placeholder="51.2787, 1.0803" />
          </label>
        )}
        {dates === undefined ? null : wizard === 'hdc' ? (
          <label>
            {dates} <input name="dates" type="date" required />
          </label>
        ) : (
          <label>
            {dates} <textarea name="dates" rows={4} required />
          </label>
        )}
        <label>
          Begins <input name="startsAt" type="datetime-local" required defaultValue={toLocalInput(Date.now())} />
        </label>
        <div class="tw-row-of-buttons">
          <button type="submit" class="tw-button tw-button--main">
            Show the draft
          </button>
          <button type="button" class="tw-button" onClick={onLeave}>
            Leave it
          </button>
        </div>
      </form>
    </section>
  );
}

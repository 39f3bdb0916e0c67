/** The few questions of a wizard; its draft is then shown whole, to be changed, rehearsed and proposed. */
import { useState } from 'preact/hooks';
import { newKey, type OrderInfo } from '../api.js';
import { serverNowMs } from '../live/live.js';
import { toLocalText } from '../model/local-instant.js';
import type { ZoneDraft } from '../model/zone-draft.js';
import { draftByWizard, WIZARD_WORDS, type Wizard } from '../model/zone-wizards.js';
import { OfWhom } from './condition-fields.js';
import type { Known } from './use-answer.js';

interface Props {
  readonly wizard: Wizard;
  readonly orders: Known<OrderInfo>;
  readonly onDraft: (draft: ZoneDraft) => void;
  readonly onLeave: () => void;
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
        <OfWhom name="orderId" orders={orders} takesAll={wizard !== 'hdc' && wizard !== 'acquisitive'} />
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
          Begins (local time){' '}
          <input name="startsAt" type="datetime-local" required defaultValue={toLocalText(serverNowMs())} />
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

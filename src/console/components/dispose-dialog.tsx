/** Closing an alert: how it was resolved, and a note. By keyboard: a digit chooses, Enter closes. */
import { useEffect, useRef } from 'preact/hooks';
import { DISPOSITIONS, type Disposition } from '../../alerts/event.js';
import { book, nameOf, serverNowMs, zoneNameOf } from '../live/live.js';
import { sentenceOf } from '../words/sentence.js';
import { DISPOSITION_WORDS } from '../words/words.js';
import { actOn, busy, type Draft, disposing, drafts, keepDraft, told } from './actions.js';
import { Dialog } from './dialog.js';

/** The key of each, in order. */
const KEYS: readonly string[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '-'];
const EMPTY: Draft = { disposition: null, note: '' };

export function DisposeDialog() {
  const alertId = disposing.value;
  return alertId === null ? null : <Open key={alertId} alertId={alertId} />;
}

function Open({ alertId }: { readonly alertId: string }) {
  const form = useRef<HTMLFormElement>(null);
  const item = book.value.alerts.get(alertId);
  const draft = drafts.value.get(alertId) ?? EMPTY;
  const close = () => {
    disposing.value = null;
  };
  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>('input[type=radio]')?.focus();
  }, []);
  if (item === undefined) return null;
  const choose = (disposition: Disposition) => keepDraft(alertId, { ...draft, disposition });
  const submit = async (event: Event) => {
    event.preventDefault();
    const { disposition, note } = drafts.peek().get(alertId) ?? EMPTY;
    if (disposition === null) return;
    const said = { verb: 'dispose', disposition, ...(note.trim() === '' ? {} : { note }) } as const;
    if (!(await actOn(item, said))) return;
    keepDraft(alertId, null);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLTextAreaElement) return;
    const index = KEYS.indexOf(event.key);
    const disposition = DISPOSITIONS[index];
    if (disposition === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    choose(disposition);
    form.current?.querySelector<HTMLInputElement>(`input[value="${disposition}"]`)?.focus();
  };
  const refused = told.value.get(alertId);
  const isClosed = item.status === 'closed';
  return (
    <Dialog label="Close the alert" onClose={close}>
      <form ref={form} onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown}>
        <h2 class="govuk-heading-m">Close the alert</h2>
        <p class="tw-dialog__what">
          {sentenceOf(item, { who: nameOf(item.wearerId), zone: zoneNameOf(item.zoneId) }, serverNowMs())}
        </p>
        <fieldset class="tw-choices">
          <legend>How was it resolved?</legend>
          {DISPOSITIONS.map((disposition, index) => (
            <label key={disposition} class="tw-choice">
              <input
                type="radio"
                name="disposition"
                value={disposition}
                required
                checked={draft.disposition === disposition}
                onChange={() => choose(disposition)}
              />
              <kbd>{KEYS[index]}</kbd>
              {DISPOSITION_WORDS[disposition]}
            </label>
          ))}
        </fieldset>
        <label class="tw-label" for="dispose-note">
          Note
        </label>
        <textarea
          id="dispose-note"
          class="tw-textarea"
          rows={3}
          maxLength={4000}
          value={draft.note}
          onInput={({ currentTarget }) => keepDraft(alertId, { ...draft, note: currentTarget.value })}
        />
        {refused === undefined ? null : (
          <p class="tw-told" role="alert">
            {refused} {draft.note.trim() === '' ? '' : 'Your note is kept here.'}
          </p>
        )}
        <div class="tw-row-of-buttons">
          <button type="submit" class="tw-button tw-button--main" disabled={isClosed || busy.value.has(alertId)}>
            {busy.value.has(alertId) ? 'Sending …' : 'Close the alert'}
          </button>
          <button type="button" class="tw-button" onClick={close}>
            Leave it open
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** What has to be said with an act on an alert, or on many. By keyboard: a digit chooses, Enter does it; in a text Ctrl and Enter. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import { alertInSight, book, me, nameOf, serverNowMs, zoneNameOf } from '../live/live.js';
import { ACT_FORMS, type Field, missingField, type Values } from '../model/act-forms.js';
import { knownPeople } from '../model/known-people.js';
import { proposalWords } from '../words/owner-words.js';
import { personWords } from '../words/people-words.js';
import { sentenceOf } from '../words/sentence.js';
import { actOn, type Doing, doing, draftKeyOf, drafts, keepDraft, told } from './actions.js';
import { Dialog } from './dialog.js';

/** The key of each choice, in order. */
const KEYS: readonly string[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '-'];
const EMPTY: Values = {};

export function ActDialog() {
  const now = doing.value;
  return now === null ? null : <Open key={draftKeyOf(now)} doing={now} />;
}

interface FieldProps {
  readonly field: Field;
  readonly value: string;
  readonly items: readonly AlertItem[];
  onValue(value: string): void;
}

function FieldOf({ field, value, items, onValue }: FieldProps) {
  const id = `act-${field.name}`;
  if (field.type === 'choice') {
    return (
      <fieldset class="tw-choices">
        <legend>{field.label}</legend>
        {field.options.map(([option, words], index) => (
          <label key={option} class="tw-choice">
            <input
              type="radio"
              name={field.name}
              value={option}
              required
              checked={value === option}
              onChange={() => onValue(option)}
            />
            <kbd>{KEYS[index]}</kbd>
            {words}
          </label>
        ))}
      </fieldset>
    );
  }
  if (field.type === 'person') {
    const people = knownPeople(book.value.alerts.values()).filter((subjectId) => subjectId !== me.value?.subjectId);
    return (
      <>
        <label class="tw-label" for={id}>
          {field.label}
        </label>
        <input
          id={id}
          class="tw-input"
          list={`${id}-known`}
          required
          maxLength={512}
          autocomplete="off"
          value={value}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
        <datalist id={`${id}-known`}>
          {people.map((subjectId) => (
            <option key={subjectId} value={subjectId}>
              {personWords(subjectId)}
            </option>
          ))}
        </datalist>
      </>
    );
  }
  return (
    <>
      <label class="tw-label" for={id}>
        {field.label}
      </label>
      <textarea
        id={id}
        class="tw-textarea"
        rows={3}
        maxLength={4000}
        required={field.isRequired(items)}
        value={value}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
    </>
  );
}

function Open({ doing: now }: { readonly doing: Doing }) {
  const form = useRef<HTMLFormElement>(null);
  const [isSending, setSending] = useState(false);
  const key = draftKeyOf(now);
  const { title, leave, fields, toAct } = ACT_FORMS[now.verb];
  const items = now.alertIds.flatMap((alertId) => alertInSight(alertId) ?? []);
  const values = drafts.value.get(key) ?? EMPTY;
  const set = (name: string, value: string) => keepDraft(key, { ...(drafts.peek().get(key) ?? EMPTY), [name]: value });
  const close = () => {
    doing.value = null;
  };
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>('input, textarea, button')?.focus();
  }, []);
  const [only] = items;
  // Nothing is open then, and nothing is to keep the page's keys from acting.
  useLayoutEffect(() => {
    if (only === undefined) close();
  }, [only === undefined]);
  if (only === undefined) return null;
  // Whoever was closed by somebody else meanwhile cannot be closed again; what is closed can be reopened, and noted.
  const isOver = now.verb === 'dispose' && items.every(({ status }) => status === 'closed');
  const submit = async (event?: Event) => {
    event?.preventDefault();
    const said = drafts.peek().get(key) ?? EMPTY;
    if (isSending || isOver || missingField(ACT_FORMS[now.verb], said, items) !== null) return;
    setSending(true);
    const failed = await actOn(items, toAct(said, serverNowMs()));
    setSending(false);
    if (failed.length === items.length) return;
    keepDraft(key, null);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.current?.requestSubmit();
      return;
    }
    const isText = event.target instanceof HTMLTextAreaElement;
    const isPerson = event.target instanceof HTMLInputElement && event.target.type !== 'radio';
    if (isText || isPerson || event.ctrlKey || event.metaKey || event.altKey) return;
    const choices = fields.find((field) => field.type === 'choice');
    const option = choices?.options[KEYS.indexOf(event.key)];
    if (choices === undefined || option === undefined) return;
    event.preventDefault();
    set(choices.name, option[0]);
    form.current?.querySelector<HTMLInputElement>(`input[value="${option[0]}"]`)?.focus();
  };
  const words = items.length === 1 ? title[0] : title[1](items.length);
  const refused = [...new Set(items.flatMap(({ alertId }) => told.value.get(alertId) ?? []))].join(' ') || undefined;
  const isWritten = fields.some(({ type, name }) => type === 'text' && (values[name] ?? '').trim() !== '');
  return (
    <Dialog label={words} onClose={close}>
      <form ref={form} onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown}>
        <h2 class="govuk-heading-m">{words}</h2>
        <p class="tw-dialog__what">
          {items.length === 1
            ? sentenceOf(only, { who: nameOf(only.wearerId), zone: zoneNameOf(only.zoneId) }, serverNowMs())
            : describeWhom(items)}
        </p>
        {now.verb === 'agree-suspension' && items.length === 1 ? <p>{proposalWords(only, serverNowMs())}.</p> : null}
        {fields.map((field) => (
          <FieldOf
            key={field.name}
            field={field}
            items={items}
            value={values[field.name] ?? ''}
            onValue={(value) => set(field.name, value)}
          />
        ))}
        {refused === undefined ? null : (
          <p class="tw-told" role="alert">
            {refused} {isWritten ? 'Your note is kept here.' : ''}
          </p>
        )}
        <div class="tw-row-of-buttons">
          <button type="submit" class="tw-button tw-button--main" disabled={isOver || isSending}>
            {isSending ? 'Sending …' : words}
          </button>
          <button type="button" class="tw-button" onClick={close}>
            {leave}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const NAMED = 3;

/** `50 alerts of Adam Kerr, Ben Holt, Carl Moss and 12 others`. */
function describeWhom(items: readonly AlertItem[]): string {
  const names = [...new Set(items.map(({ wearerId }) => nameOf(wearerId)))];
  const more = names.length - NAMED;
  return `${items.length} alerts of ${names.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} others` : ''}`;
}

/**
 * A dialog with a form: it stays as it is where the server does not take it, and what was written into it is there again where it was
 * closed by Escape. By keyboard: Enter in a line, Ctrl and Enter in a text.
 */
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { newKey } from '../api.js';
import { serverNowMs } from '../live/live.js';
import { toLocalText } from '../model/local-instant.js';
import type { Fault } from '../send.js';
import { Dialog } from './dialog.js';

/** Whether it was taken; where it was not, why, in sentences, and which fields it is about, by JSON Pointer. */
export type Written =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: string; readonly faults?: readonly Pick<Fault, 'pointer'>[] };

interface Draft {
  readonly sendId: string;
  readonly values: readonly (readonly [name: string, value: string])[];
}

/** By what the dialog is about; gone with the page. */
const drafts = new Map<string, Draft>();

interface Props {
  readonly label: string;
  /** What a draft of it goes by: of another task it is another one. */
  readonly draftKey: string;
  readonly submitWords: string;
  readonly children: ComponentChildren;
  readonly extra?: ComponentChildren;
  /** `sendId`: the same for every try of this form, also where it was closed in between: what is sent again is not there twice. */
  onSubmit(said: FormData, sendId: string): Promise<Written>;
  /** `isDone`: something was written. */
  onClose(isDone: boolean): void;
}

export function FormDialog({ label, draftKey, submitWords, children, extra, onSubmit, onClose }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const toldId = useId();
  const [told, setTold] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [sendId] = useState(() => drafts.get(draftKey)?.sendId ?? newKey());
  useLayoutEffect(() => {
    if (form.current === null) return;
    fill(form.current, drafts.get(draftKey)?.values ?? []);
    form.current.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, []);
  const keep = () => {
    if (form.current === null) return;
    // A file is chosen again: a page may not fill one in.
    const values = [...new FormData(form.current)].flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    );
    drafts.set(draftKey, { sendId, values });
  };
  const leave = (isDone: boolean) => {
    drafts.delete(draftKey);
    onClose(isDone);
  };
  const submit = async (): Promise<void> => {
    if (form.current === null || isBusy || !form.current.reportValidity()) return;
    setBusy(true);
    setTold(null);
    markFaults(form.current, toldId, []);
    const written = await onSubmit(new FormData(form.current), sendId);
    setBusy(false);
    if (written.ok) return leave(true);
    setTold(written.why);
    markFaults(form.current, toldId, written.faults ?? []);
  };
  return (
    <Dialog
      label={label}
      onClose={() => {
        keep();
        onClose(false);
      }}
    >
      <h2 class="tw-heading">{label}</h2>
      {extra}
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
        }}
      >
        {children}
        {told === null ? null : (
          <p class="tw-told" role="alert" id={toldId}>
            {told}
          </p>
        )}
        <div class="tw-row-of-buttons">
          <button type="submit" class="tw-button tw-button--main" disabled={isBusy}>
            {isBusy ? 'Sending …' : submitWords}
          </button>
          <button type="button" class="tw-button" onClick={() => leave(false)}>
            Leave it
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
}

/** A local time that has passed: now, unless another is typed. */
export function WhenField({ id, name, label }: FieldProps & { readonly name: string }) {
  return (
    <>
      <label class="tw-label" for={id}>
        {label} (local time)
      </label>
      <input
        id={id}
        name={name}
        class="tw-input"
        type="datetime-local"
        defaultValue={toLocalText(serverNowMs())}
        required
      />
    </>
  );
}

/** Why a record is changed. */
export function ReasonField({ id, label }: FieldProps) {
  return (
    <>
      <label class="tw-label" for={id}>
        {label}
      </label>
      <textarea id={id} name="changeReason" class="tw-textarea" rows={3} maxLength={500} required />
    </>
  );
}

export const textOf = (said: FormData, name: string): string => String(said.get(name) ?? '').trim();

/** Which fields the refusal is about, and the first of them under the hand; without faults: none any more. */
function markFaults(form: HTMLFormElement | null, toldId: string, faults: readonly Pick<Fault, 'pointer'>[]): void {
  const names = new Set(faults.flatMap(({ pointer }) => pointer.split('/')));
  const wrong: HTMLElement[] = [];
  for (const field of form?.querySelectorAll<HTMLInputElement>('input, select, textarea') ?? []) {
    const isWrong = field.name !== '' && names.has(field.name);
    if (isWrong) {
      field.setAttribute('aria-invalid', 'true');
      field.setAttribute('aria-describedby', toldId);
      wrong.push(field);
    } else for (const name of ['aria-invalid', 'aria-describedby']) field.removeAttribute(name);
  }
  wrong[0]?.focus();
}

/** What was written before, in fields that are there still. */
function fill(form: HTMLFormElement, values: Draft['values']): void {
  const texts = new Map(values);
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && (field.type === 'radio' || field.type === 'checkbox')) {
      if (values.length > 0)
        field.checked = values.some(([name, value]) => name === field.name && value === field.value);
    } else if (
      field instanceof HTMLInputElement ||
      field instanceof HTMLTextAreaElement ||
      field instanceof HTMLSelectElement
    ) {
      const text = texts.get(field.name);
      if (text !== undefined) field.value = text;
    }
  }
}

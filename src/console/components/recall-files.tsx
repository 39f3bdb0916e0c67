/** The two files of a request to recall. A file that leaves says what it is for and who gets it. */
import { useState } from 'preact/hooks';
import { NON_DISCLOSURE } from '../../wire/recall.js';
import { askRecallFile, type RecallItem } from '../recalls-api.js';
import { whyMissing } from './use-answer.js';

type Which = Parameters<typeof askRecallFile>[1];

export function RecallFiles({ stands }: { readonly stands: RecallItem }) {
  const [told, setTold] = useState('');
  const hasApart = (stands.nonDisclosure ?? '').trim() !== '';
  const save = async (form: HTMLFormElement, which: Which) => {
    const said = new FormData(form);
    setTold('…');
    const answer = await askRecallFile(stands.recallId, which, {
      purpose: String(said.get('purpose')),
      recipient: String(said.get('recipient')),
    });
    if (!answer.ok) return setTold(`There is no file: ${whyMissing(answer.status)}.`);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(answer.body);
    link.download = `${stands.recallId}-${which}.docx`;
    link.click();
    URL.revokeObjectURL(link.href);
    setTold('Saved; it stands in the audit.');
  };
  return (
    <details class="tw-recall__files">
      <summary>Save as Word files, as it stands</summary>
      <form
        aria-label="Files"
        onSubmit={(event) => {
          event.preventDefault();
          const { value } = (event.submitter ?? {}) as HTMLButtonElement;
          void save(event.currentTarget, value === 'non-disclosure' ? 'non-disclosure' : 'form');
        }}
      >
        <label class="tw-label">
          What it is for
          <input class="tw-input" name="purpose" required maxLength={200} defaultValue="recall" />
        </label>
        <label class="tw-label">
          Who gets it
          <input class="tw-input" name="recipient" required maxLength={200} />
        </label>
        <div class="tw-row-of-buttons">
          <button type="submit" class="tw-button" value="form">
            The form
          </button>
          {hasApart ? (
            <button type="submit" class="tw-button" value="non-disclosure">
              {NON_DISCLOSURE.title}
            </button>
          ) : null}
          <span role="status">{told}</span>
        </div>
      </form>
    </details>
  );
}

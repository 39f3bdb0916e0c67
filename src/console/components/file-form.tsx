/** How a file is saved. */
import { useState } from 'preact/hooks';
import type { Answer } from '../api.js';
import { whyMissing } from './use-answer.js';

interface FileFormProps {
  readonly words: string;
  /** Of the file. */
  readonly name: string;
  readonly ask: (purpose: string, recipient: string) => Promise<Answer<Blob>>;
}

/** A file that leaves says what it is for and who gets it. */
export function FileForm({ words, name, ask }: FileFormProps) {
  const [told, setTold] = useState('');
  const save = async (form: HTMLFormElement): Promise<void> => {
    const said = new FormData(form);
    setTold('…');
    const answer = await ask(String(said.get('purpose')), String(said.get('recipient')));
    if (!answer.ok) return setTold(`There is no file: ${whyMissing(answer.status)}.`);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(answer.body);
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
    setTold('Saved; it stands in the audit.');
  };
  return (
    <details class="tw-cohort__file">
      <summary>{words}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        <label>
          What it is for <input name="purpose" required maxLength={200} />
        </label>
        <label>
          Who gets it <input name="recipient" required maxLength={200} />
        </label>
        <button type="submit" class="tw-button">
          Save
        </button>
        <span role="status">{told}</span>
      </form>
    </details>
  );
}

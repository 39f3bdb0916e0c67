/** What people wrote down about a wearer, the newest first, and the form to write more. */
import { useState } from 'preact/hooks';
import { MAX_NOTE_LENGTH } from '../../wire/note.js';
import { may, nameOf, nowMs } from '../live/live.js';
import { askNotesOf, putNote } from '../notes-api.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime } from '../words/times.js';
import { FormDialog, textOf, type Written } from './form-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';

const REFRESH_MS = 60_000;
const SHOWN = 20;

export function WearerNotes({ wearerId }: { readonly wearerId: string }) {
  const [turn, setTurn] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [showsAll, setShowsAll] = useState(false);
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const answer = useAnswer(may('schemes.read') ? `${wearerId} ${minute} ${turn}` : null, () => askNotesOf(wearerId));
  if (!may('schemes.read')) return null;
  const notes = answer?.ok === true ? answer.body : [];
  const shown = showsAll ? notes : notes.slice(0, SHOWN);
  const close = (isDone: boolean) => {
    setOpen(false);
    if (isDone) setTurn(turn + 1);
  };
  return (
    <section aria-label="Notes on the wearer">
      <h2 class="tw-heading">Notes</h2>
      {answer === null ? <p>…</p> : null}
      {answer !== null && !answer.ok ? <p>The notes are not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true && notes.length === 0 ? <p>Nobody has written a note on this wearer.</p> : null}
      <ul class="tw-sentences">
        {shown.map(({ noteId, recordedAt, author, text }) => (
          <li key={noteId} data-note-id={noteId}>
            {dayAndTime(Date.parse(recordedAt))} <strong>{personWords(author)}</strong> <q class="tw-note">{text}</q>
          </li>
        ))}
      </ul>
      <p class="tw-row-of-buttons">
        {may('notes.write') ? (
          <button type="button" class="tw-button" onClick={() => setOpen(true)}>
            Write a note
          </button>
        ) : null}
        {shown.length < notes.length ? (
          <button type="button" class="tw-button" onClick={() => setShowsAll(true)}>
            {`Show ${notes.length - shown.length} older`}
          </button>
        ) : null}
      </p>
      {isOpen ? <NoteDialog wearerId={wearerId} onClose={close} /> : null}
    </section>
  );
}

interface DialogProps {
  readonly wearerId: string;
  onClose(isDone: boolean): void;
}

function NoteDialog({ wearerId, onClose }: DialogProps) {
  const write = (said: FormData, sendId: string): Promise<Written> =>
    putNote(sendId, { wearerId, text: textOf(said, 'text').replaceAll('\r\n', '\n') });
  return (
    <FormDialog
      label={`Write a note on ${nameOf(wearerId)}`}
      draftKey={`note ${wearerId}`}
      submitWords="Write it"
      onSubmit={write}
      onClose={onClose}
      extra={<p>It stays as it is written, with who and when: another one corrects it.</p>}
    >
      <label class="tw-label" for="note-text">
        Note
      </label>
      <textarea id="note-text" name="text" class="tw-textarea" rows={5} maxLength={MAX_NOTE_LENGTH} required />
    </FormDialog>
  );
}

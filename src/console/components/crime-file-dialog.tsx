/** A file of crimes is sent to be matched: under an authority, for a purpose, within a radius. */
import { LEAST_RADIUS_METRES, MAX_BATCH_FILE_LENGTH, MOST_RADIUS_METRES } from '../../wire/crime-batch.js';
import { sendCrimes } from '../crimes-api.js';
import { dayAfter, startOfDay } from '../model/local-instant.js';
import { FormDialog, textOf, type Written } from './form-dialog.js';

/** `made`: the batch; null: nothing was sent. */
export function CrimeFileDialog({ onClose }: { onClose(made: string | null): void }) {
  const submit = async (said: FormData): Promise<Written> => {
    const file = said.get('file');
    if (!(file instanceof File) || file.size === 0) return { ok: false, why: 'Choose a file of crimes.' };
    if (file.size > MAX_BATCH_FILE_LENGTH) return { ok: false, why: 'The file is larger than 4 MiB: divide it.' };
    const text = await file.text();
    const sent = await sendCrimes({
      name: file.name.slice(0, 200),
      file: text,
      purpose: textOf(said, 'purpose'),
      radiusMetres: Number(textOf(said, 'radius')),
      authority: {
        reference: textOf(said, 'reference'),
        scope: textOf(said, 'scope'),
        until: startOfDay(dayAfter(textOf(said, 'until'))),
      },
    });
    if (!sent.ok) return sent;
    onClose(sent.body.batchId);
    return { ok: true };
  };
  return (
    <FormDialog
      label="Match a file of crimes"
      draftKey="crime file"
      submitWords="Match"
      onSubmit={submit}
      onClose={() => onClose(null)}
    >
      <label class="tw-label" for="crime-file">
        CSV, of 13 columns or with a first line that names them
      </label>
      <input id="crime-file" name="file" class="tw-input" type="file" accept=".csv,text/csv" required />
      <label class="tw-label" for="crime-purpose">
        What for
      </label>
      <input id="crime-purpose" name="purpose" class="tw-input" maxLength={200} required />
      <label class="tw-label" for="crime-reference">
        Authority: its reference
      </label>
      <input id="crime-reference" name="reference" class="tw-input" maxLength={200} autocomplete="off" required />
      <label class="tw-label" for="crime-scope">
        What it covers
      </label>
      <input id="crime-scope" name="scope" class="tw-input" maxLength={200} required />
      <label class="tw-label" for="crime-until">
        It holds until, that day too
      </label>
      <input id="crime-until" name="until" class="tw-input" type="date" required />
      <label class="tw-label" for="crime-radius">
        How near is there, metres
      </label>
      <input
        id="crime-radius"
        name="radius"
        class="tw-input"
        type="number"
        min={LEAST_RADIUS_METRES}
        max={MOST_RADIUS_METRES}
        defaultValue="100"
        required
      />
    </FormDialog>
  );
}

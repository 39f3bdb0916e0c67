/** By what authority patterns are looked for: put on record before anything is looked at. */

import { dayAfter, startOfDay } from '../model/local-instant.js';
import { addAuthority } from '../patterns-api.js';
import { FormDialog, textOf, type Written } from './form-dialog.js';

interface Props {
  /** Whom it covers unless other ids are typed. */
  readonly wearerIds: readonly string[];
  /** `made`: its id; null: nothing was sent. */
  readonly onClose: (made: string | null) => void;
}

export function AuthorityDialog({ wearerIds, onClose }: Props) {
  const submit = async (said: FormData): Promise<Written> => {
    const ids = textOf(said, 'wearerIds')
      .split(/[\s,;]+/)
      .filter((id) => id !== '');
    const sent = await addAuthority({
      reference: textOf(said, 'reference'),
      purpose: textOf(said, 'purpose'),
      scope: textOf(said, 'scope'),
      wearerIds: [...new Set(ids)],
      until: startOfDay(dayAfter(textOf(said, 'until'))),
    });
    if (!sent.ok) return sent;
    onClose(sent.body.authorityId);
    return { ok: true };
  };
  return (
    <FormDialog
      label="An authority to look for patterns"
      draftKey={`pattern authority ${wearerIds.join()}`}
      submitWords="Put it on record"
      onSubmit={submit}
      onClose={() => onClose(null)}
    >
      <label class="tw-label" for="authority-reference">
        Its reference
      </label>
      <input id="authority-reference" name="reference" class="tw-input" maxLength={200} autocomplete="off" required />
      <label class="tw-label" for="authority-purpose">
        What for
      </label>
      <input id="authority-purpose" name="purpose" class="tw-input" maxLength={200} required />
      <label class="tw-label" for="authority-scope">
        What it covers
      </label>
      <input id="authority-scope" name="scope" class="tw-input" maxLength={200} required />
      <label class="tw-label" for="authority-wearers">
        Of which wearers: their ids, with blanks between
      </label>
      <input
        id="authority-wearers"
        name="wearerIds"
        class="tw-input"
        defaultValue={wearerIds.join(' ')}
        autocomplete="off"
        required
      />
      <label class="tw-label" for="authority-until">
        It holds until, that day too
      </label>
      <input id="authority-until" name="until" class="tw-input" type="date" required />
    </FormDialog>
  );
}

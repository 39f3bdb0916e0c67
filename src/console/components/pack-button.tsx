/** Opens the dialog that makes an evidence pack; nothing for whom the table of rights has no packs. */
import { may } from '../live/live.js';
import { type PackDraft, packDraft } from './pack-draft.js';

export function PackButton({ draft }: { readonly draft: PackDraft }) {
  if (!may('exports.make')) return null;
  return (
    <button
      type="button"
      class="tw-button"
      onClick={() => {
        packDraft.value = draft;
      }}
    >
      Make a pack
    </button>
  );
}

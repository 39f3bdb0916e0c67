/** Whether a wearer is to be arrested wherever met, why and by whose word; recorded and ended by who may. */
import { useState } from 'preact/hooks';
import { WANTED, type Wanted } from '../../wire/priority.js';
import { may, nowMs } from '../live/live.js';
import { refreshPriority } from '../live/priority.js';
import { toInstant } from '../model/local-instant.js';
import { askFlags, type FlagsRecord, putFlags } from '../wanted-api.js';
import { capital, flagsRecordedWords, toComeWords, WANTED_WORDS, wantedWords } from '../words/priority-words.js';
import { FormDialog, ReasonField, textOf, WhenField, type Written } from './form-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';

const REFRESH_MS = 60_000;

interface Props {
  readonly wearerId: string;
  /** Something was written. */
  onWritten(): void;
}

export function WantedForm({ wearerId, onWritten }: Props) {
  const [turn, setTurn] = useState(0);
  /** With the flags as they stood when it was opened: what somebody writes meanwhile is told, not built upon unseen. */
  const [open, setOpen] = useState<{ readonly form: 'record' | 'end'; readonly flags: FlagsRecord | null } | null>(
    null,
  );
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const answer = useAnswer(may('schemes.read') ? `${wearerId} ${minute} ${turn}` : null, () => askFlags(wearerId));
  if (!may('schemes.read')) return null;
  const close = (isDone: boolean) => {
    setOpen(null);
    if (!isDone) return;
    setTurn(turn + 1);
    onWritten();
    void refreshPriority();
  };
  const flags = answer?.ok === true ? answer.body : null;
  const { wanted } = flags ?? {};
  // Written ahead: what holds until then stands at the top of the page.
  const isToCome = flags !== null && Date.parse(flags.effectiveAt) > nowMs.value;
  const since = flags?.wantedSince ?? flags?.effectiveAt ?? '';
  return (
    <section aria-label="Wanted">
      <h2 class="tw-heading">Wanted</h2>
      {answer !== null && !answer.ok ? <p>This is not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true ? (
        <p>
          <strong>
            {isToCome
              ? toComeWords(wanted, flags.effectiveAt)
              : wanted === undefined
                ? 'Neither wanted nor unlawfully at large'
                : wantedWords({ wearerId, wanted, since })}
          </strong>
          {flags === null ? '.' : `. ${flagsRecordedWords(flags)}.`}
        </p>
      ) : null}
      {may('schemes.write') && answer?.ok === true ? (
        <p class="tw-row-of-buttons">
          <button type="button" class="tw-button" onClick={() => setOpen({ form: 'record', flags })}>
            {wanted === undefined ? 'Record as wanted' : 'Record otherwise'}
          </button>
          {wanted === undefined ? null : (
            <button type="button" class="tw-button" onClick={() => setOpen({ form: 'end', flags })}>
              No longer wanted
            </button>
          )}
        </p>
      ) : null}
      {open?.form === 'record' ? <RecordDialog wearerId={wearerId} flags={open.flags} onClose={close} /> : null}
      {open?.form === 'end' && open.flags !== null ? <EndDialog flags={open.flags} onClose={close} /> : null}
    </section>
  );
}

interface DialogProps {
  onClose(isDone: boolean): void;
}

function RecordDialog({
  wearerId,
  flags,
  onClose,
}: DialogProps & { readonly wearerId: string; readonly flags: FlagsRecord | null }) {
  const record = (said: FormData): Promise<Written> => {
    const content = {
      flags: flags?.flags ?? [],
      wanted: textOf(said, 'wanted') as Wanted,
      wantedSince: toInstant(textOf(said, 'since'), 'earlier'),
      changeReason: textOf(said, 'changeReason'),
    };
    return putFlags(wearerId, content, flags?.version ?? null);
  };
  return (
    <FormDialog
      label="Record as wanted"
      draftKey={`wanted ${wearerId}`}
      submitWords="Record it"
      onSubmit={record}
      onClose={onClose}
      extra={<p>Everybody who sees this wearer’s alerts is told at once.</p>}
    >
      <fieldset class="tw-choices">
        <legend>To be arrested as</legend>
        {WANTED.map((one, index) => (
          <label key={one} class="tw-choice">
            <input type="radio" name="wanted" value={one} defaultChecked={index === 0} required />
            {capital(WANTED_WORDS[one])}
          </label>
        ))}
      </fieldset>
      <WhenField id="wanted-since" name="since" label="Since when" />
      <ReasonField id="wanted-reason" label="Why, and by whose word" />
    </FormDialog>
  );
}

function EndDialog({ flags, onClose }: DialogProps & { readonly flags: FlagsRecord }) {
  const end = (said: FormData): Promise<Written> =>
    putFlags(flags.wearerId, { flags: flags.flags, changeReason: textOf(said, 'changeReason') }, flags.version);
  return (
    <FormDialog
      label="No longer wanted"
      draftKey={`wanted no more ${flags.wearerId} ${flags.version}`}
      submitWords="End it"
      onSubmit={end}
      onClose={onClose}
      extra={<p>Alerts of this wearer are no longer marked, and come no earlier for it.</p>}
    >
      <ReasonField id="wanted-end-reason" label="Why: arrested, returned, withdrawn" />
    </FormDialog>
  );
}

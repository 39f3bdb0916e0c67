/** Whether a wearer agrees to the tag, since when and by whose word; recorded and withdrawn by who may. */
import { useState } from 'preact/hooks';
import { askConsentsOf, type ConsentRecord, putConsent } from '../consent-api.js';
import { may, nowMs } from '../live/live.js';
import { isHeld } from '../model/consent-state.js';
import { toInstant } from '../model/local-instant.js';
import { consentRecordedWords, consentStateWords } from '../words/consent-words.js';
import { FormDialog, ReasonField, textOf, WhenField, type Written } from './form-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';

const REFRESH_MS = 60_000;

interface Props {
  readonly wearerId: string;
  /** Something was written. */
  onWritten(): void;
}

export function Consents({ wearerId, onWritten }: Props) {
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<'record' | ConsentRecord | null>(null);
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const answer = useAnswer(may('schemes.read') ? `${wearerId} ${minute} ${turn}` : null, () => askConsentsOf(wearerId));
  if (!may('schemes.read')) return null;
  const close = (isDone: boolean) => {
    setOpen(null);
    if (!isDone) return;
    setTurn(turn + 1);
    onWritten();
  };
  const consents = answer?.ok === true ? answer.body : [];
  return (
    <section aria-label="Consent">
      <h2 class="tw-heading">Consent</h2>
      {answer === null ? <p>…</p> : null}
      {answer !== null && !answer.ok ? <p>Consents are not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true && consents.length === 0 ? <p>No consent to the tag is recorded.</p> : null}
      <ul class="tw-sentences">
        {consents.map((consent) => (
          <li key={consent.consentId}>
            <strong>{consentStateWords(consent, consents, nowMs.value)}</strong>
            {`. ${consent.evidence}. ${consentRecordedWords(consent)}. `}
            {may('schemes.write') && isHeld(consent, consents, nowMs.value) ? (
              <button type="button" class="tw-button" onClick={() => setOpen(consent)}>
                Withdraw consent
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {may('schemes.write') && answer?.ok === true ? (
        <p class="tw-row-of-buttons">
          <button type="button" class="tw-button" onClick={() => setOpen('record')}>
            Record consent
          </button>
        </p>
      ) : null}
      {open === 'record' ? <RecordDialog wearerId={wearerId} onClose={close} /> : null}
      {open !== null && open !== 'record' ? <WithdrawDialog consent={open} onClose={close} /> : null}
    </section>
  );
}

interface DialogProps {
  onClose(isDone: boolean): void;
}

function RecordDialog({ wearerId, onClose }: DialogProps & { readonly wearerId: string }) {
  const record = (said: FormData, sendId: string): Promise<Written> => {
    const until = textOf(said, 'expiresAt');
    const givenAt = toInstant(textOf(said, 'givenAt'), 'later');
    const content = { wearerId, givenAt, evidence: textOf(said, 'evidence') };
    return putConsent(sendId, until === '' ? content : { ...content, expiresAt: toInstant(until, 'earlier') }, null);
  };
  return (
    <FormDialog
      label="Record consent to the tag"
      draftKey={`consent ${wearerId}`}
      submitWords="Record it"
      onSubmit={record}
      onClose={onClose}
      extra={<p>A tag whose collection has ended is fitted anew before anything of it is collected again.</p>}
    >
      <WhenField id="consent-given" name="givenAt" label="Given when" />
      <label class="tw-label" for="consent-evidence">
        How it was given, and where that is kept
      </label>
      <input id="consent-evidence" name="evidence" class="tw-input" required maxLength={2_000} autocomplete="off" />
      <label class="tw-label" for="consent-expires">
        Until when (local time; none: until it is withdrawn)
      </label>
      <input id="consent-expires" name="expiresAt" class="tw-input" type="datetime-local" />
    </FormDialog>
  );
}

function WithdrawDialog({ consent, onClose }: DialogProps & { readonly consent: ConsentRecord }) {
  const { consentId, wearerId, givenAt, evidence, expiresAt, version } = consent;
  const withdraw = (said: FormData): Promise<Written> =>
    putConsent(
      consentId,
      {
        wearerId,
        givenAt,
        evidence,
        ...(expiresAt === undefined ? {} : { expiresAt }),
        withdrawnAt: toInstant(textOf(said, 'withdrawnAt'), 'earlier'),
        changeReason: textOf(said, 'changeReason'),
      },
      version,
    );
  return (
    <FormDialog
      label="Withdraw consent to the tag"
      draftKey={`withdraw ${consentId}`}
      submitWords="Withdraw it"
      onSubmit={withdraw}
      onClose={onClose}
      extra={
        <p>
          This is not undone. Every consent given until then is taken back; unless an order goes on, nothing that the
          tag tells of a later time is kept or judged.
        </p>
      }
    >
      <WhenField id="withdraw-at" name="withdrawnAt" label="Withdrawn when" />
      <ReasonField id="withdraw-reason" label="How it was withdrawn, and why" />
    </FormDialog>
  );
}

/** What is not to be deleted: who holds what of whom, since when, why; who lifted one; and the forms to place one and to have one lifted. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { askHolds, liftHold, placeHold } from '../holds-api.js';
import { may, me, nameOf, nowMs } from '../live/live.js';
import { toInstant } from '../model/local-instant.js';
import { wearerAddress } from '../route.js';
import { caseWords, heldWords, type LegalHoldItem, placedWords } from '../words/hold-words.js';
import { FormDialog, textOf, type Written } from './form-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';

const REFRESH_MS = 60_000;
const LIFTING = 'The lifting waits for a second administrator: until then it holds.';

/** Of one wearer, of whom one may be placed here, or of everybody whom one may see. */
export function LegalHolds({ wearerId }: { readonly wearerId: string | null }) {
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<'place' | LegalHoldItem | null>(null);
  const [said, setSaid] = useState('');
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const answer = useAnswer(may('holds.read') ? `${wearerId} ${minute} ${turn}` : null, () => askHolds(wearerId));
  if (!may('holds.read')) return null;
  const close = (isDone: boolean) => {
    if (isDone) {
      setSaid(open !== 'place' && me.value?.kind !== 'local' ? LIFTING : '');
      setTurn(turn + 1);
    }
    setOpen(null);
  };
  const items =
    answer?.ok === true ? [...answer.body].sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1)) : undefined;
  return (
    <section class="tw-holds" aria-labelledby="tw-holds">
      <h2 class="tw-heading" id="tw-holds">
        Legal holds
      </h2>
      <p>What is on record of a wearer and a time is not deleted while a hold stands. Every pack places its own.</p>
      {items === undefined ? (
        <p>{answer === null || answer.ok ? '…' : `They are not shown: ${whyMissing(answer.status)}.`}</p>
      ) : items.length === 0 ? (
        <p class="tw-none">Nothing is held.</p>
      ) : (
        <HoldTable items={items} onLift={setOpen} />
      )}
      <p role="status">{said}</p>
      {wearerId !== null && may('holds.place') ? (
        <p class="tw-row-of-buttons">
          <button type="button" class="tw-button" onClick={() => setOpen('place')}>
            Place a hold
          </button>
        </p>
      ) : null}
      {wearerId !== null && open === 'place' ? <PlaceDialog wearerId={wearerId} onClose={close} /> : null}
      {open !== null && open !== 'place' ? <LiftDialog hold={open} onClose={close} /> : null}
    </section>
  );
}

interface TableProps {
  readonly items: readonly LegalHoldItem[];
  onLift(hold: LegalHoldItem): void;
}

function HoldTable({ items, onLift }: TableProps) {
  return (
    <div class="tw-packs__table">
      <table class="tw-table">
        <caption>{`${items.filter(({ liftedReason }) => liftedReason === undefined).length} hold, the newest first`}</caption>
        <thead>
          <tr>
            <th scope="col">Of whom, and which time</th>
            <th scope="col">Who and when</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {items.map((hold) => (
            <tr key={hold.legalHoldId} data-hold-id={hold.legalHoldId}>
              <th scope="row">
                <a href={wearerAddress(hold.wearerId)}>{nameOf(hold.wearerId)}</a>
                <br />
                {heldWords(hold)}
              </th>
              <td>{placedWords(hold)}</td>
              <td>
                {hold.liftedReason === undefined ? hold.reason : `It was held for: ${hold.reason}`}
                <Detail>{caseWords(hold, nowMs.value)}</Detail>
                {hold.packId === undefined ? null : (
                  <Detail>
                    By pack <span class="tw-pack__hash">{hold.packId}</span>
                  </Detail>
                )}
                {hold.liftedReason === undefined && may('holds.lift') ? (
                  <>
                    <br />
                    <button type="button" class="tw-button" onClick={() => onLift(hold)}>
                      Have it lifted
                    </button>
                  </>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Detail({ children }: { readonly children: ComponentChildren }) {
  if (children === '') return null;
  return (
    <>
      <br />
      <span class="tw-packs__quiet">{children}</span>
    </>
  );
}

interface DialogProps {
  onClose(isDone: boolean): void;
}

function PlaceDialog({ wearerId, onClose }: DialogProps & { readonly wearerId: string }) {
  const place = (said: FormData, sendId: string): Promise<Written> => {
    const given = (name: string, read: (text: string) => string) => {
      const text = textOf(said, name);
      return text === '' ? {} : { [name]: read(text) };
    };
    return placeHold(sendId, {
      wearerId,
      reason: textOf(said, 'reason'),
      startsAt: toInstant(textOf(said, 'startsAt'), 'earlier'),
      ...given('endsAt', (text) => toInstant(text, 'later')),
      ...given('reference', (text) => text),
      ...given('reviewAt', (text) => toInstant(text, 'later')),
    });
  };
  return (
    <FormDialog
      label={`Place a legal hold on ${nameOf(wearerId)}`}
      draftKey={`hold ${wearerId}`}
      submitWords="Place it"
      onSubmit={place}
      onClose={onClose}
      extra={<p>It holds at once, and stays as it was placed. Two administrators lift it.</p>}
    >
      <label class="tw-label" for="hold-reason">
        Why
      </label>
      <textarea id="hold-reason" name="reason" class="tw-textarea" rows={3} maxLength={500} required />
      <label class="tw-label" for="hold-reference">
        Reference, where there is one
      </label>
      <input id="hold-reference" name="reference" class="tw-input" maxLength={200} autocomplete="off" />
      <When id="hold-starts" name="startsAt" label="What is held: from (local time)" isRequired />
      <When id="hold-ends" name="endsAt" label="Until (local time; none: it goes on)" />
      <When id="hold-review" name="reviewAt" label="To be reviewed by (local time; it holds on after that)" />
    </FormDialog>
  );
}

interface WhenProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly isRequired?: true;
}

function When({ id, name, label, isRequired }: WhenProps) {
  return (
    <>
      <label class="tw-label" for={id}>
        {label}
      </label>
      <input id={id} name={name} class="tw-input" type="datetime-local" required={isRequired ?? false} />
    </>
  );
}

function LiftDialog({ hold, onClose }: DialogProps & { readonly hold: LegalHoldItem }) {
  const lift = (said: FormData, sendId: string): Promise<Written> =>
    liftHold(hold, textOf(said, 'liftedReason'), sendId);
  return (
    <FormDialog
      label={`Have the hold on ${nameOf(hold.wearerId)} lifted`}
      draftKey={`lift ${hold.legalHoldId}`}
      submitWords={me.value?.kind === 'local' ? 'Lift it' : 'Propose it'}
      onSubmit={lift}
      onClose={onClose}
      extra={
        <p>{`It holds ${heldWords(hold)}, for: ${hold.reason}. This is not undone: what is old enough is deleted.`}</p>
      }
    >
      <label class="tw-label" for="lift-reason">
        Why it need not hold any more
      </label>
      <textarea id="lift-reason" name="liftedReason" class="tw-textarea" rows={3} maxLength={500} required />
    </FormDialog>
  );
}

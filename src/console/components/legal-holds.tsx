/** What is not to be deleted: who holds what of whom, since when, why; and who lifted one. */
import { askList } from '../api.js';
import { may, nameOf } from '../live/live.js';
import { wearerAddress } from '../route.js';
import { heldWords, type LegalHoldItem, placedWords } from '../words/hold-words.js';
import { useAnswer, whyMissing } from './use-answer.js';

/** Of one wearer, or of everybody whom one may see. `key`: asked again when it changes. */
export function LegalHolds({ wearerId, turn }: { readonly wearerId: string | null; readonly turn: string }) {
  const answer = useAnswer(may('holds.read') ? turn : null, () => askList<LegalHoldItem>('/legal-holds'));
  if (!may('holds.read')) return null;
  const all = answer?.ok === true ? answer.body : null;
  const items = all
    ?.filter((one) => wearerId === null || one.wearerId === wearerId)
    .sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1));
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
                    {hold.packId === undefined ? null : (
                      <>
                        <br />
                        <span class="tw-packs__quiet">
                          By pack <span class="tw-pack__hash">{hold.packId}</span>
                        </span>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

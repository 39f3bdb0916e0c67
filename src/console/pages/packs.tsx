/** Evidence packs that were asked for: who, when, why, to whom, of whom, and the file. Nothing of it is ever removed. */
import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { PackItem } from '../../wire/pack.js';
import { LegalHolds } from '../components/legal-holds.js';
import { followPack } from '../components/pack-making.js';
import { CheckLinks } from '../components/pack-result.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { may, nameOf, nowMs } from '../live/live.js';
import { askPacks, packFileAddress } from '../packs-api.js';
import { alertAddress, newRecallAddress, packsAddress, wearerAddress } from '../route.js';
import { EDITION_WORDS, isUnderWay, packStateWords, packSubjectWords, sizeWords } from '../words/pack-words.js';
import { dayAndTime, duration } from '../words/times.js';

const REFRESH_MS = 60_000;

export function PacksPage({ wearerId }: { readonly wearerId: string | null }) {
  const turn = useComputed(() => Math.floor(nowMs.value / REFRESH_MS));
  const mayRead = may('exports.make');
  const answer = useAnswer(mayRead ? String(turn.value) : null, () => askPacks(wearerId));
  const items = answer?.ok === true ? answer.body.items : null;
  return (
    <main class="tw-page tw-packs" id="main">
      <h1 class="tw-sentence">{wearerId === null ? 'Evidence packs' : `Evidence packs of ${nameOf(wearerId)}`}</h1>
      {wearerId === null ? (
        <p>Asked for on the page of an alert or of a wearer, or for the alerts that are marked on the board.</p>
      ) : (
        <p>
          <a href={wearerAddress(wearerId)}>The wearer</a> · <a href={packsAddress()}>The packs of everybody</a>
        </p>
      )}
      <CheckLinks />
      <p>
        <a href="/keys">The public keys on paper</a>, to be handed over by another way than the pack.
      </p>
      {items === null ? (
        <p>
          {!mayRead
            ? 'Your roles do not include evidence packs.'
            : answer === null
              ? '…'
              : answer.ok
                ? ''
                : `They are not shown: ${whyMissing(answer.status)}.`}
        </p>
      ) : items.length === 0 ? (
        <p class="tw-none">No pack has been asked for.</p>
      ) : (
        <PackTable items={items} isAll={answer?.ok === true && answer.body.next === null} />
      )}
      <LegalHolds key={wearerId ?? ''} wearerId={wearerId} />
    </main>
  );
}

function PackTable({ items, isAll }: { readonly items: readonly PackItem[]; readonly isAll: boolean }) {
  return (
    <section class="tw-packs__table" aria-label="Table of packs">
      <table class="tw-table">
        <caption>
          {`${isAll ? '' : 'The newest '}${items.length === 1 ? 'one pack' : `${items.length} packs`}, asked for last first`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Of whom</th>
            <th scope="col">Asked for</th>
            <th scope="col">What for, and who gets it</th>
            <th scope="col">Edition</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {items.map((pack) => (
            <Row key={pack.packId} listed={pack} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ listed }: { readonly listed: PackItem }) {
  const [followed, setFollowed] = useState<PackItem | null>(null);
  useEffect(() => followPack(listed, setFollowed), [listed.packId, isUnderWay(listed)]);
  const pack = isUnderWay(listed) ? (followed ?? listed) : listed;
  const { packId, wearerId, alertIds, purpose, recipient, requestedName, requestedAt, edition, marking } = pack;
  const [only, ...others] = alertIds ?? [];
  return (
    <tr data-pack-id={packId}>
      <th scope="row">
        <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>
        <br />
        {only === undefined || others.length > 0 ? (
          packSubjectWords(pack)
        ) : (
          <a href={alertAddress(only)}>{packSubjectWords(pack)}</a>
        )}
      </th>
      <td>
        {dayAndTime(Date.parse(requestedAt))}
        <br />
        {`by ${requestedName}`}
      </td>
      <td>
        {purpose}
        <br />
        <span class="tw-packs__quiet">{`for ${recipient}`}</span>
      </td>
      <td>
        {EDITION_WORDS[edition][0]}
        <br />
        <span class="tw-packs__quiet">{marking}</span>
      </td>
      <td>
        <State pack={pack} />
        {pack.holdFailed === true ? (
          <p class="tw-bad">
            What it is about could not be held, and may be deleted at its age: place a legal hold by hand, below.
          </p>
        ) : null}
      </td>
    </tr>
  );
}

function State({ pack }: { readonly pack: PackItem }) {
  const { packId, state, sha256, fileBytes, requestedAt, endedAt } = pack;
  if (state !== 'ready' || fileBytes === undefined)
    return (
      <>
        <span class={state === 'failed' ? 'tw-bad' : ''}>{packStateWords(pack)}</span>
        {isUnderWay(pack) ? (
          <>
            <progress class="tw-pack__progress" aria-label="The pack is being made" />
            {` for ${duration(nowMs.value - Date.parse(requestedAt))}`}
          </>
        ) : null}
      </>
    );
  return (
    <>
      <a href={packFileAddress(packId)} download={`${packId}.zip`} aria-label={`Download pack ${packId}`}>
        {`Download, ${sizeWords(fileBytes)}`}
      </a>
      {may('recalls.write') && pack.alertIds !== undefined ? (
        <>
          {' · '}
          <a href={newRecallAddress(pack.wearerId, pack.alertIds)}>Ask for recall</a>
        </>
      ) : null}
      {endedAt === undefined ? '' : ` made in ${duration(Date.parse(endedAt) - Date.parse(requestedAt))}`}
      <br />
      <span class="tw-packs__quiet">
        Pack <span class="tw-pack__hash">{packId}</span>
        <br />
        SHA-256 <span class="tw-pack__hash">{sha256}</span>
        <br />
        {pack.isHeld ? 'Under legal hold with what it rests on' : 'Under no legal hold'}
      </span>
    </>
  );
}

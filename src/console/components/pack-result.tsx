/** How far a pack is, and, once it is there, everything that one does with it. */
import type { PackItem } from '../../wire/pack.js';
import { KEYS_ADDRESS, packFileAddress } from '../packs-api.js';
import { deletedWords, isUnderWay, packStateWords, sizeWords } from '../words/pack-words.js';

export function PackResult({ pack }: { readonly pack: PackItem }) {
  const { packId, state, sha256, fileBytes } = pack;
  return (
    <div class="tw-pack" data-state={state}>
      <p role="status" class={state === 'failed' ? 'tw-bad' : ''}>
        <strong>{packStateWords(pack)}</strong>
      </p>
      {deletedWords(pack).map((sentence) => (
        <p class="tw-bad" key={sentence}>
          {sentence}
        </p>
      ))}
      {isUnderWay(pack) ? (
        <>
          <progress class="tw-pack__progress" aria-label="The pack is being made" />
          <p>This can be closed: it goes on, and stands among the packs.</p>
        </>
      ) : null}
      {state === 'ready' ? (
        <>
          <p>
            <a
              class="tw-button tw-button--main tw-pack__file"
              href={packFileAddress(packId)}
              download={`${packId}.zip`}
            >
              {`Download the pack${fileBytes === undefined ? '' : `, ${sizeWords(fileBytes)}`}`}
            </a>
          </p>
          <dl class="tw-list">
            <dt>Pack</dt>
            <dd class="tw-pack__hash">{packId}</dd>
            <dt>SHA-256</dt>
            <dd class="tw-pack__hash">{sha256}</dd>
          </dl>
          <CheckLinks />
        </>
      ) : null}
    </div>
  );
}

/** Whoever gets a pack checks it by these two. */
export function CheckLinks() {
  return (
    <p>
      Anybody can check a pack without signing in: open{' '}
      <a href="/verify" target="_blank" rel="noreferrer">
        the verify page
      </a>{' '}
      (it can be saved, and needs no network), and give it the pack and{' '}
      <a href={KEYS_ADDRESS} download="tagwatch-keys.json">
        the public keys
      </a>
      .
    </p>
  );
}

/** The public keys that evidence packs are verified by, for paper: whoever gets a pack compares its key with what came by this way. */
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { nowMs } from '../live/live.js';
import { askKeys, KEYS_ADDRESS } from '../packs-api.js';
import { fingerprintWords, keyStateWords, utcWords, validFromWords } from '../words/key-words.js';

export function SigningKeysPage() {
  const answer = useAnswer('keys', askKeys);
  return (
    <main class="tw-page tw-signing-keys" id="main">
      <h1 class="tw-sentence">Public keys that sign evidence packs</h1>
      <p>
        A pack names the key that signed it. It is trusted only if that key stands here, on paper that came by another
        way than the pack: a key that comes with a pack proves nothing.
      </p>
      <p class="tw-row-of-buttons">
        <button type="button" class="tw-button" onClick={() => print()}>
          Print
        </button>{' '}
        <a href={KEYS_ADDRESS} download="tagwatch-keys.json">
          The same as a file, which the verify page takes
        </a>
      </p>
      {answer === null ? <p>…</p> : null}
      {answer !== null && !answer.ok ? <p>They are not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true && answer.body.keys.length === 0 ? <p>Nothing has been signed here yet.</p> : null}
      {answer?.ok === true
        ? answer.body.keys.map((key) => (
            <section key={key.keyId} class="tw-signing-key" data-key-id={key.keyId} aria-label={`Key ${key.keyId}`}>
              <p class={key.revokedAt === undefined ? '' : 'tw-bad'}>
                <strong>{keyStateWords(key)}</strong>
              </p>
              <dl class="tw-list">
                <dt>Fingerprint</dt>
                <dd class="tw-signing-key__print">{fingerprintWords(key.keyId)}</dd>
                <dt>Valid from</dt>
                <dd>{validFromWords(key)}</dd>
                <dt>Valid to</dt>
                <dd>{key.validTo === undefined ? 'it still signs' : utcWords(key.validTo)}</dd>
              </dl>
              <pre class="tw-signing-key__pem">{key.publicKey.trim()}</pre>
            </section>
          ))
        : null}
      <p class="tw-packs__quiet">
        {`Fingerprint: the SHA-256 of the key (SPKI, DER), as the manifest of a pack names it. From ${location.origin}, ${utcWords(new Date(nowMs.value).toISOString())}.`}
      </p>
      <p class="tw-signing-key__handed">
        Handed over by ______________________________ to ______________________________ on ______________
      </p>
    </main>
  );
}

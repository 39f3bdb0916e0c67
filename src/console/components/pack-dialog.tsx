/** What a pack is to be about, which edition, what for and for whom; then how far it is. By keyboard: a digit chooses the edition. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import { EDITIONS, type Edition, MAX_PACK_ALERTS, MAX_PACK_PERIOD_MS, type PackItem } from '../../wire/pack.js';
import { nameOf, serverNowMs } from '../live/live.js';
import { fromLocalText, toLocalText } from '../model/local-instant.js';
import { makePack, type PackOf } from '../packs-api.js';
import { packsAddress } from '../route.js';
import { EDITION_WORDS } from '../words/pack-words.js';
import { Dialog } from './dialog.js';
import { leavePack, type PackDraft } from './pack-draft.js';
import { followPack } from './pack-making.js';
import { PackResult } from './pack-result.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const MAX_SAID = 200;

export function PackDialog({ draft }: { readonly draft: PackDraft }) {
  const [pack, setPack] = useState<PackItem | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // What was focused is gone with the form.
  useLayoutEffect(() => {
    if (pack !== null) heading.current?.focus();
  }, [pack === null]);
  useEffect(() => (pack === null ? undefined : followPack(pack, setPack)), [pack?.packId]);
  return (
    <Dialog label="Make an evidence pack" onClose={leavePack}>
      <h2 class="govuk-heading-m" ref={heading} tabIndex={-1}>
        {pack === null ? 'Make an evidence pack' : `Evidence pack for ${pack.recipient}`}
      </h2>
      {pack === null ? (
        <Ask draft={draft} onPack={setPack} onLeave={leavePack} />
      ) : (
        <>
          <PackResult pack={pack} />
          <div class="tw-row-of-buttons">
            <button type="button" class="tw-button" onClick={leavePack}>
              Close
            </button>
            <a href={packsAddress(pack.wearerId)} onClick={leavePack}>
              All packs of {nameOf(pack.wearerId)}
            </a>
          </div>
        </>
      )}
    </Dialog>
  );
}

interface AskProps {
  readonly draft: PackDraft;
  readonly onPack: (pack: PackItem) => void;
  readonly onLeave: () => void;
}

function Ask({ draft, onPack, onLeave }: AskProps) {
  const form = useRef<HTMLFormElement>(null);
  const [told, setTold] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>('input')?.focus();
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (form.current === null || isBusy) return;
    const said = new FormData(form.current);
    const text = (name: string) => String(said.get(name) ?? '').trim();
    const of = readSubject(draft, text);
    if (typeof of === 'string') return setTold(of);
    const [purpose, recipient] = [text('purpose'), text('recipient')];
    if (purpose === '' || recipient === '') return setTold('A pack says what it is for and who gets it.');
    setBusy(true);
    setTold(null);
    const answer = await makePack(of, { edition: text('edition') as Edition, purpose, recipient });
    setBusy(false);
    if ('pack' in answer) onPack(answer.pack);
    else setTold(answer.refused);
  };
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} onKeyDown={chooseByDigit}>
      {'alerts' in draft ? <Whom alerts={draft.alerts} /> : <Period wearerId={draft.wearerId} />}
      <fieldset class="tw-choices tw-pack__editions">
        <legend>Which edition?</legend>
        {EDITIONS.map((edition, index) => {
          const [name, what] = EDITION_WORDS[edition];
          return (
            <label key={edition} class="tw-choice">
              <input type="radio" name="edition" value={edition} defaultChecked={index === 0} />
              <kbd>{index + 1}</kbd>
              <span>
                <strong>{name}</strong>: {what}
              </span>
            </label>
          );
        })}
      </fieldset>
      <label class="tw-label" for="pack-purpose">
        What it is for
      </label>
      <input id="pack-purpose" class="tw-input" name="purpose" required maxLength={MAX_SAID} autocomplete="off" />
      <label class="tw-label" for="pack-recipient">
        Who gets it
      </label>
      <input id="pack-recipient" class="tw-input" name="recipient" required maxLength={MAX_SAID} autocomplete="off" />
      <p class="tw-pack__hint">Both stand in the pack, in every edition, and in the audit.</p>
      {told === null ? null : (
        <p class="tw-told" role="alert">
          {told}
        </p>
      )}
      <div class="tw-row-of-buttons">
        <button type="submit" class="tw-button tw-button--main" disabled={isBusy}>
          {isBusy ? 'Asking …' : 'Make the pack'}
        </button>
        <button type="button" class="tw-button" onClick={onLeave}>
          Leave
        </button>
      </div>
    </form>
  );
}

/** Digits are text where one types. */
function chooseByDigit(event: KeyboardEvent): void {
  const { target, currentTarget, key } = event;
  const isTyping = target instanceof HTMLInputElement && target.type !== 'radio';
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const edition = EDITIONS[Number(key) - 1];
  if (edition === undefined || !(currentTarget instanceof HTMLElement)) return;
  const choice = currentTarget.querySelector<HTMLInputElement>(`input[name="edition"][value="${edition}"]`);
  if (choice === null) return;
  event.preventDefault();
  choice.checked = true;
  choice.focus();
}

const ofWearer = (alerts: readonly AlertItem[], wearerId: string) => alerts.filter((one) => one.wearerId === wearerId);

/** A pack is about one wearer. */
function Whom({ alerts }: { readonly alerts: readonly AlertItem[] }) {
  const wearerIds = [...new Set(alerts.map(({ wearerId }) => wearerId))];
  const count = (wearerId: string) => {
    const many = ofWearer(alerts, wearerId).length;
    return many === 1 ? 'one alert' : `${many} alerts`;
  };
  const [only] = wearerIds;
  if (only !== undefined && wearerIds.length === 1)
    return (
      <p class="tw-dialog__what">
        {`${nameOf(only)}: ${count(only)}`}
        <input type="hidden" name="wearerId" value={only} />
      </p>
    );
  return (
    <fieldset class="tw-choices">
      <legend>{`These are alerts of ${wearerIds.length} wearers, and a pack is about one. Of whom?`}</legend>
      {wearerIds.map((wearerId, index) => (
        <label key={wearerId} class="tw-choice">
          <input type="radio" name="wearerId" value={wearerId} defaultChecked={index === 0} />
          {`${nameOf(wearerId)}: ${count(wearerId)}`}
        </label>
      ))}
    </fieldset>
  );
}

/** The last day unless it is said otherwise. */
function Period({ wearerId }: { readonly wearerId: string }) {
  const [toMs] = useState(() => Math.floor(serverNowMs() / MINUTE_MS) * MINUTE_MS);
  const max = toLocalText(toMs);
  return (
    <>
      <p class="tw-dialog__what">{`${nameOf(wearerId)}: the track, and every alert about this time`}</p>
      <div class="tw-pack__period">
        <label class="tw-label">
          From
          <input
            class="tw-input"
            type="datetime-local"
            name="from"
            required
            max={max}
            defaultValue={toLocalText(toMs - DAY_MS)}
          />
        </label>
        <label class="tw-label">
          Until
          <input class="tw-input" type="datetime-local" name="to" required max={max} defaultValue={max} />
        </label>
      </div>
    </>
  );
}

/** What the pack is of; or what is wrong with it, in words. */
function readSubject(draft: PackDraft, text: (name: string) => string): PackOf | string {
  if ('alerts' in draft) {
    const alertIds = ofWearer(draft.alerts, text('wearerId')).map(({ alertId }) => alertId);
    if (alertIds.length <= MAX_PACK_ALERTS) return { alertIds };
    return `A pack holds at most ${MAX_PACK_ALERTS} alerts, and these are ${alertIds.length}: mark fewer.`;
  }
  const fromMs = fromLocalText(text('from'), 'earlier');
  const toMs = fromLocalText(text('to'), 'later');
  if (fromMs === null || toMs === null) return 'From and until are a day and a time.';
  if (fromMs >= toMs) return 'It has to begin before it ends.';
  if (toMs - fromMs > MAX_PACK_PERIOD_MS) return 'A pack goes over at most 14 days: make several.';
  return { wearerId: draft.wearerId, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

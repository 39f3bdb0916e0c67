/** Patterns of a wearer: stops, usual places by hour, time at home, and together with whom. Inferred, under an authority, and gone when that has run out. */
import { useComputed } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { PatternAuthority, Patterns, Together } from '../../wire/patterns.js';
import { AuthorityDialog } from '../components/authority-dialog.js';
import { FileForm } from '../components/file-form.js';
import { PatternCanvas } from '../components/pattern-canvas.js';
import { PatternStrip } from '../components/pattern-strip.js';
import { HomeTime, Meetings, Stops, UsualPlaces } from '../components/pattern-tables.js';
import { StretchChoice } from '../components/stretch-choice.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { may, nameOf, nowMs, serverNowMs } from '../live/live.js';
import { dayOf } from '../model/local-instant.js';
import { type PatternView, readPatternView } from '../model/pattern-view.js';
import { askAuthorities, askPatterns, askStopsFile, askTogether, askTogetherFile } from '../patterns-api.js';
import { go, patternsAddress, wearerAddress } from '../route.js';
import type { Sent } from '../send.js';
import { authorityWords } from '../words/pattern-words.js';
import { dayAndTime } from '../words/times.js';

/** Whether an authority has run out is looked at so often. */
const LOOK_MS = 10_000;

export function PatternsPage({ query }: { readonly query: string }) {
  if (!may('patterns.read'))
    return (
      <main class="tw-page" id="main">
        <h1 class="tw-sentence">Patterns</h1>
        <p>Your roles do not include looking for patterns.</p>
      </main>
    );
  return <PatternsOf view={readPatternView(query)} />;
}

const hasRunOut = ({ until }: PatternAuthority, atMs: number): boolean => Date.parse(until) <= atMs;

function PatternsOf({ view }: { readonly view: PatternView }) {
  const { wearerId } = view;
  const [turn, setTurn] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const atMs = useComputed(() => Math.floor(nowMs.value / LOOK_MS) * LOOK_MS).value;
  const answer = useAnswer(String(turn), askAuthorities);
  const authorities = answer?.ok === true ? answer.body.items : null;
  const show = (next: Partial<PatternView>) => go(patternsAddress({ ...view, ...next }), true);
  const covering = (authorities ?? []).filter(
    (each) => !hasRunOut(each, atMs) && wearerId !== null && each.wearerIds.includes(wearerId),
  );
  const chosen =
    view.authorityId === null
      ? covering[0]
      : (authorities ?? []).find(({ authorityId }) => authorityId === view.authorityId);
  return (
    <main class="tw-page tw-patterns" id="main">
      {wearerId === null ? null : (
        <p class="tw-back">
          <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>
        </p>
      )}
      <h1 class="tw-sentence">{wearerId === null ? 'Patterns' : `Patterns of ${nameOf(wearerId)}`}</h1>
      <section class="tw-authority" aria-label="Authority">
        {authorities === null ? (
          <p>{answer === null || answer.ok ? '…' : `Authorities are not shown: ${whyMissing(answer.status)}.`}</p>
        ) : wearerId === null ? (
          <AuthorityList authorities={authorities} atMs={atMs} />
        ) : (
          <AuthorityChoice
            authorities={authorities.filter((each) => each.wearerIds.includes(wearerId))}
            chosen={chosen}
            atMs={atMs}
            onChoose={(authorityId) => show({ authorityId })}
          />
        )}
        <p class="tw-row-of-buttons">
          <button type="button" class="tw-button" onClick={() => setOpen(true)}>
            Under another authority
          </button>
        </p>
      </section>
      {wearerId === null || chosen === undefined ? null : hasRunOut(chosen, atMs) ? (
        <p class="tw-told" role="status">
          {`The authority ${chosen.reference} ran out at ${dayAndTime(Date.parse(chosen.until))}: nothing is shown by it any more.`}
        </p>
      ) : (
        <Found
          key={`${chosen.authorityId} ${view.days} ${view.lastDay} ${view.other}`}
          wearerId={wearerId}
          view={view}
          authority={chosen}
          onView={show}
        />
      )}
      {isOpen ? (
        <AuthorityDialog
          wearerIds={[wearerId, view.other].filter((each) => each !== null)}
          onClose={(made) => {
            setOpen(false);
            if (made === null) return;
            setTurn(turn + 1);
            show({ authorityId: made });
          }}
        />
      ) : null}
    </main>
  );
}

function AuthorityChoice({
  authorities,
  chosen,
  atMs,
  onChoose,
}: {
  readonly authorities: readonly PatternAuthority[];
  readonly chosen: PatternAuthority | undefined;
  readonly atMs: number;
  readonly onChoose: (authorityId: string) => void;
}) {
  if (authorities.length === 0)
    return <p>No authority of yours covers this wearer: nothing is looked for without one.</p>;
  return (
    <p>
      <label for="patterns-authority">By authority </label>
      <select
        id="patterns-authority"
        class="tw-input tw-authority__choice"
        value={chosen?.authorityId ?? ''}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {chosen === undefined ? <option value="">Choose one</option> : null}
        {authorities.map((each) => (
          <option key={each.authorityId} value={each.authorityId}>
            {`${authorityWords(each)}${hasRunOut(each, atMs) ? ' (has run out)' : ''}`}
          </option>
        ))}
      </select>
    </p>
  );
}

function AuthorityList({
  authorities,
  atMs,
}: {
  readonly authorities: readonly PatternAuthority[];
  readonly atMs: number;
}) {
  if (authorities.length === 0)
    return (
      <p>
        No authority of yours is on record: nothing is looked for without one. Put one there, or come from the page of a
        wearer.
      </p>
    );
  return (
    <table class="tw-table">
      <caption>Your authorities, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">Authority</th>
          <th scope="col">Of whom</th>
        </tr>
      </thead>
      <tbody>
        {authorities.map((each) => (
          <tr key={each.authorityId}>
            <th scope="row">{`${authorityWords(each)}${hasRunOut(each, atMs) ? ' (has run out)' : ''}`}</th>
            <td>
              {each.wearerIds.map((wearerId, at) => (
                <span key={wearerId}>
                  {at === 0 ? '' : ', '}
                  <a href={patternsAddress({ wearerId, authorityId: each.authorityId })}>{nameOf(wearerId)}</a>
                </span>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Of one authority and one time: asked for once, and again where one of the two is another. */
function useSent<T>(key: string | null, ask: () => Promise<Sent<T>>): Sent<T> | null {
  const answer = useAnswer(key, async () => ({ ok: true as const, body: await ask() }));
  return answer?.ok === true ? answer.body : null;
}

interface FoundProps {
  readonly wearerId: string;
  readonly view: PatternView;
  readonly authority: PatternAuthority;
  readonly onView: (next: Partial<PatternView>) => void;
}

function Found({ wearerId, view, authority: { authorityId }, onView }: FoundProps) {
  const { other } = view;
  const [at, setAt] = useState<{ readonly latitude: number; readonly longitude: number } | null>(null);
  const found = useSent<Patterns>(authorityId, () => askPatterns(wearerId, view, authorityId));
  const compared = useSent<Together>(other, () => askTogether(wearerId, other!, view, authorityId));
  const together = compared?.ok === true ? compared.body : null;
  const lastDay = view.lastDay ?? dayOf(serverNowMs());
  const compare = (form: HTMLFormElement) => {
    const typed = String(new FormData(form).get('other') ?? '').trim();
    onView({ other: typed === '' ? null : typed });
  };
  return (
    <>
      <div class="tw-patterns__asked">
        <StretchChoice stretch={{ ...view, day: null }} lastDay={lastDay} onStretch={onView} />
        <button type="button" class="tw-button" onClick={() => print()}>
          Print
        </button>
      </div>
      {found === null ? (
        <p role="status">Looking at the fixes …</p>
      ) : !found.ok ? (
        <p class="tw-told" role="alert">
          {found.why}
        </p>
      ) : (
        <>
          <Inference told={found.body} />
          {may('exports.make') ? (
            <FileForm
              words="Save the stops as a CSV file"
              name={`${wearerId}-stops.csv`}
              ask={(purpose, recipient) => askStopsFile(wearerId, view, authorityId, purpose, recipient)}
            />
          ) : null}
          <div class="tw-patterns__seen">
            <PatternStrip patterns={found.body} />
            <PatternCanvas patterns={found.body} together={together} at={at} />
          </div>
          <h2 class="tw-heading">Usual places, by hour</h2>
          <UsualPlaces patterns={found.body} onShow={setAt} />
          <h2 class="tw-heading">Time at home</h2>
          <HomeTime patterns={found.body} />
          <h2 class="tw-heading">Together with another wearer</h2>
          <form
            class="tw-patterns__other"
            onSubmit={(event) => {
              event.preventDefault();
              compare(event.currentTarget);
            }}
          >
            <label for="patterns-other">Id of the other wearer </label>
            <input id="patterns-other" name="other" class="tw-input" defaultValue={other ?? ''} autocomplete="off" />
            <button type="submit" class="tw-button">
              Compare
            </button>
          </form>
          {compared !== null && !compared.ok ? (
            <p class="tw-told" role="alert">
              {compared.why}
            </p>
          ) : null}
          {together === null || other === null ? null : (
            <section aria-label={`Together with ${nameOf(other)}`}>
              <Inference told={together} />
              <Meetings together={together} first={nameOf(wearerId)} second={nameOf(other)} onShow={setAt} />
              {may('exports.make') ? (
                <FileForm
                  words="Save it as a CSV file"
                  name={`${wearerId}-${other}-together.csv`}
                  ask={(purpose, recipient) => askTogetherFile(wearerId, other, view, authorityId, purpose, recipient)}
                />
              ) : null}
            </section>
          )}
          <h2 class="tw-heading">Stops</h2>
          <Stops patterns={found.body} onShow={setAt} />
        </>
      )}
    </>
  );
}

function Inference({
  told: { inference, asOf, authority },
}: {
  readonly told: Pick<Patterns, 'inference' | 'asOf' | 'authority'>;
}) {
  return (
    <div class="tw-inference" role="note">
      <p>
        <strong>Inferred, not observed.</strong> {inference.method}
      </p>
      <ul>
        {inference.limits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
      <p class="tw-sub">{`As of ${dayAndTime(Date.parse(asOf))}, by the authority ${authorityWords(authority)}.`}</p>
    </div>
  );
}

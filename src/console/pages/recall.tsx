/** One request to recall: the form, its two files, and the steps that follow. By keyboard as any form is. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { NON_DISCLOSURE, RECALL_QUESTIONS, type RecallContent, type RecallQuestion } from '../../wire/recall.js';
import { RECALL_OUTCOME_WORDS, RECALL_STATE_WORDS, RECALL_TYPE_WORDS } from '../../wire/recall-words.js';
import { newKey } from '../api.js';
import { AlertLink } from '../components/alert-link.js';
import { RecallFiles } from '../components/recall-files.js';
import { RecallSteps } from '../components/recall-steps.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { refreshDealtWith } from '../live/dealt-with.js';
import { may, nameOf } from '../live/live.js';
import { toRecallBody } from '../model/recall-body.js';
import { askRecallDraft, askRecallVersions, putRecall, type RecallItem } from '../recalls-api.js';
import { go, recallAddress, wearerAddress } from '../route.js';
import type { Fault } from '../send.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime } from '../words/times.js';

/** What a new one is about. */
export interface RecallAbout {
  readonly wearerId: string;
  readonly alertIds: readonly string[];
}

const Shell = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <main class="tw-page tw-page--text tw-recall" id="main">
    <p class="tw-back">
      <a href="/recalls">All requests</a>
    </p>
    <h1 class="tw-sentence">{title}</h1>
    {children}
  </main>
);

/** Begun from the record; nothing is written until it is saved. */
export function NewRecallPage({ about }: { readonly about: RecallAbout }) {
  const [drafted, setDrafted] = useState<Awaited<ReturnType<typeof askRecallDraft>> | null>(null);
  useEffect(() => {
    void askRecallDraft(about.wearerId, about.alertIds).then(setDrafted);
  }, []);
  const who = nameOf(about.wearerId);
  if (drafted === null) return <Shell title={`Looking up what is on record of ${who} …`}>{null}</Shell>;
  if (!drafted.ok)
    return (
      <Shell title={`Nothing can be asked for about ${who}`}>
        <p class="tw-first" role="alert">
          {drafted.why}
        </p>
        <p>
          <a href={wearerAddress(about.wearerId)}>The wearer</a>
        </p>
      </Shell>
    );
  return (
    <Shell title={`${RECALL_TYPE_WORDS[drafted.body.type]}: ${who}`}>
      <p>Answered from the record as far as it goes. Read every answer, and say “none known” where that is so.</p>
      <Editor stands={null} body={drafted.body.draft} onWritten={({ recallId }) => go(recallAddress(recallId), true)} />
    </Shell>
  );
}

export function RecallPage({ recallId }: { readonly recallId: string }) {
  const [turn, setTurn] = useState(0);
  const [isUnsaved, setUnsaved] = useState(false);
  const answer = useAnswer(may('recalls.read') ? `${recallId} ${turn}` : null, () => askRecallVersions(recallId));
  const versions = answer?.ok === true ? answer.body.items : [];
  const stands = versions.at(-1);
  if (stands === undefined)
    return (
      <Shell title={answer === null ? 'Looking for the request …' : 'This request cannot be shown'}>
        <p>{answer !== null && !answer.ok ? `${recallId}: ${whyMissing(answer.status)}.` : ''}</p>
      </Shell>
    );
  const again = () => {
    setUnsaved(false);
    setTurn(turn + 1);
  };
  const { wearerId, state, outcome } = stands;
  return (
    <Shell
      title={`Request about ${nameOf(wearerId)}: ${outcome === undefined ? RECALL_STATE_WORDS[state] : RECALL_OUTCOME_WORDS[outcome]}`}
    >
      <p class="tw-line">
        <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>
        {` · order ${stands.orderId}`}
        {stands.alertIds.map((alertId) => (
          <span key={alertId}>
            {' · '}
            <AlertLink alertId={alertId} />
          </span>
        ))}
      </p>
      {may('recalls.write') ? (
        <RecallSteps key={stands.version} stands={stands} isUnsaved={isUnsaved} onWritten={again} />
      ) : null}
      {may('exports.make') ? <RecallFiles stands={stands} /> : null}
      <Editor key={`form ${stands.version}`} stands={stands} body={stands} onWritten={again} onUnsaved={setUnsaved} />
      <Steps versions={versions} />
    </Shell>
  );
}

function Steps({ versions }: { readonly versions: readonly RecallItem[] }) {
  return (
    <section aria-label="Steps so far">
      <h2 class="tw-heading">Steps so far</h2>
      <ol class="tw-history">
        {versions.map(({ version, recordedAt, author, state, sentTo, hearingAt, outcome, outcomeNote }) => (
          <li key={version}>
            <time dateTime={recordedAt}>{dayAndTime(Date.parse(recordedAt))}</time>{' '}
            <strong>{personWords(author)}</strong>{' '}
            {[
              outcome === undefined ? RECALL_STATE_WORDS[state] : RECALL_OUTCOME_WORDS[outcome],
              sentTo === undefined ? null : `sent to ${sentTo}`,
              hearingAt === undefined ? null : `hearing ${dayAndTime(Date.parse(hearingAt))}`,
              outcomeNote,
            ]
              .filter(Boolean)
              .join('; ')}
          </li>
        ))}
      </ol>
    </section>
  );
}

interface EditorProps {
  /** Null: nothing is written yet. */
  readonly stands: RecallItem | null;
  readonly body: RecallContent;
  readonly onWritten: (item: RecallItem) => void;
  /** Whether something is written that is not saved. */
  readonly onUnsaved?: (isUnsaved: boolean) => void;
}

function Editor({ stands, body, onWritten, onUnsaved }: EditorProps) {
  const [form, setForm] = useState(body.form);
  const [nonDisclosure, setNonDisclosure] = useState(body.nonDisclosure ?? '');
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ readonly why: string; readonly faults: readonly Fault[] } | null>(null);
  const [recallId] = useState(() => stands?.recallId ?? `R-${newKey()}`);
  const told = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refused !== null) told.current?.focus();
  }, [refused]);
  const isUnsaved = !isSameForm({ form, nonDisclosure }, body);
  useEffect(() => onUnsaved?.(isUnsaved), [isUnsaved]);
  const isFixed = !['draft', 'requested'].includes(body.state) || !may('recalls.write');
  const write = async (state: 'draft' | 'requested') => {
    if (isBusy) return;
    setBusy(true);
    const answer = await putRecall(
      recallId,
      toRecallBody({ ...body, form, nonDisclosure, state }),
      stands?.version ?? null,
    );
    setBusy(false);
    if (!answer.ok) return setRefused(answer);
    setRefused(null);
    void refreshDealtWith();
    onWritten(answer.body);
  };
  const set = (name: RecallQuestion, text: string) => setForm({ ...form, [name]: text });
  const faultOf = (pointer: string): Fault | undefined => refused?.faults.find((fault) => fault.pointer === pointer);
  return (
    <form
      aria-label="The form"
      onSubmit={(event) => {
        event.preventDefault();
        void write('requested');
      }}
    >
      {refused === null ? null : (
        <div class="tw-first" role="alert" tabIndex={-1} ref={told}>
          <p>{refused.faults.length === 0 ? refused.why : 'It was not saved:'}</p>
          {refused.faults.map(({ pointer, detail }) => (
            <p key={pointer}>
              <a href={`#answer-${pointer.split('/').at(-1)}`}>{detail}</a>
            </p>
          ))}
        </div>
      )}
      {isFixed && body.state !== 'draft' && body.state !== 'requested' ? <p>It stands as it was sent.</p> : null}
      {RECALL_QUESTIONS.map(({ name, title, help }) => (
        <Question
          key={name}
          name={name}
          title={title}
          help={help}
          text={form[name] ?? ''}
          isFixed={isFixed}
          isWrong={faultOf(`/form/${name}`) !== undefined}
          onText={(text) => set(name, text)}
        />
      ))}
      <div class="tw-recall__apart">
        <Question
          name="nonDisclosure"
          title={NON_DISCLOSURE.title}
          help={NON_DISCLOSURE.help}
          text={nonDisclosure}
          isFixed={isFixed}
          isWrong={faultOf('/nonDisclosure') !== undefined}
          onText={setNonDisclosure}
        />
      </div>
      {isFixed ? null : (
        <div class="tw-row-of-buttons">
          {body.state === 'draft' ? (
            <button type="button" class="tw-button" aria-disabled={isBusy} onClick={() => void write('draft')}>
              Save as a draft
            </button>
          ) : null}
          <button type="submit" class="tw-button" aria-disabled={isBusy}>
            {isBusy ? 'Saving …' : body.state === 'draft' ? 'Request' : 'Save the changes'}
          </button>
          {stands !== null && isUnsaved ? (
            <button
              type="button"
              class="tw-button"
              onClick={() => {
                setForm(body.form);
                setNonDisclosure(body.nonDisclosure ?? '');
              }}
            >
              Take the changes back
            </button>
          ) : null}
        </div>
      )}
    </form>
  );
}

/** An answer that is empty is none. */
function isSameForm(now: Pick<RecallContent, 'form' | 'nonDisclosure'>, stands: RecallContent): boolean {
  if ((now.nonDisclosure ?? '') !== (stands.nonDisclosure ?? '')) return false;
  return RECALL_QUESTIONS.every(({ name }) => (now.form[name] ?? '') === (stands.form[name] ?? ''));
}

interface QuestionProps {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly text: string;
  readonly isFixed: boolean;
  readonly isWrong: boolean;
  readonly onText: (text: string) => void;
}

function Question({ name, title, help, text, isFixed, isWrong, onText }: QuestionProps) {
  const id = `answer-${name}`;
  return (
    <>
      <label class="tw-label" for={id}>
        {title}
      </label>
      <span class="tw-recall__help" id={`${id}-help`}>
        {help}
      </span>
      <textarea
        id={id}
        class="tw-textarea"
        rows={Math.min(12, Math.max(3, text.split('\n').length + 1))}
        maxLength={10_000}
        readOnly={isFixed}
        aria-describedby={`${id}-help`}
        aria-invalid={isWrong}
        value={text}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
      />
    </>
  );
}

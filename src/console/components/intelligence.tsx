/** Intelligence reports, graded, and who has each; recorded and disseminated by who may. */
import { useState } from 'preact/hooks';
import { ASSESSMENTS, HANDLINGS, type IntelligenceContent, SOURCES } from '../../wire/intelligence.js';
import { askIntelligence, contentOf, type IntelligenceRecord, putIntelligence } from '../intelligence-api.js';
import { may, nameOf, nowMs, wearers } from '../live/live.js';
import { toInstant } from '../model/local-instant.js';
import { wearerAddress } from '../route.js';
import {
  ASSESSMENT_WORDS,
  gradeOf,
  gradeWords,
  HANDLING_WORDS,
  recipientWords,
  SOURCE_WORDS,
} from '../words/intelligence-words.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime } from '../words/times.js';
import { FormDialog, ReasonField, textOf, WhenField, type Written } from './form-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';

const REFRESH_MS = 60_000;

type Open =
  | { readonly what: 'record' }
  | { readonly what: 'correct' | 'pass'; readonly report: IntelligenceRecord }
  | null;

/** `wearerId` null: of everybody within scope. */
export function Intelligence({ wearerId }: { readonly wearerId: string | null }) {
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<Open>(null);
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const answer = useAnswer(may('intelligence.read') ? `${wearerId} ${minute} ${turn}` : null, () =>
    askIntelligence(wearerId),
  );
  const close = (isDone: boolean) => {
    setOpen(null);
    if (isDone) setTurn(turn + 1);
  };
  const reports = answer?.ok === true ? answer.body : [];
  return (
    <>
      {answer === null ? <p>…</p> : null}
      {answer !== null && !answer.ok ? <p>Intelligence is not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true && reports.length === 0 ? <p class="tw-none">No intelligence is recorded.</p> : null}
      {may('intelligence.write') && answer?.ok === true ? (
        <p class="tw-row-of-buttons">
          <button type="button" class="tw-button" onClick={() => setOpen({ what: 'record' })}>
            Record intelligence
          </button>
        </p>
      ) : null}
      {reports.length === 0 ? null : (
        <ul class="tw-plain-list">
          {reports.map((report) => (
            <li key={report.intelligenceId}>
              <Report report={report} isNamed={wearerId === null} onOpen={setOpen} />
            </li>
          ))}
        </ul>
      )}
      {open?.what === 'record' ? <RecordDialog wearerId={wearerId} stands={null} onClose={close} /> : null}
      {open?.what === 'correct' ? (
        <RecordDialog wearerId={open.report.wearerId} stands={open.report} onClose={close} />
      ) : null}
      {open?.what === 'pass' ? <PassDialog report={open.report} onClose={close} /> : null}
    </>
  );
}

interface ReportProps {
  readonly report: IntelligenceRecord;
  /** Whom it is about is not said by the page already. */
  readonly isNamed: boolean;
  onOpen(open: Open): void;
}

function Report({ report, isNamed, onOpen }: ReportProps) {
  const { wearerId, receivedAt, handlingConditions, text, recipients = [], author, recordedAt, changeReason } = report;
  const Heading = isNamed ? 'h2' : 'h3';
  const title = `${gradeOf(report)}, received ${dayAndTime(Date.parse(receivedAt))}`;
  return (
    <article aria-label={title} class="tw-intelligence">
      <Heading class="tw-heading">{title}</Heading>
      <p class="tw-sub">{gradeWords(report)}</p>
      {isNamed ? (
        <p>
          About <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>
        </p>
      ) : null}
      <p>{text}</p>
      {handlingConditions === undefined ? null : (
        <p class="tw-first" role="note">{`On these conditions alone: ${handlingConditions}`}</p>
      )}
      <p>{recipients.length === 0 ? 'Disseminated to nobody.' : 'Disseminated to:'}</p>
      {recipients.length === 0 ? null : (
        <ul class="tw-sentences">
          {recipients.map((one) => (
            <li key={`${one.to} ${one.at} ${one.purpose}`}>{recipientWords(one)}</li>
          ))}
        </ul>
      )}
      <p class="tw-sub">
        {`Written by ${personWords(author)}, ${dayAndTime(Date.parse(recordedAt))}${changeReason === undefined ? '' : `: ${changeReason}`}`}
      </p>
      {may('intelligence.write') ? (
        <p class="tw-row-of-buttons">
          <button type="button" class="tw-button" onClick={() => onOpen({ what: 'pass', report })}>
            Disseminate<span class="govuk-visually-hidden">{` ${title}`}</span>
          </button>
          <button type="button" class="tw-button" onClick={() => onOpen({ what: 'correct', report })}>
            Correct<span class="govuk-visually-hidden">{` ${title}`}</span>
          </button>
        </p>
      ) : null}
    </article>
  );
}

interface DialogProps {
  onClose(isDone: boolean): void;
}

/** `stands`: what is corrected; null: a new one. */
function RecordDialog({
  wearerId,
  stands,
  onClose,
}: DialogProps & { readonly wearerId: string | null; readonly stands: IntelligenceRecord | null }) {
  const record = (said: FormData, sendId: string): Promise<Written> => {
    const conditions = textOf(said, 'handlingConditions');
    const graded = {
      source: Number(textOf(said, 'source')) as IntelligenceContent['source'],
      assessment: textOf(said, 'assessment') as IntelligenceContent['assessment'],
      handling: textOf(said, 'handling') as IntelligenceContent['handling'],
      ...(conditions === '' ? {} : { handlingConditions: conditions }),
      text: textOf(said, 'text'),
    };
    if (stands === null) {
      const receivedAt = toInstant(textOf(said, 'receivedAt'), 'later');
      return putIntelligence(sendId, { wearerId: textOf(said, 'wearerId'), receivedAt, ...graded }, null);
    }
    const { handlingConditions: _, ...rest } = contentOf(stands);
    const changeReason = textOf(said, 'changeReason');
    return putIntelligence(stands.intelligenceId, { ...rest, ...graded, changeReason }, stands.version);
  };
  return (
    <FormDialog
      label={stands === null ? 'Record intelligence' : 'Correct intelligence'}
      draftKey={stands === null ? `intelligence ${wearerId}` : `intelligence of ${stands.intelligenceId}`}
      submitWords={stands === null ? 'Record it' : 'Correct it'}
      onSubmit={record}
      onClose={onClose}
    >
      {stands === null ? <AboutField wearerId={wearerId} /> : null}
      {stands === null ? <WhenField id="intelligence-received" name="receivedAt" label="Received when" /> : null}
      <label class="tw-label" for="intelligence-source">
        Source
      </label>
      <select id="intelligence-source" name="source" class="tw-input" required>
        <option value="">Choose</option>
        {SOURCES.map((source) => (
          <option key={source} value={source} selected={source === stands?.source}>
            {`${source}: ${SOURCE_WORDS[source]}`}
          </option>
        ))}
      </select>
      <label class="tw-label" for="intelligence-assessment">
        How it is known
      </label>
      <select id="intelligence-assessment" name="assessment" class="tw-input" required>
        <option value="">Choose</option>
        {ASSESSMENTS.map((assessment) => (
          <option key={assessment} value={assessment} selected={assessment === stands?.assessment}>
            {`${assessment}: ${ASSESSMENT_WORDS[assessment]}`}
          </option>
        ))}
      </select>
      <label class="tw-label" for="intelligence-handling">
        Handling
      </label>
      <select id="intelligence-handling" name="handling" class="tw-input" required>
        <option value="">Choose</option>
        {HANDLINGS.map((handling) => (
          <option key={handling} value={handling} selected={handling === stands?.handling}>
            {`${handling}: ${HANDLING_WORDS[handling]}`}
          </option>
        ))}
      </select>
      <label class="tw-label" for="intelligence-conditions">
        Conditions (with C)
      </label>
      <input
        id="intelligence-conditions"
        name="handlingConditions"
        class="tw-input"
        maxLength={1_000}
        autocomplete="off"
        defaultValue={stands?.handlingConditions ?? ''}
      />
      <label class="tw-label" for="intelligence-text">
        What is known
      </label>
      <input
        id="intelligence-text"
        name="text"
        class="tw-input"
        required
        maxLength={4_000}
        autocomplete="off"
        defaultValue={stands?.text ?? ''}
      />
      {stands === null ? null : <ReasonField id="intelligence-reason" label="Why it is corrected" />}
    </FormDialog>
  );
}

/** Whom it is about: on the page of a wearer nobody is asked. */
function AboutField({ wearerId }: { readonly wearerId: string | null }) {
  if (wearerId !== null) return <input type="hidden" name="wearerId" value={wearerId} />;
  const all = [...wearers.value.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return (
    <>
      <label class="tw-label" for="intelligence-wearer">
        Who it is about
      </label>
      <select id="intelligence-wearer" name="wearerId" class="tw-input" required>
        <option value="">Choose a wearer</option>
        {all.map((one) => (
          <option key={one.wearerId} value={one.wearerId}>{`${one.name} (${one.wearerId})`}</option>
        ))}
      </select>
    </>
  );
}

function PassDialog({ report, onClose }: DialogProps & { readonly report: IntelligenceRecord }) {
  const { intelligenceId, handling, handlingConditions, version } = report;
  const pass = (said: FormData): Promise<Written> => {
    const at = toInstant(textOf(said, 'at'), 'later');
    const { recipients = [], ...rest } = contentOf(report);
    const one = { to: textOf(said, 'to'), at, purpose: textOf(said, 'purpose') };
    return putIntelligence(intelligenceId, { ...rest, recipients: [...recipients, one] }, version);
  };
  return (
    <FormDialog
      label={`Disseminate ${gradeOf(report)}`}
      draftKey={`pass ${intelligenceId}`}
      submitWords="Record that it was passed on"
      onSubmit={pass}
      onClose={onClose}
      extra={
        <p>
          {handling === 'C'
            ? `On these conditions alone: ${handlingConditions}`
            : 'It may be passed on lawfully. Who has it stays on the list.'}
        </p>
      }
    >
      <label class="tw-label" for="pass-to">
        To whom
      </label>
      <input id="pass-to" name="to" class="tw-input" required maxLength={200} autocomplete="off" />
      <label class="tw-label" for="pass-purpose">
        For what purpose
      </label>
      <input id="pass-purpose" name="purpose" class="tw-input" required maxLength={200} autocomplete="off" />
      <WhenField id="pass-at" name="at" label="When" />
    </FormDialog>
  );
}

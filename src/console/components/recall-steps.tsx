/** What comes next of a request to recall: sent, a hearing, the outcome. Each is a version; none is gone back on. */
import { useState } from 'preact/hooks';
import {
  RECALL_OUTCOMES,
  RECALL_STATES,
  type RecallContent,
  type RecallOutcome,
  type RecallState,
} from '../../wire/recall.js';
import { RECALL_OUTCOME_WORDS } from '../../wire/recall-words.js';
import { refreshDealtWith } from '../live/dealt-with.js';
import { fromLocalText } from '../model/local-instant.js';
import { toRecallBody } from '../model/recall-body.js';
import { putRecall, type RecallItem } from '../recalls-api.js';

const STEP_WORDS: Readonly<Partial<Record<RecallState, string>>> = {
  sent: 'It was sent',
  hearing: 'A hearing is set',
  outcome: 'It has ended',
};

interface Props {
  readonly stands: RecallItem;
  /** Whether the form below has answers that are not saved: a step is taken on what stands, and would lose them. */
  readonly isUnsaved: boolean;
  readonly onWritten: () => void;
}

export function RecallSteps({ stands, isUnsaved, onWritten }: Props) {
  const [step, setStep] = useState<RecallState | null>(null);
  const [told, setTold] = useState('');
  const at = RECALL_STATES.indexOf(stands.state);
  const steps = RECALL_STATES.filter((state, index) => index > at && STEP_WORDS[state] !== undefined);
  if (stands.state === 'draft' || steps.length === 0) return null;
  const write = async (form: HTMLFormElement) => {
    if (step === null) return;
    if (isUnsaved)
      return setTold(
        'The form has changes that are not saved: save them first, or take them back. No step is recorded.',
      );
    setTold('Saving …');
    const said = new FormData(form);
    const answer = await putRecall(stands.recallId, toStep(stands, step, said), stands.version);
    if (!answer.ok) return setTold(answer.faults.map(({ detail }) => detail).join('; ') || answer.why);
    void refreshDealtWith();
    onWritten();
  };
  return (
    <form
      class="tw-recall__steps"
      aria-label="The next step"
      onSubmit={(event) => {
        event.preventDefault();
        void write(event.currentTarget);
      }}
    >
      <fieldset class="tw-choices">
        <legend>The next step</legend>
        {steps.map((state) => (
          <label key={state} class="tw-choice">
            <input type="radio" name="state" value={state} required onChange={() => setStep(state)} />
            {STEP_WORDS[state]}
          </label>
        ))}
      </fieldset>
      {step === 'sent' ? (
        <label class="tw-label">
          To whom
          <input class="tw-input" name="sentTo" required maxLength={200} autocomplete="off" />
        </label>
      ) : null}
      {step === 'hearing' ? (
        <label class="tw-label">
          When (local time)
          <input class="tw-input" name="hearingAt" type="datetime-local" required />
        </label>
      ) : null}
      {step === 'outcome' ? (
        <>
          <label class="tw-label">
            Outcome
            <select class="tw-input" name="outcome" required>
              {RECALL_OUTCOMES.map((outcome) => (
                <option key={outcome} value={outcome}>
                  {RECALL_OUTCOME_WORDS[outcome]}
                </option>
              ))}
            </select>
          </label>
          <label class="tw-label">
            What was said
            <input class="tw-input" name="outcomeNote" maxLength={2000} autocomplete="off" />
          </label>
        </>
      ) : null}
      {step === null ? null : (
        <button type="submit" class="tw-button">
          Record it
        </button>
      )}
      <p role="status">{told}</p>
    </form>
  );
}

function toStep(stands: RecallItem, state: RecallState, said: FormData): RecallContent {
  const text = (name: string): string => String(said.get(name) ?? '').trim();
  const hearingAtMs = fromLocalText(text('hearingAt'), 'earlier');
  return toRecallBody({
    ...stands,
    state,
    ...(state === 'sent' ? { sentTo: text('sentTo') } : {}),
    ...(state === 'hearing' && hearingAtMs !== null ? { hearingAt: new Date(hearingAtMs).toISOString() } : {}),
    ...(state === 'outcome' ? { outcome: text('outcome') as RecallOutcome, outcomeNote: text('outcomeNote') } : {}),
  });
}

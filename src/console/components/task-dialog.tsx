/** A task closed, or written anew: what its kind asks for and nothing else. */
import { OFFICER_TASK_KINDS, OUTCOME_RULES, TASK_KINDS, type TaskKind } from '../../wire/task.js';
import { askTaskHistory, contentOf, putTask } from '../desk-api.js';
import { may, me, serverNowMs } from '../live/live.js';
import type { DeskItem } from '../model/desk-items.js';
import { fromLocalText } from '../model/local-instant.js';
import { fieldsOf, type OutcomeField, toOutcome } from '../model/outcome-form.js';
import { personWords } from '../words/people-words.js';
import {
  decisionWords,
  dutySubject,
  OUTCOME_WORDS,
  STATUS_WORDS,
  TASK_KIND_WORDS,
  toDoWords,
} from '../words/task-words.js';
import { dayAndTime } from '../words/times.js';
import { FormDialog, type Written } from './form-dialog.js';
import { useAnswer } from './use-answer.js';

const LONG: readonly OutcomeField[] = ['text', 'attendees', 'scores', 'actions', 'wentWell', 'failed', 'cause'];

function FieldOf({ kind, field, isNeeded }: { kind: TaskKind; field: OutcomeField; isNeeded: boolean }) {
  const id = `outcome-${field}`;
  if (field === 'decision')
    return (
      <fieldset class="tw-choices">
        <legend>{OUTCOME_WORDS.decision}</legend>
        {OUTCOME_RULES[kind].decisions.map((decision) => (
          <label key={decision} class="tw-choice">
            <input type="radio" name="decision" value={decision} required />
            {decisionWords(decision)}
          </label>
        ))}
      </fieldset>
    );
  return (
    <>
      <label class="tw-label" for={id}>
        {isNeeded ? OUTCOME_WORDS[field] : `${OUTCOME_WORDS[field]} (if there is any)`}
      </label>
      {LONG.includes(field) ? (
        <textarea
          id={id}
          name={field}
          class="tw-textarea"
          rows={field === 'text' ? 3 : 2}
          maxLength={4000}
          required={isNeeded}
        />
      ) : (
        <input id={id} name={field} class="tw-input" type="datetime-local" required={isNeeded} />
      )}
    </>
  );
}

function History({ taskId }: { readonly taskId: string }) {
  const answer = useAnswer(taskId, askTaskHistory);
  return (
    <details>
      <summary>History</summary>
      <ul class="tw-plain-list">
        {answer?.ok === true
          ? answer.body.map(({ version, status, author, recordedAt, owner }) => (
              <li key={version}>
                {`${dayAndTime(Date.parse(recordedAt))}: ${STATUS_WORDS[status]} by ${personWords(author)}${owner === undefined ? '' : `, for ${personWords(owner)}`}`}
              </li>
            ))
          : '…'}
      </ul>
    </details>
  );
}

/** Closes what is on the desk; a duty without a task becomes one that is done. */
export function CloseDialog({ item, onClose }: { readonly item: DeskItem; onClose(isDone: boolean): void }) {
  const { kind, task, name, rag } = item;
  const close = (said: FormData, sendId: string): Promise<Written> => {
    const values = Object.fromEntries([...said].map(([field, value]) => [field, String(value)]));
    const outcome = toOutcome(values, serverNowMs());
    const { wearerId } = item;
    const content = task === null ? { wearerId, kind, subject: dutySubject(kind, rag) } : contentOf(task);
    return putTask(task?.taskId ?? sendId, { ...content, status: 'done', outcome }, task?.version ?? null);
  };
  return (
    <FormDialog
      label={`${toDoWords(kind)}: ${name}`}
      draftKey={`close ${item.key}`}
      submitWords="Close it"
      onSubmit={close}
      onClose={onClose}
      extra={
        <>
          <p class="tw-dialog__what">{task?.subject ?? dutySubject(kind, rag)}</p>
          {task === null ? null : <History taskId={task.taskId} />}
        </>
      }
    >
      {fieldsOf(kind).map(({ field, isNeeded }) => (
        <FieldOf key={field} kind={kind} field={field} isNeeded={isNeeded} />
      ))}
    </FormDialog>
  );
}

/** Says that it will not be done, and why. */
export function RejectDialog({ item, onClose }: { readonly item: DeskItem; onClose(isDone: boolean): void }) {
  const { task } = item;
  if (task === null) return null;
  return (
    <FormDialog
      label={`Reject ${TASK_KIND_WORDS[item.kind].toLowerCase()}: ${item.name}`}
      draftKey={`reject ${item.key}`}
      submitWords="Reject it"
      onSubmit={(said) => {
        const outcome = { text: toOutcome({ text: String(said.get('text')) }, 0).text };
        return putTask(task.taskId, { ...contentOf(task), status: 'rejected', outcome }, task.version);
      }}
      onClose={onClose}
      extra={<p class="tw-dialog__what">{task.subject}</p>}
    >
      <label class="tw-label" for="reject-text">
        Why it is not done
      </label>
      <textarea id="reject-text" name="text" class="tw-textarea" rows={3} maxLength={4000} required />
    </FormDialog>
  );
}

const OFFERED: readonly TaskKind[] = TASK_KINDS.filter((kind) => kind !== 'dip-sample');

/** `only`: of this kind. */
export function NewTaskDialog({
  wearers,
  only,
  onClose,
}: {
  readonly wearers: readonly { readonly wearerId: string; readonly name: string }[];
  readonly only?: TaskKind;
  onClose(isDone: boolean): void;
}) {
  const kinds = only !== undefined ? [only] : may('schemes.write') ? OFFERED : OFFICER_TASK_KINDS;
  const write = (said: FormData, sendId: string): Promise<Written> => {
    const text = (name: string) => String(said.get(name) ?? '').trim();
    const dueMs = fromLocalText(text('dueAt'), 'later');
    return putTask(
      sendId,
      {
        wearerId: text('wearerId'),
        kind: text('kind') as TaskKind,
        subject: text('subject'),
        status: 'open',
        ...(dueMs === null ? {} : { dueAt: new Date(dueMs).toISOString() }),
        ...(text('place') === '' ? {} : { place: text('place') }),
        ...(text('owner') === '' ? {} : { owner: text('owner') }),
      },
      null,
    );
  };
  return (
    <FormDialog
      label="Write a task"
      draftKey={`new ${only ?? ''} task ${only === undefined ? '' : wearers[0]?.wearerId}`}
      submitWords="Write it"
      onSubmit={write}
      onClose={onClose}
    >
      <label class="tw-label" for="task-wearer">
        Who it is about
      </label>
      <select id="task-wearer" name="wearerId" class="tw-input" required>
        {wearers.length === 1 ? null : <option value="">Choose a wearer</option>}
        {wearers.map(({ wearerId, name }) => (
          <option key={wearerId} value={wearerId}>{`${name} (${wearerId})`}</option>
        ))}
      </select>
      <label class="tw-label" for="task-kind">
        Kind
      </label>
      <select id="task-kind" name="kind" class="tw-input">
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {TASK_KIND_WORDS[kind]}
          </option>
        ))}
      </select>
      <label class="tw-label" for="task-subject">
        What is to be done, and why
      </label>
      <input id="task-subject" name="subject" class="tw-input" required maxLength={500} autocomplete="off" />
      <label class="tw-label" for="task-due">
        Until when (local time)
      </label>
      <input id="task-due" name="dueAt" class="tw-input" type="datetime-local" />
      <label class="tw-label" for="task-place">
        Where (if it matters)
      </label>
      <input id="task-place" name="place" class="tw-input" maxLength={200} autocomplete="off" />
      <label class="tw-label" for="task-owner">
        Who does it: a name, or as they sign in
      </label>
      <input
        id="task-owner"
        name="owner"
        class="tw-input"
        maxLength={500}
        autocomplete="off"
        defaultValue={me.value?.subjectId ?? ''}
      />
    </FormDialog>
  );
}

/** What was done, the newest first, with what came of it: a panel's and a release board's are its minutes. */
import { useState } from 'preact/hooks';
import type { TaskKind, TaskOutcome } from '../../wire/task.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { askTasks } from '../desk-api.js';
import { nameOf } from '../live/live.js';
import { newestWords } from '../words/count-words.js';
import { personWords } from '../words/people-words.js';
import { decisionWords, OUTCOME_WORDS, STATUS_WORDS, TASK_KIND_WORDS } from '../words/task-words.js';
import { dayAndTime } from '../words/times.js';

/** More is asked for by kind. */
const SHOWN = 100;
const TOLD_ELSEWHERE = new Set<keyof TaskOutcome>(['decision', 'text']);

function valueWords(field: keyof TaskOutcome, outcome: TaskOutcome): string {
  const value = outcome[field];
  if (value === undefined) return '';
  if (field === 'scores') return (outcome.scores ?? []).map(({ tool, value: score }) => `${tool} ${score}`).join('; ');
  if (typeof value !== 'string') return value.join('; ');
  return field === 'happenedAt' || field === 'nextAt' ? dayAndTime(Date.parse(value)) : value;
}

/** `Scores, one a line: OGRS = 78` is `Scores` here. */
const nameOfField = (field: keyof TaskOutcome): string => OUTCOME_WORDS[field].split(', one a line')[0] ?? field;

function Outcome({ outcome }: { readonly outcome: TaskOutcome }) {
  const rest = (Object.keys(OUTCOME_WORDS) as (keyof TaskOutcome)[]).filter(
    (field) => !TOLD_ELSEWHERE.has(field) && outcome[field] !== undefined,
  );
  return (
    <>
      {outcome.decision === undefined ? null : <strong>{`${decisionWords(outcome.decision)}. `}</strong>}
      {outcome.text}
      {rest.map((field) => (
        <div key={field} class="tw-cohort__quiet">{`${nameOfField(field)}: ${valueWords(field, outcome)}`}</div>
      ))}
    </>
  );
}

export function DoneTasks({ turn, kind }: { readonly turn: string; readonly kind: TaskKind | '' }) {
  const [isOpen, setOpen] = useState(false);
  const answer = useAnswer(isOpen ? turn : null, askTasks);
  const done =
    answer?.ok === true
      ? answer.body
          .filter((task) => task.outcome !== undefined && (kind === '' || task.kind === kind))
          .sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1))
      : [];
  const shown = done.slice(0, SHOWN);
  return (
    <details class="tw-desk__done" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>What was done, and minutes</summary>
      {answer === null ? <p>…</p> : answer.ok ? null : <p>It is not shown: {whyMissing(answer.status)}.</p>}
      {answer?.ok === true ? (
        <table class="tw-table">
          <caption>
            {done.length === 0
              ? 'Nothing was done yet'
              : newestWords(shown.length, done.length > SHOWN, 'the newest first')}
          </caption>
          <thead>
            <tr>
              {['When', 'Kind', 'Who', 'What', 'What came of it', 'By'].map((words) => (
                <th key={words} scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ taskId, recordedAt, wearerId, subject, status, outcome, author, ...task }) => (
              <tr key={taskId}>
                <th scope="row">{dayAndTime(Date.parse(recordedAt)).slice(0, -3)}</th>
                <td>{`${TASK_KIND_WORDS[task.kind]}${status === 'rejected' ? `, ${STATUS_WORDS.rejected}` : ''}`}</td>
                <td>{nameOf(wearerId)}</td>
                <td>{subject}</td>
                <td>{outcome === undefined ? null : <Outcome outcome={outcome} />}</td>
                <td>{personWords(author)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </details>
  );
}

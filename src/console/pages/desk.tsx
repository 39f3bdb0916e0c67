/** A day's desk: reviews, visits and tasks, what is overdue first; done and closed by keyboard. */
import { useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DeskRow } from '../../wire/desk.js';
import { OFFICER_TASK_KINDS, TASK_KINDS, type TaskKind } from '../../wire/task.js';
import { WearerDealtWith } from '../components/dealt-with.js';
import { isDialogOpen } from '../components/dialog.js';
import { SampleDialog } from '../components/sample-dialog.js';
import { CloseDialog, NewTaskDialog, RejectDialog } from '../components/task-dialog.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { askDesk, contentOf, putTask } from '../desk-api.js';
import { may, me, nowMs } from '../live/live.js';
import { arrangeDesk, type DeskFilter, type DeskItem, isOverdue, listDeskItems } from '../model/desk-items.js';
import { singleKeys } from '../preferences.js';
import { alertAddress, wearerAddress } from '../route.js';
import { dueWords } from '../words/cohort-words.js';
import { personWords } from '../words/people-words.js';
import { dutySubject, TASK_KIND_WORDS, toDoWords } from '../words/task-words.js';
import { dayAndTime } from '../words/times.js';
import { DoneTasks } from './desk-done.js';

const REFRESH_MS = 30_000;
const DAY_MS = 86_400_000;
/** Of what a rating asks for, so much ahead is shown. */
const AHEAD_DAYS = 7;

/** What may be closed by who looks. */
const mayClose = (kind: TaskKind): boolean =>
  may('schemes.write') || (may('tasks.write') && OFFICER_TASK_KINDS.includes(kind));

type Open = { readonly what: 'close' | 'reject'; readonly item: DeskItem } | { readonly what: 'new' | 'sample' } | null;

function Row({
  item,
  atMs,
  onOpen,
  onChanged,
}: {
  readonly item: DeskItem;
  readonly atMs: number;
  onOpen(open: Open): void;
  onChanged(): void;
}) {
  const { task, kind, dueMs } = item;
  const late = isOverdue(item, atMs);
  const due = dueMs === null ? 'no day is set' : dueWords(new Date(dueMs).toISOString(), atMs);
  const [trouble, setTrouble] = useState('');
  const accept = async () => {
    if (task === null) return;
    const sent = await putTask(task.taskId, { ...contentOf(task), status: 'accepted' }, task.version);
    setTrouble(sent.ok ? '' : `It is not accepted. ${sent.why}`);
    onChanged();
  };
  return (
    <tr class={late ? 'tw-desk__late' : ''}>
      <th scope="row">
        {late ? <strong>{due}</strong> : due}
        {dueMs === null ? null : (
          <>
            <br />
            <span class="tw-cohort__quiet">{dayAndTime(dueMs).slice(0, -3)}</span>
          </>
        )}
      </th>
      <td>
        {TASK_KIND_WORDS[kind]}
        {task?.status === 'accepted' ? (
          <>
            <br />
            <span class="tw-cohort__quiet">accepted</span>
          </>
        ) : null}
      </td>
      <td>
        <a href={wearerAddress(item.wearerId)}>{item.name}</a>
        <br />
        <span class="tw-cohort__quiet">{[item.rag ?? 'not rated', item.division].filter(Boolean).join(' · ')}</span>{' '}
        <WearerDealtWith wearerId={item.wearerId} {...(task?.alertId === undefined ? {} : { alertId: task.alertId })} />
      </td>
      <td>
        {task?.subject ?? dutySubject(kind, item.rag)}
        {task?.place === undefined ? null : ` At ${task.place}.`}
        {task?.alertId === undefined ? null : (
          <>
            {' '}
            <a href={alertAddress(task.alertId)}>The alert</a>
          </>
        )}
      </td>
      <td>{task?.owner === undefined ? '–' : personWords(task.owner)}</td>
      <td>
        {mayClose(kind) ? (
          <div class="tw-row-of-buttons">
            <button type="button" class="tw-button" data-desk-row onClick={() => onOpen({ what: 'close', item })}>
              Close<span class="govuk-visually-hidden">{` ${toDoWords(kind).slice(6)} of ${item.name}`}</span>
            </button>
            {task?.status === 'open' ? (
              <button type="button" class="tw-button" onClick={() => void accept()}>
                Accept
              </button>
            ) : null}
            {task === null ? null : (
              <button type="button" class="tw-button" onClick={() => onOpen({ what: 'reject', item })}>
                Reject
              </button>
            )}
          </div>
        ) : null}
        {trouble === '' ? null : (
          <p class="tw-told" role="alert">
            {trouble}
          </p>
        )}
      </td>
    </tr>
  );
}

/** `j` and `k` go from row to row, Enter closes the one; `n` writes a new one. */
function useKeys(isOpen: boolean, onNew: () => void): void {
  const latest = useRef({ isOpen, onNew });
  latest.current = { isOpen, onNew };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { isOpen: isBusy, onNew: write } = latest.current;
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog') !== null;
      if (!singleKeys.value || isBusy || isTyping || isDialogOpen() || event.ctrlKey || event.metaKey || event.altKey)
        return;
      if (event.key === 'n' && may('tasks.write')) {
        event.preventDefault();
        return write();
      }
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step === 0) return;
      const rows = [...document.querySelectorAll<HTMLElement>('[data-desk-row]')];
      const now = rows.indexOf(document.activeElement as HTMLElement);
      rows[Math.min(rows.length - 1, Math.max(0, now + step))]?.focus();
      event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

function Filters({ filter, onFilter }: { readonly filter: DeskFilter; onFilter(filter: DeskFilter): void }) {
  return (
    <form class="tw-cohort__filters" aria-label="Filter the desk" onSubmit={(event) => event.preventDefault()}>
      <label>
        Name, id, division or words{' '}
        <input
          type="search"
          value={filter.text}
          onInput={({ currentTarget }) => onFilter({ ...filter, text: currentTarget.value })}
        />
      </label>
      <select
        aria-label="Kind"
        value={filter.kind}
        onChange={({ currentTarget }) => onFilter({ ...filter, kind: currentTarget.value as DeskFilter['kind'] })}
      >
        <option value="">Any kind</option>
        {TASK_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {TASK_KIND_WORDS[kind]}
          </option>
        ))}
      </select>
      <label>
        <input
          type="checkbox"
          checked={filter.onlyMine}
          onChange={({ currentTarget }) => onFilter({ ...filter, onlyMine: currentTarget.checked })}
        />{' '}
        Only mine
      </label>
      <button type="button" class="tw-button" onClick={() => print()}>
        Print
      </button>
    </form>
  );
}

export function DeskPage() {
  const [said, setFilter] = useState<Omit<DeskFilter, 'untilMs'>>({ kind: '', text: '', onlyMine: false });
  const [open, setOpen] = useState<Open>(null);
  const [changes, setChanges] = useState(0);
  const turn = useComputed(() => Math.floor(nowMs.value / REFRESH_MS));
  const atMs = turn.value * REFRESH_MS;
  const answer = useAnswer(may('schemes.read') ? `${turn.value} ${changes}` : null, askDesk);
  // What was answered last: a refresh that fails takes neither the list away nor what somebody writes in a dialog over it.
  const [latest, setLatest] = useState<{ readonly rows: readonly DeskRow[]; readonly atMs: number } | null>(null);
  useEffect(() => {
    if (answer?.ok === true) setLatest({ rows: answer.body, atMs });
  }, [answer]);
  const rows = latest?.rows ?? null;
  const items = useMemo(() => (rows === null ? [] : listDeskItems(rows)), [rows]);
  const filter = { ...said, untilMs: atMs + AHEAD_DAYS * DAY_MS };
  const shown = arrangeDesk(items, filter, me.value?.subjectId ?? '');
  const overdue = shown.filter((item) => isOverdue(item, atMs)).length;
  const changed = () => setChanges((count) => count + 1);
  const close = (isDone: boolean) => {
    setOpen(null);
    if (isDone) changed();
  };
  useKeys(open !== null, () => setOpen({ what: 'new' }));
  if (rows === null)
    return (
      <main class="tw-page" id="main">
        <h1 class="tw-sentence">Desk</h1>
        <p>
          {!may('schemes.read')
            ? 'Your roles do not include the desk.'
            : answer === null || answer.ok
              ? '…'
              : `It is not shown: ${whyMissing(answer.status)}.`}
        </p>
      </main>
    );
  return (
    <main class="tw-page tw-cohort tw-desk" id="main">
      <h1 class="tw-sentence">{`Desk: ${overdue} overdue, ${shown.length} to do`}</h1>
      <p class="tw-cohort__as-of">
        {`As of ${dayAndTime(latest?.atMs ?? atMs)}. What a rating asks for is shown ${AHEAD_DAYS} days ahead. `}
        {singleKeys.value ? 'j and k go from row to row, Enter closes one, n writes one.' : ''}
      </p>
      {answer?.ok === false ? (
        <p class="tw-told" role="alert">{`It is not up to date: ${whyMissing(answer.status)}.`}</p>
      ) : null}
      <Filters filter={filter} onFilter={setFilter} />
      <div class="tw-row-of-buttons">
        {may('tasks.write') ? (
          <button type="button" class="tw-button tw-button--main" onClick={() => setOpen({ what: 'new' })}>
            Write a task
          </button>
        ) : null}
        {may('schemes.write') ? (
          <button type="button" class="tw-button" onClick={() => setOpen({ what: 'sample' })}>
            Draw a dip sample
          </button>
        ) : null}
      </div>
      <section class="tw-cohort__table" aria-label="What is to be done">
        <table class="tw-table">
          <caption>
            {shown.length === 0 ? 'Nothing is to be done' : `${shown.length} to do, what is overdue first`}
          </caption>
          <thead>
            <tr>
              {['Due', 'Kind', 'Who', 'What', 'Owner', 'Do'].map((words) => (
                <th key={words} scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((item) => (
              <Row key={item.key} item={item} atMs={atMs} onOpen={setOpen} onChanged={changed} />
            ))}
          </tbody>
        </table>
      </section>
      <DoneTasks turn={`${changes}`} kind={said.kind} />
      {open?.what === 'close' ? <CloseDialog item={open.item} onClose={close} /> : null}
      {open?.what === 'reject' ? <RejectDialog item={open.item} onClose={close} /> : null}
      {open?.what === 'new' ? <NewTaskDialog wearers={rows} onClose={close} /> : null}
      {open?.what === 'sample' ? <SampleDialog onClose={close} /> : null}
    </main>
  );
}

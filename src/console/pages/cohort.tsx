/** The cohort: the page a sergeant lives in. Who is not monitored stands first. */
import { useComputed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { CohortRow } from '../../wire/cohort.js';
import { askCohort, askCohortFile } from '../cohort-api.js';
import { WearerDealtWith } from '../components/dealt-with.js';
import { FileForm } from '../components/file-form.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { may, me, nowMs, wearers } from '../live/live.js';
import { arrangeCohort, type CohortSort, type CohortView, countViolations, FIRST_VIEW } from '../model/cohort-order.js';
import { listReferences } from '../model/references.js';
import { keepHiddenColumnsOf, readHiddenColumnsOf } from '../preferences.js';
import { patternsAddress, wearerAddress } from '../route.js';
import { dueWords, minuteWords, monitoredAndCoverWords, trendWords } from '../words/cohort-words.js';
import { dayAndTime, duration } from '../words/times.js';
import { KIND_WORDS } from '../words/words.js';

const REFRESH_MS = 30_000;

const findReferences = (wearerId: string) => listReferences(wearers.value.get(wearerId));

const COLUMNS: readonly (readonly [CohortSort, string])[] = [
  ['name', 'Who'],
  ['rag', 'RAG'],
  ['monitored', 'Monitored?'],
  ['newestFix', 'Newest fix'],
  ['daysOnTag', 'Days on tag'],
  ['kept', 'Kept of required'],
  ['unreasonable', 'Unreasonable'],
  ['unknown', 'Unknown'],
  ['violations', 'Violations'],
  ['trend', 'Trend'],
  ['openAlerts', 'Open alerts'],
  ['battery', 'Battery'],
  ['reviewDue', 'Review due'],
  ['visitDue', 'Visit due'],
  ['plan', 'Plan review'],
  ['tasks', 'Tasks'],
];

function due(dueAt: string | null, atMs: number) {
  if (dueAt === null) return '–';
  const words = dueWords(dueAt, atMs);
  return Date.parse(dueAt) < atMs ? <strong>{words}</strong> : words;
}

const isNothing = ({ compliance }: CohortRow): boolean => compliance.requiredMinutes === 0;

/** Of every column but the first, which is whose row it is. */
const CELLS: Readonly<Record<Exclude<CohortSort, 'name'>, (item: CohortRow, atMs: number) => ComponentChildren>> = {
  rag: ({ rag, cohort, mappa }) => (
    <>
      {rag === null ? 'not rated' : <strong class={`tw-rag tw-rag--${rag}`}>{rag}</strong>}
      <br />
      <span class="tw-cohort__quiet">
        {[cohort, mappa === null ? null : `MAPPA ${mappa.category}/${mappa.level}`]
          .filter((one) => one !== null)
          .join(' · ')}
      </span>
    </>
  ),
  monitored: (item, atMs) =>
    item.isMonitored && item.uncoveredSince === null ? (
      monitoredAndCoverWords(item, atMs)
    ) : (
      <strong>{monitoredAndCoverWords(item, atMs)}</strong>
    ),
  newestFix: ({ newestFixAt }, atMs) =>
    newestFixAt === null ? 'none' : `${duration(atMs - Date.parse(newestFixAt))} ago`,
  daysOnTag: ({ daysOnTag }) => daysOnTag,
  kept: (item) =>
    isNothing(item)
      ? 'nothing required'
      : `${minuteWords(item.compliance.keptMinutes)} of ${minuteWords(item.compliance.requiredMinutes)}`,
  unreasonable: (item) => (isNothing(item) ? '–' : minuteWords(item.compliance.unreasonableMinutes)),
  unknown: (item) => (isNothing(item) ? '–' : minuteWords(item.compliance.unknownMinutes)),
  violations: (item) =>
    countViolations(item) === 0
      ? '–'
      : Object.entries(item.violations)
          .map(([kind, count]) => `${KIND_WORDS[kind as keyof typeof KIND_WORDS]} ${count}`)
          .join(', '),
  trend: (item) => (
    <ul class="tw-plain-list tw-cohort__trend">
      {trendWords(item).map((words) => (
        <li key={words}>{words}</li>
      ))}
    </ul>
  ),
  openAlerts: ({ openAlerts }) => (openAlerts === 0 ? '–' : openAlerts),
  battery: ({ batteryPercent, batteryAlerts }) => (
    <>
      {batteryPercent === null ? 'not known' : `${Math.round(batteryPercent)} %`}
      {batteryAlerts === 0 ? null : (
        <>
          <br />
          {batteryAlerts} alerts
        </>
      )}
    </>
  ),
  reviewDue: ({ reviewDueAt }, atMs) => due(reviewDueAt, atMs),
  visitDue: ({ visitDueAt }, atMs) => due(visitDueAt, atMs),
  plan: ({ planSince, planReviewDueAt }, atMs) => (planSince === null ? 'no plan' : due(planReviewDueAt, atMs)),
  tasks: ({ openTasks, overdueTasks }) => (
    <>
      {openTasks === 0 ? '–' : openTasks}
      {overdueTasks === 0 ? null : <strong>{`, ${overdueTasks} overdue`}</strong>}
    </>
  ),
};

function Row({
  item,
  columns,
  atMs,
}: {
  readonly item: CohortRow;
  readonly columns: readonly CohortSort[];
  readonly atMs: number;
}) {
  return (
    <tr class={item.isMonitored ? '' : 'tw-cohort__unmonitored'}>
      <th scope="row">
        <a href={wearerAddress(item.wearerId)}>{item.name}</a>
        <br />
        <span class="tw-cohort__quiet">
          {[item.wearerId, item.division, item.orderTypes.join(', ')]
            .filter((one) => one !== null && one !== '')
            .join(' · ')}
        </span>
        {may('patterns.read') ? (
          <a class="tw-cohort__patterns" href={patternsAddress({ wearerId: item.wearerId })}>
            Patterns<span class="govuk-visually-hidden">{` of ${item.name}`}</span>
          </a>
        ) : null}
        <WearerDealtWith wearerId={item.wearerId} />
        {item.flags.length === 0 ? null : <strong class="tw-cohort__flags">{item.flags.join('; ')}</strong>}
      </th>
      {columns.map((name) =>
        name === 'name' ? null : (
          <td key={name} class="tw-cohort__figure">
            {CELLS[name](item, atMs)}
          </td>
        ),
      )}
    </tr>
  );
}

function SortHead({
  column: [sort, words],
  view,
  onView,
}: {
  readonly column: readonly [CohortSort, string];
  readonly view: CohortView;
  readonly onView: (view: CohortView) => void;
}) {
  const isSorted = view.sort === sort;
  return (
    <th scope="col" aria-sort={isSorted ? (view.descends ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        class="tw-link-button"
        onClick={() => onView({ ...view, sort, descends: isSorted && !view.descends })}
      >
        {words}
      </button>
    </th>
  );
}

const RAGS = [
  ['', 'Any RAG'],
  ['red', 'Red'],
  ['amber', 'Amber'],
  ['green', 'Green'],
  ['blue', 'Blue (in custody)'],
  ['none', 'Not rated'],
] as const;
const COHORTS = [
  ['', 'Any membership'],
  ['FIXED', 'Fixed'],
  ['FLEX', 'Flex'],
  ['FREE', 'Free'],
  ['none', 'None'],
] as const;

function Filters({ view, onView }: { readonly view: CohortView; readonly onView: (view: CohortView) => void }) {
  return (
    <form class="tw-cohort__filters" aria-label="Filter the cohort" onSubmit={(event) => event.preventDefault()}>
      <label>
        Name, id, reference or division{' '}
        <input
          type="search"
          value={view.text}
          onInput={(event) => onView({ ...view, text: event.currentTarget.value })}
        />
      </label>
      <select
        aria-label="RAG"
        value={view.rag}
        onChange={(event) => onView({ ...view, rag: event.currentTarget.value })}
      >
        {RAGS.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <select
        aria-label="Membership"
        value={view.cohort}
        onChange={(event) => onView({ ...view, cohort: event.currentTarget.value })}
      >
        {COHORTS.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <label>
        <input
          type="checkbox"
          checked={view.onlyUnmonitored}
          onChange={(event) => onView({ ...view, onlyUnmonitored: event.currentTarget.checked })}
        />{' '}
        Only who is not monitored
      </label>
      <button type="button" class="tw-button" onClick={() => print()}>
        Print
      </button>
    </form>
  );
}

/** Which columns are shown, kept for this person in this browser. */
function ColumnChoice({
  hidden,
  onHidden,
}: {
  readonly hidden: readonly string[];
  onHidden(names: readonly string[]): void;
}) {
  return (
    <details class="tw-cohort__file">
      <summary>{hidden.length === 0 ? 'Columns' : `Columns: ${hidden.length} not shown`}</summary>
      <fieldset class="tw-cohort__columns">
        <legend class="govuk-visually-hidden">Columns that are shown</legend>
        {COLUMNS.map(([name, words]) =>
          name === 'name' ? null : (
            <label key={name}>
              <input
                type="checkbox"
                checked={!hidden.includes(name)}
                onChange={({ currentTarget }) =>
                  onHidden(currentTarget.checked ? hidden.filter((one) => one !== name) : [...hidden, name])
                }
              />{' '}
              {words}
            </label>
          ),
        )}
      </fieldset>
    </details>
  );
}

export function CohortPage() {
  const [view, setView] = useState(FIRST_VIEW);
  const subjectId = me.value?.subjectId ?? '';
  const [hidden, setHidden] = useState<readonly string[] | null>(null);
  const hiddenNow = hidden ?? readHiddenColumnsOf(subjectId);
  const shownColumns = COLUMNS.filter(([name]) => name === 'name' || !hiddenNow.includes(name));
  const columns = shownColumns.map(([name]) => name);
  const hide = (names: readonly string[]) => {
    keepHiddenColumnsOf(subjectId, names);
    setHidden(names);
  };
  // Ages of minutes and more: the page is not drawn every second.
  const turn = useComputed(() => Math.floor(nowMs.value / REFRESH_MS));
  const atMs = turn.value * REFRESH_MS;
  const answer = useAnswer(may('schemes.read') ? String(turn.value) : null, askCohort);
  const items = answer?.ok === true ? answer.body : null;
  const shown = useMemo(
    () => (items === null ? [] : arrangeCohort(items, view, findReferences)),
    [items, view, wearers.value],
  );
  const unmonitored = items?.filter(({ isMonitored }) => !isMonitored).length ?? 0;
  if (items === null)
    return (
      <main class="tw-page" id="main">
        <h1 class="tw-sentence">Cohort</h1>
        <p>
          {!may('schemes.read')
            ? 'Your roles do not include the cohort.'
            : answer === null
              ? '…'
              : answer.ok
                ? ''
                : `It is not shown: ${whyMissing(answer.status)}.`}
        </p>
      </main>
    );
  return (
    <main class="tw-page tw-cohort" id="main">
      <h1 class="tw-sentence">{`Cohort: ${items.length} wearers, ${unmonitored} not monitored`}</h1>
      <p class="tw-cohort__as-of">
        As of {dayAndTime(atMs)}. Minutes and counts are of the last 28 days, a trend is against the 28 before; unknown
        is when nobody knows.
      </p>
      <Filters view={view} onView={setView} />
      <ColumnChoice hidden={hiddenNow} onHidden={hide} />
      {may('exports.make') ? <FileForm words="Save as a CSV file" name="cohort.csv" ask={askCohortFile} /> : null}
      <p class="tw-cohort__as-of">
        {shown.length === items.length ? `${items.length} wearers` : `${shown.length} of ${items.length} wearers`}
      </p>
      <section class="tw-cohort__table tw-cohort__people" aria-label="Table of the cohort">
        <table class="tw-table" aria-label="Cohort">
          <thead>
            <tr>
              {shownColumns.map((column) => (
                <SortHead key={column[0]} column={column} view={view} onView={setView} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((item) => (
              <Row key={item.wearerId} item={item} columns={columns} atMs={atMs} />
            ))}
          </tbody>
        </table>
      </section>
    </main>
  );
}

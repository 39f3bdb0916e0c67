/** Statistics: what alerts were found to be and how long it took, and before and after. Counts with what they are of, never a percentage. */
import { useState } from 'preact/hooks';
import type { AlertCounts, BeforeAfter, Elapsed, PeriodFigures, Statistics } from '../../wire/statistics.js';
import { DivisionChoice } from '../components/division-choice.js';
import { FileForm } from '../components/file-form.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { may, nameOf, serverNowMs, wearers } from '../live/live.js';
import { dayAfter, dayOf, startOfDay } from '../model/local-instant.js';
import { askBeforeAfter, askStatistics, askStatisticsFile } from '../statistics-api.js';
import { minuteWords } from '../words/cohort-words.js';
import { dayOfYear } from '../words/times.js';
import { DISPOSITION_WORDS, KIND_WORDS } from '../words/words.js';

const DAY_MS = 86_400_000;
const SHOWN_DAYS = 28;

const of = (count: number, all: number): string => (all === 0 ? '–' : `${count} of ${all}`);

/** A day before the one after it: the last day that is meant is within it. */
const spanWords = ({ from, to }: { readonly from: string; readonly to: string }): string =>
  `${dayOfYear(Date.parse(from))} to ${dayOfYear(Date.parse(to) - 1)}`;

function CountTable({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly counts: AlertCounts }[];
}) {
  return (
    <section aria-label={title}>
      <table class="tw-table">
        <caption>{title}</caption>
        <thead>
          <tr>
            {[
              '',
              'Raised',
              'Taken back',
              'Decided',
              'False, of those decided',
              'Not decided, of those raised',
              'Found to be',
            ].map((words) =>
              words === '' ? (
                <td key="name" />
              ) : (
                <th key={words} scope="col">
                  {words}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, counts }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="tw-cohort__figure">{counts.raised}</td>
              <td class="tw-cohort__figure">{counts.withdrawn}</td>
              <td class="tw-cohort__figure">{counts.decided}</td>
              <td class="tw-cohort__figure">{of(counts.false, counts.decided)}</td>
              <td class="tw-cohort__figure">{of(counts.unknown, counts.raised)}</td>
              <td>
                {Object.entries(counts.dispositions)
                  .sort(([, a], [, b]) => b - a)
                  .map(([each, count]) => `${DISPOSITION_WORDS[each as keyof typeof DISPOSITION_WORDS]} ${count}`)
                  .join(', ') || '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const elapsedWords = ({ n, medianMinutes, p90Minutes }: Elapsed, raised: number): string =>
  n === 0
    ? 'none'
    : `half of them within ${medianMinutes} min, nine in ten within ${p90Minutes} min (n = ${n} of ${raised})`;

function Told({ told, query }: { readonly told: Statistics; readonly query: string }) {
  const { all, byKind, byZone, byModel, untilTaken, untilDisposed } = told;
  return (
    <article aria-label="Performance report">
      <h2 class="tw-heading">{`Performance report, ${told.division ?? 'all divisions'}, ${spanWords(told)}`}</h2>
      <p>{`${told.wearers} wearers, ${told.daysOnTag} days on tag. Alerts by when they were raised.`}</p>
      <dl class="tw-list">
        <dt>Reached a person</dt>
        <dd>{`${of(all.raised - all.withdrawn, all.raised)} raised; the others were taken back before anybody touched them`}</dd>
        <dt>False</dt>
        <dd>{`${of(all.false, all.decided)} decided (drift, a fault of the equipment, a duplicate)`}</dd>
        <dt>Not decided</dt>
        <dd>{`${of(all.unknown, all.raised)} raised: what they were, nobody has said`}</dd>
        <dt>From raised to seen or taken</dt>
        <dd>{elapsedWords(untilTaken, all.raised)}</dd>
        <dt>From then to closed</dt>
        <dd>{elapsedWords(untilDisposed, all.raised)}</dd>
      </dl>
      <p>Minutes are by the clock, from one step to the next; how long somebody worked on an alert is not recorded.</p>
      {may('exports.make') ? (
        <FileForm
          key={query}
          words="Save as a CSV file"
          name="statistics.csv"
          ask={(purpose, recipient) => askStatisticsFile(query, purpose, recipient)}
        />
      ) : null}
      <CountTable title="By kind" rows={byKind.map((one) => ({ name: KIND_WORDS[one.kind], counts: one }))} />
      <CountTable
        title="By zone"
        rows={byZone.map((one) => ({ name: one.name ?? 'Zones of victims, together', counts: one }))}
      />
      <CountTable
        title="By model of tag"
        rows={byModel.map((one) => ({ name: one.name ?? 'No model', counts: one }))}
      />
    </article>
  );
}

const FIGURES: readonly (readonly [string, (one: PeriodFigures) => string])[] = [
  ['Days on tag', ({ daysOnTag }) => String(daysOnTag)],
  [
    'Violations',
    ({ violations }) =>
      Object.entries(violations)
        .map(([kind, count]) => `${KIND_WORDS[kind as keyof typeof KIND_WORDS]} ${count}`)
        .join(', ') || 'none',
  ],
  ['Required', ({ compliance }) => minuteWords(compliance.requiredMinutes)],
  ['Kept', ({ compliance }) => minuteWords(compliance.keptMinutes)],
  ['Excused', ({ compliance }) => minuteWords(compliance.excusedMinutes)],
  ['Unreasonable', ({ compliance }) => minuteWords(compliance.unreasonableMinutes)],
  ['Unknown', ({ compliance }) => minuteWords(compliance.unknownMinutes)],
];

function Compared({ told, whom }: { readonly told: BeforeAfter; readonly whom: string }) {
  return (
    <table class="tw-table">
      <caption>{`${whom}: ${told.days} days before and after ${dayOfYear(Date.parse(told.at))} (${told.wearers} wearers)`}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{`Before: ${spanWords(told.before)}`}</th>
          <th scope="col">{`After: ${spanWords(told.after)}`}</th>
        </tr>
      </thead>
      <tbody>
        {FIGURES.map(([words, wordsOf]) => (
          <tr key={words}>
            <th scope="row">{words}</th>
            <td class="tw-cohort__figure">{wordsOf(told.before)}</td>
            <td class="tw-cohort__figure">{wordsOf(told.after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function BeforeAndAfter() {
  const atMs = serverNowMs();
  const [asked, setAsked] = useState<{ readonly query: string; readonly whom: string } | null>(null);
  const answer = useAnswer(asked?.query ?? null, askBeforeAfter);
  const compare = (form: HTMLFormElement) => {
    const said = new FormData(form);
    const text = (name: string) => String(said.get(name));
    const [wearerId, division] = [text('wearerId'), text('division')];
    const query = new URLSearchParams({
      at: startOfDay(text('at')),
      days: text('days'),
      ...(wearerId === '' ? {} : { wearerId }),
      ...(wearerId !== '' || division === '' ? {} : { division }),
    });
    const whom = wearerId !== '' ? nameOf(wearerId) : division === '' ? 'All divisions' : division;
    setAsked({ query: String(query), whom });
  };
  return (
    <section aria-label="Before and after">
      <h2 class="tw-heading">Before and after</h2>
      <form
        class="tw-cohort__filters"
        aria-label="Compare before and after"
        onSubmit={(event) => {
          event.preventDefault();
          compare(event.currentTarget);
        }}
      >
        <select name="wearerId" aria-label="Whom">
          <option value="">Everybody</option>
          {[...wearers.value.values()].map(({ wearerId, name }) => (
            <option key={wearerId} value={wearerId}>
              {`${name} (${wearerId})`}
            </option>
          ))}
        </select>
        <DivisionChoice />
        <label>
          Days <input name="days" type="number" min={1} max={183} defaultValue="28" required />
        </label>
        <label>
          before and after <input name="at" type="date" defaultValue={dayOf(atMs - SHOWN_DAYS * DAY_MS)} required />
        </label>
        <button type="submit" class="tw-button">
          Compare
        </button>
      </form>
      {answer?.ok === false ? (
        <p class="tw-told" role="alert">
          {answer.status === 400
            ? 'The days after are not over yet.'
            : answer.status === 413
              ? 'These are too many wearers to compare: choose a division.'
              : `It is not shown: ${whyMissing(answer.status)}.`}
        </p>
      ) : null}
      {answer?.ok === true && asked !== null ? <Compared told={answer.body} whom={asked.whom} /> : null}
      <p>
        A difference is no effect: seasons, orders and the evidence differ, too. Of two stretches with unequal unknown
        minutes, neither says which is the better one.
      </p>
    </section>
  );
}

export function StatisticsPage() {
  const [from, setFrom] = useState(dayOf(serverNowMs() - SHOWN_DAYS * DAY_MS));
  const [until, setUntil] = useState(dayOf(serverNowMs()));
  const [division, setDivision] = useState('');
  const mayRead = may('schemes.read');
  const query = String(
    new URLSearchParams({
      from: startOfDay(from),
      to: startOfDay(dayAfter(until)),
      ...(division === '' ? {} : { division }),
    }),
  );
  const answer = useAnswer(mayRead ? query : null, askStatistics);
  return (
    <main class="tw-page tw-cohort tw-statistics" id="main">
      <h1 class="tw-sentence">Statistics</h1>
      <form class="tw-cohort__filters" aria-label="Of which time" onSubmit={(event) => event.preventDefault()}>
        <label>
          From{' '}
          <input
            type="date"
            value={from}
            required
            onChange={({ currentTarget: { value } }) => value && setFrom(value)}
          />
        </label>
        <label>
          Until, that day too{' '}
          <input
            type="date"
            value={until}
            required
            onChange={({ currentTarget: { value } }) => value && setUntil(value)}
          />
        </label>
        <DivisionChoice onChoose={setDivision} />
        <button type="button" class="tw-button" onClick={() => print()}>
          Print
        </button>
      </form>
      {!mayRead ? <p>Your roles do not include statistics.</p> : null}
      {answer?.ok === false ? (
        <p class="tw-told" role="alert">
          {answer.status === 400
            ? 'The last day is before the first, or more than a year after it.'
            : `They are not shown: ${whyMissing(answer.status)}.`}
        </p>
      ) : null}
      {answer?.ok === true ? <Told told={answer.body} query={query} /> : null}
      {mayRead ? <BeforeAndAfter /> : null}
    </main>
  );
}

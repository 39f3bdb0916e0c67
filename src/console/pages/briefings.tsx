/** Briefings: what has come since the last one, and what there is tonight. Made by who runs the scheme, stored as read, printed as it is. */
import { useState } from 'preact/hooks';
import { briefTime } from '../../wire/brief-time.js';
import type { Briefing, BriefingHead, BriefingPeriod } from '../../wire/briefing.js';
import {
  BRIEFING_LIMITS,
  type BriefingSection,
  briefingTitle,
  hiddenWords,
  toBriefingSections,
} from '../../wire/briefing-words.js';
import { askBriefing, askBriefingFile, askBriefings, makeBriefing } from '../briefings-api.js';
import { DivisionChoice } from '../components/division-choice.js';
import { FileForm } from '../components/file-form.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { may } from '../live/live.js';
import { alertAddress, wearerAddress } from '../route.js';
import { personWords } from '../words/people-words.js';

function Section({ section: { title, columns, rows, none } }: { readonly section: BriefingSection }) {
  return (
    <section aria-label={title}>
      <h2 class="tw-heading">{title}</h2>
      {rows.length === 0 ? (
        <p>{none}</p>
      ) : (
        <table class="tw-table">
          <thead>
            <tr>
              {columns.map((words) => (
                <th key={words} scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ wearerId, alertId, cells: [who, what, ...more] }, at) => (
              <tr key={`${at} ${wearerId}`}>
                <th scope="row">
                  <a href={wearerAddress(wearerId)}>{who}</a>
                </th>
                <td>{alertId === undefined ? what : <a href={alertAddress(alertId)}>{what}</a>}</td>
                {more.map((cell, index) => (
                  <td key={columns[index + 2]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Told({ briefing }: { readonly briefing: Briefing }) {
  const { briefingId, content, hidden, madeBy, madeAt } = briefing;
  const limits = [...BRIEFING_LIMITS, ...[hiddenWords(hidden)].filter((words) => words !== null)];
  return (
    <article class="tw-briefing" aria-label={briefingTitle(briefing)}>
      <h2 class="tw-heading">{briefingTitle(briefing)}</h2>
      <p>{`Of ${content.wearers - hidden} wearers. Made by ${personWords(madeBy)}, ${briefTime(madeAt)}.`}</p>
      <div class="tw-row-of-buttons">
        <button type="button" class="tw-button" onClick={() => print()}>
          Print
        </button>
      </div>
      {may('exports.make') ? (
        <FileForm
          key={briefingId}
          words="Save as PDF"
          name={`briefing-${briefingId}.pdf`}
          ask={(purpose, recipient) => askBriefingFile(briefingId, purpose, recipient)}
        />
      ) : null}
      {toBriefingSections(briefing).map((section) => (
        <Section key={section.title} section={section} />
      ))}
      <h2 class="tw-heading">What it does not tell</h2>
      <ul>
        {limits.map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
    </article>
  );
}

function MakeForm({ onMade }: { onMade(briefingId: number): void }) {
  const [told, setTold] = useState('');
  const make = async (form: HTMLFormElement) => {
    const said = new FormData(form);
    const division = String(said.get('division'));
    setTold('…');
    const answer = await makeBriefing(said.get('period') as BriefingPeriod, division === '' ? null : division);
    setTold(answer.ok ? '' : `It is not made. ${answer.why}`);
    if (answer.ok) onMade(answer.body.briefingId);
  };
  return (
    <form
      class="tw-cohort__filters"
      aria-label="Make a briefing"
      onSubmit={(event) => {
        event.preventDefault();
        void make(event.currentTarget);
      }}
    >
      <select name="period" aria-label="Period">
        <option value="daily">Daily</option>
        <option value="weekly">Weekly</option>
      </select>
      <DivisionChoice />
      <button type="submit" class="tw-button tw-button--main">
        Make it, since the last one
      </button>
      <span role="status">{told}</span>
    </form>
  );
}

function Choice({
  items,
  chosen,
  onChoose,
}: {
  readonly items: readonly BriefingHead[];
  readonly chosen: number;
  onChoose(briefingId: number): void;
}) {
  return (
    <label class="tw-briefing__choice">
      Which one{' '}
      <select value={String(chosen)} onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}>
        {items.map((head) => (
          <option key={head.briefingId} value={String(head.briefingId)}>
            {briefingTitle(head)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function BriefingsPage() {
  const [turn, setTurn] = useState(0);
  const [chosen, setChosen] = useState<number | null>(null);
  const mayRead = may('schemes.read');
  const answer = useAnswer(mayRead ? String(turn) : null, askBriefings);
  const items = answer?.ok === true ? answer.body.items : null;
  const shown = chosen ?? items?.[0]?.briefingId ?? null;
  const told = useAnswer(shown === null ? null : String(shown), askBriefing);
  const isOfShown = told?.ok === true && told.body.briefingId === shown;
  return (
    <main class="tw-page tw-cohort" id="main">
      <h1 class="tw-sentence">Briefings</h1>
      {may('schemes.write') ? (
        <MakeForm
          onMade={(briefingId) => {
            setChosen(briefingId);
            setTurn(turn + 1);
          }}
        />
      ) : null}
      {!mayRead ? <p>Your roles do not include briefings.</p> : null}
      {answer?.ok === false ? <p class="tw-told">{`They are not shown: ${whyMissing(answer.status)}.`}</p> : null}
      {items?.length === 0 ? <p>None has been made yet.</p> : null}
      {items !== null && shown !== null && items.length > 0 ? (
        <Choice items={items} chosen={shown} onChoose={setChosen} />
      ) : null}
      {told?.ok === false && shown !== null ? (
        <p class="tw-told">{`It is not shown: ${whyMissing(told.status)}.`}</p>
      ) : null}
      {isOfShown ? <Told briefing={told.body} /> : null}
    </main>
  );
}

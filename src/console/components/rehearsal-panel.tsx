/** Tries the draft over past tracks before anybody puts it in force: what it would have raised, in sentences, by hour and on the map. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import type { DraftRecord } from '../../wire/rehearsal.js';
import { nameOf, nowMs } from '../live/live.js';
import { countAll, countByHour, HOURS, resultWords, WEEKDAY_WORDS } from '../words/rehearsal-words.js';
import { sentenceOf } from '../words/sentence.js';
import { askRehearsal, cancelRehearsal, type RehearsalTold, rehearse } from '../zones-api.js';

const LOOK_EVERY_MS = 700;
/** Listed on the page; what is beyond is in the counts. */
const MAX_LISTED = 100;

interface Props {
  readonly records: readonly DraftRecord[];
  /** What has to be said before it can be tried; null: nothing. */
  readonly missing: string | null;
  readonly zoneName: string;
  readonly onRaised: (alerts: readonly AlertItem[]) => void;
}

/** A rehearsal, and the draft that it is of: beside another one its result says nothing. */
interface Tried {
  readonly told: RehearsalTold;
  readonly of: string;
  readonly days: number;
}

export function RehearsalPanel({ records, missing, zoneName, onRaised }: Props) {
  const [tried, setTried] = useState<Tried | null>(null);
  const [days, setDays] = useState(28);
  const [trouble, setTrouble] = useState('');
  const draft = JSON.stringify(records);
  const newest = useRef(draft);
  newest.current = draft;
  const told = tried?.told ?? null;
  const isRunning = told !== null && (told.state === 'queued' || told.state === 'running');
  useEffect(() => {
    if (!isRunning || told === null || tried === null) return;
    const timer = setInterval(() => {
      void askRehearsal(told.rehearsalId).then((answer) => {
        if (!answer.ok || newest.current !== tried.of) return;
        setTried({ ...tried, told: answer.body });
        if (answer.body.result !== undefined) onRaised(answer.body.result.alerts);
      });
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isRunning, told?.rehearsalId]);
  useEffect(() => {
    if (tried === null || tried.of === draft) return;
    if (isRunning) void cancelRehearsal(tried.told.rehearsalId);
    setTried(null);
    onRaised([]);
    setTrouble('The draft has changed since it was rehearsed: what was found is not of this one.');
  }, [draft]);

  const begin = async (form: HTMLFormElement): Promise<void> => {
    setTrouble(missing ?? '');
    setTried(null);
    onRaised([]);
    if (missing !== null) return;
    const reason = String(new FormData(form).get('reason'));
    const answer = await rehearse({ drafts: records, days, reason });
    // It was changed while the server was asked.
    if (newest.current !== draft) return;
    if (answer.ok) setTried({ told: answer.body, of: draft, days });
    else setTrouble(answer.why);
  };
  return (
    <section class="tw-zones__panel" aria-labelledby="rehearsal-head">
      <h2 id="rehearsal-head">Rehearse it</h2>
      <p class="tw-zones__quiet">
        The engine once more over the stored pings of whom it concerns, as if this had been in force. Nobody is alerted.
        It stands in the audit with your reason.
      </p>
      <form
        class="tw-zones__line"
        onSubmit={(event) => {
          event.preventDefault();
          void begin(event.currentTarget);
        }}
      >
        <label>
          Days{' '}
          <input
            type="number"
            min={1}
            max={28}
            required
            value={days}
            onInput={(event) => setDays(Number(event.currentTarget.value))}
          />
        </label>
        <label>
          Why <input name="reason" required maxLength={200} defaultValue="Before it is put in force" />
        </label>
        <button type="submit" class="tw-button" disabled={isRunning}>
          Rehearse
        </button>
        {isRunning ? (
          <button
            type="button"
            class="tw-button"
            onClick={() =>
              void cancelRehearsal(told.rehearsalId).then((answer) =>
                answer.ok ? setTried((now) => now && { ...now, told: answer.body }) : setTrouble(answer.why),
              )
            }
          >
            Cancel
          </button>
        ) : null}
      </form>
      <p role="status">{trouble || stateWords(told, tried?.days ?? days)}</p>
      {told?.result === undefined || told.result.alerts.length === 0 ? null : (
        <Raised alerts={told.result.alerts} all={countAll(told.result)} zoneName={zoneName} />
      )}
    </section>
  );
}

function stateWords(told: RehearsalTold | null, days: number): string {
  switch (told?.state) {
    case undefined:
      return '';
    case 'queued':
      return 'It waits for its turn.';
    case 'running':
      return `It runs: ${told?.wearersDone} of ${told?.wearerIds.length} wearers are judged.`;
    case 'cancelled':
      return 'It was cancelled.';
    case 'failed':
      return told?.failure ?? 'It failed.';
    case 'ready':
      return told?.result === undefined ? '' : resultWords(told.result, days);
  }
}

interface RaisedProps {
  readonly alerts: readonly AlertItem[];
  /** How many it would have raised, also those that are not told one by one. */
  readonly all: number;
  readonly zoneName: string;
}

function Raised({ alerts, all, zoneName }: RaisedProps) {
  const counts = countByHour(alerts);
  const listed = Math.min(alerts.length, MAX_LISTED);
  return (
    <>
      {listed < all ? <p>{`The first ${listed} of ${all} are listed.`}</p> : null}
      <ol class="tw-zones__raised">
        {alerts.slice(0, MAX_LISTED).map((alert) => (
          <li key={alert.alertId}>
            {sentenceOf(alert, { who: nameOf(alert.wearerId), zone: zoneName }, nowMs.peek())}
          </li>
        ))}
      </ol>
      <section class="tw-zones__hours" aria-label="Alerts by weekday and hour">
        <table class="tw-table">
          <caption>
            {`When they would have begun, by local weekday and hour${alerts.length < all ? `: the first ${alerts.length} of ${all}` : ''}`}
          </caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              {HOURS.map((hour) => (
                <th key={hour} scope="col">
                  {String(hour).padStart(2, '0')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {WEEKDAY_WORDS.map((name, day) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {HOURS.map((hour) => {
                  const count = counts[day]?.[hour] ?? 0;
                  return (
                    <td key={hour} class={count === 0 ? '' : 'tw-zones__some'}>
                      {count === 0 ? '·' : count}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

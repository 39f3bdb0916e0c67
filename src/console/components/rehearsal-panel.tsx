/** Tries the draft over past tracks before anybody puts it in force: what it would have raised, in sentences, by hour and on the map. */
import { useEffect, useState } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import type { DraftRecord } from '../../wire/rehearsal.js';
import { nameOf, nowMs } from '../live/live.js';
import { countByHour, HOURS, resultWords, WEEKDAY_WORDS } from '../words/rehearsal-words.js';
import { sentenceOf } from '../words/sentence.js';
import { askRehearsal, cancelRehearsal, type RehearsalTold, rehearse } from '../zones-api.js';

const LOOK_EVERY_MS = 700;
/** Listed on the page; what is beyond is in the counts. */
const MAX_LISTED = 100;

interface Props {
  readonly records: readonly DraftRecord[];
  readonly zoneName: string;
  readonly onRaised: (alerts: readonly AlertItem[]) => void;
}

export function RehearsalPanel({ records, zoneName, onRaised }: Props) {
  const [told, setTold] = useState<RehearsalTold | null>(null);
  const [days, setDays] = useState(28);
  const [trouble, setTrouble] = useState('');
  const isRunning = told !== null && (told.state === 'queued' || told.state === 'running');
  useEffect(() => {
    if (!isRunning || told === null) return;
    const timer = setInterval(() => {
      void askRehearsal(told.rehearsalId).then((answer) => {
        if (!answer.ok) return;
        setTold(answer.body);
        if (answer.body.result !== undefined) onRaised(answer.body.result.alerts);
      });
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isRunning, told?.rehearsalId]);

  const begin = async (form: HTMLFormElement): Promise<void> => {
    setTrouble('');
    onRaised([]);
    const reason = String(new FormData(form).get('reason'));
    const answer = await rehearse({ drafts: records, days, reason });
    if (answer.ok) setTold(answer.body);
    else {
      setTold(null);
      setTrouble(answer.why);
    }
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
            onClick={() => void cancelRehearsal(told.rehearsalId).then((answer) => answer.ok && setTold(answer.body))}
          >
            Cancel
          </button>
        ) : null}
      </form>
      <p role="status">{trouble || stateWords(told, days)}</p>
      {told?.result === undefined || told.result.alerts.length === 0 ? null : (
        <Raised alerts={told.result.alerts} zoneName={zoneName} />
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

function Raised({ alerts, zoneName }: { readonly alerts: readonly AlertItem[]; readonly zoneName: string }) {
  const counts = countByHour(alerts);
  return (
    <>
      <ol class="tw-zones__raised">
        {alerts.slice(0, MAX_LISTED).map((alert) => (
          <li key={alert.alertId}>
            {sentenceOf(alert, { who: nameOf(alert.wearerId), zone: zoneName }, nowMs.peek())}
          </li>
        ))}
      </ol>
      <section class="tw-zones__hours" aria-label="Alerts by weekday and hour">
        <table class="tw-table">
          <caption>When they would have begun, by local weekday and hour</caption>
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

/** One draft: drawn, checked, rehearsed, and put before a second person. Nothing of it is kept before that. */
import { useRef, useState } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import { newKey, type OrderInfo } from '../api.js';
import { me } from '../live/live.js';
import { type LatLon, missingOf, toRecords, type ZoneDraft } from '../model/zone-draft.js';
import { proposeRecords } from '../proposals-api.js';
import { publishAlone } from '../zones-api.js';
import { ConditionFields } from './condition-fields.js';
import { RehearsalPanel } from './rehearsal-panel.js';
import type { Known } from './use-answer.js';
import { ZoneCanvas } from './zone-canvas.js';
import { ZoneFields } from './zone-fields.js';

interface Props {
  readonly first: ZoneDraft;
  readonly isNew: boolean;
  readonly orders: Known<OrderInfo>;
  /** `said`: what became of it. */
  readonly onDone: (said: string) => void;
}

/** Where its evidence is, as far as the alert rests on fixes. */
const placesOf = (alerts: readonly AlertItem[]): LatLon[] =>
  alerts.flatMap(({ explanation }) => {
    const fix = explanation.fixes.at(-1);
    return fix === undefined ? [] : [[fix.latitude, fix.longitude] as LatLon];
  });

export function ZoneEditor({ first, isNew, orders, onDone }: Props) {
  const [draft, setDraft] = useState(first);
  const [raised, setRaised] = useState<readonly LatLon[]>([]);
  const [trouble, setTrouble] = useState('');
  const isAlone = me.value?.kind === 'local';
  const records = toRecords(draft);
  const missing = missingOf(draft);
  const [isBusy, setBusy] = useState(false);
  const sent = useRef({ words: '', id: '' });
  /** The same for another try at the same words. */
  const idOf = (reason: string): string => {
    const words = JSON.stringify([draft.name, records, reason]);
    if (sent.current.words !== words) sent.current = { words, id: newKey() };
    return sent.current.id;
  };
  const publish = async (reason: string): Promise<void> => {
    if (isBusy) return;
    setTrouble(missing ?? '');
    if (missing !== null) return;
    setBusy(true);
    const answer = isAlone
      ? await publishAlone(records, reason)
      : await proposeRecords(idOf(reason), draft.name, records, reason);
    setBusy(false);
    if (!answer.ok) return setTrouble(answer.why);
    onDone(isAlone ? `${draft.name} is in force.` : `${draft.name} waits for a second person.`);
  };
  return (
    <section aria-labelledby="editor-head">
      <h2 id="editor-head">{isNew ? 'A new zone' : `Change ${first.name}`}</h2>
      <div class="tw-zones__halves">
        <div>
          <ZoneFields draft={draft} isNew={isNew} onChange={setDraft} />
          {draft.condition === null ? null : (
            <ConditionFields
              condition={draft.condition}
              orders={orders}
              onChange={(condition) => setDraft({ ...draft, condition })}
            />
          )}
        </div>
        <div>
          <ZoneCanvas draft={draft} raised={raised} onPlaces={(places) => setDraft((now) => ({ ...now, places }))} />
          <RehearsalPanel
            records={records}
            missing={missing}
            zoneName={draft.name}
            onRaised={(alerts) => setRaised(placesOf(alerts))}
          />
          <section class="tw-zones__panel" aria-labelledby="publish-head">
            <h2 id="publish-head">{isAlone ? 'Put it in force' : 'Put it before a second person'}</h2>
            <form
              class="tw-zones__line"
              onSubmit={(event) => {
                event.preventDefault();
                void publish(String(new FormData(event.currentTarget).get('reason')));
              }}
            >
              <label>
                Reason <input name="reason" required maxLength={500} />
              </label>
              <button type="submit" class="tw-button tw-button--main" aria-disabled={isBusy}>
                {isAlone ? 'Put in force' : 'Propose'}
              </button>
              <button type="button" class="tw-button" onClick={() => onDone('')}>
                Leave it
              </button>
            </form>
            <p role="alert" class="tw-zones__error">
              {trouble}
            </p>
          </section>
        </div>
      </div>
    </section>
  );
}

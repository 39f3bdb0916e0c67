/** One draft: drawn, checked, rehearsed, and put before a second person. Nothing of it is kept before that. */
import { useState } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import type { OrderInfo } from '../api.js';
import { me } from '../live/live.js';
import { type LatLon, toRecords, type ZoneDraft } from '../model/zone-draft.js';
import { proposeRecords, publishAlone } from '../zones-api.js';
import { ConditionFields } from './condition-fields.js';
import { RehearsalPanel } from './rehearsal-panel.js';
import { ZoneCanvas } from './zone-canvas.js';
import { ZoneFields } from './zone-fields.js';

interface Props {
  readonly first: ZoneDraft;
  readonly isNew: boolean;
  readonly orders: readonly OrderInfo[];
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
  const publish = async (reason: string): Promise<void> => {
    setTrouble('');
    const answer = isAlone ? await publishAlone(records, reason) : await proposeRecords(draft.name, records, reason);
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
          <RehearsalPanel records={records} zoneName={draft.name} onRaised={(alerts) => setRaised(placesOf(alerts))} />
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
              <button type="submit" class="tw-button tw-button--main">
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

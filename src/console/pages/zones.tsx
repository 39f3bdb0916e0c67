/** Zones and conditions: what there is, what waits for a second person, and the editor. */
import { useMemo, useState } from 'preact/hooks';
import { toKnown, useAnswer, whyMissing } from '../components/use-answer.js';
import { WaitingProposals } from '../components/waiting-proposals.js';
import { WizardForm } from '../components/wizard-form.js';
import { ZoneEditor } from '../components/zone-editor.js';
import { may, nameOf, wearers } from '../live/live.js';
import { toDraft, type ZoneDraft } from '../model/zone-draft.js';
import { WIZARD_WORDS, WIZARDS, type Wizard } from '../model/zone-wizards.js';
import { askProposals } from '../proposals-api.js';
import { dayAndTime } from '../words/times.js';
import { conditionsOfZone, type ZoneWordsFrom } from '../words/zone-words.js';
import { askConditionList, askOrderList, askZoneList, type ZoneTold } from '../zones-api.js';

/** Listed on the page; the others are found by name. */
const MAX_LISTED = 500;
/** Other proposals stand on the page of all that wait. */
const OF_ZONES: readonly string[] = ['records', 'zone', 'condition'];

type Doing =
  | { readonly what: 'list' }
  | { readonly what: 'wizard'; readonly wizard: Wizard }
  | { readonly what: 'edit'; readonly draft: ZoneDraft; readonly isNew: boolean };

export function ZonesPage() {
  const [doing, setDoing] = useState<Doing>({ what: 'list' });
  const [said, setSaid] = useState('');
  const [turn, setTurn] = useState(0);
  const key = may('records.write') ? String(turn) : null;
  const zones = useAnswer(key, askZoneList);
  const conditions = useAnswer(key, askConditionList);
  const orders = useAnswer(key, askOrderList);
  const proposals = useAnswer(may('proposals.read') ? key : null, askProposals);
  const knownOrders = useMemo(() => toKnown(orders), [orders]);
  const knownConditions = useMemo(() => toKnown(conditions), [conditions]);
  const waiting = toKnown(proposals);
  const done = (told: string) => {
    setSaid(told);
    setDoing({ what: 'list' });
    setTurn((now) => now + 1);
  };
  if (key === null || zones === null || !zones.ok)
    return (
      <main class="tw-page" id="main">
        <h1 class="tw-sentence">Zones and conditions</h1>
        <p>
          {key === null
            ? 'Your roles do not include writing zones and conditions.'
            : zones === null
              ? '…'
              : zones.ok
                ? ''
                : `They are not shown: ${whyMissing(zones.status)}.`}
        </p>
      </main>
    );
  return (
    <main class="tw-page tw-zones" id="main">
      <h1 class="tw-sentence">Zones and conditions</h1>
      <p role="status">{said}</p>
      {doing.what === 'edit' ? (
        <ZoneEditor first={doing.draft} isNew={doing.isNew} orders={knownOrders} onDone={done} />
      ) : doing.what === 'wizard' ? (
        <WizardForm
          wizard={doing.wizard}
          orders={knownOrders}
          onDraft={(draft) => setDoing({ what: 'edit', draft, isNew: true })}
          onLeave={() => setDoing({ what: 'list' })}
        />
      ) : (
        <>
          <Wizards onChosen={(wizard) => setDoing({ what: 'wizard', wizard })} />
          {may('proposals.read') ? (
            <section class="tw-zones__panel" aria-labelledby="waiting-head">
              <h2 id="waiting-head">Waits for a second person</h2>
              {waiting.isKnown ? (
                <WaitingProposals
                  proposals={waiting.items.filter(({ kind }) => OF_ZONES.includes(kind))}
                  onDecided={done}
                />
              ) : (
                <p>{`What waits is not known: ${waiting.why}.`}</p>
              )}
            </section>
          ) : null}
          <ZoneList
            zones={zones.body}
            conditions={knownConditions}
            orders={knownOrders}
            nameOf={nameOf}
            onEdit={(zone) => setDoing({ what: 'edit', draft: toDraft(zone.zoneId, zone), isNew: false })}
          />
        </>
      )}
    </main>
  );
}

function Wizards({ onChosen }: { readonly onChosen: (wizard: Wizard) => void }) {
  return (
    <section aria-labelledby="new-head">
      <h2 id="new-head">New</h2>
      <ul class="tw-zones__wizards">
        {WIZARDS.map((wizard) => (
          <li key={wizard}>
            <button type="button" class="tw-button" onClick={() => onChosen(wizard)}>
              {WIZARD_WORDS[wizard].name}
              <span>{WIZARD_WORDS[wizard].about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ListProps extends ZoneWordsFrom {
  readonly zones: readonly ZoneTold[];
  readonly onEdit: (zone: ZoneTold) => void;
}

function ZoneList({ zones, conditions, orders, nameOf: nameOfWearer, onEdit }: ListProps) {
  const [text, setText] = useState('');
  const rows = useMemo(() => {
    const from = { conditions, orders, nameOf: nameOfWearer };
    return zones.map((zone) => {
      const name = zone.properties.name ?? zone.zoneId;
      const naming = conditionsOfZone(zone.zoneId, name, from);
      return { zone, name, naming, all: `${zone.zoneId} ${name} ${naming.join(' ')}`.toLowerCase() };
    });
  }, [zones, conditions, orders, wearers.value]);
  const found = rows.filter(({ all }) => all.includes(text.toLowerCase()));
  return (
    <section class="tw-zones__list" aria-labelledby="list-head">
      <h2 id="list-head">What there is</h2>
      <label>
        Find <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <table class="tw-table">
        <caption>{listedWords(found.length, rows.length)}</caption>
        <thead>
          <tr>
            <th scope="col">Zone</th>
            <th scope="col">Priority</th>
            <th scope="col">Conditions</th>
            <th scope="col">In force</th>
          </tr>
        </thead>
        <tbody>
          {found.slice(0, MAX_LISTED).map(({ zone, name, naming }) => (
            <tr key={zone.zoneId}>
              <th scope="row">
                <button type="button" class="tw-link-button" onClick={() => onEdit(zone)}>
                  {name}
                </button>
              </th>
              <td>{zone.properties.priority ?? 'standard'}</td>
              <td>
                <Naming sentences={naming} />
              </td>
              <td>
                {`version ${zone.version}`}
                {zone.effectiveAt === null ? '' : ` from ${dayAndTime(Date.parse(zone.effectiveAt))}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** So many are read in a row of the table; of more, how many there are, and all of them one step away. */
const MAX_READ = 3;

function Naming({ sentences }: { readonly sentences: readonly string[] }) {
  if (sentences.length <= MAX_READ) return <>{sentences.join(' ')}</>;
  return (
    <details>
      <summary>{`${sentences.length} conditions name it`}</summary>
      <ul class="tw-sentences">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  );
}

/** `3 of 12 zones`; of more than are listed, that they are not. */
function listedWords(found: number, all: number): string {
  const whole = all === 1 ? '1 zone' : `${all} zones`;
  const words = found === all ? whole : `${found} of ${whole}`;
  return found > MAX_LISTED ? `${words}: the first ${MAX_LISTED} are listed, find the others by name` : words;
}

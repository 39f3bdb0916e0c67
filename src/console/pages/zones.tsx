/** Zones and conditions: what there is, what waits for a second person, and the editor. */
import { useMemo, useState } from 'preact/hooks';
import { conditionWords } from '../../wire/condition-words.js';
import type { ConditionInfo, OrderInfo } from '../api.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { WizardForm } from '../components/wizard-form.js';
import { ZoneEditor } from '../components/zone-editor.js';
import { may, me, nameOf } from '../live/live.js';
import { toDraft, type ZoneDraft } from '../model/zone-draft.js';
import { WIZARD_WORDS, WIZARDS, type Wizard } from '../model/zone-wizards.js';
import { dayAndTime } from '../words/times.js';
import {
  askConditionList,
  askOrderList,
  askProposals,
  askZoneList,
  decideProposal,
  type ProposalTold,
  type ZoneTold,
} from '../zones-api.js';

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
  const knownOrders = orders?.ok === true ? orders.body : [];
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
          {proposals?.ok === true ? (
            <Waiting proposals={proposals.body.filter(({ kind }) => kind === 'records')} onDecided={done} />
          ) : null}
          <ZoneList
            zones={zones.body}
            conditions={conditions?.ok === true ? conditions.body : []}
            orders={knownOrders}
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

interface WaitingProps {
  readonly proposals: readonly ProposalTold[];
  readonly onDecided: (said: string) => void;
}

function Waiting({ proposals, onDecided }: WaitingProps) {
  const [trouble, setTrouble] = useState('');
  const decide = async ({ proposalId, id }: ProposalTold, what: 'approve' | 'refuse'): Promise<void> => {
    const answer = await decideProposal(proposalId, what, what === 'approve' ? 'Seen and agreed' : 'Not agreed');
    if (!answer.ok) return setTrouble(answer.why);
    onDecided(what === 'approve' ? `${id} is in force.` : `${id} is not put in force.`);
  };
  if (proposals.length === 0) return null;
  return (
    <section class="tw-zones__panel" aria-labelledby="waiting-head">
      <h2 id="waiting-head">Waits for a second person</h2>
      <p role="alert" class="tw-zones__error">
        {trouble}
      </p>
      <ul>
        {proposals.map((proposal) => {
          const isOwn = proposal.proposedBy === me.value?.subjectId;
          return (
            <li key={proposal.proposalId}>
              {`${proposal.id}: ${(proposal.body.records ?? []).map(({ kind, id }) => `${kind} ${id}`).join(', ')}. `}
              {`${proposal.reason}. Proposed ${dayAndTime(Date.parse(proposal.proposedAt))}. `}
              {isOwn ? null : (
                <button type="button" class="tw-link-button" onClick={() => void decide(proposal, 'approve')}>
                  {`Agree to ${proposal.id}`}
                </button>
              )}
              <button type="button" class="tw-link-button" onClick={() => void decide(proposal, 'refuse')}>
                {`${isOwn ? 'Withdraw' : 'Refuse'} ${proposal.id}`}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface ListProps {
  readonly zones: readonly ZoneTold[];
  readonly conditions: readonly ConditionInfo[];
  readonly orders: readonly OrderInfo[];
  readonly onEdit: (zone: ZoneTold) => void;
}

function ZoneList({ zones, conditions, orders, onEdit }: ListProps) {
  const [text, setText] = useState('');
  const rows = useMemo(() => {
    const wearerOf = new Map(orders.map(({ orderId, wearerId }) => [orderId, wearerId]));
    return zones.map((zone) => {
      const name = zone.properties.name ?? zone.zoneId;
      const naming = conditions
        .filter(({ zoneId }) => zoneId === zone.zoneId)
        .map((condition) => {
          const wearerId = condition.orderId === undefined ? null : (wearerOf.get(condition.orderId) ?? null);
          return `${wearerId === null ? 'All wearers' : nameOf(wearerId)}: ${conditionWords(condition, name)}`;
        });
      return { zone, name, naming, all: [zone.zoneId, name, ...naming].join(' ').toLowerCase() };
    });
  }, [zones, conditions, orders]);
  const shown = rows.filter(({ all }) => all.includes(text.toLowerCase()));
  return (
    <section class="tw-zones__list" aria-labelledby="list-head">
      <h2 id="list-head">What there is</h2>
      <label>
        Find <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <table class="tw-table">
        <caption>
          {shown.length === rows.length ? `${rows.length} zones` : `${shown.length} of ${rows.length} zones`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Zone</th>
            <th scope="col">Priority</th>
            <th scope="col">Conditions</th>
            <th scope="col">In force</th>
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, 500).map(({ zone, name, naming }) => (
            <tr key={zone.zoneId}>
              <th scope="row">
                <button type="button" class="tw-link-button" onClick={() => onEdit(zone)}>
                  {name}
                </button>
              </th>
              <td>{zone.properties.priority ?? 'standard'}</td>
              <td>{naming.length === 0 ? 'none' : naming.join(' ')}</td>
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

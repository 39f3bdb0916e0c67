/** What waits for a second person, in words, and agreed to or refused with a reason. A refusal of the server stands in the dialog. */
import { useState } from 'preact/hooks';
import type { Grant } from '../../access/grant.js';
import type { OrderInfo } from '../api.js';
import { ask, askList } from '../api.js';
import { may, me, nameOf, zoneNameOf } from '../live/live.js';
import { askProposal, decideProposal, type ProposalTold, type StandingTold } from '../proposals-api.js';
import { wearerAddress } from '../route.js';
import { personWords } from '../words/people-words.js';
import { type ChangeWords, changeWords, type Named, type Stands } from '../words/proposal-words.js';
import { dayAndTime } from '../words/times.js';
import { orderWords } from './condition-fields.js';
import { FormDialog } from './form-dialog.js';
import { useAnswer } from './use-answer.js';

interface Props {
  readonly proposals: readonly ProposalTold[];
  /** `said`: what became of it. */
  readonly onDecided: (said: string) => void;
}

type Deciding = { readonly proposal: ProposalTold; readonly what: 'approve' | 'refuse' } | null;

export function WaitingProposals({ proposals, onDecided }: Props) {
  const [deciding, setDeciding] = useState<Deciding>(null);
  if (proposals.length === 0) return <p class="tw-none">Nothing waits for a second person.</p>;
  return (
    <>
      <ul class="tw-plain-list">
        {proposals.map((proposal) => (
          <li key={proposal.proposalId}>
            <OneProposal proposal={proposal} onDecide={(what) => setDeciding({ proposal, what })} />
          </li>
        ))}
      </ul>
      {deciding === null ? null : (
        <DecideDialog
          {...deciding}
          onClose={(said) => {
            setDeciding(null);
            if (said !== null) onDecided(said);
          }}
        />
      )}
    </>
  );
}

const isOwn = ({ proposedBy }: ProposalTold): boolean => proposedBy === me.value?.subjectId;

/** `Market Square, for W-1`, as whoever proposed it called it. */
const titleOf = ({ kind, id }: ProposalTold): string => {
  if (kind === 'rag-rating') return `RAG rating of ${nameOf(id)}`;
  if (kind === 'transfer') return `Transfer of ${nameOf(id)}`;
  return kind === 'grant' ? `Rights of ${personWords(id)}` : id;
};

function OneProposal({
  proposal,
  onDecide,
}: {
  readonly proposal: ProposalTold;
  readonly onDecide: (what: 'approve' | 'refuse') => void;
}) {
  const title = titleOf(proposal);
  return (
    <article aria-label={title}>
      <h3 class="tw-heading">{title}</h3>
      <p>
        {`Proposed by ${personWords(proposal.proposedBy)} ${dayAndTime(Date.parse(proposal.proposedAt))}: ${proposal.reason}`}
        {proposal.kind === 'rag-rating' ? (
          <>
            {' '}
            <a href={wearerAddress(proposal.id)}>The wearer</a>
          </>
        ) : null}
      </p>
      <Changes proposal={proposal} />
      {may('proposals.write') ? (
        <div class="tw-row-of-buttons">
          {isOwn(proposal) ? null : (
            <button type="button" class="tw-button" onClick={() => onDecide('approve')}>
              {`Agree to ${title} …`}
            </button>
          )}
          <button type="button" class="tw-button" onClick={() => onDecide('refuse')}>
            {`${isOwn(proposal) ? 'Withdraw' : 'Refuse'} ${title} …`}
          </button>
        </div>
      ) : null}
    </article>
  );
}

/** Whoever agrees without reading it has not agreed: each change stands there, from what to what. */
function Changes({ proposal }: { readonly proposal: ProposalTold }) {
  const { proposalId, kind, id, body } = proposal;
  const answer = useAnswer(proposalId, askProposal);
  const grants = useAnswer(kind === 'grant' && may('grants.read') ? 'grants' : null, () => askList<Grant>('/grants'));
  const orderIds = idsNamed(proposal, answer?.ok === true ? answer.body.standing : []);
  const orders = useAnswer(orderIds.length === 0 ? null : orderIds.join(), askOrders);
  if (answer === null) return <p>…</p>;
  const standing = answer.ok ? answer.body.standing : [];
  const named = namedBy(proposal, orders?.ok === true ? orders.body : []);
  const stands = (of: { readonly kind: string; readonly id: string }): Stands => {
    if (of.kind !== 'grant') return standing.find((one) => one.kind === of.kind && one.id === of.id)?.body;
    if (grants?.ok !== true) return undefined;
    const { subjectId: _, ...grant } = grants.body.find(({ subjectId }) => subjectId === of.id) ?? { subjectId: '' };
    return 'roles' in grant ? grant : null;
  };
  const parts: readonly ChangeWords[] = (body.records ?? [{ kind, id, body }]).map((one) =>
    changeWords(one.kind, one.id, stands(one), { ...keptOf(one.kind, stands(one)), ...(one.body as object) }, named),
  );
  return (
    <>
      {parts.map(({ title, lines }) => (
        <div key={title}>
          <p>
            <strong>{title}</strong>
          </p>
          <ul>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

/** Whoever is moved keeps their name, which the other side does not know yet. */
const keptOf = (kind: string, stands: Stands): object => (kind === 'transfer' ? { name: stands?.['name'] } : {});

/** The orders that its conditions name, also those that stand. */
function idsNamed({ kind, body }: ProposalTold, standing: readonly StandingTold[]): string[] {
  const bodies = [...(body.records ?? [{ kind, body }]), ...standing];
  const ids = bodies.flatMap((one) => (one.body as { readonly orderId?: string } | null)?.orderId ?? []);
  return [...new Set(ids)].sort();
}

async function askOrders(ids: string) {
  const answers = await Promise.all(ids.split(',').map((id) => ask<OrderInfo>(`/orders/${encodeURIComponent(id)}`)));
  return { ok: true as const, body: answers.flatMap((answer) => (answer.ok ? [answer.body] : [])) };
}

/** Also by what the proposal itself calls a zone that there is not yet. */
function namedBy({ body }: ProposalTold, orders: readonly OrderInfo[]): Named {
  const own = new Map(
    (body.records ?? []).map(({ id, body: said }) => {
      const { properties } = said as { readonly properties?: { readonly name?: string } };
      return [id, properties?.name];
    }),
  );
  return {
    wearer: nameOf,
    zone: (zoneId) => own.get(zoneId) ?? zoneNameOf(zoneId) ?? zoneId,
    order: (orderId) => {
      const order = orders.find((one) => one.orderId === orderId);
      return order === undefined ? `order ${orderId}, of whom is not known here` : orderWords(order);
    },
  };
}

const ASKED = {
  approve: { submit: 'Agree', label: 'Agree to', reason: 'Seen and agreed' },
  refuse: { submit: 'Refuse', label: 'Refuse', reason: '' },
} as const;

function DecideDialog({
  proposal,
  what,
  onClose,
}: {
  readonly proposal: ProposalTold;
  readonly what: 'approve' | 'refuse';
  readonly onClose: (said: string | null) => void;
}) {
  const title = titleOf(proposal);
  const isWithdrawn = what === 'refuse' && isOwn(proposal);
  const { submit, label, reason } = ASKED[what];
  const told = what === 'approve' ? `${title} is in force.` : `${title} is not put in force.`;
  return (
    <FormDialog
      label={`${isWithdrawn ? 'Withdraw' : label} ${title}`}
      draftKey={`${what} ${proposal.proposalId}`}
      submitWords={isWithdrawn ? 'Withdraw' : submit}
      onSubmit={(said) => decideProposal(proposal.proposalId, what, String(said.get('reason')).trim())}
      onClose={(isDone) => onClose(isDone ? told : null)}
      extra={<Changes proposal={proposal} />}
    >
      <label class="tw-label" for="decide-reason">
        Why
      </label>
      <input
        id="decide-reason"
        name="reason"
        class="tw-input"
        required
        maxLength={500}
        autocomplete="off"
        defaultValue={reason}
      />
    </FormDialog>
  );
}

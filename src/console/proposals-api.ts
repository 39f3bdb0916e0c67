/** What waits for a second person, over REST. */
import type { DraftRecord } from '../wire/rehearsal.js';
import { ask, askList } from './api.js';
import { type Sent, sayOnce, send } from './send.js';

export interface ProposalTold {
  readonly proposalId: string;
  readonly kind: string;
  /** Of the record; of a grant: whose rights it changes; of several records: what they are called together. */
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly records?: readonly DraftRecord[] };
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: string;
  /** Once it is decided. */
  readonly decidedBy?: string;
}

/** A record as it stands in the place of a proposed one; null: there is none. */
export interface StandingTold {
  readonly kind: string;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>> | null;
}

export const askProposal = (proposalId: string) =>
  ask<ProposalTold & { readonly standing: readonly StandingTold[] }>(`/proposals/${encodeURIComponent(proposalId)}`);
export const askProposals = () => askList<ProposalTold>('/proposals');

/** `proposalId`: the same for every try at the same words, so that it is one proposal. */
export async function proposeRecords(
  proposalId: string,
  title: string,
  records: readonly DraftRecord[],
  reason: string,
): Promise<Sent<ProposalTold>> {
  return sayOnce(
    await send('POST', '/proposals', { proposalId, kind: 'records', id: title, body: { records }, reason }),
  );
}

/** A record that takes a second person. `proposalId` as of {@link proposeRecords}. */
export const proposeRecord = async (
  proposalId: string,
  kind: string,
  id: string,
  body: object,
  reason: string,
): Promise<Sent<ProposalTold>> => sayOnce(await send('POST', '/proposals', { proposalId, kind, id, body, reason }));

/** Where a wearer goes: what is not said there is not said of the wearer any more. */
export interface TransferContent {
  readonly force: string;
  readonly division?: string;
  readonly schemes?: readonly string[];
}

export async function proposeTransfer(
  proposalId: string,
  wearerId: string,
  body: TransferContent,
  reason: string,
): Promise<Sent<ProposalTold>> {
  return sayOnce(await send('POST', '/proposals', { proposalId, kind: 'transfer', id: wearerId, body, reason }));
}

export const decideProposal = (proposalId: string, what: 'approve' | 'refuse', reason: string) =>
  send<ProposalTold>('POST', `/proposals/${encodeURIComponent(proposalId)}/${what}`, { reason });

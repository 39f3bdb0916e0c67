/** What the console asks about what is judged of a wearer (RAG, MAPPA, membership) over REST, and what it writes. */
import type { CohortName } from '../wire/membership.js';
import type { Rag } from '../wire/rag.js';
import { type Answer, ask, askList } from './api.js';
import { askProposal, type ProposalTold } from './proposals-api.js';
import { putRecord, type Sent, sayOnce, send } from './send.js';

/** Of every version, as it is answered. */
interface Standing {
  readonly wearerId: string;
  readonly version: number;
  readonly effectiveAt: string | null;
  readonly recordedAt: string;
  readonly author: string;
  readonly changeReason?: string;
  readonly correlationId?: string;
}

export interface RagContent {
  readonly rating: Rag;
  readonly evidence: string;
  readonly nextReviewAt?: string;
  readonly effectiveAt?: string;
}
/** `agreedBy`: the second person; absent where none was needed, or where it is not for who looks. */
export interface RagVersion extends Standing, Omit<RagContent, 'effectiveAt'> {
  readonly agreedBy?: string;
}

export interface MappaContent {
  readonly category: number | null;
  readonly level: number | null;
  readonly reviewAt?: string;
}
export type MappaRecord = Standing & MappaContent;

export type MembershipRecord = Standing & { readonly cohort: CohortName };

const at = (path: string, wearerId: string): string => `${path}/${encodeURIComponent(wearerId)}`;

/** Nothing on record is an answer, too. */
async function orNone<T>(asked: Promise<Answer<T>>, none: T): Promise<Answer<T>> {
  const answer = await asked;
  return !answer.ok && answer.status === 404 ? { ok: true, body: none } : answer;
}

/** Who agreed is asked of so many, the newest. */
const MAX_AGREED_ASKED = 10;

/** Every version, the newest first; `asksWho`: with who agreed to it. */
export async function askRagVersions(wearerId: string, asksWho: boolean): Promise<Answer<readonly RagVersion[]>> {
  const path = `${at('/rag-ratings', wearerId)}/versions`;
  const answer = await orNone(askList<RagVersion>(path), []);
  if (!answer.ok) return answer;
  const versions = [...answer.body].reverse();
  if (!asksWho) return { ok: true, body: versions };
  const told = versions.map(async (version, place) =>
    place < MAX_AGREED_ASKED ? { ...version, ...(await askAgreed(version)) } : version,
  );
  return { ok: true, body: await Promise.all(told) };
}

/** A version that was agreed to is written by its proposal; one that a machine has loaded by a request of its own. */
async function askAgreed({ wearerId, correlationId }: RagVersion): Promise<{ readonly agreedBy?: string }> {
  if (correlationId === undefined) return {};
  const answer = await askProposal(correlationId);
  if (!answer.ok || answer.body.kind !== 'rag-rating' || answer.body.id !== wearerId) return {};
  const { decidedBy } = answer.body;
  return decidedBy === undefined ? {} : { agreedBy: decidedBy };
}

export const askMappa = (wearerId: string) => orNone(ask<MappaRecord | null>(at('/mappa', wearerId)), null);
export const askMembership = (wearerId: string) =>
  orNone(ask<MembershipRecord | null>(at('/memberships', wearerId)), null);

/** `proposalId`: the same for every try, so that it is one proposal. */
export async function proposeRag(
  proposalId: string,
  wearerId: string,
  body: RagContent,
  reason: string,
): Promise<Sent<ProposalTold>> {
  return sayOnce(await send('POST', '/proposals', { proposalId, kind: 'rag-rating', id: wearerId, body, reason }));
}

/** Where nobody signs in there is no second person. `version`: the one that the page shows; null: there is none. */
export const putRag = (wearerId: string, content: RagContent, version: number | null) =>
  putRecord<RagVersion>(at('/rag-ratings', wearerId), content, version, false);

type WithReason = { readonly changeReason: string };
export const putMappa = (wearerId: string, content: MappaContent & WithReason, version: number | null) =>
  putRecord<MappaRecord>(at('/mappa', wearerId), content, version, false);
export const putMembership = (
  wearerId: string,
  content: Pick<MembershipRecord, 'cohort'> & WithReason,
  version: number | null,
) => putRecord<MembershipRecord>(at('/memberships', wearerId), content, version, false);

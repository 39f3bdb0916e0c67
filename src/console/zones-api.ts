/** What the editor of zones and conditions asks over REST. */
import type { DraftRecord, RehearsalResult, RehearsalState } from '../wire/rehearsal.js';
import { ANSWER_LIMIT_MS, type Answer, ask, askList, BASE, type ConditionInfo, type OrderInfo, post } from './api.js';
import type { ZoneRecord } from './model/zone-draft.js';

export interface ZoneFinding {
  readonly severity: 'error' | 'warning';
  readonly detail: string;
  readonly line?: number;
  readonly position?: readonly [longitude: number, latitude: number];
}
export interface ReadZones {
  readonly zones: readonly {
    readonly id?: string;
    readonly zone?: ZoneRecord;
    readonly areaSquareMetres?: number;
    readonly findings: readonly ZoneFinding[];
  }[];
  readonly findings: readonly ZoneFinding[];
}

export interface RehearsalTold {
  readonly rehearsalId: string;
  readonly state: RehearsalState;
  readonly requestedAt: string;
  readonly reason: string;
  readonly from: string;
  readonly until: string;
  readonly wearerIds: readonly string[];
  readonly wearersDone: number;
  readonly failure?: string;
  readonly result?: RehearsalResult;
}

export interface ProposalTold {
  readonly proposalId: string;
  readonly kind: string;
  readonly id: string;
  readonly body: { readonly records?: readonly DraftRecord[] };
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: string;
}

export type ZoneTold = ZoneRecord & {
  readonly zoneId: string;
  readonly version: number;
  readonly effectiveAt: string | null;
};

/** Done, or why not, in words that name what is in the way. */
export type Told<T> = { readonly ok: true; readonly body: T } | { readonly ok: false; readonly why: string };

async function tell<T>(path: string, said: object): Promise<Told<T>> {
  const answer = await post(path, said, {});
  if (answer === null) return { ok: false, why: 'The server did not answer.' };
  if (answer.status < 300) return { ok: true, body: answer.body as T };
  return { ok: false, why: whyOf(answer.status, answer.body) };
}

/** The problem as one sentence a fault. */
export function whyOf(status: number, body: Readonly<Record<string, unknown>> | null): string {
  const faults = (list: unknown): string[] =>
    Array.isArray(list)
      ? list.flatMap((one: { pointer?: string; detail?: string; line?: number; errors?: unknown; id?: string }) =>
          one.errors === undefined
            ? [[one.pointer, one.detail].filter((part) => part !== undefined && part !== '').join(' ')]
            : faults(one.errors).map((text) => `${one.id ?? ''} ${text}`.trim()),
        )
      : [];
  const told = [...faults(body?.errors), ...faults(body?.lines)];
  if (told.length > 0) return told.join('; ');
  return typeof body?.detail === 'string' ? body.detail : `The server answered ${status}.`;
}

export const askZoneList = () => askList<ZoneTold>('/zones');
export const askConditionList = () => askList<ConditionInfo>('/conditions');
export const askOrderList = () => askList<OrderInfo>('/orders');
export const askProposals = () => askList<ProposalTold>('/proposals');
export const askRehearsal = (rehearsalId: string): Promise<Answer<RehearsalTold>> =>
  ask(`/rehearsals/${encodeURIComponent(rehearsalId)}`);

export const rehearse = (said: {
  readonly drafts: readonly DraftRecord[];
  readonly days: number;
  readonly reason: string;
}) => tell<RehearsalTold>('/rehearsals', said);
export const cancelRehearsal = (rehearsalId: string) =>
  tell<RehearsalTold>(`/rehearsals/${encodeURIComponent(rehearsalId)}/cancel`, {});
export const proposeRecords = (title: string, records: readonly DraftRecord[], reason: string) =>
  tell<ProposalTold>('/proposals', { kind: 'records', id: title, body: { records }, reason });
export const decideProposal = (proposalId: string, what: 'approve' | 'refuse', reason: string) =>
  tell<ProposalTold>(`/proposals/${encodeURIComponent(proposalId)}/${what}`, { reason });

/** Of bytes, or of what was drawn as GeoJSON. */
export async function readZones(name: string, bytes: Uint8Array): Promise<Told<ReadZones>> {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return await tell<ReadZones>('/zone-files/read', { name, base64: btoa(text) });
}

/** Where nobody signs in there is no second person: they come into force at once, all of them or none. */
export async function publishAlone(records: readonly DraftRecord[], changeReason: string): Promise<Told<object>> {
  const lines = records.map(({ kind, id, body }) => JSON.stringify({ kind, id, body: { ...body, changeReason } }));
  try {
    const answer = await fetch(`${BASE}/records/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const body = (await answer.json().catch(() => null)) as Record<string, unknown> | null;
    return answer.ok ? { ok: true, body: body ?? {} } : { ok: false, why: whyOf(answer.status, body) };
  } catch {
    return { ok: false, why: 'The server did not answer.' };
  }
}

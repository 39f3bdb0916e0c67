/** What the editor of zones and conditions asks over REST. */
import type { DraftRecord, RehearsalResult, RehearsalState } from '../wire/rehearsal.js';
import { type Answer, ask, askList, type ConditionInfo, type OrderInfo } from './api.js';
import type { ZoneRecord } from './model/zone-draft.js';
import { type Sent, send, toBase64 } from './send.js';

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

export type ZoneTold = ZoneRecord & {
  readonly zoneId: string;
  readonly version: number;
  readonly effectiveAt: string | null;
};

export const askZoneList = () => askList<ZoneTold>('/zones');
export const askConditionList = () => askList<ConditionInfo>('/conditions');
export const askOrderList = () => askList<OrderInfo>('/orders');
export const askRehearsal = (rehearsalId: string): Promise<Answer<RehearsalTold>> =>
  ask(`/rehearsals/${encodeURIComponent(rehearsalId)}`);

export const rehearse = (said: {
  readonly drafts: readonly DraftRecord[];
  readonly days: number;
  readonly reason: string;
}) => send<RehearsalTold>('POST', '/rehearsals', said);
export const cancelRehearsal = (rehearsalId: string) =>
  send<RehearsalTold>('POST', `/rehearsals/${encodeURIComponent(rehearsalId)}/cancel`, {});
/** Of bytes, or of what was drawn as GeoJSON. */
export async function readZones(name: string, bytes: Uint8Array): Promise<Sent<ReadZones>> {
  return await send<ReadZones>('POST', '/zone-files/read', { name, base64: toBase64(bytes) });
}

/** Where nobody signs in there is no second person: they come into force at once, all of them or none. */
export async function publishAlone(records: readonly DraftRecord[], changeReason: string): Promise<Sent<object>> {
  const lines = records.map(({ kind, id, body }) => JSON.stringify({ kind, id, body: { ...body, changeReason } }));
  return await send('POST', '/records/import', lines.join('\n'), { 'content-type': 'application/x-ndjson' });
}

/** What the console asks about crimes that are matched. */
import type { CrimeBatch, CrimeResultItem, MatchDecision, MatchShown } from '../wire/crime-batch.js';
import { ask, askFile, type Page } from './api.js';
import { send } from './send.js';

const id = encodeURIComponent;
const PER_PAGE = 100;

export const askBatches = () => ask<Page<CrimeBatch>>('/crime-batches?limit=50');
export const askBatch = (batchId: string) => ask<CrimeBatch>(`/crime-batches/${id(batchId)}`);
/** `cursor` null: from the first. */
export const askResults = (batchId: string, run: number, isMatched: boolean, cursor: string | null) => {
  const query = new URLSearchParams({ limit: String(PER_PAGE) });
  if (isMatched) query.set('isMatched', 'true');
  if (cursor !== null) query.set('cursor', cursor);
  return ask<Page<CrimeResultItem>>(`/crime-batches/${id(batchId)}/runs/${run}?${query}`);
};
export const askShown = (batchId: string, place: number, wearerId: string) =>
  ask<MatchShown>(`/crime-batches/${id(batchId)}/crimes/${place}/wearers/${id(wearerId)}`);
/** A zip with the certificate and its signature. */
export const askCertificate = (batchId: string, place: number, wearerId: string, purpose: string, recipient: string) =>
  askFile(
    `/crime-batches/${id(batchId)}/crimes/${place}/wearers/${id(wearerId)}/certificate?${new URLSearchParams({ purpose, recipient })}`,
    'application/zip',
  );

export const sendCrimes = (said: {
  readonly name: string;
  readonly file: string;
  readonly purpose: string;
  readonly authority: CrimeBatch['authority'];
  readonly radiusMetres: number;
}) => send<CrimeBatch>('POST', '/crime-batches', said);
export const matchAgain = (batchId: string) => send<CrimeBatch>('POST', `/crime-batches/${id(batchId)}/runs`, {});
export const decide = (
  batchId: string,
  said: {
    readonly place: number;
    readonly run: number;
    readonly wearerId: string;
    readonly decision: MatchDecision;
    readonly reason: string;
  },
) => send<CrimeResultItem>('POST', `/crime-batches/${id(batchId)}/decisions`, said);

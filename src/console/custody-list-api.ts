/** What the page of the custody list asks over REST, and what it writes once somebody has confirmed a match. */
import type { CustodyMatch, CustodyRow } from '../wire/custody-list.js';
import type { FileRead } from './record-files-api.js';
import { putRecord, type Sent, send, toBase64 } from './send.js';

/** A row that may be somebody of ours. */
export type MatchedRow = CustodyRow & { readonly matches: readonly CustodyMatch[] };

export interface CustodyListRead extends Omit<FileRead, 'rows'> {
  readonly rows: readonly MatchedRow[];
  readonly unmatched: number;
}

/** `columns` null: guessed by what they are called. */
export const readCustodyList = (
  name: string,
  bytes: Uint8Array,
  columns: FileRead['columns'] | null,
): Promise<Sent<CustodyListRead>> =>
  send('POST', '/custody-lists/read', {
    name,
    base64: toBase64(bytes),
    ...(columns === null ? {} : { columns }),
  });

/** `custodyPeriodId`: made when the match was shown, so that a second try is the same period. */
export const putCustody = (
  custodyPeriodId: string,
  content: { readonly wearerId: string; readonly startsAt: string; readonly changeReason: string },
): Promise<Sent<object>> => putRecord(`/custody-periods/${encodeURIComponent(custodyPeriodId)}`, content, null);

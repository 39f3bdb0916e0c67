/** What the page of the custody list asks over REST, and what it writes once somebody has confirmed a match. */
import type { CustodyMatch, CustodyRow, RefusedMatch } from '../wire/custody-list.js';
import type { FileRead } from './record-files-api.js';
import { putRecord, type Sent, send, toBase64 } from './send.js';

/** A row that may be somebody of ours. */
export type MatchedRow = CustodyRow & {
  readonly matches: readonly CustodyMatch[];
  readonly refused: readonly RefusedMatch[];
};

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

/** `custodyPeriodId`: the match’s, so that a second try is the same period. One that ends when it begins never was: the match is refused. */
export const putCustody = (
  custodyPeriodId: string,
  content: {
    readonly wearerId: string;
    readonly startsAt: string;
    readonly endsAt?: string;
    readonly changeReason: string;
  },
): Promise<Sent<object>> => putRecord(`/custody-periods/${encodeURIComponent(custodyPeriodId)}`, content, null);

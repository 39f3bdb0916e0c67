/** What the page of the custody list asks over REST, and what it writes once somebody has confirmed a match. */
import type { FileRead } from './record-files-api.js';
import { putRecord, type Sent, send, toBase64 } from './send.js';

export interface CustodyMatch {
  readonly wearerId: string;
  readonly name: string;
  readonly strength: 'strong' | 'likely' | 'weak';
  readonly by: readonly string[];
  readonly against: readonly string[];
}

export interface CustodyRow {
  readonly line: number;
  readonly name?: string;
  readonly dateOfBirth?: string;
  readonly pncId?: string;
  readonly nomisId?: string;
  readonly crn?: string;
  readonly startsAt: string;
  readonly place?: string;
  readonly matches: readonly CustodyMatch[];
}

export interface CustodyListRead extends Omit<FileRead, 'rows'> {
  readonly rows: readonly CustodyRow[];
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

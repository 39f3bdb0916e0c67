/** What stands in `tagwatch.handoff`: how far each receiver of the hand-off is, and whether it fails. Compacted, one partition. */
import type { EventLog, NewRecord } from './event-log.js';
import { decodeJson, encodeJson, HANDOFF } from './topics.js';

/** What has not gone through for a while. */
export interface HandoffFailure {
  /** When the delivery that has failed for longest failed first, RFC 3339. */
  readonly since: string;
  /** How often that one was tried. */
  readonly tries: number;
  /** What the last try came to: `answered 503`, `ECONNREFUSED`. Nothing of what the receiver said. */
  readonly error: string;
}

/** From the first up to the second, which is not part of it. */
export type SeqRange = readonly [fromSeq: number, toSeq: number];

export interface HandoffRecord {
  readonly type: 'receiver';
  readonly receiverId: string;
  /** Which alert log the position is of. */
  readonly epoch: string;
  /** Everything in the alert log before it has been delivered, or is nothing that is delivered. */
  readonly nextSeq: number;
  /** Delivered although something before it is not, ascending; absent: nothing is. Whoever does not know of it delivers it again. */
  readonly delivered?: readonly SeqRange[];
  /** Null: what there is goes through. */
  readonly failing: HandoffFailure | null;
  /** The receiver is configured no more; its position is kept for when it is again. */
  readonly removed?: true;
}

export const HANDOFF_PARTITION = { topic: HANDOFF, partition: 0 } as const;

export const handoffRecord = (record: HandoffRecord): NewRecord => ({
  key: record.receiverId,
  value: encodeJson(record),
  partition: 0,
});

/** Null for what this version does not know. */
export function readHandoffRecord(value: Uint8Array): HandoffRecord | null {
  let record: Partial<HandoffRecord> | null;
  try {
    record = decodeJson<Partial<HandoffRecord> | null>(value);
  } catch {
    return null;
  }
  const isKnown = record?.type === 'receiver' && typeof record.receiverId === 'string';
  return isKnown && Number.isSafeInteger(record?.nextSeq) ? (record as HandoffRecord) : null;
}

/** How far each receiver is, by id. */
export async function readHandoffs(log: EventLog): Promise<Map<string, HandoffRecord>> {
  const found = new Map<string, HandoffRecord>();
  await log.readToEnd([HANDOFF_PARTITION], ({ records }) => {
    for (const { value } of records) {
      const record = value === null ? null : readHandoffRecord(value);
      if (record !== null) found.set(record.receiverId, record);
    }
  });
  return found;
}

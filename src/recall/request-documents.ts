/** A request to recall as documents: the form, which is shared with the wearer, and apart from it what must not be. */
import { toLocalTime } from '../evidence/local-time.js';
import { type DocxBlock, writeDocx } from '../formats/documents/docx.js';
import type { StoredRecord } from '../ports/records.js';
import { ORDER_WORDS } from '../wire/condition-words.js';
import { type OrderType, type RecallType, recallTypeOf } from '../wire/order.js';
import { DEFAULT_MARKING } from '../wire/pack.js';
import { NON_DISCLOSURE, RECALL_QUESTIONS, type RecallContent } from '../wire/recall.js';

export interface RequestedOf {
  readonly wearerName: string;
  readonly orderType: OrderType;
}

const TITLES: Readonly<Record<RecallType, string>> = {
  recall: 'Request for recall',
  breach: 'Report of a breach, for the court',
};
const NOT_FOR_WEARER = `${DEFAULT_MARKING}: NOT FOR DISCLOSURE TO THE OFFENDER`;

const factsOf = ({ id, content, version, recordedAt }: StoredRecord<RecallContent>, of: RequestedOf): DocxBlock => ({
  type: 'facts',
  rows: [
    ['Request', `${id}, version ${version} of ${toLocalTime(Date.parse(recordedAt))}`],
    ['Wearer', `${of.wearerName} (${content.wearerId})`],
    ['Order', `${ORDER_WORDS[of.orderType]}, ${content.orderId}`],
    ['Alerts', content.alertIds.length === 0 ? 'none named' : content.alertIds.join('\n')],
  ],
});

/** The form. Nothing of what is not disclosed is in it, nor that there is any. */
export function writeRequest(record: StoredRecord<RecallContent>, of: RequestedOf): Promise<Uint8Array> {
  const { content, recordedAt } = record;
  const isDraft = content.state === 'draft';
  return writeDocx({
    title: `${TITLES[recallTypeOf(of.orderType)]} ${record.id}`,
    marking: DEFAULT_MARKING,
    madeAtMs: Date.parse(recordedAt),
    blocks: [
      { type: 'title', text: TITLES[recallTypeOf(of.orderType)] },
      ...(isDraft ? [{ type: 'note', text: 'DRAFT – not requested' } as const] : []),
      { type: 'note', text: 'This is shared with the wearer. What must not be, goes in a file of its own.' },
      factsOf(record, of),
      ...RECALL_QUESTIONS.map(
        ({ name, title }): DocxBlock => ({ type: 'answer', title, text: content.form[name] ?? '' }),
      ),
      { type: 'answer', title: 'Signed', text: 'Name:\nRole:\nSignature:\nDate:' },
    ],
  });
}

/** Null: there is nothing that must not be disclosed. */
export async function writeNonDisclosure(
  record: StoredRecord<RecallContent>,
  of: RequestedOf,
): Promise<Uint8Array | null> {
  const { content, recordedAt } = record;
  if ((content.nonDisclosure ?? '').trim() === '') return null;
  return await writeDocx({
    title: `Not for disclosure ${record.id}`,
    marking: NOT_FOR_WEARER,
    madeAtMs: Date.parse(recordedAt),
    blocks: [
      { type: 'title', text: NON_DISCLOSURE.title },
      { type: 'note', text: 'Belongs to the request below, and is never sent in one file with it.' },
      factsOf(record, of),
      { type: 'answer', title: NON_DISCLOSURE.title, text: content.nonDisclosure ?? '' },
    ],
  });
}

/** What the console asks about legal holds over REST, and what it writes. */
import type { LegalHoldContent } from '../wire/legal-hold.js';
import { askList } from './api.js';
import { me } from './live/live.js';
import { proposeRecord } from './proposals-api.js';
import { putRecord, type Sent } from './send.js';
import type { LegalHoldItem } from './words/hold-words.js';

const pathOf = (legalHoldId: string): string => `/legal-holds/${encodeURIComponent(legalHoldId)}`;

/** Of one wearer; null: of everybody whom one may see. */
export const askHolds = (wearerId: string | null) =>
  askList<LegalHoldItem>('/legal-holds', wearerId === null ? {} : { wearerId });

/** `legalHoldId`: made when the form was opened, so that another try is the same hold. */
export const placeHold = (legalHoldId: string, content: LegalHoldContent) =>
  putRecord<LegalHoldItem>(pathOf(legalHoldId), content, null);

/** A second person agrees to it, where anybody signs in. */
export function liftHold(hold: LegalHoldItem, liftedReason: string, proposalId: string): Promise<Sent<object>> {
  const { legalHoldId, version, wearerId, startsAt, endsAt, reason, reference, reviewAt, packId } = hold;
  const body = {
    wearerId,
    startsAt,
    ...(endsAt === undefined ? {} : { endsAt }),
    reason,
    ...(reference === undefined ? {} : { reference }),
    ...(reviewAt === undefined ? {} : { reviewAt }),
    ...(packId === undefined ? {} : { packId }),
    liftedReason,
  };
  return me.value?.kind === 'local'
    ? putRecord(pathOf(legalHoldId), body, version)
    : proposeRecord(proposalId, 'legal-hold', legalHoldId, body, liftedReason);
}

/** Legal holds: what is on record of a wearer and a time is not deleted, whatever its age, until the hold is lifted. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import type { LegalHoldContent } from '../../wire/legal-hold.js';
import { RecordId } from '../../wire/record-id.js';
import { createInstantReader } from '../instants.js';
import { Instant, invalid, Line, MAX_REASON_LENGTH, type RecordRule, saidUnless } from '../rule.js';

const MAX_REFERENCE_LENGTH = 200;
const stays = 'a hold stays as it was placed: place another, and have this one lifted';
/** A pack places its own by itself. */
const OF_NO_PACK = invalid('/packId', 'is said by the pack of this id alone, which has placed no hold');

export const legalHold: RecordRule<LegalHoldContent> = {
  kind: 'legal-hold',
  name: 'legal hold',
  path: '/legal-holds',
  idName: 'legalHoldId',
  listsByWearer: true,
  operations: { read: 'holds.read', write: 'holds.place' },
  writeOperation: ({ liftedReason }) => (liftedReason === undefined ? 'holds.place' : 'holds.lift'),
  body: Type.Object(
    {
      wearerId: RecordId,
      startsAt: Instant,
      endsAt: Type.Optional(
        Type.String({ ...Instant, description: 'Of the time that is held; the hold itself ends when it is lifted' }),
      ),
      reason: Line(MAX_REASON_LENGTH),
      reference: Type.Optional(
        Type.String({
          ...Line(MAX_REFERENCE_LENGTH),
          description: 'Of the case, complaint or inquest that asks for it',
        }),
      ),
      reviewAt: Type.Optional(
        Type.String({
          ...Instant,
          description: 'By when somebody asks whether it is still needed; it holds on after that',
        }),
      ),
      packId: Type.Optional(Type.String({ ...RecordId, description: 'Of the pack that placed it itself' })),
      liftedReason: Type.Optional(
        Type.String({
          ...Line(MAX_REASON_LENGTH),
          description: 'Why it holds no more: said once, by two persons',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  parse(body: LegalHoldContent, id: string) {
    const errors: RecordFault[] = [];
    const instants = createInstantReader(errors);
    const startsAt = instants.read('/startsAt', body.startsAt);
    const endsAt = instants.readOptional('/endsAt', body.endsAt);
    const reviewAt = instants.readOptional('/reviewAt', body.reviewAt);
    instants.checkEnd('/endsAt', startsAt, endsAt, 'startsAt');
    if (body.packId !== undefined && body.packId !== id)
      errors.push({ pointer: '/packId', detail: 'is said by the pack of this id alone' });
    return saidUnless(errors, {
      ...body,
      startsAt,
      ...(endsAt === undefined ? {} : { endsAt }),
      ...(reviewAt === undefined ? {} : { reviewAt }),
    });
  },
  keeps: { wearerId: stays, startsAt: stays, endsAt: stays, reason: stays, reference: stays, packId: stays },
  keepsOnceSaid: { liftedReason: 'a lifted hold holds no more: place another' },
  async judge(written) {
    return new Map(
      written.flatMap(({ id, content, isNew }) => (isNew && content.packId !== undefined ? [[id, OF_NO_PACK]] : [])),
    );
  },
  references: ({ wearerId }) => [{ pointer: '/wearerId', kind: 'wearer', id: wearerId }],
  targets: () => [],
};

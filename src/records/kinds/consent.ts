/** Consents: somebody wears a tag of their own will, until they withdraw it. Then nothing more is collected, and that is not undone. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import type { ConsentContent } from '../../wire/consent.js';
import { RecordId } from '../../wire/record-id.js';
import { createInstantReader } from '../instants.js';
import { Instant, invalid, Line, type RecordRule, type Refusal, saidUnless } from '../rule.js';

const TO_COME =
  'is in the future: a withdrawal is recorded once it is made, and a day until which consent is given is expiresAt';

export const consent: RecordRule<ConsentContent> = {
  kind: 'consent',
  name: 'consent',
  path: '/consents',
  listsByWearer: true,
  idName: 'consentId',
  operations: { read: 'schemes.read', write: 'schemes.write' },
  body: Type.Object(
    {
      wearerId: RecordId,
      givenAt: Instant,
      evidence: Line(2_000),
      expiresAt: Type.Optional(Instant),
      withdrawnAt: Type.Optional(
        Type.String({ ...Instant, description: 'Nothing that a tag tells of a later time is kept or judged' }),
      ),
    },
    { additionalProperties: false },
  ),
  parse(body: ConsentContent) {
    const errors: RecordFault[] = [];
    const instants = createInstantReader(errors);
    const givenAt = instants.read('/givenAt', body.givenAt);
    const expiresAt = instants.readOptional('/expiresAt', body.expiresAt);
    const withdrawnAt = instants.readOptional('/withdrawnAt', body.withdrawnAt);
    instants.checkEnd('/expiresAt', givenAt, expiresAt, 'givenAt');
    instants.checkEnd('/withdrawnAt', givenAt, withdrawnAt, 'givenAt');
    return saidUnless(errors, {
      ...body,
      givenAt,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(withdrawnAt === undefined ? {} : { withdrawnAt }),
    });
  },
  keeps: {
    wearerId: 'a consent stays with its wearer: write another',
    givenAt: 'a consent stays as it was given: write another',
  },
  keepsOnceSaid: { withdrawnAt: 'a withdrawal is not undone: whoever consents again gives another consent' },
  references: ({ wearerId }) => [{ pointer: '/wearerId', kind: 'wearer', id: wearerId }],
  // Until when collection goes on lies in all consents and orders of the wearer: whoever writes second sees what the first wrote.
  locks: async ({ wearerId }) => [`wearer:${wearerId}`],
  async judge(written, _facts, _tx, nowMs) {
    const refusals = new Map<string, Refusal>();
    for (const { id, content } of written)
      if (content.withdrawnAt !== undefined && Date.parse(content.withdrawnAt) > nowMs)
        refusals.set(id, invalid('/withdrawnAt', TO_COME));
    return refusals;
  },
  targets: ({ content }) => [{ kind: 'wearer', id: content.wearerId }],
};

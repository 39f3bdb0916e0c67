/** Intelligence about a wearer, graded 3x5x2: how reliable its source is, how far it is known to be so, and who may have it on what terms. */
import { isDeepStrictEqual } from 'node:util';
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { ASSESSMENTS, type IntelligenceContent } from '../../wire/intelligence.js';
import { RecordId } from '../../wire/record-id.js';
import { createInstantReader } from '../instants.js';
import { Instant, Line, type RecordRule, saidUnless } from '../rule.js';

export const intelligence: RecordRule<IntelligenceContent> = {
  kind: 'intelligence',
  name: 'intelligence report',
  path: '/intelligence',
  idName: 'intelligenceId',
  operations: { read: 'intelligence.read', write: 'intelligence.write' },
  body: Type.Object(
    {
      wearerId: RecordId,
      receivedAt: Instant,
      source: Type.Integer({ minimum: 1, maximum: 3, description: '1 reliable, 2 untested, 3 not reliable' }),
      assessment: Type.Enum([...ASSESSMENTS], {
        description:
          'A known directly, B known indirectly but corroborated, C known indirectly, D not known, E suspected to be false',
      }),
      handling: Type.Enum(['P', 'C'], { description: 'P may be passed on lawfully, C on conditions' }),
      handlingConditions: Type.Optional(Line(1_000)),
      text: Line(4_000),
      recipients: Type.Optional(
        Type.Array(Type.Object({ to: Line(200), at: Instant, purpose: Line(200) }, { additionalProperties: false }), {
          maxItems: 200,
          description: 'To whom it was disseminated, empty as absent: to nobody yet. Who has it stays on the list',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  parse(body: IntelligenceContent) {
    const errors: RecordFault[] = [];
    const instants = createInstantReader(errors);
    const receivedAt = instants.read('/receivedAt', body.receivedAt);
    if ((body.handling === 'C') !== (body.handlingConditions !== undefined))
      errors.push({ pointer: '/handlingConditions', detail: 'are of handling C, which needs them' });
    const { recipients: named = [], ...rest } = body;
    const recipients = named.map((one, i) => ({ ...one, at: instants.read(`/recipients/${i}/at`, one.at) }));
    return saidUnless(errors, { ...rest, receivedAt, ...(recipients.length === 0 ? {} : { recipients }) });
  },
  keeps: { wearerId: 'intelligence stays with its wearer: write another report' },
  // Who has it already is not forgotten by a correction that leaves them out.
  checkChange(before, { recipients = [] }) {
    const isKept = (one: object) => recipients.some((other) => isDeepStrictEqual(one, other));
    return (before.recipients ?? [])
      .filter((one) => !isKept(one))
      .map(({ to, at }) => ({
        pointer: '/recipients',
        detail: `${to} has had it since ${at}: repeat it as it stands`,
      }));
  },
  references: ({ wearerId }) => [{ pointer: '/wearerId', kind: 'wearer', id: wearerId }],
  targets: () => [],
};

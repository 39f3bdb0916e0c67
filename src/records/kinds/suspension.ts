/** Suspensions: while alerts of a wearer, or of one of the wearer's conditions, are held back. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { RecordId } from '../../wire/record-id.js';
import { readPeriod } from '../instants.js';
import {
  Instant,
  invalid,
  Line,
  MAX_REASON_LENGTH,
  type RecordRule,
  type Reference,
  type Refusal,
  saidUnless,
} from '../rule.js';

export interface SuspensionContent {
  readonly wearerId: string;
  readonly conditionId?: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly reason: string;
}

export const suspension: RecordRule<SuspensionContent> = {
  kind: 'suspension',
  name: 'suspension',
  path: '/suspensions',
  idName: 'suspensionId',
  operations: { read: 'suspensions.read', write: 'suspensions.write' },
  body: Type.Object(
    {
      wearerId: RecordId,
      conditionId: Type.Optional(Type.String({ ...RecordId, description: 'Without it: all of the wearer’s' })),
      startsAt: Instant,
      endsAt: Type.String({ ...Instant, description: 'What was held back is told then; at `startsAt`: it never was' }),
      reason: Line(MAX_REASON_LENGTH),
    },
    { additionalProperties: false },
  ),
  parse(body: SuspensionContent) {
    const errors: RecordFault[] = [];
    const content = readPeriod(body, errors);
    return saidUnless(errors, content);
  },
  keeps: { wearerId: 'a suspension stays with its wearer: write another' },
  references({ wearerId, conditionId }) {
    const references: Reference[] = [{ pointer: '/wearerId', kind: 'wearer', id: wearerId }];
    if (conditionId !== undefined) references.push({ pointer: '/conditionId', kind: 'condition', id: conditionId });
    return references;
  },
  /** A condition of one of the wearer's orders, or of all wearers. */
  async judge(written, facts, tx) {
    const named = written.flatMap(({ content }) => content.conditionId ?? []);
    const belonging = await facts.readBelonging(tx, [...new Set(named)]);
    const refusals = new Map<string, Refusal>();
    for (const { id, content } of written) {
      const { wearerId, conditionId } = content;
      if (conditionId === undefined || (belonging.get(conditionId)?.wearerId ?? wearerId) === wearerId) continue;
      refusals.set(id, invalid('/conditionId', `wearer ${wearerId} has no condition ${conditionId}`));
    }
    return refusals;
  },
  targets: ({ content }) => [{ kind: 'wearer', id: content.wearerId }],
};

/** While a wearer is in custody: alerts are raised all the same, and say so. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { RecordId } from '../../wire/record-id.js';
import { readPeriod } from '../instants.js';
import { EndInstant, Instant, type RecordRule, saidUnless } from '../rule.js';

export interface CustodyContent {
  readonly wearerId: string;
  readonly startsAt: string;
  readonly endsAt?: string;
}

export const custodyPeriod: RecordRule<CustodyContent> = {
  kind: 'custody-period',
  name: 'custody period',
  path: '/custody-periods',
  idName: 'custodyPeriodId',
  operations: { read: 'records.read', write: 'custody.write' },
  body: Type.Object(
    { wearerId: RecordId, startsAt: Instant, endsAt: Type.Optional(EndInstant) },
    { additionalProperties: false },
  ),
  parse(body: CustodyContent) {
    const errors: RecordFault[] = [];
    const content = readPeriod(body, errors);
    return saidUnless(errors, content);
  },
  keeps: { wearerId: 'a custody period stays with its wearer: write another' },
  references: ({ wearerId }) => [{ pointer: '/wearerId', kind: 'wearer', id: wearerId }],
  targets: ({ content }) => [{ kind: 'wearer', id: content.wearerId }],
};

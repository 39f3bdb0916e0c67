/** Orders: the legal instruments that conditions belong to. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { ORDER_TYPES, type OrderType } from '../../wire/order.js';
import { RecordId } from '../../wire/record-id.js';
import { readPeriod } from '../instants.js';
import { Instant, type RecordRule, saidUnless } from '../rule.js';

export interface OrderContent {
  readonly wearerId: string;
  readonly type: OrderType;
  readonly startsAt: string;
  readonly endsAt?: string;
}

export const order: RecordRule<OrderContent> = {
  kind: 'order',
  name: 'order',
  path: '/orders',
  idName: 'orderId',
  listsByWearer: true,
  body: Type.Object(
    { wearerId: RecordId, type: Type.Enum([...ORDER_TYPES]), startsAt: Instant, endsAt: Type.Optional(Instant) },
    { additionalProperties: false },
  ),
  parse(body: OrderContent) {
    const errors: RecordFault[] = [];
    const content = readPeriod(body, errors);
    return saidUnless(errors, content);
  },
  keeps: { wearerId: 'an order stays with its wearer: write another' },
  references: ({ wearerId }) => [{ pointer: '/wearerId', kind: 'wearer', id: wearerId }],
  // With consents it says until when collection goes on: whoever writes second sees what the first wrote.
  locks: async ({ wearerId }) => [`wearer:${wearerId}`],
  targets: ({ content }) => [{ kind: 'wearer', id: content.wearerId }],
};

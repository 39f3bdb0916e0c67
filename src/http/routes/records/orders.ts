/** `/orders`: the legal instruments that conditions belong to. */
import Type from 'typebox';
import { ORDER_TYPES, type OrderContent, orders } from '../../../store/orders.js';
import type { RecordFault } from '../../../store/records.js';
import type { App } from '../../app.js';
import { RecordId } from '../../plugins/ids.js';
import { createInstantReader, dropUndefined } from './instants.js';
import { Instant, type RecordDeps, registerRecord } from './record-routes.js';

const Body = Type.Object(
  { wearerId: RecordId, type: Type.Enum([...ORDER_TYPES]), startsAt: Instant, endsAt: Type.Optional(Instant) },
  { additionalProperties: false },
);

export function registerOrders(app: App, deps: RecordDeps): void {
  registerRecord(app, deps, {
    path: '/orders',
    idName: 'orderId',
    name: 'order',
    table: orders,
    body: Body,
    parse(body: OrderContent) {
      const errors: RecordFault[] = [];
      const instants = createInstantReader(errors);
      const { wearerId, type } = body;
      const startsAt = instants.read('/startsAt', body.startsAt);
      const endsAt = instants.readOptional('/endsAt', body.endsAt);
      instants.checkEnd('/endsAt', startsAt, endsAt, 'startsAt');
      if (errors.length > 0) return { ok: false, errors };
      return { ok: true, put: dropUndefined<OrderContent>({ wearerId, type, startsAt, endsAt }) };
    },
    toWire: (content) => content,
  });
}

/** Authorised absences: when a wearer may be elsewhere than an order demands. */
import Type from 'typebox';
import type { OrderFacts, RecordFault } from '../../ports/records.js';
import { RecordId } from '../../wire/record-id.js';
import { readPeriod } from '../instants.js';
import {
  EndInstant,
  Instant,
  Line,
  MAX_REASON_LENGTH,
  type RecordRule,
  type Reference,
  type Refusal,
  saidUnless,
} from '../rule.js';

const MAX_CONDITIONS = 100;

export interface AbsenceContent {
  readonly orderId: string;
  /** Absent: every condition of the order that demands presence. */
  readonly conditionIds?: readonly string[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly reason: string;
}

/** Leave from an order that is not in force excuses nothing: whoever writes it means another order or another time. */
function findOutside({ startsAt, endsAt }: AbsenceContent, orderId: string, order: OrderFacts): RecordFault[] {
  // It never was, also where its order has been made shorter since.
  if (startsAt === endsAt) return [];
  const words = `order ${orderId} holds from ${order.startsAt}${order.endsAt === null ? ', without an end' : ` until ${order.endsAt}`}`;
  const faults: RecordFault[] = [];
  if (Date.parse(startsAt) < Date.parse(order.startsAt))
    faults.push({ pointer: '/startsAt', detail: `is before its order begins: ${words}` });
  if (order.endsAt !== null && Date.parse(endsAt) > Date.parse(order.endsAt))
    faults.push({ pointer: '/endsAt', detail: `is after its order ends: ${words}` });
  return faults;
}

export const absence: RecordRule<AbsenceContent> = {
  kind: 'absence',
  name: 'absence',
  path: '/absences',
  idName: 'absenceId',
  listsByWearer: true,
  operations: { read: 'records.read', write: 'absences.write' },
  body: Type.Object(
    {
      orderId: RecordId,
      conditionIds: Type.Optional(
        Type.Array(RecordId, {
          minItems: 1,
          maxItems: MAX_CONDITIONS,
          uniqueItems: true,
          description: 'Without it: the order’s curfews, inclusions and restrictions; an exclusion has to be named',
        }),
      ),
      startsAt: Instant,
      endsAt: EndInstant,
      reason: Line(MAX_REASON_LENGTH),
    },
    { additionalProperties: false },
  ),
  parse(body: AbsenceContent) {
    const errors: RecordFault[] = [];
    const content = readPeriod(body, errors);
    return saidUnless(errors, content);
  },
  keeps: { orderId: 'an absence stays with its order: write another' },
  references: ({ orderId, conditionIds = [] }) => [
    { pointer: '/orderId', kind: 'order', id: orderId },
    ...conditionIds.map((id, i): Reference => ({ pointer: `/conditionIds/${i}`, kind: 'condition', id })),
  ],
  async judge(written, facts, tx) {
    const named = written.flatMap(({ content }) => content.conditionIds ?? []);
    const belonging = await facts.readBelonging(tx, [...new Set(named)]);
    const orders = await facts.readOrders(tx, [...new Set(written.map(({ content }) => content.orderId))]);
    const refusals = new Map<string, Refusal>();
    for (const { id, content } of written) {
      const { orderId, conditionIds = [] } = content;
      const errors = conditionIds.flatMap((conditionId, i) =>
        belonging.get(conditionId)?.orderId === orderId
          ? []
          : [{ pointer: `/conditionIds/${i}`, detail: `order ${orderId} has no condition ${conditionId}` }],
      );
      const order = orders.get(orderId);
      if (order !== undefined) errors.push(...findOutside(content, orderId, order));
      if (errors.length > 0) refusals.set(id, { type: 'invalid', errors });
    }
    return refusals;
  },
  targets: ({ content }) => [{ kind: 'order', id: content.orderId }],
};

/**
 * Requests to recall a wearer, or to bring a breach before the court: the form, and how far it is. Every step is a version; what was sent
 * stands as it was sent. The engine is told nothing of them.
 */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { whyNoRecall } from '../../wire/order.js';
import {
  MAX_ANSWER_LENGTH,
  MAX_RECALL_ALERTS,
  RECALL_OUTCOMES,
  RECALL_QUESTIONS,
  RECALL_STATES,
  type RecallContent,
  type RecallState,
} from '../../wire/recall.js';
import { RecordId } from '../../wire/record-id.js';
import { createInstantReader } from '../instants.js';
import { Instant, invalid, Line, Paragraphs, type RecordRule, type Refusal, saidUnless } from '../rule.js';

const Answer = Paragraphs(MAX_ANSWER_LENGTH);

const BEFORE_SENT: readonly RecallState[] = ['draft', 'requested'];
const orderOf = (state: RecallState): number => RECALL_STATES.indexOf(state);

export const recall: RecordRule<RecallContent> = {
  kind: 'recall',
  name: 'recall request',
  path: '/recalls',
  idName: 'recallId',
  operations: { read: 'recalls.read', write: 'recalls.write' },
  body: Type.Object(
    {
      wearerId: RecordId,
      orderId: Type.String({ ...RecordId, description: 'The order that was not kept; never a voluntary one' }),
      alertIds: Type.Array(Line(100), { maxItems: MAX_RECALL_ALERTS, uniqueItems: true }),
      form: Type.Object(
        Object.fromEntries(
          RECALL_QUESTIONS.map(({ name, title }) => [
            name,
            Type.Optional(Type.String({ ...Answer, description: title })),
          ]),
        ),
        { additionalProperties: false },
      ),
      nonDisclosure: Type.Optional(Type.String({ ...Answer, description: 'What is not for the wearer’s eyes' })),
      state: Type.Enum([...RECALL_STATES]),
      stateAt: Type.Optional(Type.String({ ...Instant, description: 'When it came to stand so; without it: now' })),
      sentTo: Type.Optional(Line(200)),
      hearingAt: Type.Optional(Instant),
      outcome: Type.Optional(Type.Enum([...RECALL_OUTCOMES])),
      outcomeNote: Type.Optional(Line(2_000)),
    },
    { additionalProperties: false },
  ),
  parse(body: RecallContent) {
    const errors: RecordFault[] = [];
    const instants = createInstantReader(errors);
    const stateAt = instants.readOptional('/stateAt', body.stateAt);
    const hearingAt = instants.readOptional('/hearingAt', body.hearingAt);
    errors.push(...findUnsaid(body));
    return saidUnless(errors, {
      ...body,
      alertIds: [...body.alertIds].sort(),
      ...(stateAt === undefined ? {} : { stateAt }),
      ...(hearingAt === undefined ? {} : { hearingAt }),
    });
  },
  keeps: {
    wearerId: 'a recall request stays with its wearer: write another',
    orderId: 'a recall request stays with its order: write another',
  },
  checkChange(before, after) {
    const errors: RecordFault[] = [];
    if (orderOf(after.state) < orderOf(before.state))
      errors.push({ pointer: '/state', detail: `stands at ${before.state}, which is not gone back on: write another` });
    if (BEFORE_SENT.includes(before.state)) return errors;
    for (const { name } of RECALL_QUESTIONS)
      if (before.form[name] !== after.form[name]) errors.push({ pointer: `/form/${name}`, detail: SENT });
    for (const name of ['nonDisclosure', 'sentTo'] as const)
      if (before[name] !== after[name]) errors.push({ pointer: `/${name}`, detail: SENT });
    if (before.alertIds.join() !== after.alertIds.join()) errors.push({ pointer: '/alertIds', detail: SENT });
    return errors;
  },
  references: ({ wearerId, orderId }) => [
    { pointer: '/wearerId', kind: 'wearer', id: wearerId },
    { pointer: '/orderId', kind: 'order', id: orderId },
  ],
  async judge(written, facts, tx, nowMs) {
    const orders = await facts.readOrders(tx, [...new Set(written.map(({ content }) => content.orderId))]);
    const alertIds = [...new Set(written.flatMap(({ content }) => content.alertIds))];
    const alerts = await facts.readAlertWearers(tx, alertIds);
    const refusals = new Map<string, Refusal>();
    for (const { id, content } of written) {
      const { wearerId, orderId, stateAt } = content;
      const order = orders.get(orderId);
      const foreign = content.alertIds.findIndex((alertId) => alerts.get(alertId) !== wearerId);
      const noPower = order === undefined ? null : whyNoRecall(order.type);
      if (order === undefined || order.wearerId !== wearerId)
        refusals.set(id, invalid('/orderId', `wearer ${wearerId} has no order ${orderId}`));
      else if (noPower !== null) refusals.set(id, invalid('/orderId', noPower));
      else if (foreign >= 0)
        refusals.set(
          id,
          invalid(
            `/alertIds/${foreign}`,
            `wearer ${wearerId} has no alert ${content.alertIds[foreign]} on record (yet): it comes there within seconds`,
          ),
        );
      else if (stateAt !== undefined && Date.parse(stateAt) > nowMs)
        refusals.set(id, invalid('/stateAt', 'is in the future: what is to come is said by hearingAt'));
    }
    return refusals;
  },
  targets: () => [],
};

const SENT = 'was sent as it stands: write another request';

/** What each step has to say. */
function findUnsaid({ state, form, sentTo, hearingAt, outcome }: RecallContent): RecordFault[] {
  const errors: RecordFault[] = [];
  if (state !== 'draft')
    for (const { name, title } of RECALL_QUESTIONS)
      if ((form[name] ?? '').trim() === '')
        errors.push({
          pointer: `/form/${name}`,
          detail: `“${title}” is asked before it is ${state}: say “none known” where that is so`,
        });
  if (state === 'sent' && sentTo === undefined) errors.push({ pointer: '/sentTo', detail: 'says to whom it was sent' });
  if (state === 'hearing' && hearingAt === undefined)
    errors.push({ pointer: '/hearingAt', detail: 'says when the hearing is' });
  if ((state === 'outcome') !== (outcome !== undefined))
    errors.push({ pointer: '/outcome', detail: 'is said with the state outcome, and with no other' });
  return errors;
}

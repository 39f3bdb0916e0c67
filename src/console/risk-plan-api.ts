/** What the console asks about risk management plans over REST, and what it writes. */
import type { RiskPlanContent } from '../wire/risk-plan.js';
import { type Answer, askList, type ConditionInfo, type OrderInfo } from './api.js';
import type { TaskRecord } from './desk-api.js';
import { putRecord } from './send.js';

/** A version, as it is answered; whom what is of victims is kept from is told it without that part. */
export interface RiskPlanRecord extends Omit<RiskPlanContent, 'victimSafety'> {
  readonly wearerId: string;
  readonly victimSafety?: string;
  readonly version: number;
  readonly effectiveAt: string | null;
  readonly recordedAt: string;
  readonly author: string;
  readonly changeReason?: string;
}

const pathOf = (wearerId: string): string => `/risk-plans/${encodeURIComponent(wearerId)}`;

/** Every version, the newest first; empty: there is none. */
export async function askRiskPlans(wearerId: string): Promise<Answer<readonly RiskPlanRecord[]>> {
  const answer = await askList<RiskPlanRecord>(`${pathOf(wearerId)}/versions`);
  if (!answer.ok) return answer.status === 404 ? { ok: true, body: [] } : answer;
  return { ok: true, body: [...answer.body].reverse() };
}

/** `version`: the one that the page shows; null: there is none yet. */
export const putRiskPlan = (
  wearerId: string,
  content: RiskPlanContent & { readonly effectiveAt?: string; readonly changeReason: string },
  version: number | null,
) => putRecord<RiskPlanRecord>(pathOf(wearerId), content, version, false);

/** The wearer's own conditions that have not ended, begun or not. */
export async function askStandingConditions(
  wearerId: string,
  nowMs: number,
): Promise<Answer<readonly ConditionInfo[]>> {
  const [conditions, orders] = await Promise.all([
    askList<ConditionInfo>('/conditions', { wearerId }),
    askList<OrderInfo>('/orders', { wearerId }),
  ]);
  if (!conditions.ok) return conditions;
  if (!orders.ok) return orders;
  const goesOn = (one: { readonly endsAt?: string } | undefined) =>
    one?.endsAt === undefined || Date.parse(one.endsAt) > nowMs;
  const orderOf = new Map(orders.body.map((order) => [order.orderId, order]));
  return {
    ok: true,
    body: conditions.body.filter((one) => goesOn(one) && goesOn(orderOf.get(one.orderId ?? ''))),
  };
}

/** What is to be done of a plan, and what was. */
export async function askPlanActions(wearerId: string): Promise<Answer<readonly TaskRecord[]>> {
  const answer = await askList<TaskRecord>('/tasks', { wearerId });
  return answer.ok ? { ok: true, body: answer.body.filter(({ kind }) => kind === 'plan-action') } : answer;
}

/** What is off for a time, asked of the server: suspensions, absences, custody. */
import { type Answer, ask, askList, type OrderInfo } from './api.js';

/** Suspensions, absences and custody periods have this in common. */
export interface PeriodRecord {
  readonly recordId: string;
  readonly wearerId?: string;
  readonly orderId?: string;
  readonly conditionId?: string;
  readonly conditionIds?: readonly string[];
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly reason?: string;
  readonly author?: string;
}

async function askPeriods(path: string, idName: string): Promise<Answer<readonly PeriodRecord[]>> {
  const answer = await askList<PeriodRecord & Readonly<Record<string, unknown>>>(path);
  return answer.ok
    ? { ok: true, body: answer.body.map((item) => ({ ...item, recordId: String(item[idName]) })) }
    : answer;
}
export const askSuspensions = () => askPeriods('/suspensions', 'suspensionId');
export const askAbsences = () => askPeriods('/absences', 'absenceId');
export const askCustodyPeriods = () => askPeriods('/custody-periods', 'custodyPeriodId');

/** Whom the orders are of, by order; without those that may not be read. */
export async function askWearersOfOrders(orderIds: readonly string[]): Promise<Answer<ReadonlyMap<string, string>>> {
  const answers = await Promise.all(
    orderIds.map((orderId) => ask<OrderInfo>(`/orders/${encodeURIComponent(orderId)}`)),
  );
  return {
    ok: true,
    body: new Map(answers.flatMap((each) => (each.ok ? [[each.body.orderId, each.body.wearerId]] : []))),
  };
}

/** What the page of zones says of a zone, and of whom a condition holds. What is not known is said so: it is neither everybody nor nobody. Pure. */
import { conditionWords } from '../../wire/condition-words.js';
import type { ConditionInfo, OrderInfo } from '../api.js';
import type { Known } from '../model/known.js';

export interface ZoneWordsFrom {
  readonly conditions: Known<ConditionInfo>;
  readonly orders: Known<OrderInfo>;
  readonly nameOf: (wearerId: string) => string;
}

/** `All wearers`, `Adam Kerr`, `Order O-1, of whom is not known`. */
export function ofWhomWords(
  { orderId, appliesTo }: Pick<ConditionInfo, 'orderId' | 'appliesTo'>,
  { orders, nameOf }: Pick<ZoneWordsFrom, 'orders' | 'nameOf'>,
): string {
  if (orderId === undefined) return appliesTo === undefined ? 'Of whom is not known' : 'All wearers';
  const order = orders.isKnown ? orders.items.find((one) => one.orderId === orderId) : undefined;
  return order === undefined ? `Order ${orderId}, of whom is not known here` : nameOf(order.wearerId);
}

/** One sentence a condition that names the zone; what is not known is one sentence that says so. */
export function conditionsOfZone(zoneId: string, zoneName: string, from: ZoneWordsFrom): readonly string[] {
  const { conditions } = from;
  if (!conditions.isKnown) return [`not known: ${conditions.why}`];
  const naming = conditions.items.filter((condition) => condition.zoneId === zoneId);
  if (naming.length === 0) return ['none that you may see'];
  return naming.map((one) => `${ofWhomWords(one, from)}: ${conditionWords(one, zoneName)}`);
}

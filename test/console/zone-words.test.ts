import { expect, test } from 'vitest';
import type { ConditionInfo, OrderInfo } from '../../src/console/api.js';
import { type Known, toKnown } from '../../src/console/model/known.js';
import { conditionsOfZone } from '../../src/console/words/zone-words.js';

const condition = (more: Partial<ConditionInfo>): ConditionInfo => ({
  conditionId: 'C-1',
  version: 1,
  kind: 'exclusion',
  zoneId: 'Z-1',
  ...more,
});
const ORDER: OrderInfo = { orderId: 'O-1', wearerId: 'W-1', type: 'licence', startsAt: '2026-01-01T00:00:00Z' };
const known = <T>(...items: T[]): Known<T> => ({ isKnown: true, items });
const words = (conditions: Known<ConditionInfo>, orders: Known<OrderInfo>) =>
  conditionsOfZone('Z-1', 'the mall', { conditions, orders, nameOf: (id) => `Wearer ${id}` }).join(' ');

test('of whom a condition holds is told as far as it is known, and of all wearers only where it says so', () => {
  const own = condition({ orderId: 'O-1' });
  expect(words(known(own), known(ORDER))).toBe('Wearer W-1: Not to enter the mall, at any time.');
  expect(words(known(condition({ appliesTo: 'all-wearers' })), known())).toMatch(/^All wearers: /);
  for (const orders of [known<OrderInfo>(), toKnown<OrderInfo>(null), toKnown<OrderInfo>({ ok: false, status: 503 })])
    expect(words(known(own), orders)).toMatch(/^Order O-1, of whom is not known here: /);
  expect(words(known(condition({})), known())).toMatch(/^Of whom is not known: /);
});

test.each([null, { ok: false, status: 0 }, { ok: false, status: 403 }, { ok: false, status: 503 }] as const)(
  'a list that is not there is not told as empty: %j',
  (answer) => {
    expect(words(toKnown<ConditionInfo>(answer), known(ORDER))).toMatch(/^not known: ./);
  },
);

test('none is none of those that may be seen', () => {
  expect(words(known(condition({ zoneId: 'Z-2' })), known(ORDER))).toBe('none that you may see');
});

test('of thirty wearers each is a sentence of its own', () => {
  const conditions = known(...Array.from({ length: 30 }, (_, index) => condition({ orderId: `O-${index}` })));
  expect(conditionsOfZone('Z-1', 'the mall', { conditions, orders: known(ORDER), nameOf: (id) => id })).toHaveLength(
    30,
  );
});

import { describe, expect, it } from 'vitest';
import { floodOf, foldRows, groupsOf } from '../../src/console/model/folded-rows.js';
import { finding, instantAt } from '../alerts/events.js';
import { itemOf } from './items.js';

const item = (alertId: string, fields: Parameters<typeof finding>[0] = {}) => itemOf(finding({ alertId, ...fields }));
const nowMs = Date.parse(instantAt(9));
const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    item(`A-${String(index).padStart(2, '0')}`, { wearerId: `W-${index}`, raisedAt: instantAt(index % 9) }),
  );

describe('folding', () => {
  it('a flood is seen at once by what is known here, or since the server says so', () => {
    expect(floodOf(many(10), null, nowMs)).toBeNull();
    expect(floodOf(many(11), null, nowMs)).not.toBeNull();
    expect(floodOf([], instantAt(2), nowMs)).toEqual({ fromMs: Date.parse(instantAt(2)), toMs: null });
  });

  it('alerts of one cause are one row, where the first of them stood; each alert is in one row', () => {
    const items = [...many(12), item('other', { zoneId: 'Z-9', wearerId: 'W-x', raisedAt: instantAt(8) })];
    const groups = groupsOf(items, floodOf(items, null, nowMs));
    const ids = ['other', ...many(12).map(({ alertId }) => alertId)];
    const rows = foldRows('suspected', ids, groups);
    expect(rows).toMatchObject([{ type: 'alert', alertId: 'other' }, { type: 'group' }]);
    const all = rows.flatMap((row) => (row.type === 'alert' ? [row.alertId] : row.group.alertIds));
    expect(all.sort()).toEqual(ids.sort());
  });

  it('of a group a section shows what it has, and one alone is itself', () => {
    const items = many(12);
    const groups = groupsOf(items, floodOf(items, null, nowMs));
    expect(foldRows('confirmed', ['A-03'], groups)).toEqual([{ type: 'alert', alertId: 'A-03' }]);
    expect(foldRows('confirmed', ['A-03', 'A-01'], groups)).toMatchObject([{ group: { alertIds: ['A-03', 'A-01'] } }]);
  });

  it('no critical alert is ever folded', () => {
    const items = many(12).map((one) => ({ ...one, severity: 'critical' as const }));
    expect(groupsOf(items, floodOf(items, null, nowMs)).size).toBe(0);
  });
});

import { expect, test } from 'vitest';
import { DEFAULT_SEVERITY, type SeverityTable, tellSeverity } from '../../src/alerts/severity.js';
import { finding } from './events.js';

const TABLE: SeverityTable = { kinds: { curfew: 'low', exclusion: { standard: 'medium' } }, inCustody: 'low' };
const told = (fields: Parameters<typeof finding>[0]) => tellSeverity(finding(fields), TABLE, 'abc');

test('without a table it is as the engine has it, and told why', () => {
  const event = finding({ severity: 'critical', zonePriority: 'victim', inCustody: true });
  expect(tellSeverity(event, DEFAULT_SEVERITY, null)).toEqual({
    ...event,
    severityBecause: ['victim-zone', 'in-custody'],
  });
  expect(tellSeverity(finding(), DEFAULT_SEVERITY, null)).toEqual(finding());
});

test('by kind, by priority of the zone, by custody before all; what the table does not name is as it was', () => {
  expect(told({ kind: 'curfew', zonePriority: 'victim', severity: 'critical' })).toMatchObject({ severity: 'low' });
  expect(told({ zonePriority: 'standard' })).toMatchObject({ severity: 'medium', severityTable: 'abc' });
  expect(told({ zonePriority: 'high' })).toMatchObject({ severity: 'high', severityBecause: ['high-priority-zone'] });
  expect(told({ kind: 'jamming', severity: 'high' })).toMatchObject({ severity: 'high' });
  expect(told({ zonePriority: 'victim', severity: 'critical', inCustody: true })).toMatchObject({ severity: 'low' });
});

test('the same again is the same: a severity that was decided is not decided anew by itself', () => {
  const once = told({ zonePriority: 'standard' });
  expect(tellSeverity(once, TABLE, 'abc')).toEqual(once);
});

import { expect, test } from 'vitest';
import { DEFAULT_ESCALATION } from '../../src/alerts/escalation.js';
import { DEFAULT_ALERT_RULES, parseAlertRules, readAlertRules } from '../../src/start/alert-rules-file.js';
import { DEFAULT_PRIORITY } from '../../src/wire/priority.js';

test('what is not named is as built in, and has no id', () => {
  expect(parseAlertRules('{}')).toEqual(DEFAULT_ALERT_RULES);
  expect(readAlertRules(null)).toEqual(DEFAULT_ALERT_RULES);
});

test('a table has an id by what it says', () => {
  const low = parseAlertRules('{"severity":{"kinds":{"curfew":"low"}}}');
  expect(low.severity).toEqual({ kinds: { curfew: 'low' }, inCustody: null });
  expect(low.severityTableId).toMatch(/^[0-9a-f]{12}$/);
  expect(parseAlertRules('{"severity":{"kinds":{"curfew":"high"}}}').severityTableId).not.toBe(low.severityTableId);
  expect(parseAlertRules(' { "severity": {"kinds":{"curfew":"low"}}}').severityTableId).toBe(low.severityTableId);
});

test('an escalation of one severity leaves the others', () => {
  const steps = [{ afterSeconds: 60, to: 'sergeant' }];
  expect(parseAlertRules(JSON.stringify({ escalation: { critical: steps } })).escalation).toEqual({
    ...DEFAULT_ESCALATION,
    critical: steps,
  });
});

test('an order of looking leaves what it does not name, and has an id by what it says', () => {
  const { priority, priorityTableId } = parseAlertRules('{"priority":{"rag":{"green":-1},"last":{"dealtWith":false}}}');
  expect(priority).toEqual({
    rag: { ...DEFAULT_PRIORITY.rag, green: -1 },
    wanted: DEFAULT_PRIORITY.wanted,
    last: { inCustody: true, dealtWith: false },
  });
  expect(priorityTableId).toMatch(/^[0-9a-f]{12}$/);
  expect(parseAlertRules('{"priority":{"rag":{"green":-2}}}').priorityTableId).not.toBe(priorityTableId);
});

test.each([
  ['{', /not JSON/],
  ['{"severities":{}}', /severities/],
  ['{"severity":{"kinds":{"parking":"low"}}}', /parking/],
  ['{"severity":{"kinds":{"curfew":"worst"}}}', /curfew/],
  ['{"priority":{"rag":{"red":9}}}', /red/],
  ['{"priority":{"mappa":{"1":1}}}', /mappa/],
  ['{"escalation":{"low":[{"afterSeconds":0,"to":"sergeant"}]}}', /afterSeconds/],
  ['{"escalation":{"low":[{"afterSeconds":5,"to":"king"}]}}', /to/],
  [
    '{"escalation":{"low":[{"afterSeconds":5,"to":"sergeant"},{"afterSeconds":5,"to":"sergeant"}]}}',
    /later than the one before/,
  ],
])('%s is refused, saying where', (text, where) => {
  expect(() => parseAlertRules(text)).toThrow(where);
});

test('a file that is not there is told with its variable', () => {
  expect(() => readAlertRules('/nowhere/rules.json')).toThrow(/TAGWATCH_ALERT_RULES_FILE: \/nowhere\/rules.json/);
});

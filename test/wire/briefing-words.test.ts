import { expect, test } from 'vitest';
import type { Briefing } from '../../src/wire/briefing.js';
import { toBriefingSections } from '../../src/wire/briefing-words.js';
import { makeBriefingOf } from '../support/briefing.js';

const sectionOf = (briefing: Briefing, name: string) =>
  toBriefingSections(briefing).find(({ title }) => title.startsWith(name));
const rowsOf = (briefing: Briefing, name: string) => sectionOf(briefing, name)!.rows.map(({ cells }) => cells.at(-1));
const DEALT = 'Already dealt with: recall sent, Sun 15 Mar 22:30';

test('what is dealt with already is said in the row of the alert, of the silent tag, and by itself', () => {
  const briefing = makeBriefingOf('Sam', 2);
  // The request is about W-1, and names one of its alerts.
  expect(rowsOf(briefing, 'Alerts')).toEqual([`reasonable excuse. ${DEALT}`, 'unresolved']);
  expect(sectionOf(briefing, 'Silent tags')!.rows[0]!.cells[2]).toBe(`Not monitored. ${DEALT}`);
  expect(sectionOf(briefing, 'Already dealt with: 1')!.rows.map(({ cells }) => cells)).toEqual([['Sam (W-1)', DEALT]]);
});

test('what became of a request is said of the alert that it names alone', () => {
  const briefing = makeBriefingOf('Sam');
  const [request] = briefing.content.dealtWith!;
  const dealtWith = [{ ...request!, state: 'outcome' as const, outcome: 'recalled' as const }];
  const ended = { ...briefing, content: { ...briefing.content, dealtWith } };
  expect(rowsOf(ended, 'Alerts')[0]).toMatch(/\. Already dealt with: recalled, Sun 15 Mar 22:30$/);
  expect(sectionOf(ended, 'Silent tags')!.rows[0]!.cells[2]).not.toContain('dealt with');
});

test('nobody: it says so; a briefing of before requests were told of says nothing of them', () => {
  const briefing = makeBriefingOf('Sam');
  const none = { ...briefing, content: { ...briefing.content, dealtWith: [] } };
  expect(sectionOf(none, 'Already dealt with: 0')!.none).toMatch(/^No recall is asked for/);
  const { dealtWith: _, ...content } = briefing.content;
  expect(JSON.stringify(toBriefingSections({ ...briefing, content }))).not.toContain('dealt with');
});

/** What is typed into the form of a kind of task, as what came of it. Pure. */
import { OUTCOME_RULES, type TaskKind, type TaskOutcome } from '../../wire/task.js';
import { toInstant } from './local-instant.js';

export type OutcomeField = keyof TaskOutcome;
export type OutcomeValues = Readonly<Partial<Record<OutcomeField, string>>>;

/** In the order in which they are asked: what is needed before what may be added. */
export function fieldsOf(kind: TaskKind): readonly { readonly field: OutcomeField; readonly isNeeded: boolean }[] {
  const { needs, takes } = OUTCOME_RULES[kind];
  const needed = [...needs.filter((field) => field === 'decision'), 'text' as const, ...needs];
  return [
    ...[...new Set(needed)].map((field) => ({ field, isNeeded: true })),
    ...takes.map((field) => ({ field, isNeeded: false })),
  ];
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** A record's text is of one line: what was typed on several is told apart by a mark. */
const toLine = (text: string): string => linesOf(text).join(' / ');

export function toOutcome(values: OutcomeValues, nowMs: number): TaskOutcome {
  const said = (field: OutcomeField): string => values[field]?.trim() ?? '';
  const line = (field: OutcomeField) => (said(field) === '' ? {} : { [field]: toLine(said(field)) });
  const list = (field: OutcomeField) => (said(field) === '' ? {} : { [field]: linesOf(said(field)) });
  const instant = (field: OutcomeField, which: 'earlier' | 'later') =>
    said(field) === '' ? {} : { [field]: toInstant(said(field), which) };
  const scores = linesOf(said('scores')).map((one) => {
    const [tool = '', ...value] = one.split('=');
    return { tool: tool.trim(), value: value.join('=').trim() || '?', at: new Date(nowMs).toISOString() };
  });
  return {
    ...line('decision'),
    text: toLine(said('text')),
    ...instant('happenedAt', 'earlier'),
    ...instant('nextAt', 'later'),
    ...list('attendees'),
    ...(scores.length === 0 ? {} : { scores }),
    ...list('actions'),
    ...line('wentWell'),
    ...line('failed'),
    ...line('cause'),
  };
}

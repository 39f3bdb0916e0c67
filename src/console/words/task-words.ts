/** Tasks in words: their kinds, what may be decided, and what is asked of each. */
import type { TaskKind, TaskOutcome, TaskStatus } from '../../wire/task.js';

export const TASK_KIND_WORDS: Readonly<Record<TaskKind, string>> = {
  task: 'Task',
  visit: 'Visit',
  letter: 'Letter',
  review: 'Review',
  'plan-action': 'Action of the risk plan',
  'plan-review': 'Review of the risk plan',
  debrief: 'Debrief',
  'dip-sample': 'Dip sample',
  panel: 'Panel',
  release: 'Release',
};

export const STATUS_WORDS: Readonly<Record<TaskStatus, string>> = {
  open: 'open',
  accepted: 'accepted',
  done: 'done',
  rejected: 'rejected',
};

const DECISION_WORDS: Readonly<Record<string, string>> = {
  seen: 'Seen',
  'not-seen': 'Not seen',
  served: 'Served',
  'not-served': 'Not served',
  continue: 'Goes on as it is',
  'step-up': 'More is needed',
  'step-down': 'Less is needed',
  end: 'Ends',
  yes: 'Handled as it should be',
  partly: 'In part',
  no: 'Not as it should be',
  'not-applicable': 'Not applicable',
  select: 'Selected',
  retain: 'Retained',
  deselect: 'De-selected',
  reject: 'Rejected',
  transfer: 'Transferred',
  ready: 'Ready for the release',
  'not-ready': 'Not ready',
};
export const decisionWords = (decision: string): string => DECISION_WORDS[decision] ?? decision;

export const OUTCOME_WORDS: Readonly<Record<keyof TaskOutcome, string>> = {
  decision: 'Finding',
  text: 'What came of it',
  happenedAt: 'When it took place',
  nextAt: 'The next one is due',
  attendees: 'Who attended, one a line',
  scores: 'Scores, one a line: OGRS = 78',
  actions: 'Actions, one a line',
  wentWell: 'What went well',
  failed: 'What failed',
  cause: 'The cause',
};

/** The name on a button that does it. */
export const toDoWords = (kind: TaskKind): string => `Close ${TASK_KIND_WORDS[kind].toLowerCase()}`;

/** What is asked for where the rating asks and nobody has written a task. */
export const dutySubject = (kind: TaskKind, rag: string | null): string =>
  kind === 'plan-review'
    ? 'Whether the risk management plan still fits'
    : `${TASK_KIND_WORDS[kind]} that the rating asks for${rag === null ? '' : `: ${rag}`}`;

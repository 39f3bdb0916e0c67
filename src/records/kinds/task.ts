/** Tasks: what is to be done about a wearer, by whom, until when, and what came of it; reviews, visits, debriefs and panels too. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { RecordId } from '../../wire/record-id.js';
import {
  OFFICER_TASK_KINDS,
  OUTCOME_RULES,
  TASK_KINDS,
  TASK_STATUSES,
  type TaskContent,
  type TaskOutcome,
} from '../../wire/task.js';
import { createInstantReader } from '../instants.js';
import { Instant, invalid, Line, type RecordRule, type Refusal, saidUnless } from '../rule.js';

const Text = Line(4_000);
const Names = Type.Array(Line(200), { maxItems: 50 });

const Outcome = Type.Object(
  {
    decision: Type.Optional(Line(50)),
    text: Text,
    happenedAt: Type.Optional(Instant),
    nextAt: Type.Optional(Instant),
    attendees: Type.Optional(Names),
    scores: Type.Optional(
      Type.Array(Type.Object({ tool: Line(100), value: Line(100), at: Instant }, { additionalProperties: false }), {
        maxItems: 20,
      }),
    ),
    actions: Type.Optional(Type.Array(Line(500), { maxItems: 50 })),
    wentWell: Type.Optional(Text),
    failed: Type.Optional(Text),
    cause: Type.Optional(Text),
  },
  { additionalProperties: false, description: 'What came of it: where it is done or rejected' },
);

/** What a kind asks for and what it has no place for. */
function checkOutcome({ kind, status }: TaskContent, outcome: TaskOutcome, errors: RecordFault[]): void {
  const { decisions, needs, takes } = OUTCOME_RULES[kind];
  const known = new Set<string>(['text', ...needs, ...takes]);
  for (const field of Object.keys(outcome))
    if (!known.has(field))
      errors.push({ pointer: `/outcome/${field}`, detail: `has no place in what came of a ${kind}` });
  // What is rejected was not done: its reason is all there is to say.
  if (status === 'done')
    for (const field of needs)
      if (outcome[field] === undefined || (Array.isArray(outcome[field]) && outcome[field].length === 0))
        errors.push({ pointer: `/outcome/${field}`, detail: `is needed of a ${kind} that is done` });
  const { decision } = outcome;
  if (decision !== undefined && decisions.length > 0 && !decisions.includes(decision))
    errors.push({ pointer: '/outcome/decision', detail: `of a ${kind} is one of ${decisions.join(', ')}` });
}

function readOutcome(outcome: TaskOutcome, errors: RecordFault[]): TaskOutcome {
  const instants = createInstantReader(errors);
  const happenedAt = instants.readOptional('/outcome/happenedAt', outcome.happenedAt);
  const nextAt = instants.readOptional('/outcome/nextAt', outcome.nextAt);
  const scores = outcome.scores?.map((score, i) => ({
    ...score,
    at: instants.read(`/outcome/scores/${i}/at`, score.at),
  }));
  return {
    ...outcome,
    ...(happenedAt === undefined ? {} : { happenedAt }),
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(scores === undefined ? {} : { scores }),
  };
}

export const task: RecordRule<TaskContent> = {
  kind: 'task',
  name: 'task',
  path: '/tasks',
  idName: 'taskId',
  listsByWearer: true,
  operations: { read: 'schemes.read', write: 'tasks.write' },
  writeOperation: ({ kind }) => (OFFICER_TASK_KINDS.includes(kind) ? 'tasks.write' : 'schemes.write'),
  body: Type.Object(
    {
      wearerId: RecordId,
      kind: Type.Enum([...TASK_KINDS]),
      subject: Line(500),
      status: Type.Enum([...TASK_STATUSES]),
      dueAt: Type.Optional(Instant),
      place: Type.Optional(Line(200)),
      owner: Type.Optional(Line(500)),
      alertId: Type.Optional(Line(200)),
      outcome: Type.Optional(Outcome),
    },
    { additionalProperties: false },
  ),
  parse(body: TaskContent) {
    const errors: RecordFault[] = [];
    const isClosed = body.status === 'done' || body.status === 'rejected';
    if (isClosed && body.outcome === undefined)
      errors.push({ pointer: '/outcome', detail: `is needed of what is ${body.status}: at least its text` });
    if (!isClosed && body.outcome !== undefined)
      errors.push({ pointer: '/outcome', detail: `is of what is done or rejected, not of what is ${body.status}` });
    if (body.outcome !== undefined) checkOutcome(body, body.outcome, errors);
    if (body.kind === 'dip-sample' && body.alertId === undefined)
      errors.push({ pointer: '/alertId', detail: 'a dip sample is of an alert' });
    const dueAt = createInstantReader(errors).readOptional('/dueAt', body.dueAt);
    const outcome = body.outcome === undefined ? undefined : readOutcome(body.outcome, errors);
    return saidUnless(errors, {
      ...body,
      ...(dueAt === undefined ? {} : { dueAt }),
      ...(outcome === undefined ? {} : { outcome }),
    });
  },
  keeps: {
    wearerId: 'a task stays with its wearer: reject it and write another',
    kind: 'a task stays of its kind: reject it and write another',
    alertId: 'a task stays with its alert: reject it and write another',
  },
  references: ({ wearerId }) => [{ pointer: '/wearerId', kind: 'wearer', id: wearerId }],
  /** An alert that it is about is one of the wearer's. */
  async judge(written, facts, tx) {
    const named = written.flatMap(({ content }) => content.alertId ?? []);
    const wearerOf = named.length === 0 ? new Map() : await facts.readAlertWearers(tx, [...new Set(named)]);
    const refusals = new Map<string, Refusal>();
    for (const { id, content } of written) {
      const { wearerId, alertId } = content;
      if (alertId === undefined || wearerOf.get(alertId) === wearerId) continue;
      refusals.set(id, invalid('/alertId', `wearer ${wearerId} has no alert ${alertId} on record`));
    }
    return refusals;
  },
  targets: () => [],
};

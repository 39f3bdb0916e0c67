/** `GET /api/v1/desk`: what has to be done about everybody of whom who asks may know; `POST /api/v1/dip-samples` draws what is looked at again. */
import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import type { SampleCandidate } from '../../../ports/task-records.js';
import { Instant, Line } from '../../../records/rule.js';
import { writeRecords } from '../../../records/write-records.js';
import { dipSampleIdOf, drawSample } from '../../../schemes/dip-sample.js';
import { listDuties, ratingOf } from '../../../schemes/duties.js';
import type { DeskRecord } from '../../../store/desk.js';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import type { DeskRow } from '../../../wire/desk.js';
import { RAG_RATINGS } from '../../../wire/rag.js';
import { RecordId } from '../../../wire/record-id.js';
import { TASK_KINDS, TASK_STATUSES, type TaskContent } from '../../../wire/task.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { readInstants } from '../../plugins/instants.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { type RecordDeps, sendRefusal, writerOf } from '../records/record-routes.js';
import { askerOf } from '../records/record-scope.js';
import { guardWrites, NotAllowed, orNotAllowed } from '../records/write-scope.js';
import { findSeenWearers } from './seen-wearers.js';

const Maybe = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Task = Type.Object(
  {
    taskId: Type.String(),
    version: Type.Integer(),
    recordedAt: InstantSchema,
    wearerId: Type.String(),
    kind: Type.Enum([...TASK_KINDS]),
    subject: Type.String(),
    status: Type.Enum([...TASK_STATUSES]),
    dueAt: Type.Optional(InstantSchema),
    place: Type.Optional(Type.String()),
    owner: Type.Optional(Type.String()),
    alertId: Type.Optional(Type.String()),
  },
  { description: 'open or accepted' },
);
const Row = Type.Object({
  wearerId: Type.String(),
  name: Type.String(),
  division: Maybe(Type.String()),
  rag: Maybe(Type.Enum([...RAG_RATINGS], { description: 'in force' })),
  duties: Type.Array(Type.Object({ kind: Type.Enum(['review', 'visit', 'plan-review']), dueAt: InstantSchema }), {
    description: 'what the rating and the plan ask for, where no task is open for it',
  }),
  tasks: Type.Array(Task),
});
const Key = Type.Tuple([RecordId]);

const MAX_SAMPLE = 50;
const MAX_SAMPLE_DAYS = 92;
const DAY_MS = 86_400_000;
const CANDIDATES_PAGE = 1_000;
const Seed = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });

export interface DeskDeps {
  readonly listIds: (after: string | null, limit: number) => Promise<readonly string[]>;
  readonly readDesk: (wearerIds: readonly string[], nowMs: number) => Promise<readonly DeskRecord[]>;
  readonly listClosedAlerts: (
    time: { readonly fromMs: number; readonly untilMs: number },
    after: string,
    limit: number,
  ) => Promise<readonly SampleCandidate[]>;
  readonly records: RecordDeps;
}

const toRow = (record: DeskRecord): DeskRow => ({
  wearerId: record.wearerId,
  name: record.name,
  division: record.division,
  rag: ratingOf(record),
  duties: listDuties(record),
  // Of the kinds that there are: no other is ever written (`records/kinds/task.ts`).
  tasks: record.tasks.open as DeskRow['tasks'],
});

export function registerDesk(app: App, deps: DeskDeps): void {
  const { clock } = deps.records;
  const schema = {
    summary: 'What has to be done: reviews and visits that are due, and open tasks',
    description:
      'By wearer, each with what their rating asks for and with their open tasks; those of whom there is nothing too.',
    tags: ['schemes'],
    querystring: ListQuery,
    response: { 200: ListOf(Row), ...problemResponses(400, 503) },
  };
  app.get(
    '/api/v1/desk',
    { schema, config: { operation: 'schemes.read', keepsToScope: true } },
    async (request, reply) => {
      const { limit = DEFAULT_LIST_LIMIT, cursor } = request.query;
      const key = cursor === undefined ? ([null] as const) : decodeCursor(cursor, Key);
      if (key === null) {
        sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
        return reply;
      }
      const isListed = (wearerId: string) => sees(request, wearerId);
      const page = toPage(await findSeenWearers(deps.listIds, isListed, key[0], limit + 1), limit, (id) => [id]);
      const items = (await deps.readDesk(page.items, clock.nowMs())).map(toRow);
      return reply.send({ ...page, items } as never);
    },
  );
  registerDipSamples(app, deps);
}

const Body = Type.Object(
  {
    from: Instant,
    until: Instant,
    size: Type.Integer({ minimum: 1, maximum: MAX_SAMPLE }),
    seed: Type.Optional({
      ...Seed,
      description: 'The same seed draws the same alerts; without it one is made up, and told',
    }),
    dueAt: Type.Optional(Instant),
    owner: Type.Optional(Line(500)),
  },
  { additionalProperties: false },
);
const Drawn = Type.Object({
  seed: Type.String(),
  candidates: Type.Integer({ description: 'alerts within scope that were closed in this time' }),
  items: Type.Array(
    Type.Object({ taskId: Type.String(), alertId: Type.String(), wearerId: Type.String(), isNew: Type.Boolean() }),
  ),
});

function registerDipSamples(app: App, { listClosedAlerts, records }: DeskDeps): void {
  const schema = {
    summary: 'Draw a dip sample of resolved alerts',
    description:
      'At random, graver ones more often, by a seed that draws the same ones again. Each becomes a task of the kind dip-sample, which ' +
      'is closed by a finding; one that is drawn again stays as it is.',
    tags: ['schemes'],
    body: Body,
    response: { 200: Drawn, ...problemResponses(400, 409, 412, 415, 422, 503) },
  };
  app.post(
    '/api/v1/dip-samples',
    { schema, config: { operation: 'schemes.write', keepsToScope: true } },
    async (request, reply) => {
      const { from, until, size, seed = randomBytes(6).toString('hex'), dueAt, owner } = request.body;
      const [fromMs, untilMs] = [Date.parse(from), Date.parse(until)];
      if (!(untilMs > fromMs && untilMs - fromMs <= MAX_SAMPLE_DAYS * DAY_MS)) {
        const detail = `is after from, and at most ${MAX_SAMPLE_DAYS} days after it`;
        return sendProblem(reply, { status: 422, errors: [{ pointer: '/until', detail }] }) as never;
      }
      const due = readInstants({ dueAt });
      if (due.errors.length > 0)
        return sendProblem(reply, {
          status: 422,
          detail: 'When it is due cannot be read.',
          errors: [...due.errors],
        }) as never;
      const { dueAt: dueAtMs } = due.instants;
      const seen: SampleCandidate[] = [];
      for (let after = ''; ; ) {
        const page = await listClosedAlerts({ fromMs, untilMs }, after, CANDIDATES_PAGE);
        seen.push(...page.filter(({ wearerId }) => sees(request, wearerId)));
        const last = page.at(-1);
        if (last === undefined || page.length < CANDIDATES_PAGE) break;
        after = last.alertId;
      }
      const drawn = drawSample(seen, seed, size).map((one) => ({ ...one, taskId: dipSampleIdOf(seed, one.alertId) }));
      const standing = await records.store.find(
        records.db,
        'task',
        drawn.map(({ taskId }) => taskId),
      );
      const fresh = drawn.filter(({ taskId }) => !standing.has(taskId));
      const writes = fresh.map(({ taskId, alertId, wearerId }) => {
        const content: TaskContent = {
          wearerId,
          kind: 'dip-sample',
          subject: `Was this alert handled as it should be? One of ${drawn.length} drawn from ${seen.length} that were closed, by the seed ${seed}`,
          status: 'open',
          alertId,
          ...(dueAtMs === undefined ? {} : { dueAt: new Date(dueAtMs).toISOString() }),
          ...(owner === undefined ? {} : { owner }),
        };
        return { kind: 'task' as const, id: taskId, content };
      });
      const puts = writes.map(({ kind, id, content }) => ({
        kind,
        id,
        said: { content, effectiveAt: null },
        changeReason: null,
        precondition: { absent: true } as const,
        given: {},
      }));
      noteAudited(request, { wearerIds: drawn.map(({ wearerId }) => wearerId), rowCount: drawn.length });
      if (puts.length > 0) {
        const guard = guardWrites(askerOf(request), writes);
        const outcome = await orNotAllowed(
          writeRecords(records, puts, writerOf(request), records.clock.nowMs(), guard),
        );
        if (outcome instanceof NotAllowed) return sendProblem(reply, outcome.first) as never;
        if (outcome.type === 'refused')
          return sendRefusal(reply, outcome.refusals.values().next().value ?? outcome.general) as never;
      }
      const items = drawn.map(({ taskId, alertId, wearerId }) => ({
        taskId,
        alertId,
        wearerId,
        isNew: !standing.has(taskId),
      }));
      return { seed, candidates: seen.length, items };
    },
  );
}

/**
 * `/api/v1/rehearsals`: drafts of zones and conditions are tried over past tracks by the real engine before anybody puts them in force. Why
 * is said when it is asked for, and stands in the audit with whose tracks were judged.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { maySee } from '../../../access/may.js';
import {
  addRehearsal,
  countWaitingRehearsals,
  endRehearsal,
  findRehearsal,
  listRehearsals,
  readRehearsalResult,
  type StoredRehearsal,
} from '../../../store/rehearsals.js';
import { AlertItemSchema, InstantSchema } from '../../../wire/alert-schemas.js';
import { RecordId } from '../../../wire/record-id.js';
import {
  MAX_REHEARSAL_DAYS,
  MAX_REHEARSAL_DRAFTS,
  MAX_REHEARSAL_WEARERS,
  REHEARSAL_STATES,
  type RehearsalResult,
} from '../../../wire/rehearsal.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { Said } from '../../plugins/export.js';
import {
  DEFAULT_LIST_LIMIT,
  decodeCursor,
  FOREIGN_CURSOR,
  ListOf,
  ListQuery,
  readSeenPage,
} from '../../plugins/lists.js';
import { principalOf } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { writerOf } from '../records/record-routes.js';
import { askerOf } from '../records/record-scope.js';
import { resolveRehearsal, type SubjectDeps } from './rehearsal-subject.js';

export interface RehearsalsRouteDeps extends SubjectDeps {
  /** A rehearsal waits to be run. */
  readonly onAsked: () => void;
}

/** Of one person, waiting or running: one after the other is tried, and the others' wait behind. */
const MAX_WAITING = 3;
const BODY_LIMIT_BYTES = 4 * 1_048_576;
const DAY_MS = 86_400_000;

const Draft = Type.Object(
  {
    kind: Type.Enum(['zone', 'condition']),
    id: RecordId,
    body: Type.Object({}, { description: 'As PUT of the kind takes it' }),
  },
  { additionalProperties: false },
);
const Body = Type.Object(
  {
    drafts: Type.Array(Draft, {
      minItems: 1,
      maxItems: MAX_REHEARSAL_DRAFTS,
      description: 'Conditions, and zones that they or conditions on record name',
    }),
    days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MAX_REHEARSAL_DAYS, description: 'up to now; 28 unless said' }),
    ),
    wearerIds: Type.Optional(
      Type.Array(RecordId, {
        minItems: 1,
        maxItems: MAX_REHEARSAL_WEARERS,
        description: 'of a condition of all wearers: on whom it is tried; without it on all within scope',
      }),
    ),
    reason: Said('why it is tried'),
  },
  { additionalProperties: false },
);
const Result = Type.Object({
  wearers: Type.Array(
    Type.Object({
      wearerId: Type.String(),
      pings: Type.Integer(),
      alerts: Type.Integer({ description: 'all, also beyond those that are listed' }),
      notJudgedTagIds: Type.Array(Type.String(), { description: 'too many pings in the time' }),
    }),
  ),
  alerts: Type.Array(AlertItemSchema),
});
const Item = Type.Object({
  rehearsalId: Type.String(),
  state: Type.Enum([...REHEARSAL_STATES]),
  requestedBy: Type.String(),
  requestedAt: InstantSchema,
  reason: Type.String(),
  from: InstantSchema,
  until: InstantSchema,
  drafts: Type.Optional(
    Type.Array(Type.Object({ kind: Type.Enum(['zone', 'condition']), id: Type.String(), body: Type.Unknown() }), {
      description: 'for who asked for it, and for who may see everybody on whom it is tried',
    }),
  ),
  wearerIds: Type.Array(Type.String()),
  wearersDone: Type.Integer(),
  endedAt: Type.Optional(InstantSchema),
  failure: Type.Optional(Type.String({ description: 'why there is no result' })),
  result: Type.Optional(Type.Unsafe<RehearsalResult>(Result)),
});
const Params = Type.Object({ rehearsalId: Type.String({ maxLength: 64 }) });
const Key = Type.Tuple([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })]);

const toIso = (atMs: number): string => new Date(atMs).toISOString();

export function registerRehearsals(app: App, { onAsked, ...deps }: RehearsalsRouteDeps): void {
  const { db, clock } = deps;
  const tags = ['records'];
  const config = { operation: 'rehearsals.make', keepsToScope: true } as const;
  const seenOf = (request: FastifyRequest, wearerIds: readonly string[]): string[] =>
    wearerIds.filter((id) => maySee(principalOf(request), config.operation, request.server.access.findWearer(id)));
  const findReadable = async (request: FastifyRequest, rehearsalId: string): Promise<StoredRehearsal | null> => {
    const found = await findRehearsal(db, rehearsalId);
    if (found === null) return null;
    const seen = seenOf(request, found.wearerIds);
    noteAudited(request, seen.length > 0 ? { wearerIds: seen } : { hidden: found.wearerIds });
    return seen.length > 0 ? found : null;
  };
  const missing = (reply: FastifyReply, rehearsalId: string) =>
    sendProblem(reply, { status: 404, detail: `There is no rehearsal ${rehearsalId}.` });
  const toItem = (request: FastifyRequest, one: StoredRehearsal): Static<typeof Item> => {
    const wearerIds = seenOf(request, one.wearerIds);
    const isOwn = one.requestedBy === principalOf(request).subjectId;
    const drafts = one.drafts.map(({ kind, id, body }) => ({ kind, id, body }));
    return {
      rehearsalId: one.rehearsalId,
      state: one.state,
      requestedBy: one.requestedBy,
      requestedAt: toIso(one.requestedAtMs),
      reason: one.reason,
      from: toIso(one.fromMs),
      until: toIso(one.untilMs),
      ...(isOwn || wearerIds.length === one.wearerIds.length ? { drafts } : {}),
      wearerIds,
      wearersDone: one.wearersDone,
      ...(one.endedAtMs === null ? {} : { endedAt: toIso(one.endedAtMs) }),
      ...(one.failure === null ? {} : { failure: one.failure }),
    };
  };

  const postSchema = {
    summary: 'Try drafts of zones and conditions over past tracks',
    description:
      'The engine once more over the stored pings of the wearers whom it concerns, as they came in, as if the drafts had been in force from ' +
      'the beginning of the time. Nothing of it is raised, and nothing comes into force.',
    tags,
    body: Body,
    response: { 202: Item, ...problemResponses(400, 403, 404, 409, 413, 415, 422, 503) },
  };
  app.post(
    '/api/v1/rehearsals',
    { schema: postSchema, config, bodyLimit: BODY_LIMIT_BYTES },
    async (request, reply) => {
      const { body } = request;
      const { drafts: asked, wearerIds: named, days = MAX_REHEARSAL_DAYS, reason } = body;
      noteAudited(request, { act: 'consultation', purpose: reason });
      const { author, correlationId } = writerOf(request);
      if ((await countWaitingRehearsals(db, author)) >= MAX_WAITING) {
        const detail = `${MAX_WAITING} rehearsals of yours are not over: wait for one, or cancel it.`;
        return sendProblem(reply, { status: 409, detail });
      }
      const untilMs = clock.nowMs();
      const period = { fromMs: untilMs - days * DAY_MS, untilMs };
      const who = { asker: askerOf(request), sees: (id: string) => seenOf(request, [id]).length > 0 };
      const subject = await resolveRehearsal(
        deps,
        { drafts: asked, ...(named !== undefined && { wearerIds: named }) },
        who,
        period,
      );
      if ('problem' in subject) return sendProblem(reply, subject.problem);
      const rehearsal = await addRehearsal(db, {
        ...subject,
        ...period,
        rehearsalId: randomUUID(),
        requestedBy: author,
        requestedAtMs: untilMs,
        reason,
        correlationId,
      });
      onAsked();
      const { rehearsalId, wearerIds } = rehearsal;
      noteAudited(request, { subjectId: rehearsalId, subjectType: 'rehearsal', wearerIds });
      reply.header('location', `/api/v1/rehearsals/${rehearsalId}`);
      return reply.code(202).send(toItem(request, rehearsal));
    },
  );

  const listSchema = {
    summary: 'Rehearsals, the newest first: of whom who asks may see; without their results',
    tags,
    querystring: ListQuery,
    response: { 200: ListOf(Item), ...problemResponses(400, 403, 503) },
  };
  app.get('/api/v1/rehearsals', { schema: listSchema, config }, async (request, reply) => {
    const { cursor, limit = DEFAULT_LIST_LIMIT } = request.query;
    const key = cursor === undefined ? ([Number.MAX_SAFE_INTEGER] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const page = await readSeenPage(
      { before: key[0], limit },
      (rows) => listRehearsals(db, rows),
      ({ wearerIds }) => seenOf(request, wearerIds).length > 0,
      ({ n }) => n,
    );
    for (const { wearerIds } of page.items) noteAudited(request, { wearerIds: seenOf(request, wearerIds) });
    return { ...page, items: page.items.map((one) => toItem(request, one)) };
  });

  const readSchema = {
    summary: 'A rehearsal: how far it is, and what the drafts would have raised of whom who asks may see',
    tags,
    params: Params,
    response: { 200: Item, ...problemResponses(403, 404, 503) },
  };
  app.get('/api/v1/rehearsals/:rehearsalId', { schema: readSchema, config }, async (request, reply) => {
    const { rehearsalId } = request.params;
    const rehearsal = await findReadable(request, rehearsalId);
    if (rehearsal === null) return missing(reply, rehearsalId);
    const item = toItem(request, rehearsal);
    const result = await readRehearsalResult(db, rehearsalId);
    if (result === null) return item;
    const isSeen = ({ wearerId }: { readonly wearerId: string }) => item.wearerIds.includes(wearerId);
    return { ...item, result: { wearers: result.wearers.filter(isSeen), alerts: result.alerts.filter(isSeen) } };
  });

  const cancelSchema = {
    summary: 'Cancel a rehearsal of one’s own',
    tags,
    params: Params,
    response: { 200: Item, ...problemResponses(403, 404, 409, 503) },
  };
  app.post('/api/v1/rehearsals/:rehearsalId/cancel', { schema: cancelSchema, config }, async (request, reply) => {
    const { rehearsalId } = request.params;
    const rehearsal = await findReadable(request, rehearsalId);
    if (rehearsal === null) return missing(reply, rehearsalId);
    if (rehearsal.requestedBy !== principalOf(request).subjectId)
      return sendProblem(reply, { status: 403, detail: 'It is cancelled by who asked for it.' });
    if (!(await endRehearsal(db, rehearsalId, { state: 'cancelled' }, clock.nowMs())))
      return sendProblem(reply, { status: 409, detail: 'It is over.' });
    return toItem(request, (await findRehearsal(db, rehearsalId))!);
  });
}

/**
 * `/api/v1/handovers`: a shift is signed off with what was unresolved then and what the next one has to know, and signed on by who comes
 * on. The facts are counted here, so that nobody's memory is needed.
 */
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { coversAreas } from '../../../access/may.js';
import { factsForHandover, NAMED, SHIFT_MS } from '../../../alerts/handover.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import {
  addHandover,
  findHandover,
  listHandovers,
  listNotesSince,
  type StoredHandover,
  signHandover,
} from '../../../store/handovers.js';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import {
  DEFAULT_LIST_LIMIT,
  decodeCursor,
  FOREIGN_CURSOR,
  ListOf,
  ListQuery,
  readSeenPage,
} from '../../plugins/lists.js';
import { principalOf, sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { writerOf } from '../records/record-routes.js';
import { type AlertsInMemory, assertCaughtUp } from './sources.js';

export interface HandoverDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly alertLog: AlertsInMemory;
}

/** Read of all, of which those within scope are named. */
const NOTES_READ = 2_000;
const NOTE_CHARACTERS_LIMIT = 8_000;
const Count = Type.Integer({ minimum: 0 });
const Ids = Type.Unsafe<readonly string[]>(Type.Array(Type.String()));
const Body = Type.Object(
  {
    note: Type.String({ maxLength: NOTE_CHARACTERS_LIMIT, description: 'what the next one has to know; may be empty' }),
  },
  { additionalProperties: false },
);
const Facts = Type.Object({
  unresolved: Count,
  bySeverity: Type.Object({ low: Count, medium: Count, high: Count, critical: Count }),
  unacknowledged: Ids,
  owned: Type.Unsafe<StoredHandover['facts']['owned']>(
    Type.Array(Type.Object({ alertId: Type.String(), by: Type.String() })),
  ),
  suspensionsEnding: Type.Unsafe<StoredHandover['facts']['suspensionsEnding']>(
    Type.Array(Type.Object({ alertId: Type.String(), until: InstantSchema }), { description: 'within four hours' }),
  ),
  reviewsAsked: Ids,
  notes: Type.Optional(
    Type.Unsafe<NonNullable<StoredHandover['facts']['notes']>>(
      Type.Array(Type.Object({ noteId: Type.String(), wearerId: Type.String() }), {
        description: 'on wearers, of the twelve hours before, the newest first; not in handovers of before',
      }),
    ),
  ),
});
const Item = Type.Object({
  handoverId: Type.Integer(),
  signedOffBy: Type.String(),
  signedOffAt: InstantSchema,
  note: Type.String(),
  facts: Facts,
  signedOnBy: Type.Optional(Type.String()),
  signedOnAt: Type.Optional(InstantSchema),
});
const Key = Type.Tuple([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })]);
const Params = Type.Object({ handoverId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

const toIso = (atMs: number): string => new Date(atMs).toISOString();

function toItem({
  handoverId,
  signedOffBy,
  signedOffAtMs,
  note,
  facts,
  signedOn,
}: StoredHandover): Static<typeof Item> {
  return {
    handoverId,
    signedOffBy,
    signedOffAt: toIso(signedOffAtMs),
    note,
    facts,
    ...(signedOn === null ? {} : { signedOnBy: signedOn.by, signedOnAt: toIso(signedOn.atMs) }),
  };
}

/** Who signed off; and whoever may see all whom it is about, and of a shift with nobody who has to do with all of its areas. */
function mayRead(request: FastifyRequest, { wearerIds, areas, signedOffBy }: StoredHandover): boolean {
  const { kind, subjectId, scope } = principalOf(request);
  const isOwn = kind === 'local' || subjectId === signedOffBy;
  if (!isOwn && areas !== null && !coversAreas(scope, areas)) return false;
  // Of before areas were kept: with nobody, it is about nobody who is known.
  if (!isOwn && areas === null && wearerIds.length === 0) return false;
  const isReadable = wearerIds.every((wearerId) => sees(request, wearerId));
  if (isReadable) noteAudited(request, { wearerIds });
  return isReadable;
}

export function registerHandovers(app: App, { db, clock, alertLog }: HandoverDeps): void {
  const tags = ['alerts'];
  const config = { operation: 'alerts.act', keepsToScope: true } as const;

  async function readFacts(request: FastifyRequest, nowMs: number) {
    assertCaughtUp(alertLog);
    const open = alertLog.open().filter(({ finding }) => sees(request, finding.wearerId));
    const written = await listNotesSince(db, nowMs - SHIFT_MS, NOTES_READ);
    const notes = written.filter(({ wearerId }) => sees(request, wearerId)).slice(0, NAMED);
    const wearerIds = [
      ...new Set([...open.map(({ finding }) => finding.wearerId), ...notes.map((note) => note.wearerId)]),
    ];
    noteAudited(request, { wearerIds });
    return { facts: { ...factsForHandover(open, nowMs), notes }, wearerIds };
  }

  const nextSchema = {
    summary: 'What a shift that is signed off now says: its facts, before they are signed',
    tags,
    response: { 200: Facts, ...problemResponses(503) },
  };
  app.get(
    '/api/v1/handovers/next',
    { schema: nextSchema, config },
    async (request) => (await readFacts(request, clock.nowMs())).facts,
  );

  const postSchema = {
    summary: 'Sign off: hand a shift over, with what is unresolved now',
    tags,
    body: Body,
    response: { 201: Item, ...problemResponses(400, 403, 413, 415, 422, 503) },
  };
  app.post('/api/v1/handovers', { schema: postSchema, config }, async (request, reply) => {
    const nowMs = clock.nowMs();
    const principal = principalOf(request);
    const { facts, wearerIds } = await readFacts(request, nowMs);
    const handover = await addHandover(db, {
      signedOffBy: principal.subjectId,
      signedOffAtMs: nowMs,
      note: request.body.note,
      facts,
      wearerIds,
      areas: principal.kind === 'local' ? null : principal.scope.areas,
      correlationId: writerOf(request).correlationId,
    });
    return reply.code(201).send(toItem(handover));
  });

  const listSchema = {
    summary:
      'Shifts that were handed over, the newest first: those of areas of who asks, about nobody whom they may not see',
    tags,
    querystring: ListQuery,
    response: { 200: ListOf(Item), ...problemResponses(400, 503) },
  };
  app.get('/api/v1/handovers', { schema: listSchema, config }, async (request, reply) => {
    const { cursor, limit = DEFAULT_LIST_LIMIT } = request.query;
    const key = cursor === undefined ? ([Number.MAX_SAFE_INTEGER] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const page = await readSeenPage(
      { before: key[0], limit },
      (rows) => listHandovers(db, rows),
      (row) => mayRead(request, row),
      ({ handoverId }) => handoverId,
    );
    return { ...page, items: page.items.map(toItem) };
  });

  const signSchema = {
    summary: 'Sign on: take a shift over, once, and not from oneself',
    tags,
    params: Params,
    response: { 200: Item, ...problemResponses(400, 404, 409, 503) },
  };
  app.post('/api/v1/handovers/:handoverId/sign-on', { schema: signSchema, config }, async (request, reply) => {
    const { handoverId } = request.params;
    const known = await findHandover(db, handoverId);
    if (known === null || !mayRead(request, known))
      return sendProblem(reply, { status: 404, detail: `There is no handover ${handoverId}.` });
    const principal = principalOf(request);
    // Where nobody signs in, everybody is the same one.
    if (principal.kind !== 'local' && known.signedOffBy === principal.subjectId)
      return sendProblem(reply, { status: 409, detail: 'A shift is taken over by another one than signed off.' });
    const signed = await signHandover(db, handoverId, { by: principal.subjectId, atMs: clock.nowMs() });
    if (signed !== null) return toItem(signed);
    const { signedOn } = (await findHandover(db, handoverId)) ?? known;
    const who = signedOn === null ? {} : { by: signedOn.by, at: toIso(signedOn.atMs) };
    return sendProblem(reply, { status: 409, detail: 'Somebody has taken this shift over already.', ...who });
  });
}

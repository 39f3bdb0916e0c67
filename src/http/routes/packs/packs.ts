/**
 * `/api/v1/packs`: evidence packs are asked for here, built in the background, and handed out as they were made. What a pack is for and
 * who gets it is said when it is asked for, and stands in the audit again whenever the file leaves.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toDeleted } from '../../../formats/trails/trail.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database, Queryable } from '../../../ports/database.js';
import {
  addPack,
  findPack,
  listPackDeletions,
  listPacks,
  MAX_HOLD_ATTEMPTS,
  readPackFile,
  type StoredPack,
} from '../../../store/packs.js';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import {
  DEFAULT_MARKING,
  EDITIONS,
  MAX_PACK_ALERTS,
  PACK_STATES,
  PACK_STEPS,
  type PackItem,
} from '../../../wire/pack.js';
import { RecordId } from '../../../wire/record-id.js';
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
import { principalOf, sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { MAX_ALERT_ID_LENGTH } from '../alerts/read.js';
import { writerOf } from '../records/record-routes.js';
import { resolveSubject } from './subject.js';

export interface PacksDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** A pack waits to be built. */
  readonly onAsked: () => void;
}

const AlertId = Type.String({ minLength: 1, maxLength: MAX_ALERT_ID_LENGTH });
const Body = Type.Object(
  {
    alertIds: Type.Optional(
      Type.Array(AlertId, { minItems: 1, maxItems: MAX_PACK_ALERTS, description: 'alerts of one wearer' }),
    ),
    wearerId: Type.Optional(RecordId),
    from: Type.Optional(Type.String({ description: 'with `wearerId`: from this instant on' })),
    to: Type.Optional(Type.String({ description: 'with `wearerId`: before this instant, at most 14 days later' })),
    edition: Type.Optional(Type.Enum([...EDITIONS], { default: 'full' })),
    marking: Type.Optional(Said('protective marking')),
    purpose: Said('what it is for'),
    recipient: Said('who gets it'),
  },
  { additionalProperties: false },
);
const Item = Type.Object({
  packId: Type.String(),
  state: Type.Enum([...PACK_STATES]),
  wearerId: Type.String(),
  alertIds: Type.Optional(Type.Unsafe<readonly string[]>(Type.Array(Type.String()))),
  from: Type.Optional(InstantSchema),
  to: Type.Optional(InstantSchema),
  edition: Type.Enum([...EDITIONS]),
  marking: Type.String(),
  purpose: Type.String(),
  recipient: Type.String(),
  requestedBy: Type.String(),
  requestedName: Type.String({ description: 'as it was called then' }),
  requestedAt: InstantSchema,
  ahead: Type.Optional(Type.Integer({ description: 'while it is queued: how many are made before it' })),
  step: Type.Optional(Type.Enum([...PACK_STEPS], { description: 'while it is built: how far it is' })),
  endedAt: Type.Optional(InstantSchema),
  failure: Type.Optional(Type.String({ description: 'why there is none' })),
  sha256: Type.Optional(Type.String({ description: 'of the file' })),
  fileBytes: Type.Optional(Type.Integer()),
  isHeld: Type.Boolean({
    description: 'under a legal hold, by its id: what it is about is not deleted, whatever its age',
  }),
  holdFailed: Type.Optional(
    Type.Literal(true, {
      description: 'it could not be held, and is not tried again: somebody has to place a legal hold by hand',
    }),
  ),
});
const Told = Type.Interface([Item], {
  deleted: Type.Optional(
    Type.Unsafe<PackItem['deleted'] & {}>(
      Type.Array(Type.Object({ from: InstantSchema, to: InstantSchema, messages: Type.Integer() }), {
        description:
          'what retention had deleted of its time when it was asked for: the pack shows nothing then, and says so; absent: nothing',
      }),
    ),
  ),
});
const Query = Type.Interface([ListQuery], { wearerId: Type.Optional(RecordId) });
const Params = Type.Object({ packId: Type.String({ maxLength: 64 }) });
const Key = Type.Tuple([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })]);

const toIso = (atMs: number): string => new Date(atMs).toISOString();

function toItem(pack: StoredPack): PackItem {
  const { subject, ahead, step, endedAtMs, failure, sha256, fileBytes } = pack;
  return {
    packId: pack.packId,
    state: pack.state,
    wearerId: pack.wearerId,
    ...('alertIds' in subject
      ? { alertIds: subject.alertIds }
      : { from: toIso(subject.fromMs), to: toIso(subject.toMs) }),
    edition: pack.edition,
    marking: pack.marking,
    purpose: pack.purpose,
    recipient: pack.recipient,
    requestedBy: pack.requestedBy,
    requestedName: pack.requestedName,
    requestedAt: toIso(pack.requestedAtMs),
    ...(ahead === null ? {} : { ahead }),
    ...(step === null || pack.state !== 'building' ? {} : { step }),
    ...(endedAtMs === null ? {} : { endedAt: toIso(endedAtMs) }),
    ...(failure === null ? {} : { failure }),
    isHeld: pack.isHeld,
    ...(!pack.isHeld && pack.state !== 'failed' && pack.holdAttempts >= MAX_HOLD_ATTEMPTS ? { holdFailed: true } : {}),
    ...(sha256 === null || fileBytes === null ? {} : { sha256, fileBytes }),
  };
}

/** With what it will not hold, so that whoever asked for it knows before it is made. */
async function tellPack(db: Queryable, pack: StoredPack): Promise<PackItem> {
  const deleted = await listPackDeletions(db, pack);
  return { ...toItem(pack), ...(deleted.length === 0 ? {} : { deleted: deleted.map(toDeleted) }) };
}

export function registerPacks(app: App, { db, clock, onAsked }: PacksDeps): void {
  const tags = ['packs'];
  const config = { operation: 'exports.make', keepsToScope: true } as const;
  const findReadable = async (request: FastifyRequest, packId: string): Promise<StoredPack | null> => {
    const pack = await findPack(db, packId);
    return pack !== null && sees(request, pack.wearerId) ? pack : null;
  };
  const missing = (reply: FastifyReply, packId: string) =>
    sendProblem(reply, { status: 404, detail: `There is no pack ${packId}.` });

  const postSchema = {
    summary: 'Ask for an evidence pack, of alerts or of a wearer and a period',
    description:
      'It is built in the background, one after the other. The same request of the same person, while nothing has changed about its ' +
      'alerts, is answered with the pack that there is.',
    tags,
    body: Body,
    response: { 200: Told, 202: Told, ...problemResponses(400, 403, 404, 413, 415, 422, 503) },
  };
  app.post('/api/v1/packs', { schema: postSchema, config }, async (request, reply) => {
    const { body } = request;
    noteAudited(request, { act: 'disclosure' });
    const { edition = 'full', marking = DEFAULT_MARKING, purpose, recipient } = body;
    const principal = principalOf(request);
    const said = { edition, marking, purpose, recipient, by: principal.subjectId };
    const resolved = await resolveSubject(db, body, said, {
      nowMs: clock.nowMs(),
      sees: (id) => sees(request, id),
      seesAlerts: (id) => sees(request, id, 'alerts.read'),
    });
    if ('problem' in resolved) return sendProblem(reply, resolved.problem);
    const { alertIds, ...asked } = resolved;
    const wanted = {
      ...asked,
      packId: randomUUID(),
      edition,
      marking,
      purpose,
      recipient,
      requestedBy: principal.subjectId,
      requestedName: principal.name,
      requestedAtMs: clock.nowMs(),
      correlationId: writerOf(request).correlationId,
    };
    const pack = await db.transaction((tx) => addPack(tx, wanted, alertIds));
    onAsked();
    noteAudited(request, { subjectId: pack.packId, subjectType: 'pack' });
    reply.header('location', `/api/v1/packs/${pack.packId}`);
    return reply.code(pack.state === 'ready' ? 200 : 202).send(await tellPack(db, pack));
  });

  const listSchema = {
    summary: 'Packs that were asked for, the newest first: of whom who asks may see',
    tags,
    querystring: Query,
    response: { 200: ListOf(Item), ...problemResponses(400, 403, 503) },
  };
  app.get('/api/v1/packs', { schema: listSchema, config }, async (request, reply) => {
    const { cursor, wearerId, limit = DEFAULT_LIST_LIMIT } = request.query;
    const key = cursor === undefined ? ([Number.MAX_SAFE_INTEGER] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const page = await readSeenPage(
      { before: key[0], limit },
      (rows) => listPacks(db, { ...rows, ...(wearerId !== undefined && { wearerId }) }),
      (pack) => sees(request, pack.wearerId),
      ({ packNumber }) => packNumber,
    );
    return { ...page, items: page.items.map(toItem) };
  });

  const readSchema = {
    summary: 'A pack: whether it is made, who asked for it, when, why, and for whom',
    tags,
    params: Params,
    response: { 200: Told, ...problemResponses(403, 404, 503) },
  };
  app.get('/api/v1/packs/:packId', { schema: readSchema, config }, async (request, reply) => {
    const { packId } = request.params;
    const pack = await findReadable(request, packId);
    return pack === null ? missing(reply, packId) : await tellPack(db, pack);
  });

  const fileSchema = {
    summary: 'The file of a pack, byte for byte as it was made',
    tags,
    params: Params,
    response: {
      200: {
        description: 'The pack',
        content: { 'application/zip': { schema: Type.Unsafe<Buffer>({ type: 'string' }) } },
      },
      ...problemResponses(403, 404, 409, 503),
    },
  };
  app.get('/api/v1/packs/:packId/file', { schema: fileSchema, config }, async (request, reply) => {
    const { packId } = request.params;
    const pack = await findReadable(request, packId);
    if (pack === null) return missing(reply, packId);
    const { purpose, recipient, wearerId, state, failure } = pack;
    noteAudited(request, { act: 'disclosure', wearerIds: [wearerId], purpose, recipient });
    const file = await readPackFile(db, packId);
    if (file === null) {
      const detail = failure === null ? 'The pack is not made yet.' : `There is no file: ${failure}`;
      return sendProblem(reply, { status: 409, detail, state });
    }
    reply.header('content-type', 'application/zip');
    reply.header('content-disposition', `attachment; filename="${packId}.zip"`);
    return reply.send(Buffer.from(file));
  });
}

/** What the endpoints of every record have in common (`wire.md`, "Habits"). */
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import Type, { type TSchema } from 'typebox';
import type { Bbox } from '../../../formats/zones/zone.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import type { RecordStore, StoredRecord } from '../../../ports/records.js';
import type { Parsed, RecordRule, Refusal } from '../../../records/rule.js';
import type { Precondition } from '../../../records/versioning.js';
import { type MeasureWatches, writeRecords } from '../../../records/write-records.js';
import type { PublicationWaiter } from '../../../store/outbox.js';
import { RecordId } from '../../../wire/record-id.js';
import type { App } from '../../app.js';
import { correlationIdOf } from '../../plugins/correlation.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { principalOf } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { createTurns } from '../../plugins/turns.js';
import { compileAllButBody } from '../../plugins/validation.js';
import { askerOf, hideVictims, isOfHidden, keepReadable, listReadable } from './record-scope.js';
import { Standing, takeRepeated, toStanding, withRepeated } from './standing.js';
import { guardWrites, NotAllowed, orNotAllowed, untilScopesKnown } from './write-scope.js';

export interface RecordDeps {
  readonly db: Database;
  readonly store: RecordStore;
  readonly clock: Clock;
  /** Where zones belong; null: the world. */
  readonly serviceArea: Bbox | null;
  /** `measureWatches` of the publication, which the records may not know themselves. */
  readonly measure: MeasureWatches;
  readonly waiter: PublicationWaiter;
}

/** How long a `PUT` waits for its publication before it answers 202. */
export const PUBLISH_WAIT_MS = 2_000;
const BODY_LIMIT_BYTES = 262_144;

/** Versions are counted by an integer of the database. */
const MAX_VERSION = 2_147_483_647;
const VersionsKey = Type.Tuple([Type.Integer({ minimum: 0, maximum: MAX_VERSION })]);

/** Who writes, as versions say it. Ids that a caller's own system has for the request go with it. */
export const writerOf = (request: FastifyRequest) => ({
  author: principalOf(request).subjectId,
  correlationId: correlationIdOf(request),
});

/** What a body says: of the record itself, and of what it only repeats. */
export function readBody(rule: RecordRule, id: string, body: unknown, serviceArea: Bbox | null) {
  const ownFields = rule.inForce === undefined ? [] : ['effectiveAt'];
  const { own, given, changeReason, errors } = takeRepeated(body, rule.idName, id, ownFields);
  const parsed: Parsed<object> = rule.parse(own as never, id, serviceArea);
  if (!parsed.ok || errors.length > 0) {
    return { ok: false, errors: [...errors, ...(parsed.ok ? [] : parsed.errors)] } as const;
  }
  return { ok: true, said: parsed.said, given, changeReason } as const;
}

/** `If-Match` and `If-None-Match: *`. A weak or foreign tag matches nothing. */
function readPrecondition(headers: FastifyRequest['headers']): Precondition | null {
  if (headers['if-none-match']?.trim() === '*') return { absent: true };
  const text = headers['if-match'];
  if (text === undefined) return null;
  if (text.trim() === '*') return { versions: '*' };
  const tags = text.split(',').flatMap((tag) => /^\s*"(\d{1,9})"\s*$/.exec(tag)?.[1] ?? []);
  return { versions: tags.map(Number) };
}

export const etagOf = (version: number): string => `"${version}"`;

export function sendRefusal(reply: FastifyReply, refusal: Refusal | null): FastifyReply {
  if (refusal === null) throw new Error('refused without a reason');
  switch (refusal.type) {
    case 'invalid':
      return sendProblem(reply, { status: 422, errors: [...refusal.errors] });
    case 'conflict':
      return sendProblem(reply, { status: 409, detail: refusal.detail, conflicts: refusal.conflicts });
    case 'precondition': {
      const { version } = refusal;
      if (version === null) return sendProblem(reply, { status: 412, detail: 'There is no such record yet.' });
      reply.header('etag', etagOf(version));
      return sendProblem(reply, { status: 412, detail: `Version ${version} stands.`, version });
    }
  }
}

const ListOfWearerQuery = Type.Object({
  ...ListQuery.properties,
  wearerId: Type.Optional(Type.String({ ...RecordId, description: 'Those of one wearer' })),
});

const PLAIN_OPERATIONS = { read: 'records.read', write: 'records.write' } as const;

/** Adds `PUT`, `GET`, the list and the versions of one kind of record. */
export function registerRecord(app: App, deps: RecordDeps, rule: RecordRule): void {
  const { kind, idName, name, operations = PLAIN_OPERATIONS } = rule;
  const reading = { operation: operations.read, keepsToScope: true };
  const { db, store } = deps;
  const list = `/api/v1${rule.path}`;
  const one = `${list}/:${idName}`;
  const Id = rule.id ?? RecordId;
  const params = Type.Object({ [idName]: Id });
  const ListKey = Type.Tuple([Id]);
  const shape = rule.answer ?? rule.body;
  const item = Type.Intersect([Type.Object({ [idName]: Id }), openObject(shape), Type.Object(Standing)]);
  const tags = ['records'];
  const toWire = (record: StoredRecord) => ({
    [idName]: record.id,
    ...(rule.toWire?.(record.content as never, record.id) ?? record.content),
    ...toStanding(record),
  });
  const idOf = (request: FastifyRequest) => (request.params as Record<string, string>)[idName] as string;
  const findReadable = async (request: FastifyRequest): Promise<StoredRecord | undefined> => {
    const found = (await store.find(db, kind, [idOf(request)])).get(idOf(request));
    const [record] = found === undefined ? [] : await keepReadable(request, db, kind, [found]);
    return record;
  };
  /** As who asks may read them. */
  const tell = async (request: FastifyRequest, records: readonly StoredRecord[]) =>
    (await hideVictims(request, db, rule, records)).map(toWire);
  const missing = (reply: FastifyReply, id: string) =>
    sendProblem(reply, { status: 404, detail: `There is no ${name} ${id}.` });

  const putSchema: FastifySchema = {
    summary: `Write a ${name}`,
    tags,
    params,
    querystring: Type.Object({ wait: Type.Optional(Type.Boolean({ description: 'false: answer 202 at once' })) }),
    body: withRepeated(rule.body, idName),
    response: {
      200: described('Changed, or as it stood; published', item),
      201: described('Created and published', item),
      202: described('Written; its publication to the engine is under way', item),
      ...problemResponses(400, 409, 412, 413, 415, 422, 503),
    },
  };
  const unvalidated = rule.validateBody === false ? { validatorCompiler: compileAllButBody } : {};
  const bodyLimit = rule.bodyLimitBytes ?? BODY_LIMIT_BYTES;
  const takeTurn = createTurns();
  app.put(
    one,
    {
      schema: putSchema,
      config: { operation: operations.write, keepsToScope: true },
      bodyLimit,
      preHandler: takeTurn,
      ...unvalidated,
    },
    async (request, reply) => {
      const id = idOf(request);
      const read = readBody(rule, id, request.body, deps.serviceArea);
      if (!read.ok) return sendProblem(reply, { status: 422, errors: [...read.errors] });
      const { said, given, changeReason } = read;
      const put = { kind, id, said, given, changeReason, precondition: readPrecondition(request.headers) };
      const asker = askerOf(request);
      const writes = [{ kind, id, ...said }];
      const guard = guardWrites(asker, writes);
      const outcome = await orNotAllowed(writeRecords(deps, [put], writerOf(request), deps.clock.nowMs(), guard));
      if (outcome instanceof NotAllowed) return sendProblem(reply, outcome.first);
      if (outcome.type === 'refused') return sendRefusal(reply, outcome.refusals.get(0) ?? outcome.general);
      const { type, record } = outcome.written[0]!;
      const { wait = true } = request.query as { wait?: boolean };
      const isPublished = await deps.waiter.wait(outcome.outboxIds, wait ? PUBLISH_WAIT_MS : 0);
      if (isPublished) await untilScopesKnown(asker, writes, PUBLISH_WAIT_MS);
      // Those that are published together would all be answered at a stretch.
      await takeTurn();
      reply.header('etag', etagOf(record.version));
      if (type === 'created') reply.header('location', `${list}/${encodeURIComponent(id)}`);
      return reply.code(isPublished ? (type === 'created' ? 201 : 200) : 202).send(toWire(record));
    },
  );

  const getSchema: FastifySchema = {
    summary: `One ${name}, as it stands`,
    tags,
    params,
    response: { 200: item, ...problemResponses(400, 404, 503) },
  };
  app.get(one, { schema: getSchema, config: reading }, async (request, reply) => {
    const record = await findReadable(request);
    if (record === undefined) return missing(reply, idOf(request));
    const [told] = await tell(request, [record]);
    return reply.header('etag', etagOf(record.version)).send(told);
  });

  const listSchema: FastifySchema = {
    summary: `Every ${name}, by id`,
    tags,
    querystring: rule.listsByWearer === undefined ? ListQuery : ListOfWearerQuery,
    response: { 200: ListOf(item), ...problemResponses(400, 503) },
  };
  app.get(list, { schema: listSchema, config: reading }, async (request, reply) => {
    const { limit = DEFAULT_LIST_LIMIT, cursor, wearerId } = request.query as Type.Static<typeof ListOfWearerQuery>;
    const key = cursor === undefined ? ([null] as const) : decodeCursor(cursor, ListKey);
    if (key === null) return sendForeignCursor(reply);
    const readPage = (after: string | null, wanted: number) => store.list(db, kind, after, wanted, wearerId);
    const rows = await listReadable(request, db, kind, key[0], limit + 1, readPage);
    const page = toPage(rows, limit, ({ id }) => [id]);
    return reply.send({ ...page, items: await tell(request, page.items) });
  });

  const versionsSchema: FastifySchema = {
    summary: `Every version of one ${name}, the first first`,
    tags,
    params,
    querystring: ListQuery,
    response: { 200: ListOf(item), ...problemResponses(400, 404, 503) },
  };
  app.get(`${one}/versions`, { schema: versionsSchema, config: reading }, async (request, reply) => {
    const { limit = DEFAULT_LIST_LIMIT, cursor } = request.query as Type.Static<typeof ListQuery>;
    const key = cursor === undefined ? ([0] as const) : decodeCursor(cursor, VersionsKey);
    if (key === null) return sendForeignCursor(reply);
    const all = await store.versions(db, kind, idOf(request), key[0], limit + 1);
    const readable = await keepReadable(request, db, kind, all);
    const rows = readable.filter(({ content }) => !isOfHidden(request, content));
    // Behind the last version there is nothing to tell; that may be told only of a record that may be read at all.
    if (rows.length === 0 && (await findReadable(request)) === undefined) return missing(reply, idOf(request));
    const page = toPage(rows, limit, ({ version }) => [version]);
    return reply.send({ ...page, items: await tell(request, page.items) });
  });
}

const sendForeignCursor = (reply: FastifyReply) => sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });

const described = (description: string, schema: TSchema) => ({ ...schema, description });

/** An object's schema without its refusal of other fields, so that it can be part of a larger one. */
function openObject(schema: TSchema): TSchema {
  const { additionalProperties: _, ...open } = schema as TSchema & { additionalProperties?: unknown };
  return open as TSchema;
}

/** What the endpoints of every record have in common (`wire.md`, "Habits"). */

import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import Type, { type TSchema } from 'typebox';
import type { Operation } from '../../../access/operations.js';
import type { Bbox } from '../../../formats/zones/zone.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import type { PublicationWaiter } from '../../../store/outbox.js';
import {
  type MeasureWatches,
  type Precondition,
  putRecord,
  type RecordFault,
  type RecordTable,
  type Refusal,
  type StoredRecord,
} from '../../../store/records.js';
import type { App } from '../../app.js';
import { RecordId } from '../../plugins/ids.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { createTurns } from '../../plugins/turns.js';
import { compileAllButBody } from '../../plugins/validation.js';
import { Standing, takeRepeated, withRepeated } from './standing.js';

export interface RecordDeps {
  readonly db: Database;
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

/** Text without control characters: they have no place in a name, and NUL none in PostgreSQL. */
export const Line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001F\\u007F]*$' });
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC with Z' });

/** Versions are counted by an integer of the database. */
const MAX_VERSION = 2_147_483_647;
const VersionsKey = Type.Tuple([Type.Integer({ minimum: 0, maximum: MAX_VERSION })]);

export type Parsed<P> =
  | { readonly ok: true; readonly put: P }
  | { readonly ok: false; readonly errors: readonly RecordFault[] };

export interface RecordEndpoint<B, P, C> {
  /** The collection below `/api/v1`, and the name of its members' ids. */
  readonly path: string;
  readonly idName: string;
  /** What an id may be, where it is not of the caller's choice. */
  readonly id?: Type.TString;
  readonly name: string;
  readonly table: RecordTable<P, C>;
  /** What of the table of rights reading and writing it are, where not those of records. */
  readonly operations?: { readonly read: Operation; readonly write: Operation };
  readonly body: TSchema;
  /** False where `parse` validates all of it itself, to name places better. */
  readonly validateBody?: false;
  readonly bodyLimitBytes?: number;
  /** Whether `effectiveAt` is the body's own field, and not only a repeated one. */
  readonly hasEffectiveAt?: true;
  /** The content as it is answered, where it is not the body's. */
  readonly answer?: TSchema;
  /** What a schema cannot say. `body` has the shape of the schema, unless that is not validated. */
  parse(body: B, id: string, deps: RecordDeps): Parsed<P>;
  /** The content as the API says it. */
  toWire(content: C, id: string): object;
}

const PLAIN_OPERATIONS = { read: 'records.read', write: 'records.write' } as const;

/** `If-Match` and `If-None-Match: *`. A weak or foreign tag matches nothing. */
function readPrecondition(headers: FastifyRequest['headers']): Precondition | null {
  if (headers['if-none-match']?.trim() === '*') return { absent: true };
  const text = headers['if-match'];
  if (text === undefined) return null;
  if (text.trim() === '*') return { versions: '*' };
  const tags = text.split(',').flatMap((tag) => /^\s*"(\d{1,9})"\s*$/.exec(tag)?.[1] ?? []);
  return { versions: tags.map(Number) };
}

const etagOf = (version: number): string => `"${version}"`;

function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
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

/** Adds `PUT`, `GET`, the list and the versions of one kind of record. */
export function registerRecord<B, P, C extends object>(
  app: App,
  deps: RecordDeps,
  endpoint: RecordEndpoint<B, P, C>,
): void {
  const { idName, name, table, operations = PLAIN_OPERATIONS } = endpoint;
  const list = `/api/v1${endpoint.path}`;
  const one = `${list}/:${idName}`;
  const Id = endpoint.id ?? RecordId;
  const params = Type.Object({ [idName]: Id });
  const ListKey = Type.Tuple([Id]);
  const shape = endpoint.answer ?? endpoint.body;
  const item = Type.Intersect([Type.Object({ [idName]: Id }), openObject(shape), Type.Object(Standing)]);
  const tags = ['records'];
  const toWire = (record: StoredRecord<C>) => ({
    [idName]: record.id,
    ...endpoint.toWire(record.content, record.id),
    version: record.version,
    effectiveAt: record.effectiveAt,
    recordedAt: record.recordedAt,
  });
  const idOf = (request: FastifyRequest) => (request.params as Record<string, string>)[idName] as string;
  const missing = (reply: FastifyReply, id: string) =>
    sendProblem(reply, { status: 404, detail: `There is no ${name} ${id}.` });

  const putSchema: FastifySchema = {
    summary: `Write a ${name}`,
    tags,
    params,
    querystring: Type.Object({ wait: Type.Optional(Type.Boolean({ description: 'false: answer 202 at once' })) }),
    body: withRepeated(endpoint.body, idName),
    response: {
      200: described('Changed, or as it stood; published', item),
      201: described('Created and published', item),
      202: described('Written; its publication to the engine is under way', item),
      ...problemResponses(400, 409, 412, 413, 415, 422, 503),
    },
  };
  const unvalidated = endpoint.validateBody === false ? { validatorCompiler: compileAllButBody } : {};
  const bodyLimit = endpoint.bodyLimitBytes ?? BODY_LIMIT_BYTES;
  app.put(
    one,
    {
      schema: putSchema,
      config: { operation: operations.write },
      bodyLimit,
      preHandler: createTurns(),
      ...unvalidated,
    },
    async (request, reply) => {
      const id = idOf(request);
      const ownFields = endpoint.hasEffectiveAt ? ['effectiveAt'] : [];
      const { own, given, errors } = takeRepeated(request.body, idName, id, ownFields);
      const parsed = endpoint.parse(own as B, id, deps);
      if (!parsed.ok) return sendProblem(reply, { status: 422, errors: [...errors, ...parsed.errors] });
      if (errors.length > 0) return sendProblem(reply, { status: 422, errors: [...errors] });
      const precondition = readPrecondition(request.headers);
      const nowMs = deps.clock.nowMs();
      const outcome = await putRecord(deps.db, table, id, parsed.put, {
        precondition,
        given,
        nowMs,
        measure: deps.measure,
      });
      if (outcome.type === 'refused') return sendRefusal(reply, outcome.refusal);
      const { wait = true } = request.query as { wait?: boolean };
      const isPublished = await deps.waiter.wait(outcome.outboxIds, wait ? PUBLISH_WAIT_MS : 0);
      reply.header('etag', etagOf(outcome.record.version));
      if (outcome.type === 'created') reply.header('location', `${list}/${encodeURIComponent(id)}`);
      return reply.code(isPublished ? (outcome.type === 'created' ? 201 : 200) : 202).send(toWire(outcome.record));
    },
  );

  const getSchema: FastifySchema = {
    summary: `One ${name}, as it stands`,
    tags,
    params,
    response: { 200: item, ...problemResponses(400, 404, 503) },
  };
  app.get(one, { schema: getSchema, config: { operation: operations.read } }, async (request, reply) => {
    const record = await table.find(deps.db, idOf(request));
    if (record === null) return missing(reply, idOf(request));
    return reply.header('etag', etagOf(record.version)).send(toWire(record));
  });

  const listSchema: FastifySchema = {
    summary: `Every ${name}, by id`,
    tags,
    querystring: ListQuery,
    response: { 200: ListOf(item), ...problemResponses(400, 503) },
  };
  app.get(list, { schema: listSchema, config: { operation: operations.read } }, async (request, reply) => {
    const { limit = DEFAULT_LIST_LIMIT, cursor } = request.query as Type.Static<typeof ListQuery>;
    const key = cursor === undefined ? ([null] as const) : decodeCursor(cursor, ListKey);
    if (key === null) return sendForeignCursor(reply);
    const page = toPage(await table.list(deps.db, key[0], limit + 1), limit, ({ id }) => [id]);
    return reply.send({ ...page, items: page.items.map(toWire) });
  });

  const versionsSchema: FastifySchema = {
    summary: `Every version of one ${name}, the first first`,
    tags,
    params,
    querystring: ListQuery,
    response: { 200: ListOf(item), ...problemResponses(400, 404, 503) },
  };
  app.get(
    `${one}/versions`,
    { schema: versionsSchema, config: { operation: operations.read } },
    async (request, reply) => {
      const { limit = DEFAULT_LIST_LIMIT, cursor } = request.query as Type.Static<typeof ListQuery>;
      const key = cursor === undefined ? ([0] as const) : decodeCursor(cursor, VersionsKey);
      if (key === null) return sendForeignCursor(reply);
      const rows = await table.versions(deps.db, idOf(request), key[0], limit + 1);
      if (rows.length === 0 && cursor === undefined) return missing(reply, idOf(request));
      const page = toPage(rows, limit, ({ version }) => [version]);
      return reply.send({ ...page, items: page.items.map(toWire) });
    },
  );
}

const sendForeignCursor = (reply: FastifyReply) => sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });

const described = (description: string, schema: TSchema) => ({ ...schema, description });

/** An object's schema without its refusal of other fields, so that it can be part of a larger one. */
function openObject(schema: TSchema): TSchema {
  const { additionalProperties: _, ...open } = schema as TSchema & { additionalProperties?: unknown };
  return open as TSchema;
}

/** `GET /api/v1/rejected`: what could not be used, with why, where it came from, and its bytes. */
import { type Static, Type } from 'typebox';
import type { RejectedFilter, RejectedMessage } from '../../../store/rejected-list.js';
import { MAX_TAG_ID_LENGTH } from '../../../wire/tag-id.js';
import type { App } from '../../app.js';
import { readInstants } from '../../plugins/instants.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';

/** A list shows how messages begin; one by itself comes with all that is kept of it. */
const LISTED_PAYLOAD_BYTES = 2_048;
const WHOLE_PAYLOAD_BYTES = 1_048_576;
const MAX_REASON_LENGTH = 100;

export interface RejectedDeps {
  /** `store/rejected-list.ts`; rejects with `DatabaseUnavailable`. */
  readonly listRejected: (filter: RejectedFilter, payloadBytes: number) => Promise<readonly RejectedMessage[]>;
}

const Query = Type.Interface([ListQuery], {
  reason: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_REASON_LENGTH })),
  tagId: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_TAG_ID_LENGTH })),
  from: Type.Optional(Type.String({ description: 'rejected at or after this instant' })),
  to: Type.Optional(Type.String({ description: 'rejected before this instant' })),
});
const RejectedId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

const Item = Type.Object({
  rejectedId: RejectedId,
  reason: Type.String(),
  detail: Type.String(),
  rejectedAt: Type.String({ format: 'date-time' }),
  from: Type.Object(
    {
      http: Type.Optional(Type.String({ description: 'The id of the request that brought it' })),
      topic: Type.Optional(Type.String()),
      partition: Type.Optional(Type.Integer()),
      offset: Type.Optional(Type.Integer()),
    },
    { description: 'Where it came from: a request, or a record of a topic' },
  ),
  tagId: Type.Union([Type.String(), Type.Null()], { description: 'Where it could be read' }),
  payload: Type.Object(
    {
      text: Type.Optional(Type.String()),
      base64: Type.Optional(Type.String({ description: 'Where the bytes are no UTF-8' })),
      bytes: Type.Integer({ minimum: 0, description: 'How many are kept' }),
      complete: Type.Boolean({ description: `false: a list shows the first ${LISTED_PAYLOAD_BYTES} bytes` }),
    },
    { description: 'The bytes as they came' },
  ),
});
const Key = Type.Tuple([RejectedId]);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of bytes that may have been cut within a character; null where they are no UTF-8. */
function decodeBeginning(bytes: Uint8Array, isCut: boolean): string | null {
  for (let dropped = 0; dropped <= (isCut ? 3 : 0); dropped++) {
    try {
      return utf8.decode(bytes.subarray(0, bytes.length - dropped));
    } catch {
      // The next one tries without the last byte.
    }
  }
  return null;
}

function toItem({ payload, payloadBytes, ...message }: RejectedMessage): Static<typeof Item> {
  const complete = payload.length === payloadBytes;
  const text = decodeBeginning(payload, !complete);
  const bytes = text === null ? { base64: Buffer.from(payload).toString('base64') } : { text };
  return { ...message, payload: { ...bytes, bytes: payloadBytes, complete } };
}

export function registerRejected(app: App, deps: RejectedDeps): void {
  const listSchema = {
    summary: 'What could not be used, rejected last first',
    tags: ['pings'],
    querystring: Query,
    response: { 200: ListOf(Item), ...problemResponses(400, 503) },
  };
  app.get(
    '/api/v1/rejected',
    { schema: listSchema, config: { operation: 'rejected.read' } },
    async (request, reply) => {
      const { limit = DEFAULT_LIST_LIMIT, cursor, reason, tagId, from, to } = request.query;
      const { instants, errors } = readInstants({ from, to }, 'query');
      const key = cursor === undefined ? undefined : decodeCursor(cursor, Key);
      if (key === null) errors.push(FOREIGN_CURSOR);
      if (errors.length > 0) return sendProblem(reply, { status: 400, detail: 'The query cannot be read.', errors });
      const filter: RejectedFilter = {
        limit: limit + 1,
        ...(reason === undefined ? {} : { reason }),
        ...(tagId === undefined ? {} : { tagId }),
        ...(instants.from === undefined ? {} : { fromMs: instants.from }),
        ...(instants.to === undefined ? {} : { toMs: instants.to }),
        ...(key ? { before: key[0] } : {}),
      };
      const rows = await deps.listRejected(filter, LISTED_PAYLOAD_BYTES);
      const page = toPage(rows, limit, ({ rejectedId }) => [rejectedId]);
      return { ...page, items: page.items.map(toItem) };
    },
  );

  const oneSchema = {
    summary: 'One of what could not be used, with all that is kept of it',
    tags: ['pings'],
    params: Type.Object({ rejectedId: RejectedId }),
    response: { 200: Item, ...problemResponses(404, 503) },
  };
  app.get(
    '/api/v1/rejected/:rejectedId',
    { schema: oneSchema, config: { operation: 'rejected.read' } },
    async (request, reply) => {
      const { rejectedId } = request.params;
      const [found] = await deps.listRejected({ rejectedId, limit: 1 }, WHOLE_PAYLOAD_BYTES);
      if (found === undefined)
        return sendProblem(reply, { status: 404, detail: 'Nothing was rejected under this id.' });
      return toItem(found);
    },
  );
}

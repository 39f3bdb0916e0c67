/**
 * Requests to recall, beside the record itself (`/recalls`): what one begins from, its documents, and who is dealt with already. The last
 * is told to everybody who sees the wearer's alerts, before anybody is sent.
 */
import { Type } from 'typebox';
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import type { StoredRecord } from '../../../ports/records.js';
import { draftRequest } from '../../../recall/draft-request.js';
import { writeNonDisclosure, writeRequest } from '../../../recall/request-documents.js';
import type { OrderContent } from '../../../records/kinds/order.js';
import { listDealtWith } from '../../../store/recalls.js';
import { recordStore } from '../../../store/record-store.js';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import {
  type DealtWith,
  ENDED_SHOWN_MS,
  MAX_RECALL_ALERTS,
  RECALL_OUTCOMES,
  RECALL_QUESTIONS,
  RECALL_STATES,
  type RecallContent,
} from '../../../wire/recall.js';
import { RecordId } from '../../../wire/record-id.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { admitExport, ExportSaid } from '../../plugins/export.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { MAX_ALERT_ID_LENGTH } from '../alerts/read.js';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const tags = ['recalls'];

export const DealtWithItem = Type.Object({
  recallId: Type.String(),
  wearerId: Type.String(),
  type: Type.Enum(['recall', 'breach']),
  alertIds: Type.Unsafe<readonly string[]>(Type.Array(Type.String())),
  state: Type.Unsafe<DealtWith['state']>(Type.Enum(RECALL_STATES.filter((state) => state !== 'draft'))),
  stateAt: Type.String({ ...InstantSchema, description: 'since when it stands so' }),
  hearingAt: Type.Optional(InstantSchema),
  outcome: Type.Optional(Type.Enum([...RECALL_OUTCOMES])),
});
const Text = Type.String();
const Draft = Type.Object({
  type: Type.Enum(['recall', 'breach'], { description: 'What the order lets be asked for' }),
  draft: Type.Object({
    wearerId: Type.String(),
    orderId: Type.String(),
    alertIds: Type.Unsafe<readonly string[]>(Type.Array(Type.String())),
    form: Type.Object(Object.fromEntries(RECALL_QUESTIONS.map(({ name }) => [name, Text]))),
    nonDisclosure: Text,
    state: Type.Literal('draft'),
  }),
});
const AlertId = Type.String({ minLength: 1, maxLength: MAX_ALERT_ID_LENGTH });
const Key = Type.Tuple([RecordId]);

export interface RecallsDeps {
  readonly db: Database;
  readonly clock: Clock;
}

export function registerRecalls(app: App, { db, clock }: RecallsDeps): void {
  const listSchema = {
    summary: 'Who is dealt with already: requests to recall, and how far each is',
    description:
      'Of everybody whose alerts may be seen: those that go on, and those that ended in the last 28 days; of one wearer, all. Of the ' +
      'text of a request nothing; drafts are none.',
    tags,
    querystring: Type.Interface([ListQuery], { wearerId: Type.Optional(RecordId) }),
    response: { 200: ListOf(DealtWithItem), ...problemResponses(400, 403, 503) },
  };
  const seeing = { operation: 'alerts.read', keepsToScope: true } as const;
  app.get('/api/v1/dealt-with', { schema: listSchema, config: seeing }, async (request, reply) => {
    const { cursor, wearerId = null, limit = DEFAULT_LIST_LIMIT } = request.query;
    const key = cursor === undefined ? ([null] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const endedSinceMs = clock.nowMs() - ENDED_SHOWN_MS;
    const found: DealtWith[] = [];
    for (let after: string | null = key[0]; ; ) {
      const rows: DealtWith[] = await listDealtWith(db, { wearerId, endedSinceMs, after, limit: limit + 1 });
      found.push(...rows.filter((each) => sees(request, each.wearerId)));
      const last = rows.at(-1);
      if (found.length > limit || rows.length <= limit || last === undefined) break;
      after = last.recallId;
    }
    return toPage(found, limit, ({ recallId }) => [recallId]);
  });

  const draftSchema = {
    summary: 'What a request to recall begins from: the form, answered from the record',
    description:
      'As `PUT /recalls/{recallId}` takes it. Under a voluntary order there is none, and the answer says why.',
    tags,
    params: Type.Object({ wearerId: RecordId }),
    querystring: Type.Object({
      alertId: Type.Optional(
        Type.Union([AlertId, Type.Array(AlertId, { maxItems: MAX_RECALL_ALERTS })], {
          description: 'the alerts that it is about; may be repeated',
        }),
      ),
      orderId: Type.Optional(RecordId),
    }),
    response: { 200: Draft, ...problemResponses(400, 403, 404, 422, 503) },
  };
  const writing = { operation: 'recalls.write', keepsToScope: true } as const;
  app.get(
    '/api/v1/wearers/:wearerId/recall-draft',
    { schema: draftSchema, config: writing },
    async (request, reply) => {
      const { wearerId } = request.params;
      const { alertId = [], orderId } = request.query;
      const isKnown = sees(request, wearerId) && (await recordStore.find(db, 'wearer', [wearerId])).has(wearerId);
      if (!isKnown) return sendProblem(reply, { status: 404, detail: `There is no wearer ${wearerId}.` });
      const query = {
        wearerId,
        alertIds: [alertId].flat(),
        nowMs: clock.nowMs(),
        ...(orderId !== undefined && { orderId }),
      };
      const drafted = await db.transaction((tx) => draftRequest(tx, query), 'repeatable read');
      if ('missing' in drafted) return sendProblem(reply, { status: 404, detail: drafted.missing });
      if ('refused' in drafted) return sendProblem(reply, { status: 422, detail: drafted.refused });
      return drafted;
    },
  );

  const documents = {
    form: ['The form of a request to recall, as it stands, to be edited and sent', writeRequest],
    'non-disclosure': [
      'What of a request to recall must not be disclosed to the wearer, as a file of its own',
      writeNonDisclosure,
    ],
  } as const;
  const reading = { operation: 'recalls.read', keepsToScope: true } as const;
  for (const [name, [summary, write]] of Object.entries(documents)) {
    const schema = {
      summary,
      tags,
      params: Type.Object({ recallId: RecordId }),
      querystring: Type.Object(ExportSaid),
      response: {
        200: { description: 'As .docx', content: { [DOCX]: { schema: Type.Unsafe<Buffer>({ type: 'string' }) } } },
        ...problemResponses(403, 404, 422, 503),
      },
    };
    app.get(`/api/v1/recalls/:recallId/${name}`, { schema, config: reading }, async (request, reply) => {
      const { recallId } = request.params as { readonly recallId: string };
      const record = await findRequest(recallId);
      const maySee =
        record !== null &&
        [undefined, 'exports.make' as const].every((one) => sees(request, record.content.wearerId, one));
      if (record === null || !maySee)
        return sendProblem(reply, { status: 404, detail: `There is no recall request ${recallId}.` });
      if (!admitExport(request, reply, request.query as { purpose?: string; recipient?: string }, 'query'))
        return reply;
      const { wearerId, orderId } = record.content;
      noteAudited(request, { wearerIds: [wearerId], subjectId: recallId, subjectType: 'recall' });
      const [wearer, order] = [await read('wearer', wearerId), await read('order', orderId)];
      const bytes = await write(record, {
        wearerName: (wearer as { readonly name?: string } | undefined)?.name ?? wearerId,
        orderType: (order as OrderContent).type,
      });
      if (bytes === null)
        return sendProblem(reply, { status: 404, detail: 'Nothing of this request is kept from the wearer.' });
      reply.header('content-type', DOCX);
      reply.header('content-disposition', `attachment; filename="${recallId}-${name}.docx"`);
      return reply.send(Buffer.from(bytes) as never);
    });
  }

  async function findRequest(recallId: string): Promise<StoredRecord<RecallContent> | null> {
    const found = (await recordStore.find(db, 'recall', [recallId])).get(recallId);
    return (found as StoredRecord<RecallContent> | undefined) ?? null;
  }
  const read = async (kind: 'wearer' | 'order', id: string): Promise<object | undefined> =>
    (await recordStore.find(db, kind, [id])).get(id)?.content;
}

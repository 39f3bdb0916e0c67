/** `GET /api/v1/cohort`: everybody of whom who asks may know, as a sergeant runs them; as JSON page by page, or as one CSV file. */
import { type Static, Type } from 'typebox';
import { toSheetLine } from '../../../formats/csv-line.js';
import type { Clock } from '../../../ports/clock.js';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import { type CohortRow, STEPS } from '../../../wire/cohort.js';
import { RAG_RATINGS } from '../../../wire/rag.js';
import { RecordId } from '../../../wire/record-id.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { admitExport, ExportSaid } from '../../plugins/export.js';
import {
  DEFAULT_LIST_LIMIT,
  decodeCursor,
  FOREIGN_CURSOR,
  ListOf,
  ListQuery,
  MAX_LIST_LIMIT,
  toPage,
} from '../../plugins/lists.js';
import { negotiate } from '../../plugins/negotiate.js';
import { sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { findSeenWearers } from './seen-wearers.js';

const CSV = 'text/csv';
const MEDIA_TYPES = ['application/json', CSV] as const;
/** One file is of one force; more is for a machine, page by page. */
const MAX_CSV_ROWS = 5_000;

const Maybe = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Minutes = Type.Integer({ minimum: 0 });
const Parts = {
  requiredMinutes: Minutes,
  keptMinutes: Minutes,
  excusedMinutes: Minutes,
  unreasonableMinutes: Minutes,
  unknownMinutes: Type.Integer({
    minimum: 0,
    description: 'nobody knows: the tag told nothing, or it is only suspected',
  }),
};
const Row = Type.Object({
  wearerId: Type.String(),
  name: Type.String(),
  division: Maybe(Type.String()),
  schemes: Type.Unsafe<readonly string[]>(Type.Array(Type.String())),
  rag: Maybe(Type.Enum([...RAG_RATINGS], { description: 'in force' })),
  ragSince: Maybe(InstantSchema),
  mappa: Maybe(Type.Object({ category: Type.Integer(), level: Type.Integer(), since: InstantSchema })),
  cohort: Maybe(Type.String({ description: 'FIXED, FLEX or FREE' })),
  cohortSince: Maybe(InstantSchema),
  flags: Type.Unsafe<readonly string[]>(Type.Array(Type.String())),
  orderTypes: Type.Unsafe<readonly string[]>(Type.Array(Type.String(), { description: 'of the orders in force' })),
  isMonitored: Type.Boolean(),
  missing: Maybe(
    Type.Enum([...STEPS], {
      description: 'the first of these that does not hold; null: monitored',
    }),
  ),
  monitoredSince: Maybe(Type.String({ ...InstantSchema, description: 'since when it is as it is; null: not known' })),
  newestFixAt: Maybe(InstantSchema),
  batteryPercent: Maybe(Type.Number()),
  daysOnTag: Type.Integer({ minimum: 0 }),
  compliance: Type.Object({
    ...Parts,
    conditions: Type.Unsafe<CohortRow['compliance']['conditions']>(
      Type.Array(
        Type.Object({ activationId: Type.String(), conditionId: Type.String(), kind: Type.String(), ...Parts }),
        { description: 'of those that demand presence, over 28 days' },
      ),
    ),
  }),
  violations: Type.Unsafe<CohortRow['violations']>(
    Type.Record(Type.String(), Type.Integer(), { description: 'confirmed and not excused, by kind, of 28 days' }),
  ),
  before: Type.Object(
    {
      violations: Type.Unsafe<CohortRow['violations']>(Type.Record(Type.String(), Type.Integer())),
      compliance: Type.Object(Parts),
    },
    { description: 'the same of the 28 days before those' },
  ),
  openAlerts: Type.Integer({ minimum: 0 }),
  batteryAlerts: Type.Integer({ minimum: 0, description: 'of 28 days' }),
  reviewDueAt: Maybe(InstantSchema),
  visitDueAt: Maybe(InstantSchema),
  planSince: Maybe(
    Type.String({ ...InstantSchema, description: 'of the risk management plan in force; null: there is none' }),
  ),
  planReviewDueAt: Maybe(InstantSchema),
  consentEndedAt: Maybe(
    Type.String({ ...InstantSchema, description: 'since when nothing is collected of a tag that is still on' }),
  ),
  uncoveredSince: Maybe(
    Type.String({
      ...InstantSchema,
      description: 'since when neither an order nor a consent covers a tag that is on; it is collected all the same',
    }),
  ),
  openTasks: Type.Integer({ minimum: 0 }),
  overdueTasks: Type.Integer({ minimum: 0 }),
});
const Key = Type.Tuple([RecordId]);

export interface CohortDeps {
  /** Ids in their order; rejects with `DatabaseUnavailable`. */
  readonly listIds: (after: string | null, limit: number) => Promise<readonly string[]>;
  /** In the order of ids; rejects with `DatabaseUnavailable`. */
  readonly readRows: (wearerIds: readonly string[], nowMs: number) => Promise<readonly CohortRow[]>;
  readonly clock: Clock;
}

export function registerCohort(app: App, deps: CohortDeps): void {
  const schema = {
    summary: 'The cohort: who is monitored, how conditions are kept, and what is due',
    description:
      'By wearer: RAG, MAPPA and membership as they are in force; monitored, as one line; days on tag; minutes required, kept, excused, ' +
      'unreasonable and unknown; violations by kind; open alerts; when the review is due. As `text/csv` it is an export.',
    tags: ['schemes'],
    querystring: Type.Interface([ListQuery], {
      ...ExportSaid,
      wearerId: Type.Optional(Type.String({ ...RecordId, description: 'this one alone' })),
    }),
    response: {
      200: {
        description: 'Those who may be seen, in the order of their ids',
        content: {
          'application/json': { schema: ListOf(Row) },
          [CSV]: { schema: Type.Unsafe<string>({ type: 'string' }) },
        },
      },
      ...problemResponses(400, 403, 406, 413, 422, 503),
    },
  };
  app.get(
    '/api/v1/cohort',
    { schema, config: { operation: 'schemes.read', keepsToScope: true } },
    async (request, reply) => {
      const mediaType = negotiate(request.headers.accept, MEDIA_TYPES);
      reply.header('vary', 'accept');
      if (mediaType === null) {
        sendProblem(reply, { status: 406, detail: `The cohort comes as ${MEDIA_TYPES.join(', ')}.` });
        return reply;
      }
      const { limit = DEFAULT_LIST_LIMIT, cursor, wearerId: only } = request.query;
      const key = cursor === undefined ? ([null] as const) : decodeCursor(cursor, Key);
      if (key === null) {
        sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
        return reply;
      }
      /** Of a file, those of whom one may be made. */
      const isListed = (wearerId: string): boolean =>
        sees(request, wearerId) && (mediaType !== CSV || sees(request, wearerId, 'exports.make'));
      const findSeen = async (after: string | null, wanted: number): Promise<string[]> => {
        if (only !== undefined) return isListed(only) ? [only] : [];
        return await findSeenWearers(deps.listIds, isListed, after, wanted);
      };
      const nowMs = deps.clock.nowMs();
      if (mediaType !== CSV) {
        const page = toPage(await findSeen(key[0], limit + 1), limit, (wearerId) => [wearerId]);
        return reply.send({ ...page, items: [...(await deps.readRows(page.items, nowMs))] });
      }
      if (!admitExport(request, reply, request.query, 'query')) return reply;
      const ids = await findSeen(null, MAX_CSV_ROWS + 1);
      if (ids.length > MAX_CSV_ROWS) {
        sendProblem(reply, {
          status: 413,
          detail: `A file has at most ${MAX_CSV_ROWS} wearers: read the list page by page.`,
        });
        return reply;
      }
      noteAudited(request, { wearerIds: ids, rowCount: ids.length });
      let text = toSheetLine(HEADS);
      for (let at = 0; at < ids.length; at += MAX_LIST_LIMIT)
        for (const row of await deps.readRows(ids.slice(at, at + MAX_LIST_LIMIT), nowMs))
          text += toSheetLine(cellsOf(row));
      reply.header('content-type', `${CSV}; charset=utf-8`);
      reply.header('content-disposition', 'attachment; filename="cohort.csv"');
      return reply.send(text as never);
    },
  );
}

const HEADS = [
  'wearerId,name,division,rag,ragSince,mappa,cohort,flags,orders,monitored,missing,monitoredSince,newestFixAt,batteryPercent,daysOnTag',
  'requiredMinutes,keptMinutes,excusedMinutes,unreasonableMinutes,unknownMinutes,exclusion,inclusion,restriction,curfew',
  'requiredMinutesBefore,keptMinutesBefore,unreasonableMinutesBefore,unknownMinutesBefore,violationsBefore',
  'openAlerts,batteryAlerts,reviewDueAt,visitDueAt,planSince,planReviewDueAt,openTasks,overdueTasks,consentEndedAt,uncoveredSince',
].flatMap((line) => line.split(','));

function cellsOf(row: Static<typeof Row> | CohortRow): (string | number | null)[] {
  const { compliance, violations, before } = row;
  return [
    row.wearerId,
    row.name,
    row.division,
    row.rag,
    row.ragSince,
    row.mappa === null ? null : `category ${row.mappa.category} level ${row.mappa.level}`,
    row.cohort,
    row.flags.join('; '),
    row.orderTypes.join('; '),
    row.isMonitored ? 'yes' : 'no',
    row.missing,
    row.monitoredSince,
    row.newestFixAt,
    row.batteryPercent,
    row.daysOnTag,
    compliance.requiredMinutes,
    compliance.keptMinutes,
    compliance.excusedMinutes,
    compliance.unreasonableMinutes,
    compliance.unknownMinutes,
    violations.exclusion ?? 0,
    violations.inclusion ?? 0,
    violations.restriction ?? 0,
    violations.curfew ?? 0,
    before.compliance.requiredMinutes,
    before.compliance.keptMinutes,
    before.compliance.unreasonableMinutes,
    before.compliance.unknownMinutes,
    Object.values(before.violations).reduce((sum, count) => sum + (count ?? 0), 0),
    row.openAlerts,
    row.batteryAlerts,
    row.reviewDueAt,
    row.visitDueAt,
    row.planSince,
    row.planReviewDueAt,
    row.openTasks,
    row.overdueTasks,
    row.consentEndedAt,
    row.uncoveredSince,
  ];
}

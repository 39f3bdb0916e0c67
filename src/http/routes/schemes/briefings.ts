/**
 * `/api/v1/briefings`: what has come since the last one, and what there is tonight. One that is made is stored as it was read, so that the
 * next begins where it ended; each reader is told of those whom they may see.
 */
import type { FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { coversAreas } from '../../../access/may.js';
import type { Area } from '../../../access/principal.js';
import type { Alert } from '../../../alerts/alert.js';
import { lookFromMs, makeBriefing, PERIOD_MS } from '../../../briefing/make-briefing.js';
import { writeBriefing } from '../../../briefing/write-briefing.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database, Queryable } from '../../../ports/database.js';
import { Line } from '../../../records/rule.js';
import {
  addBriefing,
  findBriefing,
  findLastBriefing,
  listBriefable,
  listBriefings,
  readZoneNames,
  type StoredBriefing,
  type StoredBriefingHead,
} from '../../../store/briefings.js';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import { BRIEFING_PERIODS, type Briefing, type BriefingContent, type BriefingHead } from '../../../wire/briefing.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { admitExport, ExportSaid } from '../../plugins/export.js';
import { readInstants } from '../../plugins/instants.js';
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
import { listAllAlerts } from '../alerts/list.js';
import { type AlertDeps, assertCaughtUp } from '../alerts/sources.js';
import { DealtWithItem } from '../recalls/register-recalls.js';
import { writerOf } from '../records/record-routes.js';

const PDF = 'application/pdf';
/** More fit on no briefing; a division does. */
const MAX_WEARERS = 1_000;

const Period = Type.Enum([...BRIEFING_PERIODS]);
const Division = Line(200);
const HEAD = {
  briefingId: Type.Integer(),
  period: Period,
  division: Type.Union([Type.String(), Type.Null()], { description: 'null: all' }),
  from: InstantSchema,
  to: InstantSchema,
  madeBy: Type.String(),
  madeAt: InstantSchema,
};
const Head = Type.Object(HEAD);
const About = { wearerId: Type.String(), name: Type.String() };
const Text = Type.Union([Type.String(), Type.Null()]);
const rows = (fields: Record<string, TSchema>) => Type.Array(Type.Object({ ...About, ...fields }));
const Told = Type.Object({
  ...HEAD,
  hidden: Type.Integer({ minimum: 0, description: 'wearers of whom it tells and whom who asks may not see: left out' }),
  content: Type.Unsafe<BriefingContent>(
    Type.Object({
      wearers: Type.Integer({ minimum: 0 }),
      tonight: Type.Object({ fromAt: InstantSchema, untilAt: InstantSchema }),
      alerts: rows({
        alertId: Type.String(),
        kind: Type.String(),
        severity: Type.String(),
        strength: Type.String({ description: 'suspected, confirmed or withdrawn' }),
        raisedAt: Type.String(),
        startedAt: Type.String(),
        status: Type.String(),
        disposition: Text,
      }),
      ragChanges: rows({ before: Text, now: Text, since: Text, by: Text }),
      membershipChanges: rows({ before: Text, now: Text, since: Text, by: Text }),
      panels: rows({ taskId: Type.String(), decision: Type.String(), at: Type.String() }),
      silentTags: rows({ alertId: Type.String(), tagId: Type.String(), kind: Type.String(), since: Type.String() }),
      conditionsTonight: rows({
        conditionId: Type.String(),
        kind: Type.String(),
        zoneId: Text,
        zone: Type.Union([Type.String(), Type.Null()], {
          description: 'as it was named then; null, as its id: it is, was or is to be a victim’s',
        }),
        fromAt: Type.String(),
        untilAt: Type.String(),
      }),
      releases: rows({ what: Type.String(), taskId: Text, at: Text, subject: Text }),
      reviewsDue: rows({ of: Type.Optional(Type.Literal('plan')), dueAt: Type.String(), taskId: Text }),
      dealtWith: Type.Optional(
        Type.Array(Type.Interface([DealtWithItem], { name: Type.String() }), {
          description: 'requests to recall that go on or ended in the last 28 days, as `GET /dealt-with` tells them',
        }),
      ),
    }),
  ),
});
const Key = Type.Tuple([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })]);
const Params = Type.Object({ briefingId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const Body = Type.Object({ period: Period, division: Type.Optional(Division) }, { additionalProperties: false });

export interface BriefingDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly alerts: AlertDeps;
}

/** What one who has these areas makes of one division: a part of each that holds it. */
function areasOf(areas: readonly Area[], division: string | null): readonly Area[] {
  if (division === null) return areas;
  return areas.flatMap((area) =>
    area.divisions === 'all' || area.divisions.includes(division) ? [{ ...area, divisions: [division] }] : [],
  );
}

/** Who made it, and who has to do with all of its areas. */
function mayRead(request: FastifyRequest, { areas, madeBy }: StoredBriefingHead): boolean {
  const { kind, subjectId, scope } = principalOf(request);
  return kind === 'local' || subjectId === madeBy || (areas !== null && coversAreas(scope, areas));
}

const toHead = ({ briefingId, period, division, from, to, madeBy, madeAt }: StoredBriefingHead): BriefingHead => ({
  briefingId,
  period,
  division,
  from,
  to,
  madeBy,
  madeAt,
});

/** Without whom the reader may not see and without zones that are or were a victim’s, whatever was so when it was made. */
async function tell(db: Queryable, request: FastifyRequest, stored: StoredBriefing): Promise<Briefing> {
  const seen = new Set(stored.wearerIds.filter((wearerId) => sees(request, wearerId)));
  noteAudited(request, {
    wearerIds: [...seen],
    subjectId: String(stored.briefingId),
    subjectType: 'briefing',
    rowCount: seen.size,
  });
  const of = <T extends { readonly wearerId: string }>(items: readonly T[]) =>
    items.filter(({ wearerId }) => seen.has(wearerId));
  const { content } = stored;
  const zones = await readZoneNames(db, [...new Set(content.conditionsTonight.flatMap(({ zoneId }) => zoneId ?? []))]);
  const isTold = (zoneId: string | null | undefined) => zoneId != null && zones.get(zoneId) != null;
  return {
    ...toHead(stored),
    hidden: stored.wearerIds.length - seen.size,
    content: {
      wearers: content.wearers,
      tonight: content.tonight,
      alerts: of(content.alerts),
      ragChanges: of(content.ragChanges),
      membershipChanges: of(content.membershipChanges),
      panels: of(content.panels),
      silentTags: of(content.silentTags),
      conditionsTonight: of(content.conditionsTonight).map((one) =>
        isTold(one.zoneId) ? one : { ...one, zoneId: null, zone: null },
      ),
      releases: of(content.releases),
      reviewsDue: of(content.reviewsDue),
      ...(content.dealtWith === undefined ? {} : { dealtWith: of(content.dealtWith) }),
    },
  };
}

export function registerBriefings(app: App, { db, clock, alerts }: BriefingDeps): void {
  const tags = ['schemes'];
  const reading = { operation: 'schemes.read', keepsToScope: true } as const;
  const writing = { operation: 'schemes.write', keepsToScope: true } as const;

  const postSchema = {
    summary: 'Make a briefing: what has come since the last one of this period and division, and what there is tonight',
    description:
      'Of everybody of whom who asks may know, but for those of whom only named persons may. It is stored as it is read now and never ' +
      'changed; the first one looks back a day or a week. It names no zone of a victim.',
    tags,
    body: Body,
    response: { 201: Told, ...problemResponses(400, 403, 409, 413, 415, 422, 503) },
  };
  app.post('/api/v1/briefings', { schema: postSchema, config: writing }, async (request, reply) => {
    const { period, division = null } = request.body;
    assertCaughtUp(alerts.alertLog);
    const principal = principalOf(request);
    const areas = principal.kind === 'local' ? null : areasOf(principal.scope.areas, division);
    const wearers = (await listBriefable(db, division)).filter(({ wearerId }) => sees(request, wearerId));
    if (wearers.length === 0)
      return sendProblem(reply, {
        status: 422,
        errors: [{ pointer: '/division', detail: 'is none in which there is anybody of whom you may make one' }],
      });
    if (wearers.length > MAX_WEARERS) {
      const detail = `A briefing is of at most ${MAX_WEARERS} wearers, and these are ${wearers.length}: name a division.`;
      return sendProblem(reply, { status: 413, detail });
    }
    const toMs = clock.nowMs();
    const last = await findLastBriefing(db, { period, division, areas });
    const fromMs = last === null ? toMs - PERIOD_MS[period] : Date.parse(last.to);
    if (fromMs >= toMs) return sendFirst();
    const ours = new Set(wearers.map(({ wearerId }) => wearerId));
    const isOurs = ({ finding }: Alert) => ours.has(finding.wearerId);
    const time = {
      from: new Date(lookFromMs(last, fromMs)).toISOString(),
      to: new Date(toMs).toISOString(),
    };
    const { content, standing } = await makeBriefing(db, {
      period,
      fromMs,
      toMs,
      wearers,
      last,
      alerts: await listAllAlerts(alerts, isOurs, time),
      open: alerts.alertLog.open(),
    });
    const made = await addBriefing(db, {
      period,
      division,
      areas,
      fromMs,
      toMs,
      madeBy: principal.subjectId,
      correlationId: writerOf(request).correlationId,
      wearerIds: wearers.map(({ wearerId }) => wearerId),
      content,
      standing,
    });
    if (made === null) return sendFirst();
    reply.header('location', `/api/v1/briefings/${made.briefingId}`);
    return reply.code(201).send(await tell(db, request, made));

    function sendFirst() {
      const detail = 'Somebody has made the same one at this moment: it is in the list.';
      return sendProblem(reply, { status: 409, detail });
    }
  });

  const listSchema = {
    summary: 'Briefings that were made, the newest first: of areas of who asks',
    tags,
    querystring: Type.Interface([ListQuery], {
      period: Type.Optional(Period),
      division: Type.Optional(Division),
      from: Type.Optional(Type.String({ description: 'those that tell of a time after it' })),
      to: Type.Optional(Type.String({ description: 'those that tell of a time before it' })),
    }),
    response: { 200: ListOf(Head), ...problemResponses(400, 403, 503) },
  };
  app.get('/api/v1/briefings', { schema: listSchema, config: reading }, async (request, reply) => {
    const { cursor, limit = DEFAULT_LIST_LIMIT, period = null, division = null, from, to } = request.query;
    const key = cursor === undefined ? ([Number.MAX_SAFE_INTEGER] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const { instants, errors } = readInstants({ from, to }, 'query');
    if (errors.length > 0) return sendProblem(reply, { status: 400, errors });
    const filter = { period, division, fromMs: instants.from ?? null, toMs: instants.to ?? null };
    const page = await readSeenPage(
      { before: key[0], limit },
      (some) => listBriefings(db, filter, some),
      (one) => mayRead(request, one),
      ({ briefingId }) => briefingId,
    );
    return { ...page, items: page.items.map(toHead) };
  });

  const readSchema = {
    summary: 'A briefing, as it was made',
    tags,
    params: Params,
    response: { 200: Told, ...problemResponses(400, 403, 404, 503) },
  };
  app.get('/api/v1/briefings/:briefingId', { schema: readSchema, config: reading }, async (request, reply) => {
    const { briefingId } = request.params;
    const stored = await findBriefing(db, briefingId);
    if (stored === null || !mayRead(request, stored))
      return sendProblem(reply, { status: 404, detail: `There is no briefing ${briefingId}.` });
    return await tell(db, request, stored);
  });

  const fileSchema = {
    summary: 'A briefing as a file to print',
    description: 'PDF/A-2a and PDF/UA-1; the same bytes for whoever may see the same. An export, of everybody in it.',
    tags,
    params: Params,
    querystring: Type.Object(ExportSaid),
    response: {
      200: { description: 'As PDF', content: { [PDF]: { schema: Type.Unsafe<Buffer>({ type: 'string' }) } } },
      ...problemResponses(400, 403, 404, 422, 503),
    },
  };
  app.get('/api/v1/briefings/:briefingId/file', { schema: fileSchema, config: reading }, async (request, reply) => {
    const { briefingId } = request.params;
    const stored = await findBriefing(db, briefingId);
    if (stored === null || !mayRead(request, stored))
      return sendProblem(reply, { status: 404, detail: `There is no briefing ${briefingId}.` }) as never;
    if (!admitExport(request, reply, request.query, 'query')) return reply;
    const told = await tell(db, request, stored);
    const isExportable = stored.wearerIds.every(
      (wearerId) => !sees(request, wearerId) || sees(request, wearerId, 'exports.make'),
    );
    if (!isExportable)
      return sendProblem(reply, { status: 403, detail: 'You may not make a file of everybody in it.' }) as never;
    reply.header('content-type', PDF);
    reply.header('content-disposition', `attachment; filename="briefing-${briefingId}.pdf"`);
    return reply.send(Buffer.from(writeBriefing(told)) as never);
  });
}

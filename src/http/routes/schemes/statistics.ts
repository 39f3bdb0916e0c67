/**
 * `GET /api/v1/statistics`: how many alerts, what people found them to be, and how long it took; `GET /api/v1/statistics/before-after`: equal
 * stretches of time before and after an instant. Every count is told with what it is a count of; there is no percentage.
 */
import { Type } from 'typebox';
import { DISPOSITIONS } from '../../../alerts/event.js';
import type { AlertKind } from '../../../engine/types.js';
import { toSheetLine } from '../../../formats/csv-line.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import { Line } from '../../../records/rule.js';
import type { WearerFigures } from '../../../schemes/cohort-row.js';
import { addCompliance, NO_COMPLIANCE } from '../../../schemes/compliance.js';
import { countBy, countTogether } from '../../../schemes/statistics.js';
import { readZoneNames } from '../../../store/briefings.js';
import {
  countAlerts,
  listWearersOf,
  measureHandling,
  measureTimeOnTag,
  type Period,
} from '../../../store/statistics.js';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import { RecordId } from '../../../wire/record-id.js';
import type { AlertCounts, BeforeAfter, PeriodFigures, Statistics } from '../../../wire/statistics.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { admitExport, ExportSaid } from '../../plugins/export.js';
import { readInstants } from '../../plugins/instants.js';
import { negotiate } from '../../plugins/negotiate.js';
import { sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';

const CSV = 'text/csv';
const MEDIA_TYPES = ['application/json', CSV] as const;
const DAY_MS = 86_400_000;
const MAX_DAYS = 366;
/** Whose compliance is put together from their conditions: one answer must not hold up everything else. */
const MAX_COMPARED = 500;

const Count = Type.Integer({ minimum: 0 });
const Text = Type.Union([Type.String(), Type.Null()]);
const COUNTS = {
  raised: Count,
  withdrawn: Type.Integer({ minimum: 0, description: 'taken back by the evidence before anybody touched them' }),
  decided: Type.Integer({ minimum: 0, description: 'a person has said what they were' }),
  false: Type.Integer({ minimum: 0, description: 'of those: gps-drift, equipment-fault, duplicate' }),
  unknown: Type.Integer({ minimum: 0, description: 'neither taken back nor decided' }),
  dispositions: Type.Unsafe<AlertCounts['dispositions']>(Type.Record(Type.String(), Count)),
};
const Elapsed = Type.Object({
  n: Count,
  medianMinutes: Type.Union([Type.Number(), Type.Null()]),
  p90Minutes: Type.Union([Type.Number(), Type.Null()]),
});
const Told = Type.Object({
  from: InstantSchema,
  to: InstantSchema,
  division: Text,
  wearers: Count,
  daysOnTag: Type.Number({ description: 'of these wearers together' }),
  all: Type.Object(COUNTS),
  byKind: Type.Unsafe<Statistics['byKind']>(Type.Array(Type.Object({ kind: Type.String(), ...COUNTS }))),
  byZone: Type.Array(Type.Object({ zoneId: Text, name: Text, ...COUNTS }), {
    description: 'zones of victims together, without their ids',
  }),
  byModel: Type.Array(Type.Object({ modelId: Text, name: Text, ...COUNTS })),
  untilTaken: Elapsed,
  untilDisposed: Elapsed,
});
const Figures = Type.Object({
  from: InstantSchema,
  to: InstantSchema,
  daysOnTag: Type.Number(),
  violations: Type.Unsafe<PeriodFigures['violations']>(
    Type.Record(Type.String(), Count, { description: 'confirmed and not excused, by kind' }),
  ),
  compliance: Type.Object({
    requiredMinutes: Count,
    keptMinutes: Count,
    excusedMinutes: Count,
    unreasonableMinutes: Count,
    unknownMinutes: Count,
  }),
});
const Compared = Type.Object({
  at: InstantSchema,
  days: Type.Integer(),
  wearers: Count,
  before: Figures,
  after: Figures,
});

export interface StatisticsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly readFigures: (wearerIds: readonly string[], period: Period) => Promise<ReadonlyMap<string, WearerFigures>>;
}

const toIso = (atMs: number): string => new Date(atMs).toISOString();
const toDays = (ms: number): number => Math.round((ms / DAY_MS) * 10) / 10;

export function registerStatistics(app: App, { db, clock, readFigures }: StatisticsDeps): void {
  const tags = ['schemes'];
  const config = { operation: 'schemes.read', keepsToScope: true } as const;
  const Division = Type.Optional(Line(200));

  const schema = {
    summary: 'Alerts of a period by what people found them to be, by zone and by model of tag, and how long it took',
    description:
      'Of everybody of whom who asks may know, by when alerts were raised. Counts with what they are counts of, and never a percentage. As ' +
      '`text/csv` it is an export.',
    tags,
    querystring: Type.Object({
      from: Type.String(),
      to: Type.String({ description: 'now, where it is later than that: the answer says so' }),
      division: Division,
      ...ExportSaid,
    }),
    response: {
      200: {
        description: 'Counts',
        content: {
          'application/json': { schema: Told },
          [CSV]: { schema: Type.Unsafe<string>({ type: 'string' }) },
        },
      },
      ...problemResponses(400, 403, 406, 422, 503),
    },
  };
  app.get('/api/v1/statistics', { schema, config }, async (request, reply) => {
    const mediaType = negotiate(request.headers.accept, MEDIA_TYPES);
    reply.header('vary', 'accept');
    if (mediaType === null) {
      sendProblem(reply, { status: 406, detail: `Statistics come as ${MEDIA_TYPES.join(', ')}.` });
      return reply;
    }
    const { from, to, division = null } = request.query;
    const { instants, errors } = readInstants({ from, to }, 'query');
    // Days that have not been are days on tag of nobody.
    const period = { fromMs: instants.from ?? 0, untilMs: Math.min(instants.to ?? 0, clock.nowMs()) };
    const spanMs = period.untilMs - period.fromMs;
    if (errors.length === 0 && !(spanMs > 0 && spanMs <= MAX_DAYS * DAY_MS))
      errors.push({
        in: 'query',
        pointer: '/to',
        detail: `is after from, which is before now, and at most ${MAX_DAYS} days after it`,
      });
    if (errors.length > 0) {
      sendProblem(reply, { status: 400, errors });
      return reply;
    }
    const isFile = mediaType === CSV;
    if (isFile && !admitExport(request, reply, request.query, 'query')) return reply;
    const wearerIds = (await listWearersOf(db, division)).filter(
      (wearerId) => sees(request, wearerId) && (!isFile || sees(request, wearerId, 'exports.make')),
    );
    noteAudited(request, { wearerIds, rowCount: wearerIds.length });
    const told = await readStatistics(db, wearerIds, period, division);
    if (!isFile) return reply.send(told as never);
    reply.header('content-type', `${CSV}; charset=utf-8`);
    reply.header('content-disposition', 'attachment; filename="statistics.csv"');
    return reply.send(toCsv(told) as never);
  });

  const comparedSchema = {
    summary: 'Equal stretches of time before and after an instant: days on tag, violations, minutes kept and unknown',
    description: `Of one wearer, or of everybody within scope (of one division), ${MAX_COMPARED} at most.`,
    tags,
    querystring: Type.Object({
      at: Type.String({ description: 'the instant between them' }),
      days: Type.Integer({ minimum: 1, maximum: 183, description: 'of each' }),
      wearerId: Type.Optional(Type.String({ ...RecordId, description: 'this one alone' })),
      division: Division,
    }),
    response: { 200: Compared, ...problemResponses(400, 403, 413, 503) },
  };
  app.get('/api/v1/statistics/before-after', { schema: comparedSchema, config }, async (request, reply) => {
    const { at, days, wearerId: only, division = null } = request.query;
    const { instants, errors } = readInstants({ at }, 'query');
    const atMs = instants.at ?? 0;
    if (errors.length === 0 && atMs + days * DAY_MS > clock.nowMs())
      errors.push({ in: 'query', pointer: '/days', detail: 'are not over yet after this instant' });
    if (errors.length > 0) return sendProblem(reply, { status: 400, errors });
    const wearerIds = (only === undefined ? await listWearersOf(db, division) : [only]).filter((wearerId) =>
      sees(request, wearerId),
    );
    if (wearerIds.length > MAX_COMPARED) {
      const detail = `At most ${MAX_COMPARED} wearers are compared, and these are ${wearerIds.length}: name a division.`;
      return sendProblem(reply, { status: 413, detail });
    }
    noteAudited(request, { wearerIds, rowCount: wearerIds.length });
    const before = await readPeriod(wearerIds, { fromMs: atMs - days * DAY_MS, untilMs: atMs });
    const after = await readPeriod(wearerIds, { fromMs: atMs, untilMs: atMs + days * DAY_MS });
    return {
      at: toIso(atMs),
      days,
      wearers: before.wearers,
      before: before.figures,
      after: after.figures,
    } satisfies BeforeAfter;
  });

  async function readPeriod(
    wearerIds: readonly string[],
    period: Period,
  ): Promise<{ readonly wearers: number; readonly figures: PeriodFigures }> {
    const found = [...(await readFigures(wearerIds, period)).values()];
    const violations: Partial<Record<AlertKind, number>> = {};
    for (const one of found)
      for (const [kind, count] of Object.entries(one.violations) as [AlertKind, number][])
        violations[kind] = (violations[kind] ?? 0) + count;
    return {
      wearers: found.length,
      figures: {
        from: toIso(period.fromMs),
        to: toIso(period.untilMs),
        daysOnTag: toDays(found.reduce((sum, { onTagMs }) => sum + onTagMs, 0)),
        violations,
        compliance: found.reduce((sum, { compliance }) => addCompliance(sum, compliance), NO_COMPLIANCE),
      },
    };
  }
}

async function readStatistics(
  db: Database,
  wearerIds: readonly string[],
  period: Period,
  division: string | null,
): Promise<Statistics> {
  const cells = await countAlerts(db, wearerIds, period);
  const names = await readZoneNames(db, [...new Set(cells.flatMap(({ zoneId }) => zoneId ?? []))]);
  // A victim's zone is told by neither name nor id.
  const known = cells.map((cell) => {
    const isVictims = cell.zoneId !== null && names.get(cell.zoneId) == null;
    return { ...cell, isVictims, zoneId: isVictims ? null : cell.zoneId };
  });
  return {
    from: toIso(period.fromMs),
    to: toIso(period.untilMs),
    division,
    wearers: wearerIds.length,
    daysOnTag: toDays(await measureTimeOnTag(db, wearerIds, period)),
    all: countTogether(cells),
    byKind: countBy(known, ({ kind }) => kind).map(({ first, counts }) => ({ kind: first.kind, ...counts })),
    byZone: countBy(
      known.filter(({ zoneId, isVictims }) => zoneId !== null || isVictims),
      ({ zoneId }) => zoneId ?? '',
    ).map(({ first, counts }) => ({
      zoneId: first.zoneId,
      name: first.zoneId === null ? null : (names.get(first.zoneId) ?? null),
      ...counts,
    })),
    byModel: countBy(known, ({ modelId }) => modelId ?? '').map(({ first, counts }) => ({
      modelId: first.modelId,
      name: first.modelName,
      ...counts,
    })),
    ...(await measureHandling(db, wearerIds, period)),
  };
}

/** One line a group, with its counts; what is of all stands in each, so that a line says by itself what it is of. */
function toCsv({
  from,
  to,
  division,
  wearers,
  daysOnTag,
  all,
  byKind,
  byZone,
  byModel,
  ...elapsed
}: Statistics): string {
  const heads = ['from', 'to', 'division', 'wearers', 'daysOnTag', 'by', 'id', 'name'];
  const counts = ['raised', 'withdrawn', 'decided', 'false', 'unknown'] as const;
  const times = ['n', 'medianMinutes', 'p90Minutes'] as const;
  const of = [from, to, division, wearers, daysOnTag];
  const line = (by: string, id: string | null, name: string | null, one: AlertCounts) =>
    toSheetLine([
      ...of,
      by,
      id,
      name,
      ...counts.map((field) => one[field]),
      ...DISPOSITIONS.map((each) => one.dispositions[each] ?? 0),
      ...times.map(() => null),
    ]);
  let text = toSheetLine([...heads, ...counts, ...DISPOSITIONS, ...times]);
  text += line('all', null, null, all);
  for (const one of byKind) text += line('kind', one.kind, null, one);
  for (const one of byZone) text += line('zone', one.zoneId, one.name ?? 'zones of victims', one);
  for (const one of byModel) text += line('model', one.modelId, one.name ?? 'no model', one);
  for (const [name, time] of Object.entries(elapsed))
    text += toSheetLine([
      ...of,
      name,
      null,
      null,
      ...[...counts, ...DISPOSITIONS].map(() => null),
      ...times.map((field) => time[field]),
    ]);
  return text;
}

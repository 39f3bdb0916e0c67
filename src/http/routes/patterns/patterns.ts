/**
 * `/api/v1/wearers/{wearerId}/patterns`: where somebody stays, their usual places by hour, and when they are at home; and together with whom.
 * Inferred from fixes, under an authority that is asked for each time.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toSheetLine } from '../../../formats/csv-line.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import { MOST_PATTERN_FIXES, type Patterns, type Together } from '../../../wire/patterns.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { admitExport } from '../../plugins/export.js';
import { negotiate } from '../../plugins/negotiate.js';
import { sees, seesVictims } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { createTurns } from '../../plugins/turns.js';
import { isDay } from '../wearers/timeline.js';
import { admitByAuthority, CONFIG, tellAuthority } from './authorities.js';
import {
  PatternsAnswer,
  PatternsAsked,
  TogetherAnswer,
  TogetherAsked,
  TogetherParams,
  WearerParams,
} from './pattern-schemas.js';

interface Asked {
  readonly days: number;
  /** The last local day, `YYYY-MM-DD`; null: today. */
  readonly lastDay: string | null;
  readonly nowMs: number;
  readonly tellsVictims: boolean;
}
export interface PatternsQuery extends Asked {
  readonly wearerId: string;
  readonly rule: { readonly radiusMetres: number; readonly leastMs: number; readonly gapMs: number };
}
export interface TogetherQuery extends Asked {
  readonly firstWearerId: string;
  readonly secondWearerId: string;
  readonly rule: { readonly withinMetres: number; readonly gapMs: number };
}

export type NotLookedAt = 'not begun' | 'too many fixes';

export interface PatternsDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** Null: there is no such wearer. */
  readonly readPatterns: (query: PatternsQuery) => Promise<Omit<Patterns, 'authority'> | NotLookedAt | null>;
  readonly readTogether: (query: TogetherQuery) => Promise<Omit<Together, 'authority'> | NotLookedAt | null>;
  readonly rules: {
    readonly stops: PatternsQuery['rule'];
    readonly together: TogetherQuery['rule'];
  };
}

const MINUTE_MS = 60_000;
const DEFAULT_DAYS = 7;
const CSV = 'text/csv';
const MEDIA_TYPES = ['application/json', CSV] as const;

function refuseDay(reply: FastifyReply, detail: string) {
  const at = { pointer: '/lastDay', detail, in: 'query' as const };
  return sendProblem(reply, { status: 422, detail: 'There is no such day to look at.', errors: [at] });
}

/** Whether it is a day; where not, it has been answered. */
function admitDay(reply: FastifyReply, lastDay: string | null): boolean {
  if (lastDay === null || isDay(lastDay)) return true;
  refuseDay(reply, 'must be a day, as 2026-11-29');
  return false;
}

/** JSON, or a file that may be taken away; where neither is, it has been answered. */
function admitMedia(
  request: FastifyRequest,
  reply: FastifyReply,
  said: { readonly purpose?: string; readonly recipient?: string },
  wearerIds: readonly string[],
): (typeof MEDIA_TYPES)[number] | null {
  const mediaType = negotiate(request.headers.accept, MEDIA_TYPES);
  reply.header('vary', 'accept');
  if (mediaType === null) {
    sendProblem(reply, { status: 406, detail: `Patterns come as ${MEDIA_TYPES.join(', ')}.` });
    return null;
  }
  if (mediaType !== CSV) return mediaType;
  if (!admitExport(request, reply, said, 'query')) return null;
  if (wearerIds.every((wearerId) => sees(request, wearerId, 'exports.make'))) return CSV;
  sendProblem(reply, { status: 403, detail: 'You may read these patterns, and not take them away as a file.' });
  return null;
}

function sendCsv(reply: FastifyReply, name: string, lines: readonly (readonly (string | number | null)[])[]) {
  reply.header('content-type', `${CSV}; charset=utf-8`);
  reply.header('content-disposition', `attachment; filename="${name}.csv"`);
  return reply.send(lines.map(toSheetLine).join('') as never);
}

/** A file says as much of what it is as a page: inferred, by which authority, and how. */
const headOf = ({ authority, inference, asOf }: Pick<Patterns, 'authority' | 'inference' | 'asOf'>) => [
  [`Inferred, not observed, as of ${asOf}; authority ${authority.reference}, for ${authority.purpose}`],
  [inference.method],
  ...inference.limits.map((limit) => [limit]),
];

const stopLines = (told: Patterns) => [
  ...headOf(told),
  [
    'what',
    'fromAt',
    'untilAt',
    'minutes',
    'latitude',
    'longitude',
    'radiusMetres',
    'fixes',
    'longestGapSeconds',
    'endedBecause',
    'isCutAtStart',
    'usualPlace',
  ],
  ...told.stops.map((stop) => [
    'stop',
    stop.fromAt,
    stop.untilAt,
    stop.minutes,
    stop.latitude,
    stop.longitude,
    stop.radiusMetres,
    stop.fixes,
    stop.longestGapSeconds,
    stop.endedBecause,
    String(stop.isCutAtStart),
    stop.place,
  ]),
  ...told.silences.map(({ fromAt, untilAt, why }) => [
    'silence',
    fromAt,
    untilAt,
    Math.round((Date.parse(untilAt) - Date.parse(fromAt)) / MINUTE_MS),
    null,
    null,
    null,
    null,
    null,
    why,
  ]),
];

const meetingLines = (told: Together) => [
  ...headOf(told),
  [
    'what',
    'fromAt',
    'untilAt',
    'minutes',
    'closestAt',
    'metres',
    'errorMetres',
    'fixOfFirstSeconds',
    'fixOfSecondSeconds',
    'latitude',
    'longitude',
    'unseen',
    'isDeleted',
  ],
  ...told.meetings.map(({ fromAt, untilAt, minutes, closest }) => [
    'together',
    fromAt,
    untilAt,
    minutes,
    closest.at,
    closest.metres,
    closest.errorMetres,
    closest.fixOfFirstSeconds,
    closest.fixOfSecondSeconds,
    closest.latitude,
    closest.longitude,
    null,
    null,
  ]),
  ...told.notCompared.map(({ fromAt, untilAt, unseen, isDeleted }) => [
    'not compared',
    fromAt,
    untilAt,
    Math.round((Date.parse(untilAt) - Date.parse(fromAt)) / MINUTE_MS),
    ...Array<null>(7).fill(null),
    unseen,
    String(isDeleted),
  ]),
];

const answers = (json: typeof PatternsAnswer | typeof TogetherAnswer, description: string) => ({
  description,
  content: {
    'application/json': { schema: json as typeof PatternsAnswer },
    [CSV]: { schema: Type.Unsafe<string>({ type: 'string' }) },
  },
});

export function registerPatterns(app: App, deps: PatternsDeps): void {
  const { clock, rules } = deps;
  const tags = ['patterns'];
  // A month of fixes takes a third of a second: one after the other, with turns of the event loop between.
  const takeTurn = createTurns();
  const refuseTime = (reply: FastifyReply, why: NotLookedAt) => {
    if (why === 'not begun') return refuseDay(reply, 'has not begun');
    const at = { pointer: '/days', detail: `have more than ${MOST_PATTERN_FIXES} fixes`, in: 'query' as const };
    return sendProblem(reply, { status: 422, detail: 'Too many fixes at once: ask for fewer days.', errors: [at] });
  };
  const noWearer = (reply: FastifyReply, wearerId: string) =>
    sendProblem(reply, { status: 404, detail: `There is no wearer ${wearerId}.` });

  const patternsSchema = {
    summary:
      'Where somebody stayed, their usual places by hour, and how long they were at home: inferred, under an authority',
    description:
      'Of local days, 28 at most. Silence is never a stop; what could not be observed stands beside what was. Refused where the authority ' +
      'has run out, is another’s, or does not cover the wearer. As `text/csv` it is an export of stops and silences.',
    tags,
    params: WearerParams,
    querystring: PatternsAsked,
    response: {
      200: answers(PatternsAnswer, 'Inferred from the fixes on record'),
      ...problemResponses(400, 403, 404, 406, 422, 503),
    },
  };
  app.get('/api/v1/wearers/:wearerId/patterns', { schema: patternsSchema, config: CONFIG }, async (request, reply) => {
    const { wearerId } = request.params;
    const { authorityId, days = DEFAULT_DAYS, lastDay = null, radiusMetres, leastMinutes, gapMinutes } = request.query;
    noteAudited(request, { subjectId: authorityId, subjectType: 'pattern-authority' });
    if (!sees(request, wearerId)) return noWearer(reply, wearerId);
    const nowMs = clock.nowMs();
    if (!admitDay(reply, lastDay)) return reply;
    const mediaType = admitMedia(request, reply, request.query, [wearerId]);
    if (mediaType === null) return reply;
    const authority = await admitByAuthority(request, reply, deps, authorityId, [wearerId]);
    if (authority === null) return reply;
    await takeTurn();
    const found = await deps.readPatterns({
      wearerId,
      days,
      lastDay,
      nowMs,
      tellsVictims: seesVictims(request, wearerId),
      rule: {
        radiusMetres: radiusMetres ?? rules.stops.radiusMetres,
        leastMs: leastMinutes === undefined ? rules.stops.leastMs : leastMinutes * MINUTE_MS,
        gapMs: gapMinutes === undefined ? rules.stops.gapMs : gapMinutes * MINUTE_MS,
      },
    });
    if (found === null) return noWearer(reply, wearerId);
    if (typeof found === 'string') return refuseTime(reply, found);
    const told: Patterns = { ...found, authority: tellAuthority(request, authority) };
    noteAudited(request, { rowCount: told.stops.length });
    return mediaType === CSV ? sendCsv(reply, `${wearerId}-stops`, stopLines(told)) : reply.send(told);
  });

  const togetherSchema = {
    summary: 'When two wearers were near each other: inferred, under an authority that covers both',
    description:
      'Of local days, 28 at most; with the closest point of approach, its error and how far the fixes lie from it in time. What could not be ' +
      'compared is told. Who asks has to be able to see both. As `text/csv` it is an export.',
    tags,
    params: TogetherParams,
    querystring: TogetherAsked,
    response: {
      200: answers(TogetherAnswer, 'Inferred from the fixes of both on record'),
      ...problemResponses(400, 403, 404, 406, 422, 503),
    },
  };
  app.get(
    '/api/v1/wearers/:wearerId/patterns/together/:otherWearerId',
    { schema: togetherSchema, config: CONFIG },
    async (request, reply) => {
      const { wearerId, otherWearerId } = request.params;
      const { authorityId, days = DEFAULT_DAYS, lastDay = null, withinMetres } = request.query;
      const both = [wearerId, otherWearerId];
      noteAudited(request, { subjectId: authorityId, subjectType: 'pattern-authority' });
      const hidden = both.find((each) => !sees(request, each));
      if (hidden !== undefined) return noWearer(reply, hidden);
      if (wearerId === otherWearerId) {
        const at = { pointer: '/otherWearerId', detail: 'is the same wearer' };
        return sendProblem(reply, { status: 422, detail: 'Nobody is compared with themselves.', errors: [at] });
      }
      const nowMs = clock.nowMs();
      if (!admitDay(reply, lastDay)) return reply;
      const mediaType = admitMedia(request, reply, request.query, both);
      if (mediaType === null) return reply;
      const authority = await admitByAuthority(request, reply, deps, authorityId, both);
      if (authority === null) return reply;
      await takeTurn();
      const found = await deps.readTogether({
        firstWearerId: wearerId,
        secondWearerId: otherWearerId,
        days,
        lastDay,
        nowMs,
        tellsVictims: both.every((each) => seesVictims(request, each)),
        rule: { ...rules.together, ...(withinMetres === undefined ? {} : { withinMetres }) },
      });
      if (found === null) return noWearer(reply, otherWearerId);
      if (typeof found === 'string') return refuseTime(reply, found);
      const told: Together = { ...found, authority: tellAuthority(request, authority) };
      noteAudited(request, { wearerIds: both, rowCount: told.meetings.length });
      return mediaType === CSV
        ? sendCsv(reply, `${wearerId}-${otherWearerId}-together`, meetingLines(told))
        : reply.send(told as never);
    },
  );
}

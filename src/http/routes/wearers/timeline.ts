/** `GET /api/v1/wearers/{wearerId}/timeline`: local days of a wearer, to be drawn: where they were, what was in force, what was told. */
import { Type } from 'typebox';
import type { Operation } from '../../../access/operations.js';
import type { Clock } from '../../../ports/clock.js';
import { DispositionSchema, InstantSchema } from '../../../wire/alert-schemas.js';
import { RecordId } from '../../../wire/record-id.js';
import { PRESENCES, type Timeline } from '../../../wire/timeline.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { sees, seesVictims } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { type Asker, askerOf } from '../records/record-scope.js';

/** As far back as compliance is told. */
export const TIMELINE_DAYS_LIMIT = 28;

export interface TimelineQuery {
  readonly wearerId: string;
  readonly days: number;
  /** The last local day, `YYYY-MM-DD`; null: today. */
  readonly lastDay: string | null;
  /** What of it who asks may see. */
  readonly parts: ReadonlySet<TimelinePart>;
  /** Whether who asks is told what is of a victim's zone. */
  readonly tellsVictims: boolean;
  readonly nowMs: number;
  readonly asker: Asker;
}

/** What has a right of its own. */
export const TIMELINE_PARTS = {
  alerts: 'alerts.read',
  records: 'records.read',
  suspensions: 'suspensions.read',
} as const satisfies Readonly<Record<string, Operation>>;
export type TimelinePart = keyof typeof TIMELINE_PARTS;

export interface TimelineDeps {
  /** Null: there is no such wearer. Rejects with `DatabaseUnavailable`. */
  readonly readTimeline: (query: TimelineQuery) => Promise<Timeline | null>;
  readonly clock: Clock;
}

const Maybe = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });
const Span = { fromAt: InstantSchema, untilAt: InstantSchema };
const Answer = Type.Unsafe<Timeline>(
  Type.Object({
    wearerId: Text,
    asOf: InstantSchema,
    timeZone: Text,
    days: Type.Array(Type.Object({ date: Text, ...Span }), {
      description: 'local days of 23, 24 or 25 h, the first first',
    }),
    fixes: Type.Integer({ minimum: 0, description: 'that were evidence' }),
    bands: Type.Array(Type.Object({ presence: Type.Enum([...PRESENCES]), ...Span }), {
      description:
        'without holes until now. home: within an address of a curfew of then; out: outside of all; heard: no curfew names one; ' +
        'unknown: no fix for over five minutes, or after such a silence none that says which; deleted: there were, and retention has ' +
        'deleted them; not-fitted: no tag',
    }),
    inForce: Type.Array(
      Type.Object({
        conditionId: Text,
        conditionVersion: Type.Integer(),
        kind: Text,
        zoneId: Text,
        ...Span,
      }),
      { description: 'the wearer’s own conditions as they stood, without authorised absences' },
    ),
    periods: Type.Array(
      Type.Object({
        kind: Type.Enum(['absence', 'suspension', 'custody']),
        id: Text,
        fromAt: InstantSchema,
        untilAt: Maybe(InstantSchema),
      }),
    ),
    alerts: Type.Array(
      Type.Object({
        alertId: Text,
        kind: Text,
        severity: Text,
        strength: Type.Enum(['suspected', 'confirmed']),
        status: Type.Enum(['open', 'closed']),
        conditionId: Maybe(Text),
        zoneId: Maybe(Text),
        startedAt: InstantSchema,
        endedAt: Maybe(InstantSchema),
        disposition: Maybe(DispositionSchema),
      }),
    ),
    deviceEvents: Type.Array(Type.Object({ at: InstantSchema, events: Type.Array(Text) })),
    notes: Type.Array(Type.Object({ alertId: Text, at: InstantSchema, by: Text, note: Text }), {
      description: 'what people wrote about the wearer’s alerts, the newest first',
    }),
    onRecord: Type.Object(
      { alerts: Count, deviceEvents: Count, notes: Count },
      { description: 'how many there are in those days; of more than are told it is the newest that are' },
    ),
  }),
);

const Query = Type.Object({
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: TIMELINE_DAYS_LIMIT, default: 1, description: 'how many local days' }),
  ),
  lastDay: Type.Optional(
    Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'the last of them; today unless given' }),
  ),
});

export function registerTimeline(app: App, deps: TimelineDeps): void {
  const schema = {
    summary: 'Days of a wearer: at home, out or unknown, what was in force, alerts, device events and notes',
    tags: ['trail'],
    params: Type.Object({ wearerId: RecordId }),
    querystring: Query,
    response: { 200: Answer, ...problemResponses(400, 404, 422, 503) },
  };
  app.get(
    '/api/v1/wearers/:wearerId/timeline',
    { schema, config: { operation: 'positions.read', keepsToScope: true } },
    async (request, reply) => {
      const { wearerId } = request.params;
      const { days = 1, lastDay = null } = request.query;
      const unknown = () => sendProblem(reply, { status: 404, detail: `There is no wearer ${wearerId}.` });
      if (!sees(request, wearerId)) return unknown();
      if (lastDay !== null && !isDay(lastDay)) {
        const at = { pointer: '/lastDay', detail: 'must be a day, as 2026-11-29', in: 'query' as const };
        return sendProblem(reply, { status: 422, detail: 'There is no such day.', errors: [at] });
      }
      const named = Object.entries(TIMELINE_PARTS) as [TimelinePart, Operation][];
      const parts = new Set(named.flatMap(([part, operation]) => (sees(request, wearerId, operation) ? [part] : [])));
      const timeline = await deps.readTimeline({
        wearerId,
        days,
        lastDay,
        parts,
        tellsVictims: seesVictims(request, wearerId),
        nowMs: deps.clock.nowMs(),
        asker: askerOf(request),
      });
      if (timeline === null) return unknown();
      noteAudited(request, { wearerIds: [wearerId], rowCount: timeline.fixes });
      return reply.send(timeline);
    },
  );
}

/** Years as tags have them: a day of another age has a time zone of another age. */
export function isDay(text: string): boolean {
  const atMs = Date.parse(`${text}T00:00:00Z`);
  const year = Number(text.slice(0, 4));
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text) && year >= 2000 && year < 2100;
}

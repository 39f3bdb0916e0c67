/** `GET /api/v1/alarm-health`: whether people can still work with what is raised, and what of it is one row. From memory alone. */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { coversAreas, mayDo } from '../../../access/may.js';
import { floodNow, measureAlarmHealth, toGrouped } from '../../../alerts/alarm-health.js';
import { SILENT_SOUNDS, tellSounds, UNTOLD } from '../../../alerts/console-sounds.js';
import { groupAlerts } from '../../../alerts/grouping.js';
import type { ConsoleSpan, KnownConsoles } from '../../../ports/console-sounds.js';
import { AlertKindSchema, InstantSchema } from '../../../wire/alert-schemas.js';
import type { App } from '../../app.js';
import { principalOf, sees } from '../../plugins/principal.js';
import { problemResponses } from '../../plugins/problems.js';
import { type AlertDeps, alertAsSeen, assertCaughtUp } from './sources.js';

const DAY_MS = 86_400_000;
const Count = Type.Integer({ minimum: 0 });
const Share = Type.Number({ minimum: 0, maximum: 1 });
const SeverityName = Type.Enum(['low', 'medium', 'high', 'critical']);

const silence = { who: Type.String(), since: InstantSchema };
const Sounds = Type.Object({
  heard: Type.Integer({ minimum: 0, description: 'supervisors with a page that is connected and plays sounds' }),
  silent: Type.Array(Type.Object({ ...silence, sound: Type.Enum([...SILENT_SOUNDS, UNTOLD]) }), {
    description:
      'with pages that are connected and do not; off: no shift was started, blocked: the browser plays nothing, untold: a page of before, which does not say',
  }),
  silentBefore: Type.Array(Type.Object({ ...silence, sound: Type.Enum([...SILENT_SOUNDS]), until: InstantSchema }), {
    description: 'of the last day, a minute and longer, and over',
  }),
});

const Answer = Type.Object({
  positions: Type.Integer({ minimum: 1, description: 'people who acted in the last half hour: who share the load' }),
  raisedInTenMinutes: Count,
  raisedInTenMinutesAPosition: Type.Number({ minimum: 0 }),
  raisedInTenMinutesOnAverage: Type.Number({ minimum: 0, description: 'over the last day' }),
  floodSince: Type.Union([InstantSchema, Type.Null()], {
    description: 'more than ten in ten minutes since then, and five or more ever since',
  }),
  floodShare: Type.Number({ minimum: 0, maximum: 1, description: 'of the last day' }),
  stale: Type.Integer({ minimum: 0, description: 'unresolved for over a day' }),
  suspended: Count,
  bySeverity: Type.Object({ low: Count, medium: Count, high: Count, critical: Count }),
  worstSources: Type.Array(
    Type.Object({ type: Type.Enum(['zone', 'condition', 'tag']), id: Type.String(), raised: Count, share: Share }),
    { description: 'of the last day, the most first; ten at most' },
  ),
  acknowledgedInTenMinutes: Type.Record(Type.String(), Count, { description: 'by whom' }),
  sounds: Type.Union([Sounds, Type.Null()], {
    description: 'null: not known, or not for who asks; as it was some seconds ago, at most a minute',
  }),
  groups: Type.Array(
    Type.Object({
      type: Type.Enum(['flood', 'repeating']),
      key: Type.String(),
      kind: AlertKindSchema,
      severity: SeverityName,
      alertIds: Type.Unsafe<readonly string[]>(Type.Array(Type.String())),
      firstRaisedAt: InstantSchema,
      lastRaisedAt: InstantSchema,
    }),
    { description: 'unresolved alerts that are one row; a critical one is never among them' },
  ),
});

export function registerReadAlarmHealth(app: App, deps: AlertDeps): void {
  const schema = {
    summary: 'The health of the alarms that who asks may see: floods, repeats, what is stale, worst sources',
    tags: ['alerts'],
    response: { 200: Answer, ...problemResponses(503) },
  };
  app.get(
    '/api/v1/alarm-health',
    { schema, config: { operation: 'alerts.read', keepsToScope: true } },
    async (request) => {
      const { alertLog, clock, sounds } = deps;
      assertCaughtUp(alertLog);
      const nowMs = clock.nowMs();
      const seen = listForHealth(alertLog, nowMs)
        .filter(({ finding }) => sees(request, finding.wearerId))
        .map((alert) => alertAsSeen(request, alert));
      const { worstSources, ...health } = measureAlarmHealth(seen, nowMs);
      const groups = groupAlerts(seen.map(toGrouped), floodNow(seen, nowMs));
      return {
        ...health,
        worstSources: [...worstSources],
        sounds: tellColleagues(request, sounds?.() ?? null),
        groups,
      };
    },
  );
}

/** How colleagues work is told within the force: of whose areas cover those of who asks, or are among them. */
function tellColleagues(request: FastifyRequest, known: KnownConsoles | null) {
  const principal = principalOf(request);
  if (known === null || !mayDo(principal, 'schemes.read')) return null;
  const { kind, scope } = principal;
  const isColleague = ({ areas }: ConsoleSpan) =>
    kind === 'local' || areas === null || coversAreas(scope, areas) || coversAreas({ ...scope, areas }, scope.areas);
  const { heard, silent, silentBefore } = tellSounds(known.spans.filter(isColleague), known.atMs);
  return { heard, silent: [...silent], silentBefore: [...silentBefore] };
}

/** Everything unresolved, and what was raised in the last day whatever became of it. */
export function listForHealth(alertLog: Pick<AlertDeps['alertLog'], 'open' | 'list'>, nowMs: number) {
  const from = new Date(nowMs - DAY_MS).toISOString();
  return [...alertLog.open(), ...alertLog.list({ status: 'closed', from, limit: Infinity })];
}

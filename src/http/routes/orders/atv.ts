/** `GET /api/v1/orders/{orderId}/atv`: accumulated time in violation, from the alerts on record. */
import { type Static, Type } from 'typebox';
import { type Alert, strengthOf } from '../../../alerts/alert.js';
import { EXCUSED } from '../../../alerts/excused.js';
import { concernsVictim } from '../../../alerts/victim.js';
import type { Clock } from '../../../ports/clock.js';
import type { AbsenceFacts } from '../../../ports/watch.js';
import type { OrderViolations } from '../../../store/order-violations.js';
import { DispositionSchema } from '../../../wire/alert-schemas.js';
import { RecordId } from '../../../wire/record-id.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { sees, seesVictims } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';

/** How many violations are listed; all that are on record are counted. */
const MAX_LISTED = 500;
const MINUTE_MS = 60_000;

export interface AtvDeps {
  /** `store/order-violations.ts`; rejects with `DatabaseUnavailable`. */
  readonly readViolations: (orderId: string) => Promise<OrderViolations | null>;
  /** The engine's: how much of a time no absence covers, ms. */
  readonly unreasonableMs: (absences: readonly AbsenceFacts[], fromMs: number, untilMs: number) => number;
  readonly clock: Clock;
}

const Params = Type.Object({ orderId: RecordId });
const Instant = Type.String({ format: 'date-time' });
const Violation = Type.Object({
  alertId: Type.String(),
  conditionId: Type.Optional(Type.String({ description: 'absent: it names a zone that is kept from who asks' })),
  startedAt: Instant,
  endedAt: Type.Union([Instant, Type.Null()]),
  reason: Type.Optional(Type.String()),
  unreasonableMinutes: Type.Number({
    minimum: 0,
    description: 'without absences, also those recorded since; of one that goes on, as far as it was last told',
  }),
  counted: Type.Boolean(),
  notCountedBecause: Type.Optional(
    Type.Enum(['suspected', 'excused'], { description: 'suspected: never confirmed; excused: by its disposition' }),
  ),
  disposition: Type.Optional(DispositionSchema),
});
const Answer = Type.Object({
  orderId: Type.String(),
  asOf: Instant,
  unreasonableMinutes: Type.Number({ minimum: 0, description: 'the sum of all that are counted' }),
  violationsCounted: Type.Integer({ minimum: 0 }),
  violations: Type.Array(Violation, {
    description: `the newest ${MAX_LISTED} curfew violations that were not withdrawn`,
  }),
  complete: Type.Boolean({ description: 'false: there are more on record than are counted' }),
});

export function registerAtv(app: App, deps: AtvDeps): void {
  const schema = {
    summary: 'Accumulated time in violation of an order’s curfews',
    tags: ['alerts'],
    params: Params,
    response: { 200: Answer, ...problemResponses(400, 404, 503) },
  };
  app.get(
    '/api/v1/orders/:orderId/atv',
    { schema, config: { operation: 'positions.read', keepsToScope: true } },
    async (request, reply) => {
      const { orderId } = request.params;
      const found = await deps.readViolations(orderId);
      if (found === null || !sees(request, found.wearerId))
        return sendProblem(reply, { status: 404, detail: `There is no order ${orderId}.` });
      noteAudited(request, { wearerIds: [found.wearerId], rowCount: found.alerts.length });
      const violations = found.alerts.map((alert) => {
        const violation = toViolation(alert, found.absences, deps.unreasonableMs);
        const { conditionId: _, ...unnamed } = violation;
        return concernsVictim(alert) && !seesVictims(request, found.wearerId) ? unnamed : violation;
      });
      const counted = violations.filter((violation) => violation.counted);
      return {
        orderId,
        asOf: new Date(deps.clock.nowMs()).toISOString(),
        unreasonableMinutes: toHundredths(counted.reduce((sum, one) => sum + one.unreasonableMinutes, 0)),
        violationsCounted: counted.length,
        violations: violations.slice(0, MAX_LISTED),
        complete: found.complete,
      };
    },
  );
}

const toHundredths = (minutes: number): number => Math.round(minutes * 100) / 100;

function toViolation(
  { alertId, finding, confirmedAt, disposition }: Alert,
  absences: readonly AbsenceFacts[],
  unreasonableMs: AtvDeps['unreasonableMs'],
): Static<typeof Violation> {
  const { startedAt, endedAt } = finding.episode;
  const conditionId = finding.conditionId ?? '';
  const own = absences.filter(({ conditionIds }) => conditionIds === null || conditionIds.includes(conditionId));
  const minutes =
    endedAt === null
      ? (finding.unreasonableMinutes ?? 0)
      : toHundredths(unreasonableMs(own, Date.parse(startedAt), Date.parse(endedAt)) / MINUTE_MS);
  const isExcused = disposition !== undefined && EXCUSED.includes(disposition);
  const because = isExcused ? 'excused' : strengthOf(finding, confirmedAt) === 'suspected' ? 'suspected' : null;
  return {
    alertId,
    conditionId,
    startedAt,
    endedAt,
    ...(finding.reason === undefined ? {} : { reason: finding.reason }),
    unreasonableMinutes: minutes,
    counted: because === null,
    ...(because === null ? {} : { notCountedBecause: because }),
    ...(disposition === undefined ? {} : { disposition }),
  };
}

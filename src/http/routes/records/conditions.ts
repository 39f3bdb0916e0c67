/** `/conditions`: one clause of an order, or one that applies to all wearers. */
import Type from 'typebox';
import type { Schedule } from '../../../ports/watch.js';
import { type ConditionContent, conditions } from '../../../store/conditions.js';
import type { RecordFault } from '../../../store/records.js';
import type { App } from '../../app.js';
import { RecordId } from '../../plugins/ids.js';
import { createInstantReader, dropUndefined } from './instants.js';
import { Instant, type Parsed, type RecordDeps, registerRecord } from './record-routes.js';
import { checkSchedule, MAX_WINDOWS_PER_DAY, WEEKDAYS } from './schedule-rules.js';

const MAX_EXCEPTIONS = 1_000;
const MAX_GRACE_MINUTES = 1_440;

const LocalTime = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'Local time, HH:MM' });
const window = {
  from: LocalTime,
  to: Type.String({ ...LocalTime, description: 'Local time, HH:MM; at or before `from`: on the next day' }),
  zoneId: Type.Optional(Type.String({ ...RecordId, description: 'Another address than the condition’s zone' })),
};
const ScheduleBody = Type.Object(
  {
    timeZone: Type.String({ maxLength: 64, description: 'IANA name, e.g. Europe/London' }),
    windows: Type.Array(
      Type.Object(
        { days: Type.Array(Type.Enum([...WEEKDAYS]), { minItems: 1, maxItems: 7, uniqueItems: true }), ...window },
        { additionalProperties: false },
      ),
      { maxItems: 7 * MAX_WINDOWS_PER_DAY, description: 'A window belongs to the day on which it starts' },
    ),
    exceptions: Type.Optional(
      Type.Array(
        Type.Object(
          {
            date: Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
            windows: Type.Array(Type.Object(window, { additionalProperties: false }), { maxItems: 7 }),
            reason: Type.Enum(['first-night', 'match-day', 'variation']),
          },
          { additionalProperties: false },
        ),
        { maxItems: MAX_EXCEPTIONS, description: 'Replace the windows that start on their date' },
      ),
    ),
  },
  { additionalProperties: false },
);

/** A condition as `PUT /conditions/{id}` takes it. */
export const ConditionBody = Type.Object(
  {
    orderId: Type.Optional(RecordId),
    appliesTo: Type.Optional(Type.Enum(['all-wearers'])),
    kind: Type.Enum(['exclusion', 'inclusion', 'restriction', 'curfew']),
    zoneId: RecordId,
    schedule: Type.Optional(ScheduleBody),
    confirmOn: Type.Optional(
      Type.Enum(['belief', 'first-fix'], { description: 'Without it: first-fix for a victim zone, belief for others' }),
    ),
    graceMinutes: Type.Optional(Type.Number({ minimum: 0, maximum: MAX_GRACE_MINUTES })),
    startsAt: Instant,
    endsAt: Type.Optional(Instant),
    effectiveAt: Type.Optional(Instant),
  },
  { additionalProperties: false },
);

type ConditionInput = Omit<ConditionContent, 'schedule'> & {
  readonly schedule?: Omit<Schedule, 'exceptions'> & Partial<Pick<Schedule, 'exceptions'>>;
  readonly effectiveAt?: string;
};

function checkBelonging({ orderId, appliesTo, kind }: ConditionInput): RecordFault[] {
  if (orderId !== undefined && appliesTo !== undefined) {
    return [{ pointer: '/appliesTo', detail: 'a condition belongs to an order or applies to all wearers, not both' }];
  }
  if (orderId === undefined && appliesTo === undefined) {
    return [{ pointer: '/orderId', detail: 'is required, or appliesTo' }];
  }
  if (appliesTo !== undefined && kind !== 'exclusion') {
    return [{ pointer: '/appliesTo', detail: `not yet for ${kind}: only an exclusion applies to all wearers` }];
  }
  return [];
}

function parseCondition(body: ConditionInput): Parsed<{ content: ConditionContent; effectiveAt: string | null }> {
  const errors = checkBelonging(body);
  const schedule = body.schedule && { ...body.schedule, exceptions: body.schedule.exceptions ?? [] };
  if (schedule !== undefined) errors.push(...checkSchedule(schedule, body.zoneId, body.kind));
  const instants = createInstantReader(errors);
  const startsAt = instants.read('/startsAt', body.startsAt);
  const endsAt = instants.readOptional('/endsAt', body.endsAt);
  const effectiveAt = instants.readOptional('/effectiveAt', body.effectiveAt);
  instants.checkEnd('/endsAt', startsAt, endsAt, 'startsAt');
  if (errors.length > 0) return { ok: false, errors };
  const { orderId, appliesTo, kind, zoneId, confirmOn, graceMinutes } = body;
  const fields = { orderId, appliesTo, kind, zoneId, schedule, confirmOn, graceMinutes, startsAt, endsAt };
  return { ok: true, put: { content: dropUndefined<ConditionContent>(fields), effectiveAt: effectiveAt ?? null } };
}

export function registerConditions(app: App, deps: RecordDeps): void {
  registerRecord(app, deps, {
    path: '/conditions',
    idName: 'conditionId',
    name: 'condition',
    table: conditions,
    body: ConditionBody,
    hasEffectiveAt: true,
    parse: parseCondition,
    toWire: (content) => content,
  });
}

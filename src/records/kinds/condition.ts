/** Conditions: one clause of an order, or one that applies to all wearers. */
import Type from 'typebox';
import type { ConditionKind } from '../../engine/types.js';
import type { RecordFault } from '../../ports/records.js';
import type { Schedule } from '../../ports/watch.js';
import { MAX_WORDING_LENGTH } from '../../wire/condition-words.js';
import { RecordId } from '../../wire/record-id.js';
import { createInstantReader } from '../instants.js';
import { Instant, invalid, Paragraphs, type Parsed, type RecordRule, type Reference } from '../rule.js';
import { checkSchedule, MAX_WINDOWS_PER_DAY, WEEKDAYS } from '../schedule-rules.js';

/** Conditions of a wearer that have not ended (`docs/wire.md`). */
const MAX_CONDITIONS_PER_WEARER = 100;
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
    wording: Type.Optional(
      Type.String({
        ...Paragraphs(MAX_WORDING_LENGTH),
        minLength: 1,
        description: 'The clause as the order or licence has it; nothing is judged by it',
      }),
    ),
    startsAt: Instant,
    endsAt: Type.Optional(Instant),
    effectiveAt: Type.Optional(Instant),
  },
  { additionalProperties: false },
);

/** Either `orderId` or `appliesTo` is there. */
export interface ConditionContent {
  readonly orderId?: string;
  readonly appliesTo?: 'all-wearers';
  readonly kind: ConditionKind;
  readonly zoneId: string;
  readonly schedule?: Schedule;
  readonly confirmOn?: 'belief' | 'first-fix';
  readonly graceMinutes?: number;
  /** The clause as the order or licence has it. */
  readonly wording?: string;
  readonly startsAt: string;
  readonly endsAt?: string;
}

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

function parseCondition({ effectiveAt: given, ...body }: ConditionInput): Parsed<ConditionContent> {
  const errors = checkBelonging(body);
  const schedule = body.schedule && { ...body.schedule, exceptions: body.schedule.exceptions ?? [] };
  if (schedule !== undefined) errors.push(...checkSchedule(schedule, body.zoneId, body.kind));
  const instants = createInstantReader(errors);
  const startsAt = instants.read('/startsAt', body.startsAt);
  const endsAt = instants.readOptional('/endsAt', body.endsAt);
  const effectiveAt = instants.readOptional('/effectiveAt', given) ?? null;
  instants.checkEnd('/endsAt', startsAt, endsAt, 'startsAt');
  if (errors.length > 0) return { ok: false, errors };
  const { schedule: _, ...rest } = body;
  const content: ConditionContent = {
    ...rest,
    startsAt,
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(schedule === undefined ? {} : { schedule }),
  };
  return { ok: true, said: { content, effectiveAt } };
}

/** Every zone that a condition names, with the place at which it does. */
function zonesOf({ zoneId, schedule }: ConditionContent): Reference[] {
  const named: Reference[] = [{ pointer: '/zoneId', kind: 'zone', id: zoneId }];
  schedule?.windows.forEach((window, i) => {
    if (window.zoneId === undefined) return;
    named.push({ pointer: `/schedule/windows/${i}/zoneId`, kind: 'zone', id: window.zoneId });
  });
  schedule?.exceptions.forEach(({ windows }, i) => {
    windows.forEach((window, j) => {
      if (window.zoneId === undefined) return;
      named.push({ pointer: `/schedule/exceptions/${i}/windows/${j}/zoneId`, kind: 'zone', id: window.zoneId });
    });
  });
  return named;
}

const STAYS = 'a condition stays with what it belongs to: write another';
const CROWDED = invalid('', `a wearer has at most ${MAX_CONDITIONS_PER_WEARER} conditions that have not ended`);

export const condition: RecordRule<ConditionContent> = {
  kind: 'condition',
  name: 'condition',
  path: '/conditions',
  idName: 'conditionId',
  listsByWearer: true,
  body: ConditionBody,
  inForce: { pointer: '/effectiveAt', first: ({ startsAt }) => startsAt },
  parse: parseCondition,
  keeps: { orderId: STAYS, appliesTo: STAYS },
  references(content) {
    const zones = zonesOf(content);
    const { orderId } = content;
    return orderId === undefined ? zones : [...zones, { pointer: '/orderId', kind: 'order', id: orderId }];
  },
  // So that two that are written at once do not both find room.
  async locks({ orderId }, facts, tx) {
    if (orderId === undefined) return [];
    const wearerId = (await facts.readWearers(tx, [orderId])).get(orderId);
    return wearerId === undefined ? [] : [`wearer:${wearerId}`];
  },
  async judge(written, facts, tx, nowMs) {
    const ids = written.flatMap(({ id, content }) => (content.orderId === undefined ? [] : [id]));
    const crowded = await facts.findCrowded(tx, ids, MAX_CONDITIONS_PER_WEARER, nowMs);
    return new Map([...crowded].map((id) => [id, CROWDED]));
  },
  targets: ({ id, content: { orderId } }) =>
    orderId === undefined ? [{ kind: 'condition', id }] : [{ kind: 'order', id: orderId }],
};

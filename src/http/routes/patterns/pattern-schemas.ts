/** What the routes of patterns take and answer. */
import { Type } from 'typebox';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import {
  MAX_AUTHORITY_WEARERS,
  PATTERN_DAYS_LIMIT,
  type PatternAuthority,
  type Patterns,
  SILENCE_REASONS,
  STOP_ENDS,
  STOP_GAP_LIMITS,
  STOP_MINUTES_LIMITS,
  STOP_RADIUS_LIMITS,
  TOGETHER_METRES_LIMITS,
  type Together,
} from '../../../wire/patterns.js';
import { RecordId } from '../../../wire/record-id.js';
import { ExportSaid, Said } from '../../plugins/export.js';

export const AuthorityBody = Type.Object(
  {
    reference: Said('of the authority to look for patterns'),
    purpose: Said('what for'),
    scope: Said('what it covers, in words'),
    wearerIds: Type.Array(RecordId, {
      minItems: 1,
      maxItems: MAX_AUTHORITY_WEARERS,
      uniqueItems: true,
      description: 'of whom patterns are looked for by it',
    }),
    until: Type.String({ description: 'when it runs out; no pattern is looked for by it any more then' }),
  },
  { additionalProperties: false },
);

export const Authority = Type.Unsafe<PatternAuthority>(
  Type.Object({
    authorityId: Type.String(),
    reference: Type.String(),
    purpose: Type.String(),
    scope: Type.String(),
    wearerIds: Type.Array(Type.String(), { description: 'those whom who asks may see' }),
    until: InstantSchema,
    requestedBy: Type.String(),
    requestedAt: InstantSchema,
  }),
);

const between = ({ least, most }: { readonly least: number; readonly most: number }, description: string) =>
  Type.Optional(Type.Number({ minimum: least, maximum: most, description }));

const Asked = {
  authorityId: Type.String({ minLength: 1, maxLength: 64, description: 'by which authority' }),
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: PATTERN_DAYS_LIMIT, default: 7, description: 'how many local days' }),
  ),
  lastDay: Type.Optional(
    Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'the last of them; today unless given' }),
  ),
};
// A file says what it is for and who gets it; what is shown has its purpose from the authority.
export const PatternsAsked = Type.Object({
  ...Asked,
  radiusMetres: between(STOP_RADIUS_LIMITS, 'within which a stop lies; 75 unless said'),
  leastMinutes: between(STOP_MINUTES_LIMITS, 'how long a stop is at the least; 10 unless said'),
  gapMinutes: between(STOP_GAP_LIMITS, 'a longer gap ends a stop; 15 unless said'),
  ...ExportSaid,
});
export const TogetherAsked = Type.Object({
  ...Asked,
  withinMetres: between(TOGETHER_METRES_LIMITS, 'how near is together; 100 unless said'),
  ...ExportSaid,
});
export const WearerParams = Type.Object({ wearerId: RecordId });
export const TogetherParams = Type.Object({ wearerId: RecordId, otherWearerId: RecordId });

const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });
const Amount = Type.Number({ minimum: 0 });
const Span = { fromAt: InstantSchema, untilAt: InstantSchema };
const Where = { latitude: Type.Number(), longitude: Type.Number() };
const Inferred = {
  asOf: InstantSchema,
  timeZone: Text,
  authority: Authority,
  days: Type.Array(Type.Object({ date: Text, ...Span })),
  inference: Type.Object(
    { method: Text, limits: Type.Array(Text) },
    { description: 'it is inferred: how, and what it does not say; to be shown wherever the rest is' },
  ),
};
const HomeMinutes = Type.Object({
  home: Count,
  out: Count,
  heard: Count,
  unknown: Count,
  deleted: Count,
  notFitted: Count,
});

export const PatternsAnswer = Type.Unsafe<Patterns>(
  Type.Object({
    wearerId: Text,
    ...Inferred,
    rule: Type.Object({ radiusMetres: Amount, leastMinutes: Amount, gapMinutes: Amount }),
    fixes: Type.Object({ used: Count, poor: Count }),
    stops: Type.Array(
      Type.Object({
        ...Where,
        radiusMetres: Type.Integer({ description: 'within it the place lies, in 95 of a hundred' }),
        ...Span,
        minutes: Count,
        fixes: Count,
        longestGapSeconds: Count,
        endedBecause: Type.Enum([...STOP_ENDS], {
          description: 'open: they were there when the time ended that was asked for, or now',
        }),
        isCutAtStart: Type.Boolean({ description: 'there when the time began; it may have begun before' }),
        place: Type.Union([Type.Integer(), Type.Null()]),
      }),
      { description: 'the first first; silence is none' },
    ),
    silences: Type.Array(Type.Object({ ...Span, why: Type.Enum([...SILENCE_REASONS]) }), {
      description: 'of which nobody can say where they were; deleted: there were fixes, and retention has deleted them',
    }),
    usualPlaces: Type.Array(
      Type.Object({
        place: Type.Integer({ minimum: 1 }),
        ...Where,
        radiusMetres: Type.Integer(),
        stops: Count,
        minutes: Count,
        days: Type.Integer({ description: 'local days with a stop there' }),
        hours: Type.Array(
          Type.Object({
            isWeekend: Type.Boolean(),
            hour: Type.Integer({ minimum: 0, maximum: 23 }),
            there: Count,
            observed: Type.Integer({ description: 'days on which anybody could tell' }),
            days: Type.Integer({ description: 'that have this hour' }),
          }),
        ),
      }),
    ),
    home: Type.Object({
      addresses: Type.Array(Type.Object({ conditionId: Text, zoneId: Text })),
      days: Type.Array(Type.Object({ date: Text, night: HomeMinutes, day: HomeMinutes }), {
        description: 'minutes; the night is from 23:00 until 07:00, as far as it lies within the day',
      }),
    }),
  }),
);

export const TogetherAnswer = Type.Unsafe<Together>(
  Type.Object({
    firstWearerId: Text,
    secondWearerId: Text,
    ...Inferred,
    withinMetres: Amount,
    gapMinutes: Amount,
    meetings: Type.Array(
      Type.Object({
        ...Span,
        minutes: Amount,
        closest: Type.Object({
          at: InstantSchema,
          metres: Amount,
          errorMetres: Type.Integer({ description: 'it may be so much less or more, in 95 of a hundred' }),
          fixOfFirstSeconds: Type.Integer({ description: 'from it to the nearest fix of the first' }),
          fixOfSecondSeconds: Type.Integer(),
          ...Where,
        }),
        fixesOfFirst: Count,
        fixesOfSecond: Count,
      }),
    ),
    minutes: Amount,
    comparedMinutes: Count,
    notComparedMinutes: Count,
    unseenMinutes: Type.Object(
      { first: Count, second: Count, both: Count },
      { description: 'why it was not compared: the first alone was not seen, the second alone, or neither' },
    ),
    notCompared: Type.Array(
      Type.Object({
        ...Span,
        unseen: Type.Enum(['first', 'second', 'both', 'in turn']),
        isDeleted: Type.Boolean({ description: 'retention has deleted some of what was there' }),
      }),
      { description: 'those of a quarter of an hour or more' },
    ),
  }),
);

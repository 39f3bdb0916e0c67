/**
 * The schemas of alert events and alerts (`wire.md`), for the feed, REST and their published descriptions. The types in
 * `alerts/` are the source: the assertions at the end fail to compile where a schema says something else.
 */
import { type Static, Type } from 'typebox';
import type { AlertItem } from '../alerts/alert.js';
import { ACTION_TYPES, type ActionEvent, CONTACT_OUTCOMES, DISPOSITIONS, type FindingEvent } from '../alerts/event.js';

export const InstantSchema = Type.String({ format: 'date-time', description: 'RFC 3339 in UTC with Z' });
const NullableInstant = Type.Union([InstantSchema, Type.Null()]);
const NullableId = Type.Union([Type.String(), Type.Null()]);
const NullableInteger = Type.Union([Type.Integer(), Type.Null()]);

export const ALERT_KINDS = [
  'exclusion',
  'inclusion',
  'restriction',
  'curfew',
  'buffer',
  'unknown-at-edge',
  'strap-tamper',
  'case-tamper',
  'battery-low',
  'battery-critical',
  'charging-overdue',
  'powered-off',
  'no-gps',
  'jamming',
  'never-moves',
  'unmonitored',
  'supplier-silent',
  'clock-ahead',
  'clock-behind',
  'schedule-ran-out',
] as const;

export const DispositionSchema = Type.Enum([...DISPOSITIONS]);
export const ContactOutcomeSchema = Type.Enum([...CONTACT_OUTCOMES]);
export const AlertKindSchema = Type.Enum([...ALERT_KINDS]);

const findingFields = {
  eventId: Type.String({ description: 'derived from alertId and revision: the same finding has the same one' }),
  alertId: Type.String(),
  revision: Type.Integer({ minimum: 1 }),
  type: Type.Enum(['suspected', 'confirmed', 'amended', 'ended', 'withdrawn']),
  kind: AlertKindSchema,
  severity: Type.Enum(['low', 'medium', 'high', 'critical']),
  severityBecause: Type.Optional(
    Type.Unsafe<NonNullable<FindingEvent['severityBecause']>>(
      Type.Array(Type.Enum(['victim-zone', 'high-priority-zone', 'in-custody'])),
    ),
  ),
  severityTable: Type.Optional(
    Type.String({ description: 'which configured table decided it; absent: none was configured' }),
  ),
  strength: Type.Optional(
    Type.Enum(['suspected', 'confirmed'], {
      description: 'how sure it is now: an amendment may take a confirmation back to a suspicion',
    }),
  ),
  wearerId: Type.String(),
  tagId: Type.String(),
  activationId: Type.String(),
  conditionId: NullableId,
  conditionVersion: NullableInteger,
  zoneId: NullableId,
  zoneVersion: NullableInteger,
  zonePriority: Type.Optional(Type.Enum(['victim', 'high', 'standard'])),
  episode: Type.Object({
    startedAt: InstantSchema,
    endedAt: NullableInstant,
    endedAfter: Type.Optional(InstantSchema),
  }),
  foundAt: InstantSchema,
  raisedAt: InstantSchema,
  delayedByMs: Type.Number({ minimum: 0 }),
  clockAheadMs: Type.Optional(
    Type.Number({ description: 'how far the clock of the tag was ahead: the fix was judged at its receipt' }),
  ),
  clockBehindMs: Type.Optional(
    Type.Number({
      description:
        'how far the clock of the tag may be behind: all its messages come later by so much than those of other tags of its supplier',
    }),
  ),
  historic: Type.Boolean(),
  reason: Type.Optional(
    Type.Enum([
      'late-home',
      'left-during',
      'out-for-whole-window',
      'out-at-end',
      'never-heard',
      'silent',
      'no-fix',
      'no-tag',
      'not-read',
    ]),
  ),
  strengthened: Type.Optional(
    Type.Enum(['again', 'reason'], {
      description:
        'of an amendment that says more than before: the device told it once more, or the reason is another one; an alert that was dealt with is unresolved again',
    }),
  ),
  window: Type.Optional(Type.Object({ opensAt: InstantSchema, closesAt: InstantSchema })),
  endedBecause: Type.Optional(
    Type.Enum([
      'complied',
      'window-closed',
      'version-changed',
      'absence-began',
      'order-ended',
      'tag-removed',
      'tag-fitted',
      'restored',
    ]),
  ),
  absenceId: Type.Optional(Type.String({ description: 'the absence that ended it, or that covers a part of it' })),
  unreasonableMinutes: Type.Optional(
    Type.Number({ minimum: 0, description: 'of a curfew: minutes so far outside authorised absences' }),
  ),
  inCustody: Type.Optional(
    Type.Literal(true, { description: 'the wearer is in custody, or was when an episode that is over began' }),
  ),
  supersededBy: Type.Optional(Type.String()),
  coversTags: Type.Optional(
    Type.Integer({ minimum: 1, description: 'of `supplier-silent`: how many tags were heard of last by it' }),
  ),
  explanation: Type.Object({
    rule: Type.Enum(['two-fixes', 'first-fix', 'belief', 'crossing', 'edge', 'device', 'silence']),
    belief: Type.Optional(
      Type.Number({ description: 'of rule `belief`: how likely the violation is by all fixes together, 0 to 1' }),
    ),
    fixes: Type.Unsafe<FindingEvent['explanation']['fixes']>(
      Type.Array(
        Type.Object({
          fixedAt: InstantSchema,
          latitude: Type.Number(),
          longitude: Type.Number(),
          signedDistanceMetres: Type.Number({ description: "to the zone's boundary, negative inside" }),
          accuracyMetres: Type.Union([Type.Number(), Type.Null()]),
          likelihoodRatio: Type.Optional(
            Type.Number({
              description:
                'how many times better a violation foresees this fix than compliance does; about 1: it could be either',
            }),
          ),
        }),
      ),
    ),
    edgeAt: Type.Optional(InstantSchema),
    crossing: Type.Optional(
      Type.Object(
        { chordMetres: Type.Number(), depthMetres: Type.Number() },
        { description: 'of the straight line between the fixes outside: the part in the zone and its greatest depth' },
      ),
    ),
    newestFixAt: Type.Optional(NullableInstant),
    thresholds: Type.Record(Type.String(), Type.Number()),
  }),
};

export const FindingEventSchema = Type.Object(findingFields);

export const ActionEventSchema = Type.Object({
  eventId: Type.String({
    description: 'derived from who acts and from the Idempotency-Key of the request: the same action has the same one',
  }),
  alertId: Type.String(),
  type: Type.Enum([...ACTION_TYPES]),
  wearerId: Type.String(),
  actor: Type.String({ description: 'a subject; `tagwatch` of what is due by the clock' }),
  roles: Type.Optional(Type.Unsafe<readonly string[]>(Type.Array(Type.String()))),
  correlationId: Type.Optional(Type.String()),
  at: InstantSchema,
  seen: Type.Object({ revision: Type.Integer(), actions: Type.Integer() }),
  note: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  disposition: Type.Optional(DispositionSchema),
  tagInspectedAt: Type.Optional(InstantSchema),
  to: Type.Optional(Type.String({ description: 'the subject it is given to; of `escalated`: the role' })),
  until: Type.Optional(InstantSchema),
  contactedAt: Type.Optional(InstantSchema),
  outcome: Type.Optional(ContactOutcomeSchema),
  level: Type.Optional(Type.Integer({ minimum: 1 })),
  saidHash: Type.Optional(Type.String({ description: 'a digest of what the request said' })),
});

export const AlertEventSchema = Type.Union([FindingEventSchema, ActionEventSchema]);

const doneBy = { by: Type.String(), at: InstantSchema };

/** The fields of the newest finding; `raisedAt` is of the first one. */
export const AlertItemSchema = Type.Object({
  ...findingFields,
  status: Type.Enum(['open', 'closed']),
  wasOfVictim: Type.Optional(
    Type.Literal(true, {
      description: "one of its findings was about a victim's zone; never told to whom that is kept from",
    }),
  ),
  confirmedAt: Type.Optional(InstantSchema),
  waitingSince: Type.Optional(InstantSchema),
  acknowledgedBy: Type.Optional(Type.String()),
  acknowledgedAt: Type.Optional(InstantSchema),
  ownedBy: Type.Optional(Type.String()),
  ownedAt: Type.Optional(InstantSchema),
  disposedBy: Type.Optional(Type.String()),
  disposedAt: Type.Optional(InstantSchema),
  disposition: Type.Optional(DispositionSchema),
  closedAt: Type.Optional(InstantSchema),
  reopenedAt: Type.Optional(InstantSchema),
  moreFound: Type.Optional(
    Type.Object(
      {
        at: InstantSchema,
        by: Type.Enum([
          'again',
          'reason',
          'found-again',
          'confirmed',
          'more-severe',
          'began-earlier',
          'goes-on',
          'ended-later',
        ]),
      },
      { description: 'what was found more of it that made it unresolved again' },
    ),
  ),
  suspension: Type.Optional(
    Type.Object({
      ...doneBy,
      until: InstantSchema,
      reason: Type.String(),
      approvedBy: Type.Optional(Type.String({ description: 'the second person' })),
    }),
  ),
  suspensionProposal: Type.Optional(
    Type.Object(
      { ...doneBy, until: InstantSchema, reason: Type.String() },
      { description: 'waits for a second person; over at its own end' },
    ),
  ),
  review: Type.Optional(Type.Object({ ...doneBy, reason: Type.String() })),
  victimContact: Type.Optional(Type.Object({ ...doneBy, outcome: ContactOutcomeSchema, contactedAt: InstantSchema })),
  escalation: Type.Optional(
    Type.Object({ level: Type.Integer({ minimum: 1 }), to: Type.String({ description: 'a role' }), at: InstantSchema }),
  ),
  etag: Type.String({ description: '"REVISION.ACTIONS", quotes included: the If-Match of an action' }),
});

/** Compiles only where what a schema lets through is what the type promises, with the same keys. */
type Agrees<Schema extends Shape, Shape> =
  Exclude<keyof Shape, keyof Schema> extends never
    ? Exclude<keyof Schema, keyof Shape> extends never
      ? true
      : false
    : false;
const agreed: readonly true[] = [
  true satisfies Agrees<Static<typeof FindingEventSchema>, FindingEvent>,
  true satisfies Agrees<Static<typeof ActionEventSchema>, ActionEvent>,
  true satisfies Agrees<Static<typeof AlertItemSchema>, AlertItem>,
];
void agreed;

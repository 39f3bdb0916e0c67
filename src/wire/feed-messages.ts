/**
 * What is said over `GET /api/v1/feed` (`wire.md`, "The feed"), in both directions. Shared with the console: nothing here needs
 * Node. The server's messages are one JSON text each.
 */
import { type Static, Type } from 'typebox';
import type { AlertItem } from '../alerts/alert.js';
import { CONSOLE_SOUNDS } from '../alerts/console-sounds.js';
import type { AlertEvent, Instant } from '../alerts/event.js';
import type { StandingCounts } from '../alerts/standing.js';
import { MECHANISMS } from '../engine/types.js';
import { AlertEventSchema, AlertItemSchema, InstantSchema } from './alert-schemas.js';
import { StandingCountsSchema } from './standing-schemas.js';

export { FEED_PATH, FEED_PROTOCOL } from './feed-paths.js';

/**
 * Why the server closed. `GOING_AWAY`: it stops, come back; `TOO_SLOW`: the client does not read, it may resume; `ENDED`: the session is
 * over, sign in; `RIGHTS_CHANGED`: come back, with other rights or another scope; `TOO_MANY`: it said too much, come back later.
 */
export const CLOSE = {
  GOING_AWAY: 1001,
  TOO_SLOW: 4008,
  MALFORMED: 4400,
  ENDED: 4401,
  RIGHTS_CHANGED: 4403,
  TOO_MANY: 4429,
} as const;

/** Ids in one subscription. */
export const WEARER_IDS_LIMIT = 1_000;
/** What one connection may say within a minute: each subscription is put on record, and has all positions sent again. */
export const CLIENT_MESSAGES_A_MINUTE = 60;

/** What this server takes: a console of a newer one says nothing else, and one of an older server does not tell. */
export const CLIENT_MESSAGES = ['subscribe', 'sound'] as const;

const Seq = Type.Integer({ minimum: -1, description: 'offset in the alert log; -1: before its first record' });

export const HelloSchema = Type.Object({
  type: Type.Literal('hello'),
  epoch: Type.String({ description: 'which alert log this is; sequences of another one mean nothing here' }),
  seq: Seq,
  serverTime: InstantSchema,
  takes: Type.Optional(
    Type.Array(Type.String(), { description: 'messages that this server takes; absent: subscribe alone' }),
  ),
});

export const SnapshotSchema = Type.Object({
  type: Type.Literal('snapshot'),
  seq: Seq,
  alerts: Type.Array(AlertItemSchema, { description: 'everything unresolved' }),
  reason: Type.Optional(Type.Enum(['resume-too-old', 'epoch-changed'])),
});

export const EventSchema = Type.Object({
  type: Type.Literal('event'),
  seq: Seq,
  prevSeq: Type.Integer({
    minimum: -1,
    description: 'the last seq sent to this client: equal, or something is missing',
  }),
  event: AlertEventSchema,
});

export const PositionItemSchema = Type.Object({
  wearerId: Type.String(),
  tagId: Type.String(),
  activationId: Type.String(),
  fixedAt: InstantSchema,
  receivedAt: InstantSchema,
  clockAheadMs: Type.Optional(
    Type.Number({
      description: 'how far the clock of the tag was ahead of the receipt: the fix was made when it was received',
    }),
  ),
  latitude: Type.Number(),
  longitude: Type.Number(),
  accuracyMetres: Type.Union([Type.Number(), Type.Null()]),
  mechanism: Type.Enum([...MECHANISMS]),
  speedKmh: Type.Union([Type.Number(), Type.Null()]),
  headingDegrees: Type.Union([Type.Number(), Type.Null()]),
  batteryPercent: Type.Union([Type.Number(), Type.Null()]),
});
export type PositionItem = Readonly<Static<typeof PositionItemSchema>>;

export const PositionsSchema = Type.Object({
  type: Type.Literal('positions'),
  items: Type.Array(PositionItemSchema, { description: 'coalesced: at most one a second per wearer' }),
});

export const StatusSchema = Type.Object({
  type: Type.Literal('status'),
  database: Type.Enum(['present', 'away']),
  log: Type.Enum(['present', 'away']),
  recorderLagMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description:
      'how long the oldest input waits that is not in the database, whole seconds; null: the database has not been there',
  }),
  silentSuppliers: Type.Array(Type.Object({ topic: Type.String(), lastAt: InstantSchema }), {
    description: "suppliers' topics that had a message once, and none for five minutes",
  }),
});
export type FeedStatus = Readonly<Omit<Static<typeof StatusSchema>, 'type'>>;

export const HeartbeatSchema = Type.Object({
  type: Type.Literal('heartbeat'),
  seq: Seq,
  standing: StandingCountsSchema,
});

export const ServerMessageSchema = Type.Union([
  HelloSchema,
  SnapshotSchema,
  EventSchema,
  PositionsSchema,
  StatusSchema,
  HeartbeatSchema,
]);

export const SubscribeSchema = Type.Object(
  {
    type: Type.Literal('subscribe'),
    positions: Type.Optional(Type.Boolean()),
    wearerIds: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: WEARER_IDS_LIMIT })),
  },
  {
    additionalProperties: false,
    description: 'replaces the one before; without wearerIds: every wearer',
  },
);
export type Subscribe = Static<typeof SubscribeSchema>;

export const SoundSchema = Type.Object(
  { type: Type.Literal('sound'), sound: Type.Enum([...CONSOLE_SOUNDS]) },
  {
    additionalProperties: false,
    description: 'whether this console can be heard; off: no shift was started, blocked: the browser plays nothing',
  },
);
export type Sound = Static<typeof SoundSchema>;
export const ClientMessageSchema = Type.Union([SubscribeSchema, SoundSchema]);

/** What a client receives, with the types of `alerts/`. */
export type ServerMessage =
  | {
      readonly type: 'hello';
      readonly epoch: string;
      readonly seq: number;
      readonly serverTime: Instant;
      readonly takes?: readonly string[];
    }
  | {
      readonly type: 'snapshot';
      readonly seq: number;
      readonly alerts: readonly AlertItem[];
      readonly reason?: 'resume-too-old' | 'epoch-changed';
    }
  | { readonly type: 'event'; readonly seq: number; readonly prevSeq: number; readonly event: AlertEvent }
  | { readonly type: 'positions'; readonly items: readonly PositionItem[] }
  | ({ readonly type: 'status' } & FeedStatus)
  | { readonly type: 'heartbeat'; readonly seq: number; readonly standing: StandingCounts };

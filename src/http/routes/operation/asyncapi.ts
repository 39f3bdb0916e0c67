/** `/api/v1/asyncapi.json`: the Kafka topics and the feed as AsyncAPI 3, from the schemas that validate and type them. */
import { type TSchema, Type } from 'typebox';
import { ALERTS, REJECTED } from '../../../ports/topics.js';
import { ActionEventSchema, FindingEventSchema } from '../../../wire/alert-schemas.js';
import {
  CLIENT_MESSAGES_A_MINUTE,
  EventSchema,
  FEED_PATH,
  FEED_PROTOCOL,
  HeartbeatSchema,
  HelloSchema,
  PositionsSchema,
  SnapshotSchema,
  SoundSchema,
  StatusSchema,
  SubscribeSchema,
} from '../../../wire/feed-messages.js';
import { PingSchema } from '../../../wire/ping-schema.js';
import type { App } from '../../app.js';

/** A supplier's topic and the format of its messages. */
export interface SupplierTopic {
  readonly topic: string;
  readonly format: string;
}

export const RejectedSchema = Type.Object({
  reason: Type.String(),
  detail: Type.String(),
  rejectedAt: Type.String({ format: 'date-time' }),
  from: Type.Union([
    Type.Object({ topic: Type.String(), partition: Type.Integer(), offset: Type.Integer() }),
    Type.Object({ http: Type.String() }),
  ]),
  tagId: Type.Union([Type.String(), Type.Null()]),
  payload: Type.String({ contentEncoding: 'base64', description: 'The bytes as they came, base64' }),
  cutFromBytes: Type.Optional(Type.Integer({ description: 'How many bytes there were, where some were cut off' })),
});

const TraccarSchema = Type.Object(
  { position: Type.Object({}, { additionalProperties: true }), device: Type.Object({ uniqueId: Type.String() }) },
  { additionalProperties: true, description: 'What Traccar forwards with forward.type=kafka or json' },
);

const PING_PAYLOADS: Readonly<Record<string, TSchema>> = { tagwatch: PingSchema, traccar: TraccarSchema };

interface MessageTold {
  readonly name: string;
  readonly summary: string;
  readonly payload: TSchema;
}

const FEED_SENDS: readonly MessageTold[] = [
  { name: 'hello', summary: 'The first message: which log this is and where it stands', payload: HelloSchema },
  { name: 'snapshot', summary: 'Everything unresolved, where nothing was resumed', payload: SnapshotSchema },
  { name: 'event', summary: 'One event; prevSeq is the seq sent before it to this client', payload: EventSchema },
  {
    name: 'positions',
    summary: 'Newest positions, to who subscribed; at most one a second per wearer',
    payload: PositionsSchema,
  },
  { name: 'status', summary: 'What is away or behind', payload: StatusSchema },
  { name: 'heartbeat', summary: 'Every 10 s', payload: HeartbeatSchema },
];
const FEED_TAKES: readonly MessageTold[] = [
  { name: 'subscribe', summary: 'Whose positions a client wants', payload: SubscribeSchema },
  { name: 'sound', summary: 'Whether a console can be heard', payload: SoundSchema },
];
const ALERT_MESSAGES: readonly MessageTold[] = [
  { name: 'finding', summary: "The engine's finding about an alert", payload: FindingEventSchema },
  { name: 'action', summary: "A person's action on an alert", payload: ActionEventSchema },
];
const REJECTED_MESSAGES: readonly MessageTold[] = [
  { name: 'rejected', summary: 'What could not be used, why, and where it came from', payload: RejectedSchema },
];

/** `topicPrefix` stands before Tagwatch's own topics; suppliers' keep their names. */
export function buildAsyncApi(options: {
  readonly version: string;
  readonly supplierTopics: readonly SupplierTopic[];
  readonly topicPrefix: string;
}): object {
  const { version, supplierTopics, topicPrefix } = options;
  const channels: Record<string, object> = {};
  const operations: Record<string, object> = {};
  const add = (
    id: string,
    address: string,
    description: string,
    bindings: object,
    sends: readonly MessageTold[],
    takes: readonly MessageTold[],
  ): void => {
    channels[id] = {
      address,
      description,
      messages: Object.fromEntries([...sends, ...takes].map((message) => [message.name, toMessage(message)])),
      bindings,
    };
    const told = (messages: readonly MessageTold[], action: 'send' | 'receive') => {
      if (messages.length === 0) return;
      operations[`${action}${id[0]!.toUpperCase()}${id.slice(1)}`] = {
        action,
        channel: { $ref: `#/channels/${id}` },
        messages: messages.map(({ name }) => ({ $ref: `#/channels/${id}/messages/${name}` })),
      };
    };
    told(sends, 'send');
    told(takes, 'receive');
  };

  supplierTopics.forEach(({ topic, format }, index) => {
    const message = {
      name: 'ping',
      summary: `A ping in the format ${format}, or an array of them`,
      payload: PING_PAYLOADS[format]!,
    };
    add(`pings${index}`, topic, "A supplier's pings: any key, any partitioner", { kafka: { topic } }, [], [message]);
  });
  const own = (topic: string) => ({
    address: topicPrefix + topic,
    bindings: { kafka: { topic: topicPrefix + topic, partitions: 1 } },
  });
  const alerts = own(ALERTS);
  add(
    'alerts',
    alerts.address,
    'What the engine found and what people did; key: wearerId; offset: the seq of the feed',
    alerts.bindings,
    ALERT_MESSAGES,
    [],
  );
  const rejected = own(REJECTED);
  add('rejected', rejected.address, 'Kept whole, counted, never in the way', rejected.bindings, REJECTED_MESSAGES, []);
  const query = Type.Object({
    resume: Type.Optional(Type.String({ description: 'EPOCH:SEQ, from hello or the last event' })),
  });
  add(
    'feed',
    FEED_PATH,
    `WebSocket, subprotocol ${FEED_PROTOCOL}. Closed with 4008 where a client does not read, 4400 where a message is malformed, 4429 where it says more than ${CLIENT_MESSAGES_A_MINUTE} messages within a minute`,
    { ws: { method: 'GET', query: toJson(query) } },
    FEED_SENDS,
    FEED_TAKES,
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tagwatch',
      version,
      description: 'Pings in over Kafka, alerts out over Kafka and a WebSocket. REST is in openapi.json beside this.',
    },
    defaultContentType: 'application/json',
    channels,
    operations,
  };
}

/** TypeBox schemas hold symbols and shared parts; a document holds neither. */
const toJson = (schema: TSchema): object => JSON.parse(JSON.stringify(schema)) as object;

function toMessage({ name, summary, payload }: MessageTold): object {
  return { name, summary, contentType: 'application/json', payload: toJson(payload) };
}

export function registerAsyncApi(app: App, options: Parameters<typeof buildAsyncApi>[0]): void {
  const document = buildAsyncApi(options);
  app.get('/api/v1/asyncapi.json', { schema: { hide: true }, config: { operation: 'public' } }, () => document);
}

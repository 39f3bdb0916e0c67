/** The ping as OpenAPI and AsyncAPI publish it. `parsePing` judges; a test holds the two together. */
import { Type } from 'typebox';
import { DEVICE_EVENTS, MECHANISMS } from '../engine/types.js';
import { MAX_ACCURACY_METRES, MAX_DEVICE_EVENTS } from './ping-reasons.js';
import { MAX_TAG_ID_LENGTH, TAG_ID_PATTERN } from './tag-id.js';

/** A tag's id in bodies and addresses. */
export const TagIdSchema = Type.String({
  minLength: 1,
  maxLength: MAX_TAG_ID_LENGTH,
  pattern: TAG_ID_PATTERN,
  description: 'The identifier of the tag as the device or its supplier has it; percent-encoded in addresses',
});

/** The JSON of one ping. Unknown fields are ignored, so they are allowed here. */
export const PingSchema = Type.Object(
  {
    tagId: TagIdSchema,
    sequence: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "The device's counter." }),
    ),
    fixedAt: Type.String({ format: 'date-time', description: 'Device time, from 2000 to 24 h ahead of receipt.' }),
    latitude: Type.Optional(
      Type.Number({ minimum: -90, maximum: 90, description: 'WGS84 degrees; with longitude or not at all.' }),
    ),
    longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    accuracyMetres: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: MAX_ACCURACY_METRES,
        description:
          "Radius of the confidence circle; 0 is unknown. Without it and a default of the tag's model a position is no evidence.",
      }),
    ),
    mechanism: Type.Optional(Type.Enum([...MECHANISMS], { default: 'GPS' })),
    speedKmh: Type.Optional(Type.Number({ minimum: 0, maximum: 3_000 })),
    headingDegrees: Type.Optional(Type.Number({ minimum: 0, maximum: 360 })),
    altitudeMetres: Type.Optional(Type.Number({ minimum: -12_000, maximum: 50_000 })),
    satellites: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
    batteryPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    deviceEvents: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: MAX_DEVICE_EVENTS,
        description: `Known: ${DEVICE_EVENTS.join(', ')}. Others are left out and told.`,
      }),
    ),
  },
  { additionalProperties: true },
);

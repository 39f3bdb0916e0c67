/**
 * A file of shared zones as it is published beside `geofences/`: what `PUT /zones/{id}` takes, collected, and the conditions for
 * all wearers that belong to them. Built from the bodies of those endpoints, so that a field cannot differ.
 */
import Type from 'typebox';
import { MAX_RADIUS_METRES, MIN_RADIUS_METRES } from '../formats/zones/zone.js';
import { RecordId } from '../wire/record-id.js';
import { ConditionBody } from './kinds/condition.js';
import { zoneProperties } from './kinds/zone.js';
import { Instant } from './rule.js';

const Longitude = Type.Number({ minimum: -180, maximum: 180 });
const Latitude = Type.Number({ minimum: -90, maximum: 90 });
/** Of two numbers: an altitude would be dropped, so a shared file has none. */
const Position = Type.Tuple([Longitude, Latitude], { description: 'Longitude, latitude: degrees WGS84' });
const Ring = Type.Array(Position, { minItems: 4, description: 'Closed: the last position is the first' });
const Polygon = Type.Array(Ring, { minItems: 1, description: 'The outer ring, then holes' });

const { radiusMetres: _, ...areaProperties } = zoneProperties;
const closed = { additionalProperties: false } as const;
const withEffectiveAt = <P extends object>(properties: P) => ({ ...properties, effectiveAt: Type.Optional(Instant) });

const Area = Type.Object(
  {
    type: Type.Enum(['Feature']),
    id: RecordId,
    properties: Type.Object(withEffectiveAt(areaProperties), closed),
    geometry: Type.Union([
      Type.Object({ type: Type.Enum(['Polygon']), coordinates: Polygon }, closed),
      Type.Object({ type: Type.Enum(['MultiPolygon']), coordinates: Type.Array(Polygon, { minItems: 1 }) }, closed),
    ]),
  },
  closed,
);
const Circle = Type.Object(
  {
    type: Type.Enum(['Feature']),
    id: RecordId,
    properties: Type.Object(
      {
        ...withEffectiveAt(areaProperties),
        radiusMetres: Type.Number({ minimum: MIN_RADIUS_METRES, maximum: MAX_RADIUS_METRES }),
      },
      closed,
    ),
    geometry: Type.Object({ type: Type.Enum(['Point']), coordinates: Position }, closed),
  },
  closed,
);

const { orderId: __, appliesTo: ___, ...conditionFields } = ConditionBody.properties;
/** One of a shared file: for all wearers, because an order is one person's. */
export const SharedCondition = Type.Object(
  { id: RecordId, appliesTo: Type.Enum(['all-wearers']), ...conditionFields },
  closed,
);

export const GeofenceSet = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: 'This schema, for editors' })),
    type: Type.Enum(['FeatureCollection']),
    title: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    features: Type.Array(Type.Union([Area, Circle]), { minItems: 1 }),
    conditions: Type.Optional(
      Type.Array(SharedCondition, { description: 'Put after the zones, as PUT /conditions/{id} takes them' }),
    ),
  },
  {
    ...closed,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A set of shared zones for Tagwatch',
    description: 'GeoJSON (RFC 7946). "tagwatch zones validate" also judges what a schema cannot: the geometry.',
  },
);

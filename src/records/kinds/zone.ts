/** Zones: polygons, multipolygons and circles as GeoJSON Features. */
import Type from 'typebox';
import { MAX_BUFFER_METRES, MAX_RADIUS_METRES, validateZone } from '../../formats/zones/zone.js';
import type { RecordFault } from '../../ports/records.js';
import { RecordId } from '../../wire/record-id.js';
import { createInstantReader } from '../instants.js';
import { Instant, Line, type RecordRule } from '../rule.js';
import { toZoneFeature, type ZoneContent } from './zone-feature.js';

/** Room for 10,000 vertices with every digit and blank that a tool may write. */
const BODY_LIMIT_BYTES = 4 * 1_048_576;

const Geometry = Type.Object(
  { type: Type.Enum(['Polygon', 'MultiPolygon', 'Point']), coordinates: Type.Array(Type.Unknown()) },
  { description: 'RFC 7946; a Point is the centre of a circle and has properties.radiusMetres' },
);
export const zoneProperties = {
  name: Line(200),
  priority: Type.Optional(Type.Enum(['victim', 'high', 'standard'])),
  bufferMetres: Type.Optional(Type.Number({ minimum: 0, maximum: MAX_BUFFER_METRES })),
  radiusMetres: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: MAX_RADIUS_METRES })),
};
/** Describes; `validateZone` validates, and names the place of every fault. */
const Body = Type.Object(
  {
    type: Type.Enum(['Feature']),
    id: Type.Optional(RecordId),
    geometry: Geometry,
    properties: Type.Object(
      { ...zoneProperties, effectiveAt: Type.Optional(Instant) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
const Answer = Type.Object({
  type: Type.Enum(['Feature']),
  id: RecordId,
  geometry: Geometry,
  properties: Type.Object(zoneProperties),
});

/**
 * A zone is answered with its `effectiveAt` beside its other members, where every record has it, and takes it among its
 * properties, as GeoJSON would: sent back from there, it counts where the properties say none.
 */
function takeAnsweredAt(body: unknown): { readonly feature: unknown; readonly answeredAt: string | undefined } {
  if (typeof body !== 'object' || body === null || !('effectiveAt' in body))
    return { feature: body, answeredAt: undefined };
  const { effectiveAt, ...feature } = body;
  return { feature, answeredAt: effectiveAt === null ? undefined : String(effectiveAt) };
}

export const zone: RecordRule<ZoneContent> = {
  kind: 'zone',
  name: 'zone',
  path: '/zones',
  idName: 'zoneId',
  body: Body,
  validateBody: false,
  bodyLimitBytes: BODY_LIMIT_BYTES,
  answer: Answer,
  inForce: { pointer: '/properties/effectiveAt', first: () => null },
  parse(body: unknown, id, serviceArea) {
    const { feature, answeredAt } = takeAnsweredAt(body);
    const valid = validateZone(feature, serviceArea);
    const errors: RecordFault[] = valid.ok ? [] : valid.errors.map(({ pointer, detail }) => ({ pointer, detail }));
    const named = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined;
    if (named !== undefined && named !== id) errors.push({ pointer: '/id', detail: 'is not the id of the address' });
    if (!valid.ok) return { ok: false, errors };
    const { properties, areaSquareMetres } = valid;
    const instants = createInstantReader(errors);
    const given =
      instants.readOptional('/properties/effectiveAt', properties.effectiveAt ?? undefined) ??
      instants.readOptional('/effectiveAt', answeredAt);
    if (errors.length > 0) return { ok: false, errors };
    const { name, priority, bufferMetres } = properties;
    const content = { name, priority, bufferMetres, shape: valid.zone.shape };
    return { ok: true, said: { content, effectiveAt: given ?? null, areaSquareMetres } };
  },
  toWire: toZoneFeature,
  targets: ({ id, isNew }) => (isNew ? [] : [{ kind: 'zone', id }]),
};

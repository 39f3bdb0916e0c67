/** A zone as it is on record, and as GeoJSON. */
import type { Zone } from '../../engine/types.js';

/** A validated zone. */
export interface ZoneContent {
  readonly name: string;
  readonly priority: Zone['priority'];
  readonly bufferMetres: number | null;
  readonly shape: Zone['shape'];
}

function toGeometry(shape: Zone['shape']): object {
  if (shape.type === 'circle') return { type: 'Point', coordinates: [shape.longitude, shape.latitude] };
  if (shape.polygons.length === 1) return { type: 'Polygon', coordinates: shape.polygons[0] };
  return { type: 'MultiPolygon', coordinates: shape.polygons };
}

export function toZoneFeature({ name, priority, bufferMetres, shape }: ZoneContent, id: string): object {
  const radius = shape.type === 'circle' ? { radiusMetres: shape.radiusMetres } : {};
  const buffer = bufferMetres === null ? {} : { bufferMetres };
  return { type: 'Feature', id, geometry: toGeometry(shape), properties: { name, priority, ...buffer, ...radius } };
}

/** `zone.geojson`: every version of every zone that a finding names. */
import { type ZoneContent, zone } from '../records/kinds/zone.js';
import type { PackModel } from './pack-model.js';

export function writeZones({ records }: PackModel): object {
  const zones = records.filter(({ kind }) => kind === 'zone').flatMap(({ versions }) => versions);
  return {
    type: 'FeatureCollection',
    features: zones.map(({ id, version, effectiveAt, recordedAt, content }) => ({
      ...zone.toWire?.(content as ZoneContent, id),
      version,
      effectiveAt,
      recordedAt,
    })),
  };
}

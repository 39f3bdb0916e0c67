/** `zone.geojson`: every version of every zone that a finding names. */
import { toZoneFeature, type ZoneContent } from '../records/kinds/zone-feature.js';
import type { PackModel } from './pack-model.js';

export function writeZones({ records }: PackModel): object {
  const zones = records.filter(({ kind }) => kind === 'zone').flatMap(({ versions }) => versions);
  return {
    type: 'FeatureCollection',
    features: zones.map(({ id, version, effectiveAt, recordedAt, content }) => ({
      ...toZoneFeature(content as ZoneContent, id),
      version,
      effectiveAt,
      recordedAt,
    })),
  };
}

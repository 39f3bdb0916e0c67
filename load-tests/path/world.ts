/** The tags of the path's benchmark, written through the front door: each on a wearer with an order and a zone of its own. */
import { putAll } from '../../src/demo/front-door.js';
import type { RecordPut } from '../../src/simulator/records.js';
import { startOf, tagOf } from './pings.js';

const ZONE_CORNERS = 60;
/** A tag's own zone lies so far from where it walks, metres and degrees north: near enough to be looked at, never entered. */
const ZONE_OFF_DEGREES = 0.03;
const ZONE_RADIUS_DEGREES = 0.002;

/** A polygon of 60 corners, as people draw zones. */
function zoneNear(index: number): object {
  const { latitude, longitude } = startOf(index);
  const ring = Array.from({ length: ZONE_CORNERS }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / ZONE_CORNERS;
    return [
      Number((longitude + ZONE_RADIUS_DEGREES * Math.cos(angle)).toFixed(7)),
      Number((latitude + ZONE_OFF_DEGREES + ZONE_RADIUS_DEGREES * Math.sin(angle)).toFixed(7)),
    ];
  });
  return {
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] },
    properties: { name: `Zone ${index}` },
  };
}

/** Answers when the engine knows all of it. */
export async function putTags(url: string, tags: number, sinceMs: number, signal: AbortSignal): Promise<void> {
  const since = new Date(sinceMs).toISOString();
  const all = <T>(make: (index: number) => T): T[] => Array.from({ length: tags }, (_, index) => make(index));
  const steps: readonly ((index: number) => RecordPut)[] = [
    (index) => ({ path: `/wearers/W-path-${index}`, body: { name: `W-path-${index}` } }),
    (index) => ({ path: `/tags/${tagOf(index)}`, body: {} }),
    (index) => ({
      path: `/activations/A-path-${index}`,
      body: { tagId: tagOf(index), wearerId: `W-path-${index}`, fittedAt: since },
    }),
    (index) => ({
      path: `/orders/O-path-${index}`,
      body: { wearerId: `W-path-${index}`, type: 'licence', startsAt: since },
    }),
    (index) => ({ path: `/zones/Z-path-${index}`, body: zoneNear(index) }),
    (index) => ({
      path: `/conditions/C-path-${index}`,
      body: { orderId: `O-path-${index}`, kind: 'exclusion', zoneId: `Z-path-${index}`, startsAt: since },
    }),
  ];
  for (const [place, step] of steps.entries()) await putAll(url, all(step), place === steps.length - 1, signal);
}

/** Wearers, tags and conditions as the tests' administrators would write them: over the front door. */
import { put } from './program.js';

export interface Fitted {
  readonly tagId: string;
  readonly since: string;
}

/** A wearer `W-TAG` with an activation `A-TAG` and a licence `O-TAG` that began at `since`. */
export async function fitTag(url: string, { tagId, since }: Fitted): Promise<void> {
  await put(url, `/wearers/W-${tagId}`, { name: `Wearer ${tagId}` });
  await put(url, `/tag-models/M-1`, { name: 'Model 1', accuracyConvention: 'r95', intervalSeconds: 60 });
  await put(url, `/tags/${tagId}`, { modelId: 'M-1' });
  await put(url, `/activations/A-${tagId}`, { tagId, wearerId: `W-${tagId}`, fittedAt: since });
  await put(url, `/orders/O-${tagId}`, { wearerId: `W-${tagId}`, type: 'licence', startsAt: since });
}

/** A rectangle as a zone. */
export function rectangle(name: string, west: number, south: number, east: number, north: number): object {
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: 'Feature', properties: { name }, geometry: { type: 'Polygon', coordinates: [ring] } };
}

/** An exclusion `C-TAG` of this wearer from the zone. */
export async function exclude(url: string, fitted: Fitted, zoneId: string): Promise<void> {
  const { tagId, since } = fitted;
  await put(url, `/conditions/C-${tagId}`, { orderId: `O-${tagId}`, kind: 'exclusion', zoneId, startsAt: since });
}

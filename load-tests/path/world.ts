/** The tags of the path's benchmark, written through the front door: each on a wearer with an order and a zone of its own. */
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

/** One line of an import. */
export interface RecordLine {
  readonly kind: string;
  readonly id: string;
  readonly body: object;
}

/** Lines of one request. */
const PART_LINES = 1_000;

/** Writes records by `POST /records/import`, of which a part may refer to those before it; answers when the engine knows all of them. */
export async function importRecords(url: string, records: readonly RecordLine[], signal: AbortSignal): Promise<void> {
  for (let from = 0; from < records.length; from += PART_LINES) {
    const part = records.slice(from, from + PART_LINES);
    const isLast = from + PART_LINES >= records.length;
    const body = part.map((record) => JSON.stringify(record)).join('\n');
    for (;;) {
      const answer = await fetch(`${url}/api/v1/records/import?wait=${isLast}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body,
        signal,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`the import answered ${answer.status}: ${text.slice(0, 500)}`);
      // Written, and not yet published: sent again it changes nothing, and is waited for again.
      if (!isLast || answer.status !== 202) break;
    }
  }
}

/** Answers when the engine knows all of it. */
export async function putTags(url: string, tags: number, sinceMs: number, signal: AbortSignal): Promise<void> {
  const since = new Date(sinceMs).toISOString();
  const records = Array.from({ length: tags }, (_, index): RecordLine[] => [
    { kind: 'wearer', id: `W-path-${index}`, body: { name: `W-path-${index}` } },
    { kind: 'tag', id: tagOf(index), body: {} },
    {
      kind: 'activation',
      id: `A-path-${index}`,
      body: { tagId: tagOf(index), wearerId: `W-path-${index}`, fittedAt: since },
    },
    {
      kind: 'order',
      id: `O-path-${index}`,
      body: { wearerId: `W-path-${index}`, type: 'licence', startsAt: since },
    },
    { kind: 'zone', id: `Z-path-${index}`, body: zoneNear(index) },
    {
      kind: 'condition',
      id: `C-path-${index}`,
      body: { orderId: `O-path-${index}`, kind: 'exclusion', zoneId: `Z-path-${index}`, startsAt: since },
    },
  ]);
  await importRecords(url, records.flat(), signal);
}

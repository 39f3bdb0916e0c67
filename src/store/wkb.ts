/** Polygons as PostGIS reads them fifty times as fast as GeoJSON: a MultiPolygon of WGS84 as EWKB, in hex, to the last digit. */
import type { Zone } from '../engine/types.js';

type Polygons = Extract<Zone['shape'], { type: 'polygons' }>['polygons'];

const LITTLE_ENDIAN = 1;
const POLYGON = 3;
const MULTI_POLYGON_WITH_SRID = 0x20000006;
const WGS84 = 4326;

export function toEwkb(polygons: Polygons): string {
  const rings = polygons.flat();
  const points = rings.reduce((sum, ring) => sum + ring.length, 0);
  const bytes = Buffer.allocUnsafe(13 + 9 * polygons.length + 4 * rings.length + 16 * points);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const writeCount = (count: number): void => {
    view.setUint32(at, count, true);
    at += 4;
  };
  const writeHead = (type: number): void => {
    view.setUint8(at, LITTLE_ENDIAN);
    at += 1;
    writeCount(type);
  };
  writeHead(MULTI_POLYGON_WITH_SRID);
  writeCount(WGS84);
  writeCount(polygons.length);
  for (const polygon of polygons) {
    writeHead(POLYGON);
    writeCount(polygon.length);
    for (const ring of polygon) {
      writeCount(ring.length);
      for (const [longitude, latitude] of ring) {
        view.setFloat64(at, longitude, true);
        view.setFloat64(at + 8, latitude, true);
        at += 16;
      }
    }
  }
  return bytes.toString('hex');
}

/** Which words for a coordinate reference system mean WGS84 degrees: all that is read here. */

/** EPSG 4979 and CRS84h are the same with a height. */
const WGS84 =
  /^(?:wgs[-_ ]?(?:19)?84|(?:epsg:{1,2})?(?:4326|4979)|(?:ogc:)?crs84h?|urn:ogc:def:crs:ogc:(?:[\d.]*:)?crs84h?|urn:ogc:def:crs:epsg:[\d.]*:(?:4326|4979)|https?:\/\/www\.opengis\.net\/def\/crs\/(?:ogc\/[\d.]+\/crs84h?|epsg\/[\d.]+\/(?:4326|4979)))$/i;

/** Whether a name, code or address of a reference system is one of WGS84's. */
export const isWgs84Name = (name: string): boolean => WGS84.test(name.trim());

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The `crs` of GeoJSON before RFC 7946, as it is told, where it is another one than WGS84; null: there is none, or it is WGS84. */
export function findForeignCrs(crs: unknown): string | null {
  if (crs === undefined || crs === null) return null;
  const properties = isObject(crs) && isObject(crs.properties) ? crs.properties : {};
  const name = typeof crs === 'string' ? crs : (properties.name ?? properties.code);
  if ((typeof name === 'string' || typeof name === 'number') && isWgs84Name(String(name))) return null;
  return JSON.stringify(name ?? crs).slice(0, 80);
}

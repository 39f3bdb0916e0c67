/** Plane geometry good to a few kilometres: enough to invent places and paths, never used to judge them. */

/** WGS84 degrees. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** A circle to keep away from. */
export interface Disc {
  readonly centre: Point;
  readonly radiusMetres: number;
}

const METRES_PER_DEGREE = 111_195;
const metresPerDegreeOfLongitude = (latitude: number) => METRES_PER_DEGREE * Math.cos((latitude * Math.PI) / 180);

/** Seven decimals are 1 cm: what tags send at most. */
const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

/** The point so many metres east and north. */
export function offset(from: Point, eastMetres: number, northMetres: number): Point {
  return {
    latitude: round(from.latitude + northMetres / METRES_PER_DEGREE),
    longitude: round(from.longitude + eastMetres / metresPerDegreeOfLongitude(from.latitude)),
  };
}

/** The point at a distance and a bearing (degrees clockwise from north). */
export function towards(from: Point, distanceMetres: number, bearingDegrees: number): Point {
  const radians = (bearingDegrees * Math.PI) / 180;
  return offset(from, distanceMetres * Math.sin(radians), distanceMetres * Math.cos(radians));
}

/** Metres east and north of `to` as seen from `from`. */
export function between(from: Point, to: Point): { readonly eastMetres: number; readonly northMetres: number } {
  return {
    eastMetres: (to.longitude - from.longitude) * metresPerDegreeOfLongitude(from.latitude),
    northMetres: (to.latitude - from.latitude) * METRES_PER_DEGREE,
  };
}

export function distanceMetres(from: Point, to: Point): number {
  const { eastMetres, northMetres } = between(from, to);
  return Math.hypot(eastMetres, northMetres);
}

/** Degrees clockwise from north, in [0, 360). */
export function bearingDegrees(from: Point, to: Point): number {
  const { eastMetres, northMetres } = between(from, to);
  return ((Math.atan2(eastMetres, northMetres) * 180) / Math.PI + 360) % 360;
}

/** Whether the straight line stays out of the disc. */
export function passesClear(from: Point, to: Point, disc: Disc): boolean {
  const start = between(disc.centre, from);
  const line = between(from, to);
  const lengthSquared = line.eastMetres ** 2 + line.northMetres ** 2;
  const along = -(start.eastMetres * line.eastMetres + start.northMetres * line.northMetres);
  const fraction = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, along / lengthSquared));
  const east = start.eastMetres + fraction * line.eastMetres;
  const north = start.northMetres + fraction * line.northMetres;
  return Math.hypot(east, north) > disc.radiusMetres;
}

/** A closed ring of GeoJSON positions (longitude first), counter-clockwise, its corners at the given distances. */
export function ringAround(centre: Point, cornerMetres: readonly number[]): [number, number][] {
  const corners = cornerMetres.map((metres, index): [number, number] => {
    const corner = towards(centre, metres, 360 - (index * 360) / cornerMetres.length);
    return [corner.longitude, corner.latitude];
  });
  return [...corners, corners[0]!];
}

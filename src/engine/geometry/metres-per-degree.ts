/**
 * Metres per degree of latitude and longitude on WGS84 at a latitude, by the usual series; its error is below 1 cm per degree.
 * Source: NIMA TR8350.2 radii of curvature, expanded in cosines (the table of "Length of a degree", Snyder 1987).
 */
const RADIANS = Math.PI / 180;

export function metresPerDegreeLatitude(latitude: number): number {
  const phi = latitude * RADIANS;
  return 111_132.92 - 559.82 * Math.cos(2 * phi) + 1.175 * Math.cos(4 * phi) - 0.0023 * Math.cos(6 * phi);
}

export function metresPerDegreeLongitude(latitude: number): number {
  const phi = latitude * RADIANS;
  return 111_412.84 * Math.cos(phi) - 93.5 * Math.cos(3 * phi) + 0.118 * Math.cos(5 * phi);
}

/**
 * Metres per degree of latitude and longitude on WGS84 at a latitude, by their Fourier series; its error is below 1 mm per degree
 * (the rounded coefficients that are often quoted, 111,132.92 and so on, are 6 cm off). Source: the radii of curvature of the
 * ellipsoid, a (1 − e²) / (1 − e² sin² φ)^1.5 and a cos φ / √(1 − e² sin² φ), expanded in cosines.
 */
const RADIANS = Math.PI / 180;

export function metresPerDegreeLatitude(latitude: number): number {
  const phi = latitude * RADIANS;
  return 111_132.9525 - 559.8496 * Math.cos(2 * phi) + 1.1751 * Math.cos(4 * phi) - 0.0023 * Math.cos(6 * phi);
}

export function metresPerDegreeLongitude(latitude: number): number {
  const phi = latitude * RADIANS;
  return 111_412.8773 * Math.cos(phi) - 93.5041 * Math.cos(3 * phi) + 0.1177 * Math.cos(5 * phi);
}

/** How long a degree of longitude is, in degrees of latitude, on a sphere: for a plane that is only to be round by about. */
export function shrinkAt(latitude: number): number {
  return Math.cos(latitude * RADIANS);
}

/**
 * Metres per degree of latitude and longitude on WGS84 at a latitude, by their Fourier series; its error is below 1 mm per degree
 * (the rounded coefficients that are often quoted, 111,132.92 and so on, are 6 cm off). Source: the radii of curvature of the
 * ellipsoid, a (1 − e²) / (1 − e² sin² φ)^1.5 and a cos φ / √(1 − e² sin² φ), expanded in cosines.
 */
import { cos } from '../math/angles.js';

const RADIANS = Math.PI / 180;

export function metresPerDegreeLatitude(latitude: number): number {
  // cos 4φ and cos 6φ from cos 2φ: a cosine is a dozen multiplications, and this is asked for every fix.
  const two = cos(2 * latitude * RADIANS);
  const four = 2 * two * two - 1;
  const six = two * (2 * four - 1);
  return 111_132.9525 - 559.8496 * two + 1.1751 * four - 0.0023 * six;
}

export function metresPerDegreeLongitude(latitude: number): number {
  const one = cos(latitude * RADIANS);
  const two = 2 * one * one - 1;
  const three = one * (2 * two - 1);
  const five = 2 * two * three - one;
  return 111_412.8773 * one - 93.5041 * three + 0.1177 * five;
}

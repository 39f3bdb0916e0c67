/** Distances on the WGS84 ellipsoid by Vincenty's inverse formula (1975), good to 0.5 mm: an oracle for the kernel. */
const A = 6_378_137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const RADIANS = Math.PI / 180;

/** Metres along the geodesic; for points that are not nearly antipodal. */
export function geodesicMetres(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const l = (lon2 - lon1) * RADIANS;
  const u1 = Math.atan((1 - F) * Math.tan(lat1 * RADIANS));
  const u2 = Math.atan((1 - F) * Math.tan(lat2 * RADIANS));
  const [sinU1, cosU1, sinU2, cosU2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = l;
  for (let i = 0; i < 100; i++) {
    const [sin, cos] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(cosU2 * sin, cosU1 * sinU2 - sinU1 * cosU2 * cos);
    if (sinSigma === 0) return 0;
    const cosSigma = sinU1 * sinU2 + cosU1 * cosU2 * cos;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (cosU1 * cosU2 * sin) / sinSigma;
    const cos2Alpha = 1 - sinAlpha * sinAlpha;
    const cos2M = cos2Alpha === 0 ? 0 : cosSigma - (2 * sinU1 * sinU2) / cos2Alpha;
    const c = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = l + (1 - c) * F * sinAlpha * (sigma + c * sinSigma * (cos2M + c * cosSigma * (2 * cos2M * cos2M - 1)));
    if (Math.abs(lambda - before) > 1e-13) continue;
    const square = (cos2Alpha * (A * A - B * B)) / (B * B);
    const k1 = 1 + (square / 16384) * (4096 + square * (-768 + square * (320 - 175 * square)));
    const k2 = (square / 1024) * (256 + square * (-128 + square * (74 - 47 * square)));
    const delta =
      k2 *
      sinSigma *
      (cos2M +
        (k2 / 4) *
          (cosSigma * (2 * cos2M * cos2M - 1) -
            (k2 / 6) * cos2M * (4 * sinSigma * sinSigma - 3) * (4 * cos2M * cos2M - 3)));
    return B * k1 * (sigma - delta);
  }
  throw new Error('Vincenty did not converge: the points are nearly antipodal');
}

type Point = readonly [longitude: number, latitude: number];

/** Metres from a point to an edge that is straight in longitude and latitude, by halving the interval of its parameter. */
export function geodesicMetresToEdge(latitude: number, longitude: number, a: Point, b: Point): number {
  const at = (t: number): number =>
    geodesicMetres(latitude, longitude, a[1] + t * (b[1] - a[1]), a[0] + t * (b[0] - a[0]));
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (at(left) < at(right)) high = right;
    else low = left;
  }
  return Math.min(at(0), at(1), at((low + high) / 2));
}

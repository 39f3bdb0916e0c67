/**
 * Numbers and coordinates that are the same to the last bit on every runtime, for what was judged this year has to be judged the same by
 * another Node in ten: functions from + − × ÷ √ alone, which IEEE 754 fixes (the last digits of `Math.exp`, `Math.log` and `Math.sin` are
 * left to whoever builds the runtime), coordinates as whole units, the length of a degree, and the way round the antimeridian.
 */

/** ln 2 in two parts: a whole number of the first is exact, the second makes up for what it lacks. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const PER_LN2 = Math.LOG2E;

/** Powers of two from 2^-1022 to 2^1023, by doubling: exact. */
const LEAST_POWER = -1022;
const POWERS = /* @__PURE__ */ powersOfTwo();

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2046);
  powers[-LEAST_POWER] = 1;
  for (let i = -LEAST_POWER + 1; i < powers.length; i++) powers[i] = powers[i - 1]! * 2;
  for (let i = -LEAST_POWER - 1; i >= 0; i--) powers[i] = powers[i + 1]! / 2;
  return powers;
}

/** Beyond these it is 0, or more than a double holds. */
const LEAST_EXPONENT = -708;
const MOST_EXPONENT = 709;

/** eˣ, off by at most 6e-16 of itself; 0 below −708, infinite above 709. */
export function exp(x: number): number {
  if (x < LEAST_EXPONENT) return 0;
  if (x > MOST_EXPONENT) return Infinity;
  const k = Math.round(x * PER_LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  // Taylor's series to the 13th power: |r| is at most 0.35.
  const high =
    1 / 40_320 +
    r * (1 / 362_880 + r * (1 / 3_628_800 + r * (1 / 39_916_800 + r * (1 / 479_001_600 + r / 6_227_020_800))));
  const low = 1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5_040 + r * high))));
  const sum = 1 + (r + r * r * (0.5 + r * low));
  return sum * POWERS[k - LEAST_POWER]!;
}

/** Between the root of one half and that of two the series is shortest. */
const ROOT_OF_HALF = Math.SQRT1_2;

/** The natural logarithm of a number from 2^-1022 on, off by at most 6e-16 of itself or of 1, whichever is more; of 0 and less −∞. */
export function ln(x: number): number {
  if (!(x > 0)) return -Infinity;
  // The greatest power of two that is at most x.
  let [low, high] = [0, POWERS.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (POWERS[middle]! <= x) low = middle;
    else high = middle;
  }
  let k = low + LEAST_POWER;
  let m = x / POWERS[low]!;
  if (m * ROOT_OF_HALF > 1) {
    m /= 2;
    k++;
  }
  // ln m = 2 (s + s³/3 + s⁵/5 + …) with s = (m − 1) / (m + 1), at most 0.172.
  const s = (m - 1) / (m + 1);
  const square = s * s;
  const later = 1 / 13 + square * (1 / 15 + square * (1 / 17 + square * (1 / 19 + square / 21)));
  const rest = 1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9 + square * (1 / 11 + square * later))));
  const sum = 1 + square * rest;
  return k * LN2_HIGH + (2 * s * sum + k * LN2_LOW);
}

/** Off by 1.5e-7 at most (Abramowitz and Stegun 7.1.26). */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const value = 1 - poly * exp(-x * x);
  return x < 0 ? -value : value;
}

/** The share of the bell on one side of a line so many σ away. */
export function normal(sigmas: number): number {
  return (1 + erf(sigmas * Math.SQRT1_2)) / 2;
}

// Angles, in radians.

const HALF_TURN = Math.PI;
const QUARTER_TURN = Math.PI / 2;
/** What π / 2 lacks as a double. */
const QUARTER_TURN_LOW = 6.123233995736766e-17;

/** Within an eighth of a turn of 0, by Taylor's series. */
function sinOfSmall(x: number): number {
  const square = x * x;
  const high = 1 / 362_880 - square * (1 / 39_916_800 - square * (1 / 6_227_020_800 - square / 1_307_674_368_000));
  const low = 1 / 6 - square * (1 / 120 - square * (1 / 5_040 - square * high));
  return x - x * square * low;
}

function cosOfSmall(x: number): number {
  const square = x * x;
  const high = 1 / 3_628_800 - square * (1 / 479_001_600 - square * (1 / 87_178_291_200 - square / 20_922_789_888_000));
  const low = 1 / 24 - square * (1 / 720 - square * (1 / 40_320 - square * high));
  return 1 - square * (0.5 - square * low);
}

/** Off by at most 6e-16, within a few turns of 0. */
export function cos(x: number): number {
  const quarters = Math.round(x / QUARTER_TURN);
  const rest = x - quarters * QUARTER_TURN - quarters * QUARTER_TURN_LOW;
  const side = ((quarters % 4) + 4) % 4;
  if (side === 0) return cosOfSmall(rest);
  if (side === 1) return -sinOfSmall(rest);
  return side === 2 ? -cosOfSmall(rest) : sinOfSmall(rest);
}

/** Off by at most 6e-16, within a few turns of 0. */
export function sin(x: number): number {
  const quarters = Math.round(x / QUARTER_TURN);
  const rest = x - quarters * QUARTER_TURN - quarters * QUARTER_TURN_LOW;
  const side = ((quarters % 4) + 4) % 4;
  if (side === 0) return sinOfSmall(rest);
  if (side === 1) return cosOfSmall(rest);
  return side === 2 ? -sinOfSmall(rest) : -cosOfSmall(rest);
}

/** √3, the tangent of a sixth of a half turn, and that of a twelfth. */
const ROOT_OF_3 = 1.7320508075688772;
const SIXTH = Math.PI / 6;
const TANGENT_OF_TWELFTH = 0.2679491924311227;

/** Of a number from 0 to 1. */
function atanOfShare(t: number): number {
  const isFar = t > TANGENT_OF_TWELFTH;
  const u = isFar ? (t * ROOT_OF_3 - 1) / (ROOT_OF_3 + t) : t;
  const square = u * u;
  const high = 1 / 15 - square * (1 / 17 - square * (1 / 19 - square * (1 / 21 - square * (1 / 23 - square / 25))));
  const low = 1 / 5 - square * (1 / 7 - square * (1 / 9 - square * (1 / 11 - square * (1 / 13 - square * high))));
  const sum = 1 - square * (1 / 3 - square * low);
  return isFar ? SIXTH + u * sum : u * sum;
}

/** The angle from the x axis to the point, between −π and π; 0 at the origin. Off by at most 9e-16. */
export function atan2(y: number, x: number): number {
  const [width, height] = [Math.abs(x), Math.abs(y)];
  if (width === 0 && height === 0) return 0;
  const acute = height <= width ? atanOfShare(height / width) : QUARTER_TURN - atanOfShare(width / height);
  const angle = x < 0 ? HALF_TURN - acute : acute;
  return y < 0 ? -angle : angle;
}

/** The angle whose sine is between −1 and 1; off by at most 9e-16. */
export function asin(sine: number): number {
  return atan2(sine, Math.sqrt((1 - sine) * (1 + sine)));
}

/** Coordinates as 32-bit integers of 1e-7 degree (1.1 cm), so that the side of an edge is decided exactly. */
export const UNITS_PER_DEGREE = 1e7;

/** Degrees to the nearest unit; within ±180° it fits 32 bits. */
export function toUnits(degrees: number): number {
  return Math.round(degrees * UNITS_PER_DEGREE);
}

/** Products up to 2^53 are exact in a double; differences of two coordinates reach 2^32, so products reach 2^64. */
const EXACT_PRODUCT = 9_007_199_254_740_992;

/**
 * The sign of the cross product (b − a) × (p − a): positive when p lies to the left of a→b, 0 when on its line. All arguments
 * are integers within ±2^31. Exact: where doubles cannot tell (edges over about 9° long), BigInt does. `robust-predicates` is for
 * coordinates of any size, and takes as long or longer (31–48 ns a call beside 12–37).
 */
export function orientation(ax: number, ay: number, bx: number, by: number, px: number, py: number): number {
  const left = (bx - ax) * (py - ay);
  const right = (by - ay) * (px - ax);
  const cross = left - right;
  const magnitude = Math.abs(left) + Math.abs(right);
  if (magnitude < EXACT_PRODUCT || Math.abs(cross) > magnitude * 2 * Number.EPSILON) return cross;
  const exact = BigInt(bx - ax) * BigInt(py - ay) - BigInt(by - ay) * BigInt(px - ax);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

const RADIANS = Math.PI / 180;

/**
 * Metres per degree of latitude on WGS84 at a latitude, by their Fourier series; its error is below 1 mm per degree (the rounded
 * coefficients that are often quoted, 111,132.92 and so on, are 6 cm off). Source: the radii of curvature of the ellipsoid,
 * a (1 − e²) / (1 − e² sin² φ)^1.5, and of longitude a cos φ / √(1 − e² sin² φ), expanded in cosines.
 */
export function metresPerDegreeLatitude(latitude: number): number {
  // cos 4φ and cos 6φ from cos 2φ: a cosine is a dozen multiplications, and this is asked for every fix.
  const two = cos(2 * latitude * RADIANS);
  const four = 2 * two * two - 1;
  const six = two * (2 * four - 1);
  return 111_132.9525 - 559.8496 * two + 1.1751 * four - 0.0023 * six;
}

/** The same of longitude. */
export function metresPerDegreeLongitude(latitude: number): number {
  const one = cos(latitude * RADIANS);
  const two = 2 * one * one - 1;
  const three = one * (2 * two - 1);
  const five = 2 * two * three - one;
  return 111_412.8773 * one - 93.5041 * three + 0.1177 * five;
}

/** The longitude that is meant by one beyond the antimeridian. */
export function wrapLongitude(longitude: number): number {
  return longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude;
}

/** Whether a longitude lies certainly outside a box; a box that a buffer has widened over the antimeridian goes on beyond it. */
export function isBesideBox(
  { west, east }: { readonly west: number; readonly east: number },
  longitude: number,
): boolean {
  if (longitude >= west && longitude <= east) return false;
  return !((west < -180 && longitude - 360 >= west) || (east > 180 && longitude + 360 <= east));
}

/** By how much the end of a step is to be moved so that it goes the short way round, degrees. */
export function turnOfStep(from: { readonly longitude: number }, to: { readonly longitude: number }): -360 | 0 | 360 {
  const apart = to.longitude - from.longitude;
  return apart > 180 ? -360 : apart < -180 ? 360 : 0;
}

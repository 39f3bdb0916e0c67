/** Angles from + − × ÷ √ alone, for the reason that `exponential.ts` gives. Radians. */

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

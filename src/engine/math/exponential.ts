/**
 * e to a power, and its inverse, from + − × ÷ alone, which IEEE 754 fixes to the last bit: the last digits of `Math.exp` and `Math.log` are
 * left to whoever builds the runtime, and what was judged this year has to be judged the same by another Node in ten.
 */

/** ln 2 in two parts: a whole number of the first is exact, the second makes up for what it lacks. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const PER_LN2 = Math.LOG2E;

/** Powers of two from 2^-1022 to 2^1023, by doubling: exact. */
const LEAST_POWER = -1022;
const POWERS = new Float64Array(2046);
POWERS[-LEAST_POWER] = 1;
for (let i = -LEAST_POWER + 1; i < POWERS.length; i++) POWERS[i] = POWERS[i - 1]! * 2;
for (let i = -LEAST_POWER - 1; i >= 0; i--) POWERS[i] = POWERS[i + 1]! / 2;

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

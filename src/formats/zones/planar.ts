/** Exact predicates on points of a grid of whole numbers (1e-7 degrees): how edges meet, and what lies in a ring. */

/** How two edges meet. A `touch` is at an end of one of them; its point is exact, that of a crossing is rounded. */
export interface Meeting {
  readonly how: 'cross' | 'overlap' | 'touch';
  readonly x: number;
  readonly y: number;
}

/** Four roundings of half an ulp each; a determinant beyond this has its sign for certain. */
const DETERMINANT_ERROR = 4 * Number.EPSILON;

/** On which side of a → b the point c is: 1 left, -1 right, 0 on the line. Whole numbers below 2^52; exact. */
export function orient(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  const left = (bx - ax) * (cy - ay);
  const right = (by - ay) * (cx - ax);
  const determinant = left - right;
  const size = Math.abs(left) + Math.abs(right);
  // Of edges of some degrees the products are whole numbers without a rounding, and so is their difference.
  if (size <= Number.MAX_SAFE_INTEGER) return determinant > 0 ? 1 : determinant < 0 ? -1 : 0;
  const error = DETERMINANT_ERROR * size;
  if (determinant > error) return 1;
  if (determinant < -error) return -1;
  const exact = BigInt(bx - ax) * BigInt(cy - ay) - BigInt(by - ay) * BigInt(cx - ax);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

function within(x: number, y: number, ax: number, ay: number, bx: number, by: number): boolean {
  return x >= Math.min(ax, bx) && x <= Math.max(ax, bx) && y >= Math.min(ay, by) && y <= Math.max(ay, by);
}

/** How the edges a → b and c → d meet, null where they do not. */
export function meet(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  dx: number,
  dy: number,
): Meeting | null {
  const a = orient(cx, cy, dx, dy, ax, ay);
  const b = orient(cx, cy, dx, dy, bx, by);
  if (a * b > 0) return null;
  const c = orient(ax, ay, bx, by, cx, cy);
  const d = orient(ax, ay, bx, by, dx, dy);
  if (c * d > 0) return null;
  if (a * b < 0 && c * d < 0) {
    const area = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
    const along = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / area;
    return { how: 'cross', x: Math.round(ax + along * (bx - ax)), y: Math.round(ay + along * (by - ay)) };
  }
  const ends: [number, number][] = [];
  if (a === 0 && within(ax, ay, cx, cy, dx, dy)) ends.push([ax, ay]);
  if (b === 0 && within(bx, by, cx, cy, dx, dy)) ends.push([bx, by]);
  if (c === 0 && within(cx, cy, ax, ay, bx, by)) ends.push([cx, cy]);
  if (d === 0 && within(dx, dy, ax, ay, bx, by)) ends.push([dx, dy]);
  const [first] = ends;
  if (first === undefined) return null;
  // Edges of one line share a stretch where two different ends lie on both.
  const apart = ends.some(([x, y]) => x !== first[0] || y !== first[1]);
  return { how: apart ? 'overlap' : 'touch', x: first[0], y: first[1] };
}

/** A ring without the closing repeat and without repeated neighbours. */
export interface PlanarRing {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/**
 * Whether a point lies in a ring: 1 inside, 0 on it, -1 outside. The point is given at twice the scale of the ring, so that
 * the middle of an edge is a whole number too.
 */
export function locateDoubled(ring: PlanarRing, doubledX: number, doubledY: number): number {
  const { xs, ys } = ring;
  let inside = false;
  let px = 2 * xs[xs.length - 1]!;
  let py = 2 * ys[ys.length - 1]!;
  for (let i = 0; i < xs.length; i++) {
    const x = 2 * xs[i]!;
    const y = 2 * ys[i]!;
    if (y > doubledY !== py > doubledY) {
      const side = orient(px, py, x, y, doubledX, doubledY);
      if (side === 0) return 0;
      if (side > 0 === y > py) inside = !inside;
    } else if (
      y === doubledY &&
      within(doubledX, doubledY, px, py, x, y) &&
      orient(px, py, x, y, doubledX, doubledY) === 0
    ) {
      return 0;
    }
    px = x;
    py = y;
  }
  return inside ? 1 : -1;
}

/** Twice the area that the ring holds in grid units, positive where it runs counter-clockwise. Exact. */
export function doubledArea(ring: PlanarRing): bigint {
  const { xs, ys } = ring;
  let total = 0;
  // The sum of all sizes: as long as it is safe, so is every sum on the way.
  let size = 0;
  for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
    const left = (xs[j]! - xs[0]!) * (ys[i]! - ys[0]!);
    const right = (xs[i]! - xs[0]!) * (ys[j]! - ys[0]!);
    total += left - right;
    size += Math.abs(left) + Math.abs(right);
  }
  if (size <= Number.MAX_SAFE_INTEGER) return BigInt(total);
  let sum = 0n;
  for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
    sum += BigInt(xs[j]! - xs[0]!) * BigInt(ys[i]! - ys[0]!) - BigInt(xs[i]! - xs[0]!) * BigInt(ys[j]! - ys[0]!);
  }
  return sum;
}

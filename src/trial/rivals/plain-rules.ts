/** The plain rules of others: by the point alone, by five of them, by the share of the accuracy's disc. */
import type { PreparedArea } from '../../simulator/area.js';
import type { RivalKind, Saying } from './rival.js';

/** Violated by the first fix on the wrong side, met again by the first on the right one. */
export const POINT_IN_POLYGON: RivalKind = {
  name: 'pointInPolygon',
  title: 'point in polygon',
  start: () => ({ see: (fix, isActive) => (isActive && fix.violatingMetres >= 0 ? 'violation' : 'none') }),
};

const POINTS = 5;

/** Violated by five fixes in a row on the wrong side, met again by the first on the right one. */
export const FIVE_POINTS: RivalKind = {
  name: 'fivePoints',
  title: 'five points in the zone',
  start: () => {
    let run = 0;
    return {
      see(fix, isActive) {
        run = isActive && fix.violatingMetres >= 0 ? run + 1 : 0;
        return run >= POINTS ? 'violation' : 'none';
      },
    };
  },
};

const ENTER_SHARE = 0.85;
const LEAVE_SHARE = 0.15;

/** Violated when so much of the disc of the told accuracy is on the wrong side, met again when hardly any is; between the two it stays. */
export const OVERLAP: RivalKind = {
  name: 'overlap',
  title: 'overlap 85/15 with hysteresis',
  start: (condition, area) => {
    let saying: Saying = 'none';
    return {
      see({ spot, violatingMetres, accuracyMetres }, isActive) {
        if (!isActive) saying = 'none';
        else {
          const inside = insideShare(
            area,
            spot.east,
            spot.north,
            accuracyMetres,
            condition.kind === 'exclusion' ? -violatingMetres : violatingMetres,
          );
          const share = condition.kind === 'exclusion' ? inside : 1 - inside;
          if (share >= ENTER_SHARE) saying = 'violation';
          else if (share <= LEAVE_SHARE) saying = 'none';
        }
        return saying;
      },
    };
  },
};

/** Points spread evenly over a disc of radius 1, as the seeds of a sunflower. */
const SEEDS = Array.from({ length: 64 }, (_, i) => {
  const radius = Math.sqrt((i + 0.5) / 64);
  const angle = i * Math.PI * (3 - Math.sqrt(5));
  return [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
});

function insideShare(area: PreparedArea, east: number, north: number, radius: number, signed: number): number {
  if (signed >= radius) return 0;
  if (signed <= -radius) return 1;
  let inside = 0;
  for (const [x, y] of SEEDS) if (area.signedMetres(east + radius * x, north + radius * y) <= 0) inside++;
  return inside / SEEDS.length;
}

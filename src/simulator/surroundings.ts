/**
 * What surrounds a tag, and what that makes of its fixes. Sources, for the figures below:
 *
 * - open sky, street: 4.9 m (68 %) for single-frequency phones under open sky, van Diggelen & Enge 2015 (gps.gov, "GPS accuracy");
 *   median 8 m of assisted GPS over twenty-minute tests, Zandbergen 2009, Transactions in GIS 13(s1).
 * - trees: 95 % circles of 14 to 557 m by canopy and terrain, 107 m over all sites, Lewis et al. 2007, Journal of Applied Ecology 44
 *   (stationary collars); heavier tails than the open sky's in every such test (Frair et al. 2010, Phil. Trans. R. Soc. B 365).
 * - canyon: errors of tens of metres across the street that last as long as one stands there, jumps where the set of reflected
 *   signals changes: Groves 2011, Journal of Navigation 64 (shadow matching); heavy tails, arXiv 2603.16420.
 * - indoors: fixes by a window are two to ten times worse and wander; deeper in there are fewer or none, Zandbergen & Barbeau 2011,
 *   Journal of Navigation 64.
 * - Wi-Fi: median 74 m; cells: median 600 m, up to kilometres, Zandbergen 2009.
 */
import type { Mechanism } from '../engine/types.js';
import type { ErrorModel } from './position-error.js';

export interface Surroundings extends ErrorModel {
  /** How the fix is made there. */
  readonly mechanism: Mechanism;
  /** A constant shift while one stays about there: its spread in each axis, and after how long another street gives another. */
  readonly offset: { readonly sigmaMetres: number; readonly correlationS: number } | null;
  /** Sudden jumps of the position: how often, how far, for how long on average. The tag does not tell them. */
  readonly jumps: {
    readonly perHour: number;
    readonly fromMetres: number;
    readonly toMetres: number;
    readonly meanS: number;
  } | null;
  /** Of a hundred fixes that are due, those that are not made, as a share. */
  readonly lostShare: number;
}

const plain = { mechanism: 'GPS', offset: null, jumps: null, lostShare: 0 } as const;

export const OPEN_SKY: Surroundings = { ...plain, r68Metres: 5, correlationS: 60, tailDegrees: 8 };
export const STREET: Surroundings = { ...plain, r68Metres: 9, correlationS: 60, tailDegrees: 6, lostShare: 0.01 };
export const IN_VEHICLE: Surroundings = { ...plain, r68Metres: 9, correlationS: 30, tailDegrees: 6, lostShare: 0.02 };
export const UNDER_TREES: Surroundings = { ...plain, r68Metres: 16, correlationS: 90, tailDegrees: 4, lostShare: 0.05 };
export const CANYON: Surroundings = {
  mechanism: 'GPS',
  r68Metres: 16,
  correlationS: 90,
  tailDegrees: 4,
  offset: { sigmaMetres: 10, correlationS: 180 },
  jumps: { perHour: 2, fromMetres: 30, toMetres: 120, meanS: 40 },
  lostShare: 0.08,
};
export const BY_A_WINDOW: Surroundings = { ...plain, r68Metres: 22, correlationS: 240, tailDegrees: 5, lostShare: 0.1 };
export const DEEP_INDOORS: Surroundings = {
  ...plain,
  r68Metres: 60,
  correlationS: 300,
  tailDegrees: 5,
  lostShare: 0.3,
};
export const TUNNEL: Surroundings = { ...plain, r68Metres: 20, correlationS: 60, tailDegrees: 4, lostShare: 1 };
export const WIFI_ONLY: Surroundings = {
  ...plain,
  mechanism: 'WIFI',
  r68Metres: 200,
  correlationS: 600,
  tailDegrees: 4,
  lostShare: 0.1,
};
export const CELL_ONLY: Surroundings = {
  ...plain,
  mechanism: 'LBS',
  r68Metres: 900,
  correlationS: 900,
  tailDegrees: 4,
};

/** Honest GPS fixes of one accuracy, errors normal: the controls of the trial's tables. */
export function controlled(r68Metres: number, correlationS = 0): Surroundings {
  return { ...plain, r68Metres, correlationS, tailDegrees: null };
}

/**
 * Eastings and northings of the British National Grid (EPSG:27700) as WGS84 degrees, by the seven published parameters: within 5 m of
 * Ordnance Survey's grid of corrections (OSTN15), which is not carried along. Whoever matches by them has to allow for that.
 */
import proj4 from 'proj4';

const BRITISH_NATIONAL_GRID =
  '+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy ' +
  '+towgs84=446.448,-125.157,542.06,0.15,0.247,0.842,-20.489 +units=m +no_defs';

/** How far the result may be from where the grid of corrections has it, metres. */
export const OSGB36_ERROR_METRES = 5;

/** The grid's extent, metres. */
export const MAX_EASTING = 700_000;
export const MAX_NORTHING = 1_300_000;

const transform = proj4(BRITISH_NATIONAL_GRID, 'WGS84');

export function fromGrid(easting: number, northing: number): { readonly latitude: number; readonly longitude: number } {
  const [longitude, latitude] = transform.forward([easting, northing]) as [number, number];
  return { latitude, longitude };
}

/** Rows of the letters of squares of 500 km and, within one, of 100 km: from the north-west, without I. */
const LETTERS = 'ABCDEFGHJKLMNOPQRSTUVWXYZ';
const SQUARE_METRES = 100_000;
/** Squares of 100 km with land of Great Britain or the Isle of Man. */
const SQUARES = new Set(
  'HP HT HU HW HX HY HZ NA NB NC ND NF NG NH NJ NK NL NM NN NO NR NS NT NU NW NX NY NZ OV SC SD SE SH SJ SK SM SN SO SP SR SS ST SU SV SW SX SY SZ TA TF TG TL TM TQ TR TV'.split(
    ' ',
  ),
);

/** In a square with land of Great Britain, yet Ireland's or France's. */
function isForeign(square: string, east: number, north: number): boolean {
  if (square === 'NW') return east < 90_000;
  if (square === 'NR') return east < 50_000 && north < 20_000;
  return square === 'TR' && east >= 45_000;
}

/** The square's two letters, from the grid's false origin. */
function squareOf(easting: number, northing: number): string {
  const [column, row] = [Math.floor(easting / SQUARE_METRES), Math.floor(northing / SQUARE_METRES)];
  // The false origin is the south-west corner of S, which is the third of its row and the fourth row from the north.
  const large = (3 - Math.floor(row / 5)) * 5 + 2 + Math.floor(column / 5);
  const small = (4 - (row % 5)) * 5 + (column % 5);
  return `${LETTERS[large]}${LETTERS[small]}`;
}

/**
 * The reference of ten figures, `TQ 30624 78388`: the square metre a position lies in, cut and never rounded, so that its beginning is the
 * reference of a larger square; right to {@link OSGB36_ERROR_METRES}. Null outside of Great Britain and the Isle of Man, where the grid
 * means nothing. WGS84 degrees; a tag's position is off by more than what ETRS89 has drifted from it.
 */
export function toGridReference(latitude: number, longitude: number): string | null {
  // Far from its meridian the projection folds back, onto the grid.
  if (!(latitude >= 49 && latitude <= 61.5 && longitude >= -9.5 && longitude <= 2.5)) return null;
  const [easting, northing] = transform.inverse([longitude, latitude]) as [number, number];
  if (!(easting >= 0 && easting < MAX_EASTING && northing >= 0 && northing < MAX_NORTHING)) return null;
  const square = squareOf(easting, northing);
  const [east, north] = [easting % SQUARE_METRES, northing % SQUARE_METRES];
  if (!SQUARES.has(square) || isForeign(square, east, north)) return null;
  const figures = (metres: number) => String(Math.floor(metres)).padStart(5, '0');
  return `${square} ${figures(east)} ${figures(north)}`;
}

/** A position as people read it: latitude and longitude, which are the record, and beside them the grid reference that follows from them. */
import { OSGB36_ERROR_METRES, toGridReference } from '../formats/osgb36.js';

/** Six decimals are a tenth of a metre, and more than any tag knows. */
export const PLACE_DECIMALS = 6;

/** Said once wherever grid references stand. */
export const GRID_WORDS = `Grid references (Ordnance Survey National Grid, ten figures) are computed from latitude and longitude by a transformation alone, without the grid of corrections OSTN15: they are right to ± ${OSGB36_ERROR_METRES} m, and say nothing of how accurate the position is. Latitude and longitude (WGS84) are what was recorded. Outside of Great Britain there is none.`;

export const gridOf = (at: { readonly latitude: number | null; readonly longitude: number | null }): string =>
  at.latitude === null || at.longitude === null ? '' : (toGridReference(at.latitude, at.longitude) ?? '');

/** `latitude 53.431200, longitude -2.934500 (grid reference SJ 37951 93012)`; empty without a position. */
export function placeWords(at: { readonly latitude: number | null; readonly longitude: number | null }): string {
  if (at.latitude === null || at.longitude === null) return '';
  const grid = gridOf(at);
  const place = `latitude ${at.latitude.toFixed(PLACE_DECIMALS)}, longitude ${at.longitude.toFixed(PLACE_DECIMALS)}`;
  return grid === '' ? place : `${place} (grid reference ${grid})`;
}

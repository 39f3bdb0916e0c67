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

/** A map's frame: from places on the ground to points on paper, true to scale, north at the top. */
import { metresPerDegreeLatitude, metresPerDegreeLongitude } from '../../engine/geometry/exact.js';

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface MapFrame {
  readonly toPoint: (place: Place) => readonly [x: number, y: number];
  readonly pointsPerMetre: number;
}

/** Around everything that is shown, so that a single fix is no dot on nothing. */
const LEAST_METRES = 150;
const MARGIN = 1.15;

/** Every one of `places`, with the metres around it, is in the box. Longitudes are taken the short way round. */
export function frameMap(places: readonly (Place & { readonly aroundMetres?: number })[], box: Box): MapFrame {
  const origin = places[0] ?? { latitude: 0, longitude: 0 };
  const perLatitude = metresPerDegreeLatitude(origin.latitude);
  const perLongitude = metresPerDegreeLongitude(origin.latitude);
  const toMetres = ({ latitude, longitude }: Place): readonly [number, number] => {
    const east = ((((longitude - origin.longitude + 180) % 360) + 360) % 360) - 180;
    return [east * perLongitude, (latitude - origin.latitude) * perLatitude];
  };
  let [west, east, south, north] = [0, 0, 0, 0];
  for (const place of places) {
    const [x, y] = toMetres(place);
    const around = place.aroundMetres ?? 0;
    west = Math.min(west, x - around);
    east = Math.max(east, x + around);
    south = Math.min(south, y - around);
    north = Math.max(north, y + around);
  }
  const width = Math.max(LEAST_METRES, east - west) * MARGIN;
  const height = Math.max(LEAST_METRES, north - south) * MARGIN;
  const pointsPerMetre = Math.min(box.width / width, box.height / height);
  const [centreX, centreY] = [(west + east) / 2, (south + north) / 2];
  return {
    pointsPerMetre,
    toPoint(place) {
      const [x, y] = toMetres(place);
      return [
        box.left + box.width / 2 + (x - centreX) * pointsPerMetre,
        box.top + box.height / 2 - (y - centreY) * pointsPerMetre,
      ];
    },
  };
}

/** The length of a scale bar: 1, 2 or 5 times a power of ten, at most a quarter of the width. */
export function scaleMetres(pointsPerMetre: number, widthPoints: number): number {
  const most = widthPoints / 4 / pointsPerMetre;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([5, 2, 1].find((times) => times * power <= most) ?? 1) * power;
}

/** Shapes of severities as images of the map, and clusters as what it draws of them. */
import type { Feature, FeatureCollection } from 'geojson';
import type { Map as GlMap } from 'maplibre-gl';
import type { AlertItem } from '../../alerts/alert.js';
import { SEVERITY_SHAPES } from '../model/severity-shapes.js';
import { type Cluster, latitudeOf, longitudeOf } from '../model/wearer-points.js';
import { certainty, SEVERITY_WORDS } from '../words/words.js';

const SEVERITIES = Object.keys(SEVERITY_SHAPES) as AlertItem['severity'][];
/** Drawn twice as large as shown, for screens that have twice the points. */
const SIZE = 36;
const BOX = 16;

export type SeverityColours = Readonly<Record<AlertItem['severity'], string>>;
export const LIGHT_SEVERITIES: SeverityColours = {
  critical: '#b10e1e',
  high: '#b8400f',
  medium: '#7a5c00',
  low: '#4b5563',
};
export const DARK_SEVERITIES: SeverityColours = {
  critical: '#ff8a80',
  high: '#ffb070',
  medium: '#f0d060',
  low: '#b9c2ca',
};

const iconOf = (severity: AlertItem['severity']): string => `severity-${severity}`;

/** Adds the images, or draws them in other colours. */
export function putSeverityIcons(map: GlMap, colours: SeverityColours, edge: string): void {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [SIZE, SIZE];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return;
  for (const severity of SEVERITIES) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, SIZE, SIZE);
    context.setTransform((SIZE - 4) / BOX, 0, 0, (SIZE - 4) / BOX, 2, 2);
    const shape = new Path2D(SEVERITY_SHAPES[severity]);
    context.fillStyle = colours[severity];
    context.fill(shape, 'evenodd');
    context.strokeStyle = edge;
    context.lineWidth = 1;
    context.stroke(shape);
    const image = context.getImageData(0, 0, SIZE, SIZE);
    if (map.hasImage(iconOf(severity))) map.updateImage(iconOf(severity), image);
    else map.addImage(iconOf(severity), image, { pixelRatio: 2 });
  }
}

/** `Critical !` where it is confirmed, `High ? and 2 more` where it is suspected, as markers say it; without an alert the number alone. */
export function clusterFeatures(clusters: readonly Cluster[]): FeatureCollection {
  const features = clusters.map(({ count, x, y, worst, alerts }): Feature => {
    const sure = worst !== null && certainty(worst) === 'Confirmed' ? '!' : '?';
    const words = worst === null ? '' : `${SEVERITY_WORDS[worst.severity]} ${sure}`;
    return {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [longitudeOf(x), latitudeOf(y)] },
      properties: {
        count: String(count),
        size: Math.min(30, 13 + 3 * Math.log2(count / 8)),
        icon: worst === null ? '' : iconOf(worst.severity),
        words: alerts > 1 ? `${words} and ${alerts - 1} more` : words,
        rank: worst === null ? 9 : SEVERITIES.indexOf(worst.severity),
      },
    };
  });
  return { type: 'FeatureCollection', features };
}

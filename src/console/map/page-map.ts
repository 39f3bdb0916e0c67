/** A map that a page has by itself, made late and removed with it: the ground, and what the page draws on it. */
import type { Feature, FeatureCollection } from 'geojson';
import {
  type GeoJSONSource,
  Map as GlMap,
  type LayerSpecification,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { boundsOfPoints, graticule } from '../model/map-data.js';
import { baseLayersOf } from './base-style.js';
import { DARK, LIGHT, type Palette } from './map-style.js';

export interface PageMap {
  readonly map: GlMap;
  /** Nothing before the map stands. */
  draw(source: string, features: readonly Feature[]): void;
  /** Goes where all of these points are in sight; nowhere for none. */
  goToAll(points: readonly Feature[]): void;
}

/** Of a page: its own sources, and its layers upon the ground. */
interface Drawing {
  readonly isDark: boolean;
  /** Streets and names; null: none could be had. */
  readonly base: FeatureCollection | null;
  readonly sources: readonly string[];
  layersOf(colours: Palette): readonly LayerSpecification[];
  /** It stands. */
  onLoad(): void;
}

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };
const START: { center: [number, number]; zoom: number } = { center: [1.0803, 51.2787], zoom: 12 };
export const NEAR_ZOOM = 16;

export const pointAt = (latitude: number, longitude: number): Feature => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'Point', coordinates: [longitude, latitude] },
});

/** Throws where the browser has no WebGL: what stands beside it has to be enough. */
export function createPageMap(container: HTMLElement, drawing: Drawing): PageMap {
  const { isDark, base, sources, layersOf, onLoad } = drawing;
  const colours = isDark ? DARK : LIGHT;
  setWorkerUrl(new URL(workerUrl, location.origin).href);
  const map = new GlMap({
    container,
    ...START,
    attributionControl: false,
    dragRotate: false,
    style: {
      version: 8,
      sources: Object.fromEntries(
        ['graticule', 'base', ...sources].map((name) => [name, { type: 'geojson', data: EMPTY } as const]),
      ),
      layers: [
        { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
        { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': colours.grid, 'line-width': 1 } },
        ...baseLayersOf(colours.base),
        ...layersOf(colours),
      ],
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right');
  const draw = (source: string, features: readonly Feature[]) =>
    void map.getSource<GeoJSONSource>(source)?.setData({ type: 'FeatureCollection', features: [...features] });
  map.on('load', () => {
    map.getSource<GeoJSONSource>('graticule')?.setData(graticule([0.08, 50.28, 2.08, 52.28], 0.02));
    if (base !== null) map.getSource<GeoJSONSource>('base')?.setData(base);
    onLoad();
  });
  return {
    map,
    draw,
    goToAll(points) {
      const bounds = boundsOfPoints({ type: 'FeatureCollection', features: [...points] });
      if (bounds !== null) map.fitBounds([...bounds], { padding: 60, maxZoom: NEAR_ZOOM, duration: 0 });
    },
  };
}

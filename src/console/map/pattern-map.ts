/** The map of patterns: usual places with their radius and number, other stops, and where two were nearest. Made late, removed with its page. */
import type { Feature, FeatureCollection } from 'geojson';
import { type GeoJSONSource, Map as GlMap, Marker, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Patterns, Together } from '../../wire/patterns.js';
import { boundsOfPoints, circleRing, graticule } from '../model/map-data.js';
import { baseLayersOf } from './base-style.js';
import { element } from './element.js';
import { DARK, LIGHT, type Palette } from './map-style.js';

interface Where {
  readonly latitude: number;
  readonly longitude: number;
}
export interface PatternMap {
  show(patterns: Patterns, together: Together | null): void;
  goTo(place: Where): void;
  goThere(): void;
  remove(): void;
}

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };
const START: { center: [number, number]; zoom: number } = { center: [1.0803, 51.2787], zoom: 12 };
const NEAR_ZOOM = 16;

const layersOf = (colours: Palette) => [
  { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
  { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': colours.grid, 'line-width': 1 } },
  ...baseLayersOf(colours.base),
  { id: 'places', type: 'fill', source: 'places', paint: { 'fill-color': colours.trail, 'fill-opacity': 0.18 } },
  { id: 'places-line', type: 'line', source: 'places', paint: { 'line-color': colours.trail, 'line-width': 2 } },
  {
    id: 'stops',
    type: 'circle',
    source: 'stops',
    paint: {
      'circle-radius': 5,
      'circle-color': colours.halo,
      'circle-stroke-color': colours.trail,
      'circle-stroke-width': 2,
    },
  },
];

const point = ({ latitude, longitude }: Where): Feature => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'Point', coordinates: [longitude, latitude] },
});
const circle = ({ latitude, longitude, radiusMetres }: Where & { readonly radiusMetres: number }): Feature => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'Polygon', coordinates: [circleRing([longitude, latitude], radiusMetres)] },
});
const collect = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

/** Throws where the browser has no WebGL: the tables are enough. */
export function createPatternMap(container: HTMLElement, isDark: boolean, base: FeatureCollection | null): PatternMap {
  setWorkerUrl(new URL(workerUrl, location.origin).href);
  const map = new GlMap({
    container,
    ...START,
    attributionControl: false,
    dragRotate: false,
    style: {
      version: 8,
      sources: Object.fromEntries(
        ['graticule', 'base', 'places', 'stops'].map((name) => [name, { type: 'geojson', data: EMPTY } as const]),
      ),
      layers: layersOf(isDark ? DARK : LIGHT) as never,
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right');
  let isLoaded = false;
  let shown: { readonly patterns: Patterns; readonly together: Together | null } | null = null;
  let markers: Marker[] = [];
  const source = (name: string) => map.getSource<GeoJSONSource>(name);
  const mark = (name: string, text: string, { latitude, longitude }: Where) =>
    new Marker({ element: element('span', name, [text], { 'aria-hidden': 'true' }) })
      .setLngLat([longitude, latitude])
      .addTo(map);

  function draw(): void {
    if (!isLoaded || shown === null) return;
    const { usualPlaces, stops } = shown.patterns;
    const meetings = shown.together?.meetings ?? [];
    source('places')?.setData(collect(usualPlaces.map(circle)));
    source('stops')?.setData(collect(stops.filter(({ place }) => place === null).map(point)));
    for (const marker of markers) marker.remove();
    markers = [
      ...usualPlaces.map((place) => mark('tw-pattern-place', String(place.place), place)),
      ...meetings.map(({ closest }, n) => mark('tw-pattern-meeting', String.fromCharCode(65 + (n % 26)), closest)),
    ];
  }

  function goThere(): void {
    if (!isLoaded || shown === null) return;
    const bounds = boundsOfPoints(collect([...shown.patterns.stops, ...shown.patterns.usualPlaces].map(point)));
    if (bounds !== null) map.fitBounds([...bounds], { padding: 60, maxZoom: NEAR_ZOOM, duration: 0 });
  }

  map.on('load', () => {
    isLoaded = true;
    source('graticule')?.setData(graticule([0.08, 50.28, 2.08, 52.28], 0.02));
    if (base !== null) source('base')?.setData(base);
    draw();
    goThere();
  });
  return {
    show(patterns, together) {
      const isNew = shown?.patterns !== patterns;
      shown = { patterns, together };
      draw();
      if (isNew) goThere();
    },
    goTo: ({ latitude, longitude }) => void map.jumpTo({ center: [longitude, latitude], zoom: NEAR_ZOOM }),
    goThere,
    remove: () => map.remove(),
  };
}

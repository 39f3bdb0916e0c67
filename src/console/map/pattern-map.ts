/** The map of patterns: usual places with their radius and number, other stops, and where two were nearest. Made late, removed with its page. */
import type { Feature, FeatureCollection } from 'geojson';
import { Marker } from 'maplibre-gl';
import type { Patterns, Together } from '../../wire/patterns.js';
import { circleRing } from '../model/map-data.js';
import { element } from './element.js';
import { createPageMap, NEAR_ZOOM, pointAt } from './page-map.js';

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

const point = ({ latitude, longitude }: Where): Feature => pointAt(latitude, longitude);
const circle = ({ latitude, longitude, radiusMetres }: Where & { readonly radiusMetres: number }): Feature => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'Polygon', coordinates: [circleRing([longitude, latitude], radiusMetres)] },
});

/** Throws where the browser has no WebGL: the tables are enough. */
export function createPatternMap(container: HTMLElement, isDark: boolean, base: FeatureCollection | null): PatternMap {
  let isLoaded = false;
  let shown: { readonly patterns: Patterns; readonly together: Together | null } | null = null;
  let markers: Marker[] = [];
  const { map, draw, goToAll } = createPageMap(container, {
    isDark,
    base,
    sources: ['places', 'stops'],
    layersOf: ({ trail, halo }) => [
      { id: 'places', type: 'fill', source: 'places', paint: { 'fill-color': trail, 'fill-opacity': 0.18 } },
      { id: 'places-line', type: 'line', source: 'places', paint: { 'line-color': trail, 'line-width': 2 } },
      {
        id: 'stops',
        type: 'circle',
        source: 'stops',
        paint: { 'circle-radius': 5, 'circle-color': halo, 'circle-stroke-color': trail, 'circle-stroke-width': 2 },
      },
    ],
    onLoad() {
      isLoaded = true;
      drawAll();
      goThere();
    },
  });
  const mark = (name: string, text: string, { latitude, longitude }: Where) =>
    new Marker({ element: element('span', name, [text], { 'aria-hidden': 'true' }) })
      .setLngLat([longitude, latitude])
      .addTo(map);

  function drawAll(): void {
    if (!isLoaded || shown === null) return;
    const { usualPlaces, stops } = shown.patterns;
    const meetings = shown.together?.meetings ?? [];
    draw('places', usualPlaces.map(circle));
    draw('stops', stops.filter(({ place }) => place === null).map(point));
    for (const marker of markers) marker.remove();
    markers = [
      ...usualPlaces.map((place) => mark('tw-pattern-place', String(place.place), place)),
      ...meetings.map(({ closest }, n) => mark('tw-pattern-meeting', String.fromCharCode(65 + (n % 26)), closest)),
    ];
  }

  function goThere(): void {
    if (isLoaded && shown !== null) goToAll([...shown.patterns.stops, ...shown.patterns.usualPlaces].map(point));
  }

  return {
    show(patterns, together) {
      const isNew = shown?.patterns !== patterns;
      shown = { patterns, together };
      drawAll();
      if (isNew) goThere();
    },
    goTo: ({ latitude, longitude }) => void map.jumpTo({ center: [longitude, latitude], zoom: NEAR_ZOOM }),
    goThere,
    remove: () => map.remove(),
  };
}

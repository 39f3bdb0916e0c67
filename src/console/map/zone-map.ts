/** The map on which a zone is drawn: its corners are buttons that are dragged, or moved by the arrow keys. Made late, removed with its page. */
import type { Feature, FeatureCollection } from 'geojson';
import { type GeoJSONSource, Map as GlMap, Marker, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { boundsOfPoints, circleRing, graticule } from '../model/map-data.js';
import { type LatLon, listCorners, toGeometry, type ZoneDraft } from '../model/zone-draft.js';
import { element } from './element.js';
import { DARK, LIGHT, type Palette } from './map-style.js';

export interface ZoneMapEvents {
  onPlace(at: LatLon): void;
  onMoved(line: number, at: LatLon): void;
  onRemoved(line: number): void;
}
export interface ZoneMap {
  show(draft: ZoneDraft): void;
  /** Where alerts of a rehearsal are; the map stays where it is. */
  showRaised(places: readonly LatLon[]): void;
  /** Goes to the zone. */
  goThere(): void;
  remove(): void;
}

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };
/** Corners are elements: of a zone of more, the text is what is edited. */
const MAX_CORNERS = 200;
const START: { center: [number, number]; zoom: number } = { center: [1.0803, 51.2787], zoom: 12 };
const STEP_PIXELS = 4;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -STEP_PIXELS],
  ArrowDown: [0, STEP_PIXELS],
  ArrowLeft: [-STEP_PIXELS, 0],
  ArrowRight: [STEP_PIXELS, 0],
};

const layersOf = (colours: Palette) =>
  [
    { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
    { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': colours.grid, 'line-width': 1 } },
    {
      id: 'ring',
      type: 'line',
      source: 'ring',
      paint: { 'line-color': colours.shared, 'line-width': 1.5, 'line-dasharray': [3, 2] },
    },
    { id: 'zone', type: 'fill', source: 'zone', paint: { 'fill-color': colours.alert, 'fill-opacity': 0.18 } },
    { id: 'zone-line', type: 'line', source: 'zone', paint: { 'line-color': colours.alert, 'line-width': 2 } },
    {
      id: 'raised',
      type: 'circle',
      source: 'raised',
      paint: {
        'circle-radius': 6,
        'circle-color': colours.trail,
        'circle-stroke-color': colours.halo,
        'circle-stroke-width': 2,
      },
    },
  ] as const;

/** Throws where the browser has no WebGL: the text is enough. */
export function createZoneMap(container: HTMLElement, isDark: boolean, events: ZoneMapEvents): ZoneMap {
  setWorkerUrl(new URL(workerUrl, location.origin).href);
  const map = new GlMap({
    container,
    ...START,
    attributionControl: false,
    dragRotate: false,
    style: {
      version: 8,
      sources: Object.fromEntries(
        ['graticule', 'zone', 'ring', 'raised'].map((name) => [name, { type: 'geojson', data: EMPTY } as const]),
      ),
      layers: [...layersOf(isDark ? DARK : LIGHT)] as never,
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right');
  let draft: ZoneDraft | null = null;
  let raised: readonly LatLon[] = [];
  let isLoaded = false;
  let markers: Marker[] = [];
  /** Its corners are made anew by every change: the one that was moved by keys keeps the focus. */
  let focusLine: number | null = null;
  const source = (name: string) => map.getSource<GeoJSONSource>(name);

  function drawCorners(): void {
    for (const marker of markers) marker.remove();
    const corners = draft === null ? [] : listCorners(draft.places).slice(0, MAX_CORNERS);
    markers = corners.map(({ line, at: [latitude, longitude] }, index) => {
      const label = `Corner ${index + 1}: arrow keys move it, Delete takes it out`;
      const node = element('button', 'tw-corner', [String(index + 1)], { type: 'button', 'aria-label': label });
      const marker = new Marker({ element: node, draggable: true }).setLngLat([longitude, latitude]).addTo(map);
      marker.on('dragend', () => {
        const { lat, lng } = marker.getLngLat();
        events.onMoved(line, [lat, lng]);
      });
      node.addEventListener('click', (event) => event.stopPropagation());
      node.addEventListener('keydown', (event) => {
        const step = ARROWS[event.key];
        if (event.key === 'Delete') events.onRemoved(line);
        if (step === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        const from = map.project(marker.getLngLat());
        const { lat, lng } = map.unproject([from.x + step[0], from.y + step[1]]);
        focusLine = line;
        events.onMoved(line, [lat, lng]);
      });
      if (line === focusLine) node.focus({ preventScroll: true });
      return marker;
    });
    focusLine = null;
  }

  function draw(): void {
    if (!isLoaded) return;
    const geometry = draft === null ? null : toGeometry(draft);
    const radius = Number(draft?.radiusMetres);
    const buffer = Number(draft?.bufferMetres);
    const circle = (metres: number): Feature[] =>
      geometry?.type === 'Point' && metres > 0
        ? [
            {
              type: 'Feature',
              properties: {},
              geometry: { type: 'Polygon', coordinates: [circleRing(geometry.coordinates, metres)] },
            },
          ]
        : [];
    const area: Feature[] =
      geometry === null || geometry.type === 'Point' ? circle(radius) : [{ type: 'Feature', properties: {}, geometry }];
    source('zone')?.setData({ type: 'FeatureCollection', features: area });
    source('ring')?.setData({ type: 'FeatureCollection', features: buffer > 0 ? circle(radius + buffer) : [] });
    const points = raised.map(
      ([latitude, longitude]): Feature => ({
        type: 'Feature',
        properties: {},
        geometry: { type: 'Point', coordinates: [longitude, latitude] },
      }),
    );
    source('raised')?.setData({ type: 'FeatureCollection', features: points });
  }

  function goThere(): void {
    if (draft === null) return;
    const radius = draft.shape === 'circle' ? Number(draft.radiusMetres) || 0 : 0;
    const corners = listCorners(draft.places).flatMap(({ at: [latitude, longitude] }) =>
      radius > 0 ? circleRing([longitude, latitude], radius * 1.5) : [[longitude, latitude]],
    );
    const bounds = boundsOfPoints({
      type: 'FeatureCollection',
      features: corners.map((coordinates) => ({
        type: 'Feature',
        properties: {},
        geometry: { type: 'Point', coordinates },
      })),
    });
    if (bounds !== null) map.fitBounds([...bounds], { padding: 60, maxZoom: 16, duration: 0 });
  }

  map.on('load', () => {
    isLoaded = true;
    source('graticule')?.setData(graticule([0.08, 50.28, 2.08, 52.28], 0.02));
    draw();
    goThere();
  });
  map.on('click', ({ lngLat: { lat, lng } }) => events.onPlace([lat, lng]));
  return {
    show(given) {
      draft = given;
      draw();
      drawCorners();
      // What was typed or read from a file may lie anywhere; what is clicked is in sight.
      const corners = listCorners(given.places);
      const isSeen = corners.some(({ at: [latitude, longitude] }) => map.getBounds().contains([longitude, latitude]));
      if (corners.length > 0 && !isSeen) goThere();
    },
    showRaised(places) {
      raised = places;
      draw();
    },
    goThere,
    remove: () => map.remove(),
  };
}

/** The map on which a zone is drawn: its corners are buttons that are dragged, or moved by the arrow keys. Made late, removed with its page. */
import type { Feature, FeatureCollection } from 'geojson';
import { Marker } from 'maplibre-gl';
import { circleRing } from '../model/map-data.js';
import { type LatLon, listCorners, toGeometry, type ZoneDraft } from '../model/zone-draft.js';
import { element } from './element.js';
import { createPageMap, pointAt } from './page-map.js';

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

/** Corners are elements: of a zone of more, the text is what is edited. */
const MAX_CORNERS = 200;
const STEP_PIXELS = 4;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -STEP_PIXELS],
  ArrowDown: [0, STEP_PIXELS],
  ArrowLeft: [-STEP_PIXELS, 0],
  ArrowRight: [STEP_PIXELS, 0],
};

/** Throws where the browser has no WebGL: the text is enough. */
export function createZoneMap(
  container: HTMLElement,
  isDark: boolean,
  base: FeatureCollection | null,
  events: ZoneMapEvents,
): ZoneMap {
  const {
    map,
    draw: drawIn,
    goToAll,
  } = createPageMap(container, {
    isDark,
    base,
    sources: ['zone', 'ring', 'raised'],
    layersOf: ({ shared, alert, trail, halo }) => [
      {
        id: 'ring',
        type: 'line',
        source: 'ring',
        paint: { 'line-color': shared, 'line-width': 1.5, 'line-dasharray': [3, 2] },
      },
      { id: 'zone', type: 'fill', source: 'zone', paint: { 'fill-color': alert, 'fill-opacity': 0.18 } },
      { id: 'zone-line', type: 'line', source: 'zone', paint: { 'line-color': alert, 'line-width': 2 } },
      {
        id: 'raised',
        type: 'circle',
        source: 'raised',
        paint: { 'circle-radius': 6, 'circle-color': trail, 'circle-stroke-color': halo, 'circle-stroke-width': 2 },
      },
    ],
    onLoad() {
      isLoaded = true;
      // It does not go anywhere: a hand may have begun to draw on it before.
      draw();
    },
  });
  let draft: ZoneDraft | null = null;
  let raised: readonly LatLon[] = [];
  let isLoaded = false;
  let markers: Marker[] = [];
  /** Its corners are made anew by every change: the one that was moved by keys keeps the focus. */
  let focusLine: number | null = null;

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
    drawIn('zone', area);
    drawIn('ring', buffer > 0 ? circle(radius + buffer) : []);
    drawIn(
      'raised',
      raised.map(([latitude, longitude]) => pointAt(latitude, longitude)),
    );
  }

  function goThere(): void {
    if (draft === null) return;
    const radius = draft.shape === 'circle' ? Number(draft.radiusMetres) || 0 : 0;
    const corners = listCorners(draft.places).flatMap(({ at: [latitude, longitude] }) =>
      radius > 0 ? circleRing([longitude, latitude], radius * 1.5) : [[longitude, latitude]],
    );
    goToAll(corners.map(([longitude, latitude]) => pointAt(latitude!, longitude!)));
  }

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

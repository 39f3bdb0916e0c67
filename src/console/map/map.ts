/** The map: wearers, zones and open alerts on a plain ground that needs no network. */
import type { FeatureCollection } from 'geojson';
import {
  type GeoJSONSource,
  Map as GlMap,
  Marker,
  NavigationControl,
  Popup,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { AlertItem } from '../../alerts/alert.js';
import type { PositionItem } from '../../wire/feed-messages.js';
import type { ZoneInfo } from '../api.js';
import {
  type Bounds,
  boundsOf,
  boundsOfPoints,
  graticule,
  middleBounds,
  momentFeatures,
  openAlertsByWearer,
  wearerFeatures,
  zoneFeatures,
} from '../model/map-data.js';
import { duration } from '../words/times.js';
import { certainty, KIND_WORDS } from '../words/words.js';
import { element } from './element.js';
import { DARK, LIGHT, layersOf } from './map-style.js';

export interface WearerMap {
  showZones(zones: Iterable<ZoneInfo>): void;
  showPositions(items: readonly PositionItem[], nowMs: number): void;
  showAlerts(alerts: Iterable<AlertItem>, nameOf: (wearerId: string) => string): void;
  /** Once a second: who has become silent. */
  tick(nowMs: number): void;
  /** Goes to the wearer of the alert, or to the fix it rests on where the wearer has not been heard. */
  goTo(item: AlertItem): void;
  /** The fixes that an alert rests on, numbered, each with its circle; null: none. The map goes there. */
  showMoment(item: AlertItem | null): void;
  /** A trail (`model/trail-line.ts`); null: none. The map goes there where it is another one, by its key. */
  showTrail(trail: FeatureCollection | null, key: string): void;
  /** An instant of a trail (`model/trail-play.ts`); null: none. */
  showPlay(play: FeatureCollection | null): void;
  setDark(isDark: boolean): void;
  /** Whoever is in the part that is shown, for the same in words. */
  inView(): PositionItem[];
  onMoved(listener: () => void): void;
  /** The container has another size, or another place on the page. */
  resized(): void;
}

/** The names that a layer's paint has; what is iterated over is a layer's paint. */
type PaintName = Parameters<GlMap['setPaintProperty']>[1];
const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };
/** Markers are elements: beyond so many the dots below have to do. */
const MARKERS_LIMIT = 100;
const GRATICULE_DEGREES = 0.02;
const START: { center: [number, number]; zoom: number } = { center: [1.0803, 51.2787], zoom: 11.5 };
const CLOSE_ZOOM = 15;

/** Throws where the browser has no WebGL: the list works without a map. */
export function createMap(container: HTMLElement, onMarker: (alertId: string) => void, startsDark: boolean): WearerMap {
  setWorkerUrl(new URL(workerUrl, location.origin).href);
  const map = new GlMap({
    container,
    ...START,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    style: {
      version: 8,
      sources: {
        graticule: { type: 'geojson', data: EMPTY },
        zones: { type: 'geojson', data: EMPTY },
        'zone-names': { type: 'geojson', data: EMPTY },
        wearers: { type: 'geojson', data: EMPTY },
        trail: { type: 'geojson', data: EMPTY },
        play: { type: 'geojson', data: EMPTY },
        moment: { type: 'geojson', data: EMPTY },
      },
      layers: layersOf(startsDark ? DARK : LIGHT),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right');

  const positions = new Map<string, PositionItem>();
  const markers = new Map<string, { marker: Marker; node: HTMLButtonElement }>();
  let zones: ZoneInfo[] = [];
  let open: ReadonlyMap<string, AlertItem> = new Map();
  let nameOf: (wearerId: string) => string = (wearerId) => wearerId;
  let nowMs = Date.now();
  let isLoaded = false;
  let isFitted = false;
  let moment: AlertItem | null = null;
  let trail: FeatureCollection | null = null;
  let play: FeatureCollection | null = null;
  /** Of the trail that the map went to last. */
  let trailKey = '';
  let wantedKey = '';

  const source = (name: string) => map.getSource<GeoJSONSource>(name);
  const moves = (): { duration?: number } =>
    matchMedia('(prefers-reduced-motion: reduce)').matches ? { duration: 0 } : { duration: 600 };

  function drawWearers(): void {
    if (!isLoaded) return;
    source('wearers')?.setData(wearerFeatures(positions.values(), open, nowMs));
  }

  function drawMarkers(): void {
    for (const [wearerId, { marker }] of markers) {
      if (open.has(wearerId)) continue;
      marker.remove();
      markers.delete(wearerId);
    }
    for (const [wearerId, item] of open) {
      const at = positions.get(wearerId);
      if (at === undefined) continue;
      let known = markers.get(wearerId);
      if (known === undefined) {
        if (markers.size >= MARKERS_LIMIT) break;
        const node = element('button', 'tw-marker', [], { type: 'button' });
        node.addEventListener('click', (event) => {
          event.stopPropagation();
          const now = open.get(wearerId);
          if (now !== undefined) onMarker(now.alertId);
        });
        known = {
          marker: new Marker({ element: node, anchor: 'bottom' }).setLngLat([at.longitude, at.latitude]),
          node,
        };
        known.marker.addTo(map);
        markers.set(wearerId, known);
      }
      const { marker, node } = known;
      marker.setLngLat([at.longitude, at.latitude]);
      const isSure = certainty(item) === 'Confirmed';
      node.classList.toggle('tw-marker--confirmed', isSure);
      const words = `${isSure ? '!' : '?'} ${nameOf(wearerId)}`;
      if (node.textContent !== words) node.textContent = words;
      node.setAttribute(
        'aria-label',
        `${certainty(item)} alert, ${KIND_WORDS[item.kind]}, ${nameOf(wearerId)}. Show it in the list`,
      );
    }
  }

  function drawZones(): void {
    if (!isLoaded) return;
    const { areas, names } = zoneFeatures(zones);
    source('zones')?.setData(areas);
    source('zone-names')?.setData(names);
  }

  function drawMoment(): void {
    if (!isLoaded) return;
    const drawn = moment === null ? EMPTY : momentFeatures(moment);
    source('moment')?.setData(drawn);
    const bounds = moment === null ? null : boundsOf(moment);
    if (bounds === null) return;
    isFitted = true;
    const [west, south, east, north] = bounds;
    map.fitBounds([west, south, east, north], { padding: 70, maxZoom: 16.5, duration: 0 });
  }

  function drawTrail(key: string): void {
    if (!isLoaded) return;
    source('trail')?.setData(trail ?? EMPTY);
    const bounds = trail === null || trailKey === key ? null : boundsOfPoints(trail);
    if (trail === null) trailKey = '';
    if (bounds === null) return;
    trailKey = key;
    isFitted = true;
    const [west, south, east, north] = bounds;
    map.fitBounds([west, south, east, north], { padding: 60, maxZoom: 16, duration: 0 });
  }

  function drawPlay(): void {
    if (isLoaded) source('play')?.setData(play ?? EMPTY);
  }

  /** Once, when it is known where people are; after that the map stays where the user has put it. */
  function fitOnce(): void {
    const bounds = middleBounds([...positions.values()]);
    if (isFitted || bounds === null || !isLoaded) return;
    isFitted = true;
    const [west, south, east, north] = bounds;
    map.fitBounds([west, south, east, north], { padding: 60, maxZoom: 14, duration: 0 });
  }

  map.on('load', () => {
    isLoaded = true;
    const { lng, lat } = map.getCenter();
    const around: Bounds = [lng - 1, lat - 1, lng + 1, lat + 1];
    source('graticule')?.setData(graticule(around, GRATICULE_DEGREES));
    drawZones();
    drawWearers();
    fitOnce();
    drawMoment();
    drawTrail(wantedKey);
    drawPlay();
  });
  map.on('click', 'wearers', (event) => {
    const wearerId: unknown = event.features?.[0]?.properties.wearerId;
    const at = typeof wearerId === 'string' ? positions.get(wearerId) : undefined;
    if (at === undefined) return;
    const age = duration(nowMs - Date.parse(at.fixedAt));
    const accuracy = at.accuracyMetres === null ? '' : `, accurate to ${Math.round(at.accuracyMetres)} m`;
    new Popup({ closeButton: true, maxWidth: '260px' })
      .setLngLat([at.longitude, at.latitude])
      .setDOMContent(
        element('div', 'tw-popup', [
          element('strong', '', [nameOf(at.wearerId)]),
          element('p', '', [`${at.wearerId} · fix ${age} old${accuracy}`]),
        ]),
      )
      .addTo(map);
  });
  map.on('mouseenter', 'wearers', () => {
    map.getCanvas().style.cursor = 'pointer';
  });
  map.on('mouseleave', 'wearers', () => {
    map.getCanvas().style.cursor = '';
  });

  return {
    showZones(given) {
      zones = [...given];
      drawZones();
    },
    showPositions(items, atMs) {
      nowMs = atMs;
      for (const item of items) positions.set(item.wearerId, item);
      drawWearers();
      drawMarkers();
      fitOnce();
    },
    showAlerts(alerts, given) {
      open = openAlertsByWearer(alerts);
      nameOf = given;
      drawWearers();
      drawMarkers();
    },
    tick(atMs) {
      nowMs = atMs;
      drawWearers();
    },
    goTo(item) {
      const fix = item.explanation.fixes.at(-1);
      const at = positions.get(item.wearerId) ?? fix;
      if (at === undefined) return;
      const zoom = Math.max(map.getZoom(), CLOSE_ZOOM);
      map.easeTo({ center: [at.longitude, at.latitude], zoom, ...moves() });
    },
    showMoment(item) {
      moment = item;
      drawMoment();
    },
    showTrail(given, key) {
      trail = given;
      wantedKey = key;
      drawTrail(key);
    },
    showPlay(given) {
      play = given;
      drawPlay();
    },
    setDark(isDark) {
      for (const { id, paint = {} } of layersOf(isDark ? DARK : LIGHT)) {
        if (!map.getLayer(id)) continue;
        for (const [name, value] of Object.entries(paint)) map.setPaintProperty(id, name as PaintName, value);
      }
    },
    inView() {
      const bounds = map.getBounds();
      return [...positions.values()].filter((at) => bounds.contains([at.longitude, at.latitude]));
    },
    onMoved: (listener) => void map.on('moveend', listener),
    resized: () => void map.resize(),
  };
}

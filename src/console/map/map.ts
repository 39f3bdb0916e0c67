/** The map: everybody as points or clusters, zones, trails and open alerts on a ground that needs no network. */
import type { FeatureCollection } from 'geojson';
import { type GeoJSONSource, Map as GlMap, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';
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
  zoneFeatures,
} from '../model/map-data.js';
import {
  clusterPoints,
  clusterZoomOf,
  createPointStore,
  mercatorX,
  mercatorY,
  pickPoint,
} from '../model/wearer-points.js';
import { clusterFeatures, DARK_SEVERITIES, LIGHT_SEVERITIES, putSeverityIcons } from './cluster-icons.js';
import { DARK, LIGHT, layersOf, SOURCES, type SourceName, WEARERS_LAYER } from './map-style.js';
import { createMarkers } from './markers.js';
import { lengthMetres, measureFeatures } from './measure.js';
import { createWearersLayer } from './wearers-layer.js';

export interface WearerMap {
  showZones(zones: Iterable<ZoneInfo>): void;
  /** Everybody's newest position; whoever has not moved is passed over. */
  showPositions(positions: ReadonlyMap<string, PositionItem>, nowMs: number): void;
  showAlerts(alerts: Iterable<AlertItem>, nameOf: (wearerId: string) => string): void;
  /** Once a second: who has become silent. */
  tick(nowMs: number): void;
  /** Streets and names below everything. */
  showBase(base: FeatureCollection): void;
  /** Goes to the wearer of the alert, or to the fix it rests on where the wearer has not been heard. */
  goTo(item: AlertItem): void;
  /** The fixes that an alert rests on, numbered, each with its circle; null: none. The map goes there. */
  showMoment(item: AlertItem | null): void;
  /** A trail (`model/trail-line.ts`); null: none. The map goes there where it is another one, by its key. */
  showTrail(trail: FeatureCollection | null, key: string): void;
  /** An instant of a trail (`model/trail-play.ts`); null: none. */
  showPlay(play: FeatureCollection | null): void;
  /** The trail of the last hour of whoever is picked; null: none. */
  showHour(trail: FeatureCollection | null): void;
  /** Keeps somebody in the middle; null: nobody. Ends where the map is moved by hand. */
  follow(wearerId: string | null): void;
  /** Whether clicks lay a line; off, the line is gone. */
  measure(isOn: boolean): void;
  setDark(isDark: boolean): void;
  /** Whoever is in the part that is shown, for the same in words. */
  inView(): PositionItem[];
  /** The container has another size, or another place on the page. */
  resized(): void;
  /** The page draws it so many times larger; it is as sharp as the screen. */
  enlarge(scale: number): void;
  /** For who measures, ms: script of the points a frame, script of a change, and from a change to its frame. */
  readonly measured: Readonly<Record<'frameMs' | 'changeMs' | 'drawnMs', readonly number[]>>;
}

export interface MapListener {
  onMarker(alertId: string): void;
  onMoved(): void;
  onPicked(wearerId: string | null): void;
  onFollowEnded(): void;
  onMeasured(metres: number, points: number): void;
}

/** The names that a layer's paint has; what is iterated over is a layer's paint. */
type PaintName = Parameters<GlMap['setPaintProperty']>[1];
const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };
const GRATICULE_DEGREES = 0.02;
const START: { center: [number, number]; zoom: number } = { center: [1.0803, 51.2787], zoom: 11.5 };
const CLOSE_ZOOM = 15;
/** How far from a point a click still means it. */
const PICK_PIXELS = 14;
const CHANGES_KEPT = 120;
/**
 * A map that is drawn without a graphics card takes the page a tenth of a second, so what is not a position waits for the next change, and
 * so long at most: a flood tells of alerts four times a second.
 */
const CHANGE_AT_LATEST_MS = 1_000;
const SILENCE_AT_LATEST_MS = 5_000;
/** So many open alerts have a marker each wherever they are; of more, those within a cluster are told by the cluster. */
const FEW_ALERTS = 12;

/** Throws where the browser has no WebGL: the list works without a map. */
export function createMap(container: HTMLElement, listener: MapListener, startsDark: boolean): WearerMap {
  setWorkerUrl(new URL(workerUrl, location.origin).href);
  const map = new GlMap({
    container,
    ...START,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    // Names that fade in are frames that nobody needs: a third of a second of them after every change.
    fadeDuration: 0,
    style: {
      version: 8,
      sources: Object.fromEntries(SOURCES.map((name) => [name, { type: 'geojson' as const, data: EMPTY }])),
      layers: layersOf(startsDark ? DARK : LIGHT),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right');

  const store = createPointStore();
  const layer = createWearersLayer(WEARERS_LAYER, startsDark ? DARK : LIGHT);
  const markers = createMarkers(map, listener.onMarker);
  const given = new Map<SourceName, FeatureCollection>();
  const [drawnMs, changeMs]: [number[], number[]] = [[], []];
  let positions: ReadonlyMap<string, PositionItem> = new Map();
  let open: ReadonlyMap<string, AlertItem> = new Map();
  let nameOf: (wearerId: string) => string = (wearerId) => wearerId;
  let nowMs = Date.now();
  let isLoaded = false;
  let isFitted = false;
  let isWanted = false;
  let waits: ReturnType<typeof setTimeout> | undefined;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let clustersShown = '';
  let changedAtMs: number | null = null;
  let clustersAtZoom = Number.NaN;
  let followed: string | null = null;
  let line: [number, number][] | null = null;
  /** Where the map goes when it has loaded, or at once. */
  let wantedBounds: (() => Bounds | null) | null = null;
  let trailKey = '';

  const source = (name: SourceName) => map.getSource<GeoJSONSource>(name);
  const moves = (): { duration: number } =>
    matchMedia('(prefers-reduced-motion: reduce)').matches ? { duration: 0 } : { duration: 600 };

  function show(name: SourceName, data: FeatureCollection): void {
    given.set(name, data);
    if (isLoaded) source(name)?.setData(data);
  }

  /** At most once a frame, whatever came. */
  function wantWearers(): void {
    changedAtMs ??= performance.now();
    if (isWanted || !isLoaded) return;
    isWanted = true;
    requestAnimationFrame(drawWearers);
  }

  /** With the next change, or when nothing was drawn for so long. */
  function wantWearersWithin(limitMs: number): void {
    const leftMs = drawnAtMs + limitMs - performance.now();
    if (leftMs <= 0) wantWearers();
    else waits ??= setTimeout(wantWearers, leftMs);
  }

  function drawWearers(): void {
    isWanted = false;
    clearTimeout(waits);
    waits = undefined;
    const beganAtMs = performance.now();
    drawnAtMs = beganAtMs;
    const zoom = map.getZoom();
    clustersAtZoom = clusterZoomOf(zoom);
    const { points } = store;
    const clusters = clusterPoints(points, open, zoom, nowMs);
    layer.update(points);
    const features = clusterFeatures(clusters);
    // The same once more would be cut into tiles and drawn twice for nothing.
    const shown = JSON.stringify(features);
    if (shown !== clustersShown) show('clusters', features);
    clustersShown = shown;
    const hasFew = open.size <= FEW_ALERTS;
    markers.draw(open, positions, nameOf, (wearerId) => hasFew || !store.isHidden(wearerId));
    if (followed !== null) goAlong(followed);
    fitOnce();
    keep(changeMs, performance.now() - beganAtMs);
  }

  function keep(list: number[], ms: number): void {
    if (list.push(ms) > CHANGES_KEPT) list.shift();
  }

  function goAlong(wearerId: string): void {
    const at = positions.get(wearerId);
    if (at !== undefined) map.easeTo({ center: [at.longitude, at.latitude], ...moves() });
  }

  function goToBounds(find: () => Bounds | null, padding: number, maxZoom: number): void {
    wantedBounds = find;
    if (!isLoaded) return;
    const bounds = find();
    wantedBounds = null;
    if (bounds === null) return;
    isFitted = true;
    const [west, south, east, north] = bounds;
    map.fitBounds([west, south, east, north], { padding, maxZoom, duration: 0 });
  }

  /** Once, when it is known where people are; after that the map stays where the user has put it. */
  function fitOnce(): void {
    if (isFitted || !isLoaded || positions.size === 0) return;
    goToBounds(() => middleBounds([...positions.values()]), 60, 14);
  }

  map.on('load', () => {
    isLoaded = true;
    map.addLayer(layer, 'trail');
    putSeverityIcons(map, startsDark ? DARK_SEVERITIES : LIGHT_SEVERITIES, startsDark ? DARK.halo : LIGHT.halo);
    const { lng, lat } = map.getCenter();
    show('graticule', graticule([lng - 1, lat - 1, lng + 1, lat + 1], GRATICULE_DEGREES));
    for (const [name, data] of given) source(name)?.setData(data);
    wantWearers();
    if (wantedBounds !== null) goToBounds(wantedBounds, 60, 16);
  });
  map.on('render', () => {
    if (changedAtMs === null || isWanted) return;
    keep(drawnMs, performance.now() - changedAtMs);
    changedAtMs = null;
  });
  map.on('zoom', () => {
    if (clusterZoomOf(map.getZoom()) !== clustersAtZoom) wantWearers();
  });
  map.on('moveend', () => listener.onMoved());
  map.on('dragstart', () => {
    if (followed === null) return;
    followed = null;
    listener.onFollowEnded();
  });
  map.on('click', ({ lngLat, point }) => {
    if (line !== null) {
      line.push([lngLat.lng, lngLat.lat]);
      show('measure', measureFeatures(line));
      listener.onMeasured(lengthMetres(line), line.length);
      return;
    }
    const [cluster] = isLoaded ? map.queryRenderedFeatures(point, { layers: ['clusters'] }) : [];
    if (cluster !== undefined) {
      map.easeTo({ center: lngLat, zoom: map.getZoom() + 2, ...moves() });
      return;
    }
    listener.onPicked(pickAt(lngLat)?.wearerId ?? null);
  });
  map.on('mousemove', ({ lngLat }) => {
    map.getCanvas().style.cursor = line !== null ? 'crosshair' : pickAt(lngLat) === null ? '' : 'pointer';
  });

  function pickAt({ lng, lat }: { readonly lng: number; readonly lat: number }): PositionItem | null {
    return pickPoint(store.points, { x: mercatorX(lng), y: mercatorY(lat) }, map.getZoom(), PICK_PIXELS);
  }

  return {
    measured: { frameMs: layer.frameMs, changeMs, drawnMs },
    showZones(zones) {
      const { areas, names, buffers } = zoneFeatures(zones);
      show('zones', areas);
      show('zone-buffers', buffers);
      show('zone-names', names);
    },
    showPositions(all, atMs) {
      nowMs = atMs;
      positions = all;
      store.take(all.values());
      wantWearers();
    },
    showAlerts(alerts, names) {
      open = openAlertsByWearer(alerts);
      nameOf = names;
      wantWearersWithin(CHANGE_AT_LATEST_MS);
    },
    tick(atMs) {
      nowMs = atMs;
      if (performance.now() - drawnAtMs >= SILENCE_AT_LATEST_MS) wantWearers();
    },
    showBase: (base) => show('base', base),
    goTo(item) {
      const at = positions.get(item.wearerId) ?? item.explanation.fixes.at(-1);
      if (at === undefined) return;
      const zoom = Math.max(map.getZoom(), CLOSE_ZOOM);
      map.easeTo({ center: [at.longitude, at.latitude], zoom, ...moves() });
    },
    showMoment(item) {
      show('moment', item === null ? EMPTY : momentFeatures(item));
      if (item !== null) goToBounds(() => boundsOf(item), 70, 16.5);
    },
    showTrail(trail, key) {
      show('trail', trail ?? EMPTY);
      const isAnother = trail !== null && trailKey !== key && trail.features.length > 0;
      if (trail === null) trailKey = '';
      if (!isAnother) return;
      trailKey = key;
      goToBounds(() => boundsOfPoints(trail), 60, 16);
    },
    showPlay: (play) => show('play', play ?? EMPTY),
    showHour: (trail) => show('hour', trail ?? EMPTY),
    follow(wearerId) {
      followed = wearerId;
      if (wearerId !== null) goAlong(wearerId);
    },
    measure(isOn) {
      line = isOn ? [] : null;
      show('measure', EMPTY);
    },
    setDark(isDark) {
      const palette = isDark ? DARK : LIGHT;
      layer.setPalette(palette);
      if (!isLoaded) return;
      putSeverityIcons(map, isDark ? DARK_SEVERITIES : LIGHT_SEVERITIES, palette.halo);
      for (const { id, paint = {} } of layersOf(palette)) {
        if (!map.getLayer(id)) continue;
        for (const [name, value] of Object.entries(paint)) map.setPaintProperty(id, name as PaintName, value);
      }
    },
    inView() {
      const bounds = map.getBounds();
      return [...positions.values()].filter((at) => bounds.contains([at.longitude, at.latitude]));
    },
    resized: () => void map.resize(),
    enlarge: (scale) => void map.setPixelRatio(devicePixelRatio * scale),
  };
}

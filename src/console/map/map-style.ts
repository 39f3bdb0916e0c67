/** How the map looks: a quiet ground, thin lines, and colour only together with shape. Labels are drawn with the system's font. */
import type { LayerSpecification, SymbolLayerSpecification } from 'maplibre-gl';
import { baseLayersOf, DARK_GROUND, type GroundPalette, LIGHT_GROUND } from './base-style.js';
import { FONT } from './fonts.js';

/** What the layers draw; each begins empty. In the order in which they are made. */
export const SOURCES = [
  'graticule',
  'base',
  'zones',
  'zone-names',
  'zone-buffers',
  'clusters',
  'hour',
  'trail',
  'play',
  'moment',
  'measure',
] as const;
export type SourceName = (typeof SOURCES)[number];

/** Everybody as a point (`wearers-layer.ts`). */
export const WEARERS_LAYER = 'wearers';

const LABEL: SymbolLayerSpecification['layout'] = {
  'text-field': ['get', 'name'],
  'text-font': FONT,
  'text-size': 12,
  'text-max-width': 9,
  'text-anchor': 'top',
  'text-offset': [0, 0.3],
};

export interface Palette {
  readonly ground: string;
  readonly grid: string;
  readonly quiet: string;
  readonly ink: string;
  readonly halo: string;
  readonly shared: string;
  readonly victim: string;
  readonly wearer: string;
  readonly alert: string;
  readonly rim: string;
  readonly trail: string;
  readonly base: GroundPalette;
}

export const LIGHT: Palette = {
  ground: '#eef1ee',
  grid: '#cdd3cf',
  quiet: '#505a5f',
  ink: '#0b0c0c',
  halo: '#ffffff',
  shared: '#1d70b8',
  victim: '#942514',
  wearer: '#1d4e89',
  alert: '#d4351c',
  rim: '#ffffff',
  trail: '#54319f',
  base: LIGHT_GROUND,
};

/** For a dark room: nothing on it is brighter than the words beside it. */
export const DARK: Palette = {
  ground: '#171c20',
  grid: '#2b343b',
  quiet: '#a8b2ba',
  ink: '#f1f3f5',
  halo: '#101418',
  shared: '#6cb0ee',
  victim: '#ff8a7a',
  wearer: '#8ec5ff',
  alert: '#ff6a55',
  rim: '#101418',
  trail: '#c9a9ff',
  base: DARK_GROUND,
};

/** A trail of a source: lines where it was heard, dashed over gaps, the fixes near by, and hollow those that were no evidence. */
function trailLayers(source: 'trail' | 'hour', { trail, ground }: Palette): LayerSpecification[] {
  const part = (name: string): ['==', ['get', 'part'], string] => ['==', ['get', 'part'], name];
  return [
    {
      id: source,
      type: 'line',
      source,
      filter: part('heard'),
      paint: { 'line-color': trail, 'line-width': 2.5 },
    },
    {
      id: `${source}-gaps`,
      type: 'line',
      source,
      filter: part('gap'),
      paint: { 'line-color': trail, 'line-width': 1.5, 'line-dasharray': [2, 3] },
    },
    {
      id: `${source}-fixes`,
      type: 'circle',
      source,
      minzoom: 13,
      filter: part('fix'),
      paint: { 'circle-radius': 2.5, 'circle-color': trail },
    },
    {
      id: `${source}-doubted`,
      type: 'circle',
      source,
      minzoom: 13,
      filter: part('doubted'),
      paint: { 'circle-radius': 2.5, 'circle-color': ground, 'circle-stroke-color': trail, 'circle-stroke-width': 1 },
    },
  ];
}

const measureLayers = ({ ink, halo }: Palette): LayerSpecification[] => [
  {
    id: 'measure-line',
    type: 'line',
    source: 'measure',
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-color': ink, 'line-width': 2, 'line-dasharray': [3, 1.5] },
  },
  {
    id: 'measure-corners',
    type: 'circle',
    source: 'measure',
    filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 4, 'circle-color': halo, 'circle-stroke-color': ink, 'circle-stroke-width': 2 },
  },
];

/** Where one is warned before the zone begins: a thin dashed line around it. */
const bufferLayer = ({ shared, victim }: Palette): LayerSpecification => ({
  id: 'zone-buffers',
  type: 'line',
  source: 'zone-buffers',
  layout: { 'line-join': 'round' },
  paint: {
    'line-color': ['case', ['==', ['get', 'style'], 'victim'], victim, shared],
    'line-width': 1,
    'line-dasharray': [4, 3],
  },
});

export const layersOf = (colours: Palette): LayerSpecification[] => [
  { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
  {
    id: 'graticule',
    type: 'line',
    source: 'graticule',
    paint: { 'line-color': colours.grid, 'line-width': 1 },
  },
  {
    id: 'graticule-labels',
    type: 'symbol',
    source: 'graticule',
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 420,
      'text-field': ['get', 'label'],
      'text-font': FONT,
      'text-size': 11,
    },
    paint: { 'text-color': colours.quiet, 'text-halo-color': colours.ground, 'text-halo-width': 2 },
  },
  ...baseLayersOf(colours.base),
  bufferLayer(colours),
  {
    id: 'zones-shared',
    type: 'fill',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'shared'],
    paint: { 'fill-color': colours.shared, 'fill-opacity': 0.12 },
  },
  {
    id: 'zones-victim',
    type: 'fill',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'victim'],
    paint: { 'fill-color': colours.victim, 'fill-opacity': 0.14 },
  },
  {
    id: 'zones-shared-line',
    type: 'line',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'shared'],
    paint: { 'line-color': colours.shared, 'line-width': 1.5 },
  },
  {
    id: 'zones-victim-line',
    type: 'line',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'victim'],
    paint: { 'line-color': colours.victim, 'line-width': 2, 'line-dasharray': [2, 1] },
  },
  {
    id: 'zones-small-line',
    type: 'line',
    source: 'zones',
    minzoom: 13,
    filter: ['==', ['get', 'style'], 'small'],
    paint: { 'line-color': colours.quiet, 'line-width': 1 },
  },
  {
    id: 'zones-large-line',
    type: 'line',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'large'],
    paint: { 'line-color': colours.quiet, 'line-width': 2, 'line-dasharray': [4, 3] },
  },
  {
    id: 'zone-labels',
    type: 'symbol',
    source: 'zone-names',
    filter: ['in', ['get', 'style'], ['literal', ['shared', 'large']]],
    layout: LABEL,
    paint: { 'text-color': colours.shared, 'text-halo-color': colours.halo, 'text-halo-width': 1.5 },
  },
  {
    id: 'small-zone-labels',
    type: 'symbol',
    source: 'zone-names',
    minzoom: 14,
    filter: ['in', ['get', 'style'], ['literal', ['small', 'victim']]],
    layout: LABEL,
    paint: { 'text-color': colours.ink, 'text-halo-color': colours.halo, 'text-halo-width': 1.5 },
  },
  {
    id: 'clusters',
    type: 'circle',
    source: 'clusters',
    paint: {
      'circle-radius': ['get', 'size'],
      'circle-color': colours.halo,
      'circle-stroke-color': ['case', ['==', ['get', 'icon'], ''], colours.wearer, colours.alert],
      'circle-stroke-width': ['case', ['==', ['get', 'icon'], ''], 2, 3.5],
    },
  },
  {
    id: 'cluster-counts',
    type: 'symbol',
    source: 'clusters',
    layout: {
      'text-field': ['get', 'count'],
      'text-font': FONT,
      'text-size': 13,
      'text-allow-overlap': true,
      'text-ignore-placement': true,
    },
    paint: { 'text-color': colours.ink },
  },
  {
    id: 'cluster-alerts',
    type: 'symbol',
    source: 'clusters',
    filter: ['!=', ['get', 'icon'], ''],
    layout: {
      'symbol-sort-key': ['get', 'rank'],
      'icon-image': ['get', 'icon'],
      'icon-anchor': 'bottom',
      'icon-offset': [0, -14],
      'icon-allow-overlap': true,
      'text-field': ['get', 'words'],
      'text-font': FONT,
      'text-size': 12,
      'text-anchor': 'bottom',
      'text-offset': [0, -2.8],
      'text-allow-overlap': true,
    },
    paint: { 'text-color': colours.ink, 'text-halo-color': colours.halo, 'text-halo-width': 2 },
  },
  ...trailLayers('trail', colours),
  ...trailLayers('hour', colours),
  ...measureLayers(colours),
  {
    id: 'play-circle',
    type: 'fill',
    source: 'play',
    filter: ['==', ['get', 'part'], 'circle'],
    paint: { 'fill-color': colours.trail, 'fill-opacity': 0.18 },
  },
  {
    id: 'play-stops',
    type: 'circle',
    source: 'play',
    filter: ['==', ['get', 'part'], 'stop'],
    paint: {
      'circle-radius': 10,
      'circle-color': colours.halo,
      'circle-stroke-color': colours.trail,
      'circle-stroke-width': 2,
    },
  },
  {
    id: 'play-stop-numbers',
    type: 'symbol',
    source: 'play',
    filter: ['==', ['get', 'part'], 'stop'],
    layout: { 'text-field': ['get', 'number'], 'text-font': FONT, 'text-size': 12, 'text-allow-overlap': true },
    paint: { 'text-color': colours.ink },
  },
  {
    id: 'play-now',
    type: 'circle',
    source: 'play',
    filter: ['in', ['get', 'part'], ['literal', ['now', 'lost']]],
    paint: {
      'circle-radius': 8,
      'circle-color': ['case', ['==', ['get', 'part'], 'lost'], colours.ground, colours.trail],
      'circle-stroke-color': ['case', ['==', ['get', 'part'], 'lost'], colours.trail, colours.ink],
      'circle-stroke-width': 3,
    },
  },
  {
    id: 'moment-circles',
    type: 'fill',
    source: 'moment',
    filter: ['==', ['get', 'part'], 'circle'],
    paint: { 'fill-color': colours.alert, 'fill-opacity': 0.12 },
  },
  {
    id: 'moment-circle-lines',
    type: 'line',
    source: 'moment',
    filter: ['==', ['get', 'part'], 'circle'],
    paint: { 'line-color': colours.alert, 'line-width': 1.5 },
  },
  {
    id: 'moment-fixes',
    type: 'circle',
    source: 'moment',
    filter: ['==', ['get', 'part'], 'fix'],
    paint: {
      'circle-radius': 5,
      'circle-color': colours.alert,
      'circle-stroke-color': colours.ink,
      'circle-stroke-width': 2,
    },
  },
  {
    id: 'moment-numbers',
    type: 'symbol',
    source: 'moment',
    filter: ['==', ['get', 'part'], 'fix'],
    layout: {
      'text-field': ['get', 'number'],
      'text-font': FONT,
      'text-size': 13,
      'text-anchor': 'bottom-left',
      'text-offset': [0.5, -0.3],
      'text-allow-overlap': true,
    },
    paint: { 'text-color': colours.ink, 'text-halo-color': colours.halo, 'text-halo-width': 2 },
  },
];

/** How the map looks: a pale ground, thin lines, and colour only together with shape. Labels are drawn with the system's font. */
import type { LayerSpecification, SymbolLayerSpecification } from 'maplibre-gl';

const INK = '#0b0c0c';
const FONT = ['Arial'];

const LABEL: SymbolLayerSpecification['layout'] = {
  'text-field': ['get', 'name'],
  'text-font': FONT,
  'text-size': 12,
  'text-max-width': 9,
  'text-anchor': 'top',
  'text-offset': [0, 0.3],
};

export const layers: LayerSpecification[] = [
  { id: 'ground', type: 'background', paint: { 'background-color': '#eef1ee' } },
  {
    id: 'graticule',
    type: 'line',
    source: 'graticule',
    paint: { 'line-color': '#cdd3cf', 'line-width': 1 },
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
    paint: { 'text-color': '#505a5f', 'text-halo-color': '#eef1ee', 'text-halo-width': 2 },
  },
  {
    id: 'zones-shared',
    type: 'fill',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'shared'],
    paint: { 'fill-color': '#5694ca', 'fill-opacity': 0.12 },
  },
  {
    id: 'zones-victim',
    type: 'fill',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'victim'],
    paint: { 'fill-color': '#d4351c', 'fill-opacity': 0.14 },
  },
  {
    id: 'zones-shared-line',
    type: 'line',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'shared'],
    paint: { 'line-color': '#1d70b8', 'line-width': 1.5 },
  },
  {
    id: 'zones-victim-line',
    type: 'line',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'victim'],
    paint: { 'line-color': '#942514', 'line-width': 2, 'line-dasharray': [2, 1] },
  },
  {
    id: 'zones-small-line',
    type: 'line',
    source: 'zones',
    minzoom: 13,
    filter: ['==', ['get', 'style'], 'small'],
    paint: { 'line-color': '#505a5f', 'line-width': 1 },
  },
  {
    id: 'zones-large-line',
    type: 'line',
    source: 'zones',
    filter: ['==', ['get', 'style'], 'large'],
    paint: { 'line-color': '#505a5f', 'line-width': 2, 'line-dasharray': [4, 3] },
  },
  {
    id: 'zone-labels',
    type: 'symbol',
    source: 'zone-names',
    filter: ['in', ['get', 'style'], ['literal', ['shared', 'large']]],
    layout: LABEL,
    paint: { 'text-color': '#144e81', 'text-halo-color': '#ffffff', 'text-halo-width': 1.5 },
  },
  {
    id: 'small-zone-labels',
    type: 'symbol',
    source: 'zone-names',
    minzoom: 14,
    filter: ['in', ['get', 'style'], ['literal', ['small', 'victim']]],
    layout: LABEL,
    paint: { 'text-color': INK, 'text-halo-color': '#ffffff', 'text-halo-width': 1.5 },
  },
  {
    id: 'wearers',
    type: 'circle',
    source: 'wearers',
    layout: { 'circle-sort-key': ['case', ['get', 'alert'], 1, 0] },
    paint: {
      'circle-radius': ['case', ['get', 'alert'], 7, 4.5],
      'circle-color': ['case', ['get', 'stale'], '#ffffff', ['get', 'alert'], '#d4351c', '#1d4e89'],
      'circle-stroke-color': ['case', ['get', 'alert'], INK, ['get', 'stale'], '#505a5f', '#ffffff'],
      'circle-stroke-width': ['case', ['get', 'alert'], 2.5, ['get', 'stale'], 2, 1],
    },
  },
];

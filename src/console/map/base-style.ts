/** The ground under everything: streets, water, parks and names of a base map (`GET /base-map.geojson`), quiet enough to be looked past. */
import type { DataDrivenPropertyValueSpecification, LayerSpecification } from 'maplibre-gl';
import { FONT } from './fonts.js';

export interface GroundPalette {
  readonly park: string;
  readonly water: string;
  readonly street: string;
  readonly casing: string;
  readonly quiet: string;
  readonly halo: string;
}

export const LIGHT_GROUND: GroundPalette = {
  park: '#dbe8d6',
  water: '#b9d3e6',
  street: '#ffffff',
  casing: '#c3cac5',
  quiet: '#4d565b',
  halo: '#ffffff',
};

export const DARK_GROUND: GroundPalette = {
  park: '#1b2a20',
  water: '#1c3547',
  street: '#333d45',
  casing: '#0f1417',
  quiet: '#b4bec6',
  halo: '#101418',
};

const isClass = (name: string): ['==', ['get', 'class'], string] => ['==', ['get', 'class'], name];

/** Wider the nearer one is, by twice with every step of zoom. */
const width = (at12: number): DataDrivenPropertyValueSpecification<number> => [
  'interpolate',
  ['exponential', 1.6],
  ['zoom'],
  10,
  at12 / 2.5,
  12,
  at12,
  17,
  at12 * 9,
];

function street(name: 'street' | 'main', at12: number, colours: GroundPalette, minzoom: number): LayerSpecification[] {
  const common = { type: 'line', source: 'base', minzoom, filter: isClass(name) } as const;
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    {
      ...common,
      id: `base-${name}-casing`,
      layout,
      paint: { 'line-color': colours.casing, 'line-width': width(at12 + 1) },
    },
    { ...common, id: `base-${name}`, layout, paint: { 'line-color': colours.street, 'line-width': width(at12) } },
  ];
}

export const baseLayersOf = (colours: GroundPalette): LayerSpecification[] => [
  {
    id: 'base-park',
    type: 'fill',
    source: 'base',
    filter: isClass('park'),
    paint: { 'fill-color': colours.park },
  },
  {
    id: 'base-water',
    type: 'line',
    source: 'base',
    filter: isClass('water'),
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': colours.water, 'line-width': width(4) },
  },
  ...street('street', 0.8, colours, 12),
  ...street('main', 2, colours, 0),
  {
    id: 'base-names',
    type: 'symbol',
    source: 'base',
    minzoom: 13.5,
    filter: ['in', ['get', 'class'], ['literal', ['street', 'main', 'water']]],
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 320,
      'text-field': ['get', 'name'],
      'text-font': FONT,
      'text-size': 11.5,
    },
    paint: { 'text-color': colours.quiet, 'text-halo-color': colours.halo, 'text-halo-width': 1.5 },
  },
  {
    id: 'base-places',
    type: 'symbol',
    source: 'base',
    maxzoom: 16,
    filter: isClass('place'),
    layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 14, 'text-max-width': 8 },
    paint: { 'text-color': colours.quiet, 'text-halo-color': colours.halo, 'text-halo-width': 2 },
  },
];

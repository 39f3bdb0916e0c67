/** A button on the map for everybody with an open alert: it has words, and leads to the alert. */
import { type Map as GlMap, Marker } from 'maplibre-gl';
import type { AlertItem } from '../../alerts/alert.js';
import type { PositionItem } from '../../wire/feed-messages.js';
import { certainty, KIND_WORDS } from '../words/words.js';
import { element } from './element.js';

/** Markers are elements: beyond so many the dots below have to do. */
const MARKERS_LIMIT = 100;

export interface Markers {
  /** `isShown`: those that are part of a cluster are not. */
  draw(
    open: ReadonlyMap<string, AlertItem>,
    positions: ReadonlyMap<string, PositionItem>,
    nameOf: (wearerId: string) => string,
    isShown: (wearerId: string) => boolean,
  ): void;
}

export function createMarkers(map: GlMap, onMarker: (alertId: string) => void): Markers {
  const markers = new Map<
    string,
    { readonly marker: Marker; readonly node: HTMLButtonElement; alertId: string; at: PositionItem }
  >();

  function add(wearerId: string, alertId: string, at: PositionItem) {
    const { longitude, latitude } = at;
    const node = element('button', 'tw-marker', [], { type: 'button' });
    node.addEventListener('click', (event) => {
      event.stopPropagation();
      const now = markers.get(wearerId);
      if (now !== undefined) onMarker(now.alertId);
    });
    const marker = new Marker({ element: node, anchor: 'bottom', offset: [0, -8] }).setLngLat([longitude, latitude]);
    marker.addTo(map);
    const made = { marker, node, alertId, at };
    markers.set(wearerId, made);
    return made;
  }

  return {
    draw(open, positions, nameOf, isShown) {
      for (const [wearerId, { marker }] of markers) {
        if (open.has(wearerId) && isShown(wearerId)) continue;
        marker.remove();
        markers.delete(wearerId);
      }
      for (const [wearerId, item] of open) {
        const at = positions.get(wearerId);
        if (at === undefined || !isShown(wearerId)) continue;
        const known = markers.get(wearerId);
        if (known === undefined && markers.size >= MARKERS_LIMIT) break;
        const made = known ?? add(wearerId, item.alertId, at);
        made.alertId = item.alertId;
        // In a flood a hundred of them are drawn four times a second, and each move is a layout.
        if (made.at !== at) made.marker.setLngLat([at.longitude, at.latitude]);
        made.at = at;
        const isSure = certainty(item) === 'Confirmed';
        made.node.classList.toggle('tw-marker--confirmed', isSure);
        const words = `${isSure ? '!' : '?'} ${nameOf(wearerId)}`;
        if (made.node.textContent !== words) made.node.textContent = words;
        const label = `${certainty(item)} alert, ${KIND_WORDS[item.kind]}, ${nameOf(wearerId)}. Show it in the list`;
        if (made.node.getAttribute('aria-label') !== label) made.node.setAttribute('aria-label', label);
      }
    },
  };
}

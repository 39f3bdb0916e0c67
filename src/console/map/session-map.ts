/** The one map of a session: made once, late, and moved from page to page with its canvas. */
import { computed, effect, signal, untracked } from '@preact/signals';
import type { FeatureCollection } from 'geojson';
import { askBaseMap } from '../api.js';
import { focusRow } from '../components/selection.js';
import { book, nameOf, nowMs, positions, positionsChanged, serverNowMs, wearers, zones } from '../live/live.js';
import { isDark, wallScale } from '../preferences.js';
import { alertAddress, go } from '../route.js';
import type { WearerMap } from './map.js';

/** Null: not there yet, or this browser cannot draw it. */
export const sessionMap = signal<WearerMap | null>(null);
export const mapFailed = signal(false);
/** Counts how often the part that is shown has changed. */
export const viewMoved = signal(0);

/** Whoever was clicked on; null: nobody. */
export const picked = signal<string | null>(null);
export const isFollowing = signal(false);
/** What a line over the map measures; null: nothing is measured. */
export const measured = signal<{ readonly metres: number; readonly points: number } | null>(null);
/** Streets and names; null: not answered yet. */
export const baseMap = signal<FeatureCollection | null>(null);

let container: HTMLDivElement | null = null;

/** Puts the map into an element of the page; the first time it is loaded and made. */
export function mountMap(parent: HTMLElement): void {
  if (container === null) {
    container = document.createElement('div');
    container.className = 'tw-map__canvas';
    parent.append(container);
    void make(container);
    return;
  }
  parent.append(container);
  sessionMap.peek()?.resized();
}

async function make(node: HTMLDivElement): Promise<void> {
  try {
    const { createMap } = await import('./map.js');
    const map = createMap(
      node,
      {
        onMarker: showAlert,
        onMoved() {
          viewMoved.value += 1;
        },
        onPicked(wearerId) {
          picked.value = wearerId;
        },
        onFollowEnded() {
          isFollowing.value = false;
        },
        onMeasured(metres, points) {
          measured.value = { metres, points };
        },
      },
      isDark.peek(),
    );
    effect(() => map.showZones(zones.value.values()));
    effect(() => {
      // Read first: names come later than alerts.
      const known = wearers.value;
      map.showAlerts(book.value.alerts.values(), (wearerId) => known.get(wearerId)?.name ?? nameOf(wearerId));
    });
    effect(() => {
      if (positionsChanged.value > 0) map.showPositions(positions, serverNowMs());
    });
    effect(() => map.tick(nowMs.value));
    effect(() => map.setDark(isDark.value));
    effect(() => {
      const scale = wallScale.value;
      // It tells at once that it has moved.
      untracked(() => map.enlarge(scale));
    });
    effect(() => map.follow(isFollowing.value ? picked.value : null));
    // Not at every place that is measured: beginning anew forgets the line.
    const isMeasuring = computed(() => measured.value !== null);
    effect(() => map.measure(isMeasuring.value));
    effect(() => {
      if (baseMap.value !== null) map.showBase(baseMap.value);
    });
    void loadBase();
    // For who measures the map: a browser test, or a person at the browser's console.
    Object.assign(node, { measured: map.measured });
    sessionMap.value = map;
  } catch {
    // No WebGL: the page says so, and is complete without it.
    mapFailed.value = true;
  }
}

async function loadBase(): Promise<void> {
  const answer = await askBaseMap();
  if (answer.ok) baseMap.value = answer.body;
}

/** A marker leads to its row, or to the page of the alert where the list does not show it. */
function showAlert(alertId: string): void {
  if (!focusRow(alertId)) go(alertAddress(alertId));
}

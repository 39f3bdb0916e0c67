/** A map that a page has by itself (`map/page-map.ts`): made late, anew in the other theme, and removed with what it stands on. */
import type { FeatureCollection } from 'geojson';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { askBaseMap } from '../api.js';
import { isDark } from '../preferences.js';

interface Made {
  remove(): void;
}

/** `none`: no map can be drawn here, so that what stands beside it has to be enough. */
export type MapState = 'loading' | 'there' | 'none';

/** `load` fetches what makes it; what that returns is called where the place for it is there. */
export function usePageMap<M extends Made>(
  load: () => Promise<(host: HTMLElement, isDark: boolean, base: FeatureCollection | null) => M>,
): { readonly host: RefObject<HTMLDivElement | null>; readonly map: RefObject<M | null>; readonly state: MapState } {
  const host = useRef<HTMLDivElement | null>(null);
  const map = useRef<M | null>(null);
  const [state, setState] = useState<MapState>('loading');
  const dark = isDark.value;
  useEffect(() => {
    let isWanted = true;
    // Whoever shows something on it shows it again on the one of the other theme.
    setState('loading');
    void Promise.all([load(), askBaseMap()])
      .then(([make, base]) => {
        if (!isWanted || host.current === null) return;
        map.current = make(host.current, dark, base.ok ? base.body : null);
        setState('there');
      })
      .catch(() => setState('none'));
    return () => {
      isWanted = false;
      map.current?.remove();
      map.current = null;
    };
  }, [dark]);
  return { host, map, state };
}

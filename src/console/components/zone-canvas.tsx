/** The map of the editor. Everything on it can be typed beside it: without a mouse, and where no map can be drawn. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { askBaseMap } from '../api.js';
import type { ZoneMap } from '../map/zone-map.js';
import { addCorner, changeCorner, type LatLon, type ZoneDraft } from '../model/zone-draft.js';
import { isDark } from '../preferences.js';

interface Props {
  readonly draft: ZoneDraft;
  readonly raised: readonly LatLon[];
  readonly onPlaces: (places: string) => void;
}

export function ZoneCanvas({ draft, raised, onPlaces }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const map = useRef<ZoneMap | null>(null);
  const newest = useRef({ draft, onPlaces });
  newest.current = { draft, onPlaces };
  const [state, setState] = useState<'loading' | 'there' | 'none'>('loading');
  const dark = isDark.value;
  useEffect(() => {
    let isWanted = true;
    const change = (change: (places: string) => string) => {
      const now = newest.current;
      now.onPlaces(change(now.draft.places));
    };
    void Promise.all([import('../map/zone-map.js'), askBaseMap()])
      .then(([{ createZoneMap }, base]) => {
        if (!isWanted || host.current === null) return;
        map.current = createZoneMap(host.current, dark, base.ok ? base.body : null, {
          onPlace: (at) => change((text) => addCorner(text, at, newest.current.draft.shape === 'circle')),
          onMoved: (line, at) => change((text) => changeCorner(text, line, at)),
          onRemoved: (line) => change((text) => changeCorner(text, line, null)),
        });
        map.current.show(newest.current.draft);
        setState('there');
      })
      .catch(() => setState('none'));
    return () => {
      isWanted = false;
      map.current?.remove();
      map.current = null;
    };
  }, [dark]);
  useEffect(() => map.current?.show(draft), [draft, state]);
  useEffect(() => map.current?.showRaised(raised), [raised, state]);
  useEffect(() => map.current?.goThere(), [draft.zoneId, state]);
  return (
    <section class="tw-draw" aria-label="Map of the zone">
      <p class="tw-draw__hint">
        {state === 'none'
          ? 'No map can be drawn here: type the corners.'
          : draft.shape === 'circle'
            ? 'Click where its centre is, or type it below.'
            : 'Click to add a corner, drag one to move it; or type them below.'}
        <button type="button" class="tw-link-button" onClick={() => map.current?.goThere()}>
          Show all of it
        </button>
      </p>
      <div ref={host} class="tw-draw__map" />
    </section>
  );
}

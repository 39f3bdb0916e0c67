/** The map of the editor. Everything on it can be typed beside it: without a mouse, and where no map can be drawn. */
import { useEffect, useRef } from 'preact/hooks';
import { addCorner, changeCorner, type LatLon, type ZoneDraft } from '../model/zone-draft.js';
import { usePageMap } from './use-page-map.js';

interface Props {
  readonly draft: ZoneDraft;
  readonly raised: readonly LatLon[];
  readonly onPlaces: (places: string) => void;
}

export function ZoneCanvas({ draft, raised, onPlaces }: Props) {
  const newest = useRef({ draft, onPlaces });
  newest.current = { draft, onPlaces };
  const { host, map, state } = usePageMap(async () => {
    const { createZoneMap } = await import('../map/zone-map.js');
    const change = (change: (places: string) => string) => {
      const now = newest.current;
      now.onPlaces(change(now.draft.places));
    };
    return (node, dark, base) => {
      const made = createZoneMap(node, dark, base, {
        onPlace: (at) => change((text) => addCorner(text, at, newest.current.draft.shape === 'circle')),
        onMoved: (line, at) => change((text) => changeCorner(text, line, at)),
        onRemoved: (line) => change((text) => changeCorner(text, line, null)),
      });
      made.show(newest.current.draft);
      return made;
    };
  });
  useEffect(() => map.current?.show(draft), [draft, state]);
  useEffect(() => map.current?.showRaised(raised), [raised, state]);
  // Once there is a map: whoever types an id, or draws, stays where they look.
  useEffect(() => map.current?.goThere(), [state]);
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

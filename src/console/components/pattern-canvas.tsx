/** The map of patterns. All that it shows stands beside it in tables: without a mouse, and where no map can be drawn. */
import { useEffect, useRef } from 'preact/hooks';
import type { Patterns, Together } from '../../wire/patterns.js';
import { usePageMap } from './use-page-map.js';

interface Props {
  readonly patterns: Patterns;
  readonly together: Together | null;
  /** Where to go; a new object goes there again. */
  readonly at: { readonly latitude: number; readonly longitude: number } | null;
}

export function PatternCanvas({ patterns, together, at }: Props) {
  const newest = useRef({ patterns, together });
  newest.current = { patterns, together };
  const { host, map, state } = usePageMap(async () => {
    const { createPatternMap } = await import('../map/pattern-map.js');
    return (node, dark, base) => {
      const made = createPatternMap(node, dark, base);
      made.show(newest.current.patterns, newest.current.together);
      return made;
    };
  });
  useEffect(() => map.current?.show(patterns, together), [patterns, together, state]);
  useEffect(() => {
    if (at !== null) map.current?.goTo(at);
  }, [at, state]);
  return (
    <section class="tw-draw tw-pattern-map" aria-label="Map of the stops: usual places have their number">
      <p class="tw-draw__hint">
        {state === 'none' ? 'No map can be drawn here: the tables have all of it. ' : ''}
        <button type="button" class="tw-link-button" onClick={() => map.current?.goThere()}>
          Show all of it
        </button>
      </p>
      <div ref={host} class="tw-draw__map" />
    </section>
  );
}

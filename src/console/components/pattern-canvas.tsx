/** The map of patterns. All that it shows stands beside it in tables: without a mouse, and where no map can be drawn. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Patterns, Together } from '../../wire/patterns.js';
import { askBaseMap } from '../api.js';
import type { PatternMap } from '../map/pattern-map.js';
import { isDark } from '../preferences.js';

interface Props {
  readonly patterns: Patterns;
  readonly together: Together | null;
  /** Where to go; a new object goes there again. */
  readonly at: { readonly latitude: number; readonly longitude: number } | null;
}

export function PatternCanvas({ patterns, together, at }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const map = useRef<PatternMap | null>(null);
  const newest = useRef({ patterns, together });
  newest.current = { patterns, together };
  const [state, setState] = useState<'loading' | 'there' | 'none'>('loading');
  const dark = isDark.value;
  useEffect(() => {
    let isWanted = true;
    void Promise.all([import('../map/pattern-map.js'), askBaseMap()])
      .then(([{ createPatternMap }, base]) => {
        if (!isWanted || host.current === null) return;
        map.current = createPatternMap(host.current, dark, base.ok ? base.body : null);
        map.current.show(newest.current.patterns, newest.current.together);
        setState('there');
      })
      .catch(() => setState('none'));
    return () => {
      isWanted = false;
      map.current?.remove();
      map.current = null;
    };
  }, [dark]);
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

/** Whether somebody is reading or pointing at a list right now: then nothing in it may move. */
import { useEffect, useRef } from 'preact/hooks';

/** How long after the last sign of reading a list may move again. */
const READING_MS = 8_000;
const SIGNS = ['pointermove', 'wheel', 'keydown', 'focusin', 'touchstart'] as const;

export interface Reading<T extends HTMLElement> {
  readonly ref: { current: T | null };
  /** A scrolled list is being read, for as long as it is scrolled. */
  isReading(): boolean;
}

export function useReading<T extends HTMLElement>(): Reading<T> {
  const ref = useRef<T>(null);
  const lastSignAtMs = useRef(Number.NEGATIVE_INFINITY);
  const isInside = useRef(false);
  useEffect(() => {
    const node = ref.current;
    if (node === null) return;
    const stop = new AbortController();
    const options = { passive: true, signal: stop.signal };
    const note = () => {
      lastSignAtMs.current = performance.now();
    };
    for (const sign of SIGNS) node.addEventListener(sign, note, options);
    const enter = () => {
      isInside.current = true;
    };
    const leave = () => {
      isInside.current = false;
    };
    node.addEventListener('pointerenter', enter, options);
    node.addEventListener('pointerleave', leave, options);
    return () => stop.abort();
  }, []);
  return {
    ref,
    isReading() {
      const node = ref.current;
      if (node === null) return false;
      if (node.scrollTop > 0) return true;
      const isNear = isInside.current || node.contains(document.activeElement);
      return isNear && performance.now() - lastSignAtMs.current < READING_MS;
    },
  };
}

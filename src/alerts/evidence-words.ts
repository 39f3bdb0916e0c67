/** What a fix says, in words and as a figure, for whoever has to stand by it. */
import type { AlertKind } from '../engine/types.js';

/** Where a wearer is who is in violation, and one who is not. */
const PLACES: Partial<Record<AlertKind, readonly [violation: string, compliance: string]>> = {
  exclusion: ['inside the zone', 'outside it'],
  inclusion: ['outside the zone', 'inside it'],
  restriction: ['outside the area', 'inside it'],
  curfew: ['somewhere else', 'the house'],
  buffer: ['near the zone', 'farther away'],
};

/** A fix that is less than so many times likelier from one place than from the other could be from either. */
const TELLING_RATIO = 2;

/** `17 times likelier from somewhere else than from the house`, `could as well have come from the house`; null where there is nothing to say. */
export function ratioWords(kind: AlertKind, likelihoodRatio: number | undefined): string | null {
  const places = PLACES[kind];
  if (places === undefined || likelihoodRatio === undefined) return null;
  const [violation, compliance] = places;
  if (likelihoodRatio >= TELLING_RATIO)
    return `${figure(likelihoodRatio)} times likelier from ${violation} than from ${compliance}`;
  if (likelihoodRatio * TELLING_RATIO <= 1)
    return `${figure(1 / likelihoodRatio)} times likelier from ${compliance} than from ${violation}`;
  return `could as well have come from ${compliance}`;
}

function figure(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0);
}

/** What the strip of a day shows, in words. Pure. */
import type { TrailPoint } from '../model/day-strip.js';
import { duration } from './times.js';

/** `No message came`, `1 message came, with a position`, `7 messages came, 5 of them with a position`. */
export function messageWords(points: readonly TrailPoint[]): string {
  const placed = points.filter(({ at }) => at !== null).length;
  if (points.length === 0) return 'No message came';
  if (points.length === 1) return `1 message came, ${placed === 1 ? 'with' : 'without'} a position`;
  return `${points.length} messages came, ${placed === points.length ? 'all' : placed === 0 ? 'none' : placed} of them with a position`;
}

/** How much of a stretch nobody knows where the wearer was. */
export function unknownWords(unknownMs: number, wholeMs: number): string {
  if (unknownMs <= 0) return 'UNKNOWN at no time';
  if (unknownMs >= wholeMs) return 'UNKNOWN all the time';
  return `UNKNOWN for ${duration(unknownMs)}`;
}

/** Where somebody truly is: keyframes with straight lines between them. */
import { bearingDegrees, distanceMetres, type Point } from './ground.js';

export interface Keyframe {
  readonly atMs: number;
  readonly at: Point;
}

/** In order of time; never empty. Before the first and after the last keyframe the wearer stands still. */
export type Track = readonly Keyframe[];

export interface Motion {
  readonly at: Point;
  readonly speedKmh: number;
  /** Null while standing. */
  readonly headingDegrees: number | null;
}

export const WALKING_METRES_PER_SECOND = 1.4;

/** The true place and motion at an instant. */
export function locate(track: Track, atMs: number): Motion {
  let low = 0;
  let high = track.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (track[middle]!.atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  const before = track[low - 1];
  const after = track[low];
  if (before === undefined && after === undefined) throw new Error('A track without keyframes');
  if (before === undefined || after === undefined) {
    return { at: (before ?? after)!.at, speedKmh: 0, headingDegrees: null };
  }
  const metres = distanceMetres(before.at, after.at);
  const durationMs = after.atMs - before.atMs;
  if (metres < 1) return { at: before.at, speedKmh: 0, headingDegrees: null };
  const fraction = (atMs - before.atMs) / durationMs;
  return {
    at: {
      latitude: before.at.latitude + fraction * (after.at.latitude - before.at.latitude),
      longitude: before.at.longitude + fraction * (after.at.longitude - before.at.longitude),
    },
    speedKmh: (metres / durationMs) * 3600,
    headingDegrees: bearingDegrees(before.at, after.at),
  };
}

/** Builds a track step by step; speeds in metres a second. */
export function startTrack(at: Point, atMs: number) {
  const frames: Keyframe[] = [{ at, atMs }];
  const last = () => frames[frames.length - 1]!;
  const builder = {
    /** Stands until the instant; nothing where that is past. */
    waitUntil(untilMs: number) {
      if (untilMs > last().atMs) frames.push({ at: last().at, atMs: untilMs });
      return builder;
    },
    moveTo(point: Point, metresPerSecond: number) {
      const durationMs = Math.max(1, Math.round((distanceMetres(last().at, point) / metresPerSecond) * 1000));
      frames.push({ at: point, atMs: last().atMs + durationMs });
      return builder;
    },
    nowMs: () => last().atMs,
    done: (): Track => frames,
  };
  return builder;
}

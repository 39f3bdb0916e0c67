/** The hours of local days, as the instants between which they lie. Pure. */
import type { Span } from './pattern-fix.js';

export interface LocalHour extends Span {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly isWeekend: boolean;
  /** 0 to 23. */
  readonly hour: number;
}

const HOUR_MS = 3_600_000;

/**
 * `toWallMs`: local time as if it were UTC, of a zone that is whole hours off it. Where clocks go back one hour is there twice, each by
 * itself; where they go forward one is missing.
 */
export function listHours({ fromMs, untilMs }: Span, toWallMs: (atMs: number) => number): readonly LocalHour[] {
  const hours: LocalHour[] = [];
  for (let atMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS; atMs < untilMs; atMs += HOUR_MS) {
    const wall = new Date(toWallMs(atMs));
    hours.push({
      date: wall.toISOString().slice(0, 10),
      isWeekend: wall.getUTCDay() % 6 === 0,
      hour: wall.getUTCHours(),
      fromMs: Math.max(fromMs, atMs),
      untilMs: Math.min(untilMs, atMs + HOUR_MS),
    });
  }
  return hours;
}

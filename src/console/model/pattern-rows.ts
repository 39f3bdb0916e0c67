/** Stops and silences as rows to draw, a local day each, the newest first. Pure. */
import type { Patterns, SilenceReason, StopTold } from '../../wire/patterns.js';
import { ROW_WIDTH } from './timeline-rows.js';

const HOUR_MS = 3_600_000;
const USUAL_DAY_MS = 24 * HOUR_MS;
const LEAST_WIDTH = 3;
const MARK_HOURS = 3;

interface Piece {
  readonly x: number;
  readonly width: number;
  readonly fromMs: number;
  readonly untilMs: number;
}
export interface PatternRow {
  readonly date: string;
  readonly fromMs: number;
  readonly width: number;
  readonly stops: readonly (Piece & { readonly stop: StopTold })[];
  readonly silences: readonly (Piece & { readonly why: SilenceReason })[];
  readonly marks: readonly { readonly x: number; readonly hour: number }[];
}

export function toPatternRows(
  { days, stops, silences }: Pick<Patterns, 'days' | 'stops' | 'silences'>,
  hourOf: (atMs: number) => number,
): PatternRow[] {
  const longestMs = Math.max(USUAL_DAY_MS, ...days.map((day) => Date.parse(day.untilAt) - Date.parse(day.fromAt)));
  const perMs = ROW_WIDTH / longestMs;
  return days
    .map((day): PatternRow => {
      const [fromMs, untilMs] = [Date.parse(day.fromAt), Date.parse(day.untilAt)];
      const pieceOf = (fromAt: string, untilAt: string): Piece[] => {
        const [startMs, endMs] = [Math.max(fromMs, Date.parse(fromAt)), Math.min(untilMs, Date.parse(untilAt))];
        if (endMs <= startMs) return [];
        const width = Math.max(LEAST_WIDTH, (endMs - startMs) * perMs);
        return [{ x: (startMs - fromMs) * perMs, width, fromMs: startMs, untilMs: endMs }];
      };
      return {
        date: day.date,
        fromMs,
        width: (untilMs - fromMs) * perMs,
        stops: stops.flatMap((stop) => pieceOf(stop.fromAt, stop.untilAt).map((piece) => ({ ...piece, stop }))),
        silences: silences.flatMap(({ fromAt, untilAt, why }) =>
          pieceOf(fromAt, untilAt).map((piece) => ({ ...piece, why })),
        ),
        marks: Array.from({ length: Math.ceil((untilMs - fromMs) / HOUR_MS) }, (_, n) => fromMs + n * HOUR_MS)
          .filter((atMs) => hourOf(atMs) % MARK_HOURS === 0)
          .map((atMs) => ({ x: (atMs - fromMs) * perMs, hour: hourOf(atMs) })),
      };
    })
    .reverse();
}

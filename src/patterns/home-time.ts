/** How long somebody was at home, by local day and by night, with what nobody knows beside it. Pure. */
import type { LocalHour } from './local-hours.js';
import type { Span } from './pattern-fix.js';

/** Ours: from 23:00 until 07:00. */
const NIGHT_FROM_HOUR = 23;
const NIGHT_UNTIL_HOUR = 7;
export const isNight = ({ hour }: LocalHour): boolean => hour >= NIGHT_FROM_HOUR || hour < NIGHT_UNTIL_HOUR;

/** Milliseconds by what was told of them. */
export type TimeBy<Told extends string> = Readonly<Record<Told, number>>;

export interface DayTime<Told extends string> {
  readonly date: string;
  readonly night: TimeBy<Told>;
  readonly day: TimeBy<Told>;
}

/** `bands` without holes; `hours` in order. The night of a day is what of it lies within that day. */
export function sumHomeTime<Told extends string>(
  bands: readonly (Span & { readonly presence: Told })[],
  hours: readonly LocalHour[],
  told: readonly Told[],
): readonly DayTime<Told>[] {
  const none = () => Object.fromEntries(told.map((each) => [each, 0])) as Record<Told, number>;
  const days = new Map<string, { readonly night: Record<Told, number>; readonly day: Record<Told, number> }>();
  let from = 0;
  for (const hour of hours) {
    const own = days.get(hour.date) ?? { night: none(), day: none() };
    days.set(hour.date, own);
    const part = isNight(hour) ? own.night : own.day;
    while (from < bands.length && bands[from]!.untilMs <= hour.fromMs) from += 1;
    for (let at = from; at < bands.length && bands[at]!.fromMs < hour.untilMs; at++) {
      const band = bands[at]!;
      part[band.presence] += Math.min(band.untilMs, hour.untilMs) - Math.max(band.fromMs, hour.fromMs);
    }
  }
  return [...days].map(([date, parts]) => ({ date, ...parts }));
}

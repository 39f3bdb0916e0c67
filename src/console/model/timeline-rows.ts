/** Days of a wearer as rows to draw: each local day to its own length, so that one of 25 h is longer than one of 23. Pure. */
import type { LocalDay, Presence, Timeline, TimelineAlert, TimelinePeriod } from '../../wire/timeline.js';

const HOUR_MS = 3_600_000;
/** A row's width in units of the drawing; an hour is as wide in every row. */
export const ROW_WIDTH = 1_000;
const LONGEST_DAY_HOURS = 25;
const USUAL_DAY_HOURS = 24;
/** What is shorter is drawn so wide: a minute of a violation must be seen. */
const LEAST_WIDTH = 3;

export interface Bar<T> {
  readonly x: number;
  readonly width: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly what: T;
}

export interface DayRow {
  readonly date: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly hours: number;
  readonly width: number;
  readonly presence: readonly Bar<Presence>[];
  readonly demanded: readonly Bar<string>[];
  readonly periods: readonly Bar<TimelinePeriod>[];
  readonly alerts: readonly Bar<TimelineAlert>[];
  readonly deviceEvents: readonly { readonly x: number; readonly atMs: number; readonly events: readonly string[] }[];
  /** By the hour of the local clock: where the clocks go back it comes twice. */
  readonly marks: readonly { readonly x: number; readonly atMs: number }[];
}

/** What no condition finds in violation stands among the device's. */
export const isViolation = ({ kind }: Pick<TimelineAlert, 'kind'>): boolean =>
  kind === 'exclusion' || kind === 'inclusion' || kind === 'restriction' || kind === 'curfew' || kind === 'buffer';

const MARK_HOURS = 3;

/** The newest day first. `hourOf`: the hour of the local clock at an instant. */
export function toDayRows(timeline: Timeline, hourOf: (atMs: number) => number): DayRow[] {
  const asOfMs = Date.parse(timeline.asOf);
  const hoursOf = ({ fromAt, untilAt }: LocalDay) => (Date.parse(untilAt) - Date.parse(fromAt)) / HOUR_MS;
  const longest = timeline.days.some((day) => hoursOf(day) > USUAL_DAY_HOURS) ? LONGEST_DAY_HOURS : USUAL_DAY_HOURS;
  const unitsPerMs = ROW_WIDTH / (longest * HOUR_MS);
  return timeline.days
    .map((day): DayRow => {
      const [fromMs, untilMs] = [Date.parse(day.fromAt), Date.parse(day.untilAt)];
      const x = (atMs: number) => (atMs - fromMs) * unitsPerMs;
      const cut = <T>(what: T, fromAt: string, untilAt: string | null): Bar<T>[] => {
        // What has no end goes on until now, and nothing of the time to come is known.
        const startMs = Math.max(fromMs, Date.parse(fromAt));
        const endMs = Math.min(untilMs, untilAt === null ? asOfMs : Date.parse(untilAt));
        if (startMs > endMs || startMs >= untilMs || (startMs === endMs && fromAt !== untilAt)) return [];
        const width = Math.max(LEAST_WIDTH, x(endMs) - x(startMs));
        return [{ x: Math.min(x(startMs), x(untilMs) - LEAST_WIDTH), width, fromMs: startMs, untilMs: endMs, what }];
      };
      const hours = hoursOf(day);
      return {
        date: day.date,
        fromMs,
        untilMs,
        hours,
        width: x(untilMs),
        presence: timeline.bands.flatMap((band) => cut(band.presence, band.fromAt, band.untilAt)),
        demanded: timeline.inForce
          .filter(({ kind }) => kind === 'curfew')
          .flatMap((one) => cut(one.conditionId, one.fromAt, one.untilAt)),
        periods: timeline.periods.flatMap((period) => cut(period, period.fromAt, period.untilAt)),
        alerts: timeline.alerts.flatMap((alert) => cut(alert, alert.startedAt, alert.endedAt)),
        deviceEvents: timeline.deviceEvents
          .map(({ at, events }) => ({ atMs: Date.parse(at), events }))
          .filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)
          .map(({ atMs, events }) => ({ x: x(atMs), atMs, events })),
        marks: Array.from({ length: Math.ceil(hours) }, (_, index) => fromMs + index * HOUR_MS)
          .filter((atMs) => hourOf(atMs) % MARK_HOURS === 0)
          .map((atMs) => ({ x: x(atMs), atMs })),
      };
    })
    .reverse();
}

/** How long of a day somebody was what, ms. */
export function sumPresence({ presence }: Pick<DayRow, 'presence'>, what: Presence): number {
  return presence.reduce((sum, bar) => (bar.what === what ? sum + bar.untilMs - bar.fromMs : sum), 0);
}

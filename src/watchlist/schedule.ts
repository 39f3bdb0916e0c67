/** Weekly windows in local time and their exceptions, as UTC edges. Pure. */

import type { Schedule, ScheduleWindow, Weekday } from '../ports/watch.js';
import { createLocalClock } from './local-time.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** As `Date#getUTCDay` counts. */
export const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Windows at one address; null: the condition's own zone. */
export interface ExpandedWindows {
  readonly zoneId: string | null;
  /** Flat, sorted, disjoint: opensAtMs, closesAtMs, … */
  readonly windows: number[];
}

/** Minutes since midnight of `HH:MM`. */
export function toMinutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** When a window opens and closes, in minutes since the midnight that its date begins with; `to` = `from` is a whole day. */
export function spanMinutes(window: ScheduleWindow): { from: number; to: number } {
  const from = toMinutes(window.from);
  const to = toMinutes(window.to);
  return { from, to: to <= from ? to + 24 * 60 : to };
}

interface Span {
  readonly zoneId: string | null;
  /** Milliseconds since the midnight that its date begins with. */
  readonly fromMs: number;
  readonly toMs: number;
}

function spanOf(window: ScheduleWindow): Span {
  const { from, to } = spanMinutes(window);
  return { zoneId: window.zoneId ?? null, fromMs: from * MINUTE_MS, toMs: to * MINUTE_MS };
}

/** The windows that start on a date (`dayMs`: its midnight as if it were UTC). */
function createDatedSpans(schedule: Schedule): (dayMs: number) => readonly Span[] {
  const exceptions = new Map(
    schedule.exceptions.map(({ date, windows }) => [Date.parse(`${date}T00:00Z`), windows.map(spanOf)]),
  );
  const weekly = WEEKDAYS.map((day) => schedule.windows.filter(({ days }) => days.includes(day)).map(spanOf));
  return (dayMs) => exceptions.get(dayMs) ?? (weekly[new Date(dayMs).getUTCDay()] as readonly Span[]);
}

/** Joins windows that touch or overlap. */
function mergeWindows(pairs: (readonly [number, number])[]): number[] {
  const merged: number[] = [];
  for (const [opensAtMs, closesAtMs] of pairs.sort((a, b) => a[0] - b[0])) {
    const last = merged.length - 1;
    if (last > 0 && opensAtMs <= (merged[last] as number)) {
      merged[last] = Math.max(merged[last] as number, closesAtMs);
    } else merged.push(opensAtMs, closesAtMs);
  }
  return merged;
}

/**
 * Every window that overlaps `fromMs` (included) to `untilMs` (excluded), whole, by the zone at which it is to be kept: the
 * condition's own (null) first and always, others in the order of their ids. A window that a clock change swallows does not
 * stand. Joining a window that begins outside the range is left out only where the joined one begins over a day outside it.
 */
export function expandSchedule(schedule: Schedule, fromMs: number, untilMs: number): ExpandedWindows[] {
  const named = [...schedule.windows, ...schedule.exceptions.flatMap(({ windows }) => windows)];
  const others = [...new Set(named.flatMap(({ zoneId }) => (zoneId === undefined ? [] : [zoneId])))].sort();
  const pairs = new Map<string | null, (readonly [number, number])[]>([null, ...others].map((zoneId) => [zoneId, []]));
  if (untilMs > fromMs) {
    const clock = createLocalClock(schedule.timeZone, fromMs, untilMs);
    const spansOf = createDatedSpans(schedule);
    // A window lasts a day at most, and one that touches it may begin a day earlier still.
    const firstDayMs = Math.floor(clock.toWallMs(fromMs) / DAY_MS) * DAY_MS - 3 * DAY_MS;
    const lastDayMs = clock.toWallMs(untilMs) + 2 * DAY_MS;
    for (let dayMs = firstDayMs; dayMs <= lastDayMs; dayMs += DAY_MS) {
      for (const span of spansOf(dayMs)) {
        const opensAtMs = clock.toEpochMs(dayMs + span.fromMs);
        const closesAtMs = clock.toEpochMs(dayMs + span.toMs);
        if (closesAtMs > opensAtMs) pairs.get(span.zoneId)?.push([opensAtMs, closesAtMs]);
      }
    }
  }
  return [...pairs].map(([zoneId, found]) => ({ zoneId, windows: clipWindows(mergeWindows(found), fromMs, untilMs) }));
}

/** The windows, whole, that overlap a range. */
export function clipWindows(windows: readonly number[], fromMs: number, untilMs: number): number[] {
  const kept: number[] = [];
  for (let i = 0; i < windows.length; i += 2) {
    const opensAtMs = windows[i] as number;
    const closesAtMs = windows[i + 1] as number;
    if (closesAtMs > fromMs && opensAtMs < untilMs) kept.push(opensAtMs, closesAtMs);
  }
  return kept;
}

/** As {@link expandSchedule}, whose answer is not to be changed. */
export type ExpandSchedule = (schedule: Schedule, fromMs: number, untilMs: number) => readonly ExpandedWindows[];

/** Expands a schedule over a range once, however many have it: thousands of curfews are the same nights. Keeps what it has answered. */
export function createScheduleExpansion(): ExpandSchedule {
  const known = new Map<string, readonly ExpandedWindows[]>();
  return (schedule, fromMs, untilMs) => {
    const name = `${fromMs} ${untilMs} ${JSON.stringify(schedule)}`;
    let expanded = known.get(name);
    if (expanded === undefined) {
      expanded = expandSchedule(schedule, fromMs, untilMs);
      known.set(name, expanded);
    }
    return expanded;
  };
}

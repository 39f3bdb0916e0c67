/** What a schema cannot say about a schedule. */
import type { ConditionKind } from '../engine/types.js';
import { parseInstant } from '../formats/instant.js';
import type { RecordFault } from '../ports/records.js';
import type { Schedule, ScheduleWindow, Weekday } from '../ports/watch.js';
import { isTimeZone } from '../watchlist/local-time.js';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Weekday[];
export const MAX_WINDOWS_PER_DAY = 3;

const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const DAY_MS = 86_400_000;

interface Span {
  readonly zoneId: string;
  readonly fromMinute: number;
  readonly untilMinute: number;
  readonly pointer: string;
}

/** A window on the day that begins at `dayMinute`. */
function toSpan(window: ScheduleWindow, dayMinute: number, ownZoneId: string, pointer: string): Span {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const from = minutes(window.from);
  const to = minutes(window.to);
  return {
    zoneId: window.zoneId ?? ownZoneId,
    fromMinute: dayMinute + from,
    untilMinute: dayMinute + to + (to <= from ? DAY_MINUTES : 0),
    pointer,
  };
}

/** Nobody can be at two addresses at once. */
function clash(a: Span, b: Span, shiftMinutes = 0): boolean {
  if (a.zoneId === b.zoneId) return false;
  return a.fromMinute < b.untilMinute + shiftMinutes && b.fromMinute + shiftMinutes < a.untilMinute;
}

function spansOfWeekday(schedule: Schedule, day: number, dayMinute: number, ownZoneId: string): Span[] {
  const name = WEEKDAYS[day];
  return schedule.windows.flatMap((window, i) =>
    window.days.some((one) => one === name) ? [toSpan(window, dayMinute, ownZoneId, `/schedule/windows/${i}`)] : [],
  );
}

function checkWeek(schedule: Schedule, ownZoneId: string, oneAtATime: boolean, errors: RecordFault[]): void {
  const days = WEEKDAYS.map((_, day) => spansOfWeekday(schedule, day, day * DAY_MINUTES, ownZoneId));
  days.forEach((spans, day) => {
    if (spans.length > MAX_WINDOWS_PER_DAY) {
      errors.push({
        pointer: '/schedule/windows',
        detail: `at most ${MAX_WINDOWS_PER_DAY} windows start on ${WEEKDAYS[day]}`,
      });
    }
  });
  if (!oneAtATime) return;
  const all = days.flat();
  const told = new Set<string>();
  all.forEach((a, i) => {
    for (const b of all.slice(i + 1)) {
      // A week ends where it begins: Sunday's night runs into Monday.
      const isClash = [-WEEK_MINUTES, 0, WEEK_MINUTES].some((shift) => clash(a, b, shift));
      if (!isClash || told.has(b.pointer)) continue;
      told.add(b.pointer);
      errors.push({ pointer: b.pointer, detail: `overlaps ${a.pointer}, which is at another zone` });
    }
  });
}

function checkExceptions(schedule: Schedule, ownZoneId: string, oneAtATime: boolean, errors: RecordFault[]): void {
  const byDay = new Map<number, number>();
  schedule.exceptions.forEach(({ date, windows }, i) => {
    const at = `/schedule/exceptions/${i}`;
    const ms = parseInstant(`${date}T00:00:00Z`);
    if (ms === null) errors.push({ pointer: `${at}/date`, detail: 'is not a date that exists' });
    else if (byDay.has(ms / DAY_MS)) errors.push({ pointer: `${at}/date`, detail: 'has an exception already' });
    else byDay.set(ms / DAY_MS, i);
    if (windows.length > MAX_WINDOWS_PER_DAY) {
      errors.push({ pointer: `${at}/windows`, detail: `at most ${MAX_WINDOWS_PER_DAY} windows start on a day` });
    }
  });
  if (errors.length > 0 || !oneAtATime) return;
  const spansOn = (day: number): Span[] => {
    const i = byDay.get(day);
    // Day 0, 1970-01-01, was a Thursday.
    if (i === undefined) return spansOfWeekday(schedule, (((day + 3) % 7) + 7) % 7, day * DAY_MINUTES, ownZoneId);
    const windows = schedule.exceptions[i]?.windows ?? [];
    return windows.map((window, j) =>
      toSpan(window, day * DAY_MINUTES, ownZoneId, `/schedule/exceptions/${i}/windows/${j}`),
    );
  };
  for (const day of byDay.keys()) {
    const around = [...spansOn(day - 1), ...spansOn(day), ...spansOn(day + 1)];
    for (const own of spansOn(day)) {
      const other = around.find((span) => clash(own, span));
      if (other === undefined) continue;
      errors.push({ pointer: own.pointer, detail: `overlaps ${other.pointer}, which is at another zone` });
    }
  }
}

/**
 * What is wrong with a schedule whose shape is right; pointers are into the condition. Windows at two zones may not overlap
 * where the wearer has to be inside; an exclusion may keep out of several zones at once.
 */
export function checkSchedule(schedule: Schedule, ownZoneId: string, kind: ConditionKind = 'curfew'): RecordFault[] {
  const oneAtATime = kind !== 'exclusion';
  const errors: RecordFault[] = [];
  if (!isTimeZone(schedule.timeZone)) {
    errors.push({ pointer: '/schedule/timeZone', detail: 'is not an IANA time zone, such as Europe/London' });
  }
  if (schedule.windows.length === 0 && schedule.exceptions.length === 0) {
    errors.push({
      pointer: '/schedule/windows',
      detail: 'a schedule without windows never applies: leave it out for always',
    });
  }
  checkWeek(schedule, ownZoneId, oneAtATime, errors);
  checkExceptions(schedule, ownZoneId, oneAtATime, errors);
  return errors;
}

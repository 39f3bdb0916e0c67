/** Times as a supervisor reads them: local (Europe/London), with the date where it is not today's. */

const TIME_ZONE = 'Europe/London';
const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, ...options });
const clock = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const minutes = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const weekday = format({ weekday: 'short' });
const day = format({ day: 'numeric', month: 'short' });

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** `03:59:12`, or `22 Nov, 03:59:12` where that was another day. */
export function timeOfDay(atMs: number, nowMs: number): string {
  return day.format(atMs) === day.format(nowMs) ? clock.format(atMs) : `${day.format(atMs)}, ${clock.format(atMs)}`;
}

/** `Mon 23 Nov 03:59:12`. */
export function dayAndTime(atMs: number): string {
  return `${weekday.format(atMs)} ${day.format(atMs)} ${clock.format(atMs)}`;
}

/** `19:00`, with the day where it is another one. */
export function hourAndMinute(atMs: number, nowMs: number): string {
  return day.format(atMs) === day.format(nowMs) ? minutes.format(atMs) : `${day.format(atMs)}, ${minutes.format(atMs)}`;
}

/** `8 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`; less than a second is `0 s`. */
export function duration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < MINUTE_MS) return `${Math.floor(whole / SECOND_MS)} s`;
  if (whole < HOUR_MS)
    return join(Math.floor(whole / MINUTE_MS), 'min', Math.floor((whole % MINUTE_MS) / SECOND_MS), 's');
  if (whole < 24 * HOUR_MS)
    return join(Math.floor(whole / HOUR_MS), 'h', Math.floor((whole % HOUR_MS) / MINUTE_MS), 'min');
  return join(Math.floor(whole / (24 * HOUR_MS)), 'd', Math.floor((whole % (24 * HOUR_MS)) / HOUR_MS), 'h');
}

const join = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;

const hour = format({ hour: '2-digit', hourCycle: 'h23' });

const dated = format({ day: 'numeric', month: 'short', year: 'numeric' });

/** `23 Nov 2026`. */
export const dayOfYear = (atMs: number): string => dated.format(atMs);

/** `Mon 23 Nov`. */
export const dayOnly = (atMs: number): string => `${weekday.format(atMs)} ${day.format(atMs)}`;

/** 0 to 23, by the local clock. */
export const hourOfDay = (atMs: number): number => Number(hour.format(atMs));

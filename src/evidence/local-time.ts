/** Instants as people in England and Wales read them: local time with its offset, so that 01:30 on the night the clocks go back is told apart. */

/** Where the orders are served. */
export const PACK_TIME_ZONE = 'Europe/London';

const FORMAT = new Intl.DateTimeFormat('en-GB', {
  timeZone: PACK_TIME_ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'longOffset',
});

/** As in `2026-10-25T01:30:00+01:00`. */
export function toLocalTime(atMs: number): string {
  const parts = new Map(FORMAT.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}

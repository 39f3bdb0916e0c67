/** Instants as people in England and Wales read them: local time with its offset, so that 01:30 on the night the clocks go back is told apart. */

/** Where the orders are served. */
export const PACK_TIME_ZONE = 'Europe/London';

const OFFSET = new Intl.DateTimeFormat('en-GB', { timeZone: PACK_TIME_ZONE, timeZoneName: 'longOffset' });
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** As many hours as two packs of the longest time have. */
const MAX_KNOWN = 1_000;
const known = new Map<number, string>();

/** As in `+01:00`. A change of the clocks is at a full hour: it is asked for once an hour, since asking takes longer than all the rest. */
function offsetAt(atMs: number): string {
  const hour = Math.floor(atMs / HOUR_MS);
  const before = known.get(hour);
  if (before !== undefined) return before;
  const name = OFFSET.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const offset = name.replace('GMT', '') || '+00:00';
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(hour, offset);
  return offset;
}

/** As in `2026-10-25T01:30:00+01:00`. */
export function toLocalTime(atMs: number): string {
  const offset = offsetAt(atMs);
  const [hours, minutes] = offset.slice(1).split(':').map(Number);
  const aheadMs = (offset.startsWith('-') ? -1 : 1) * (hours! * HOUR_MS + minutes! * MINUTE_MS);
  return `${new Date(atMs + aheadMs).toISOString().slice(0, 19)}${offset}`;
}

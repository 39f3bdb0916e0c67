/** An instant that was typed as local time (Europe/London), as in `<input type="datetime-local">`. Pure. */

const HOUR_MS = 3_600_000;
const local = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

/** `2026-10-25T01:30`. */
export const toLocalText = (atMs: number): string => local.format(atMs).replace(' ', 'T');

/**
 * Epoch ms; null: it is no time. On the night the clocks go back an hour comes twice: the `earlier` or the later one, so that a period
 * leaves nothing out. On the night they go forward an hour does not come: the instant is the one at which it is skipped, or after it.
 */
export function fromLocalText(text: string, which: 'earlier' | 'later'): number | null {
  const asUtcMs = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtcMs)) return null;
  // The time here is UTC or an hour ahead of it.
  const fitting = [asUtcMs - HOUR_MS, asUtcMs].filter((atMs) => toLocalText(atMs) === text.slice(0, 16));
  return (which === 'earlier' ? fitting[0] : fitting.at(-1)) ?? asUtcMs;
}

/** What was typed, as ISO; text that is no time stays, so that the server can say so. */
export function toInstant(text: string, which: 'earlier' | 'later'): string {
  const atMs = fromLocalText(text, which);
  return atMs === null ? text : new Date(atMs).toISOString();
}

/** `2026-10-25`: the local day. */
export const dayOf = (atMs: number): string => toLocalText(atMs).slice(0, 10);

/** When a local day begins. */
export const startOfDay = (day: string): string => toInstant(`${day}T00:00`, 'earlier');

/** `2026-10-25` → `2026-10-26`, however long that day is. */
export const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 24 * HOUR_MS).toISOString().slice(0, 10);

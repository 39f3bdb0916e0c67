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

/** The alert that keys act on. */
import { signal } from '@preact/signals';

export const selected = signal<string | null>(null);

export function select(alertId: string | null): void {
  selected.value = alertId;
}

const rowOf = (alertId: string): HTMLElement | null =>
  document.querySelector(`tr[data-alert-id="${CSS.escape(alertId)}"]`);

/** Moves to the next row of the page (`step` 1) or the one before (-1), in the order in which they stand, and focuses it. */
export function moveSelection(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('tr[data-alert-id]')];
  if (rows.length === 0) return;
  const at = rows.findIndex(({ dataset }) => dataset.alertId === selected.value);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  const row = rows[next];
  row?.querySelector<HTMLElement>('a')?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}

/** Shows a row and focuses it, where the page has it. */
export function focusRow(alertId: string): boolean {
  const row = rowOf(alertId);
  row?.scrollIntoView({ block: 'nearest' });
  row?.querySelector<HTMLElement>('a')?.focus({ preventScroll: true });
  return row !== null;
}

/** What keys act on: the selected row, or everything that is marked. */
import { signal } from '@preact/signals';

/** An alert, or a row that stands for several. */
export const selected = signal<string | null>(null);
export const marked = signal<ReadonlySet<string>>(new Set());
/** Of the rows that stand for several: for which. */
export const groupMembers = signal<ReadonlyMap<string, readonly string[]>>(new Map());
/** Of those: which show theirs, and how many of them at most. */
export const openGroups = signal<ReadonlyMap<string, number>>(new Map());
const MORE_ROWS = 100;

export const membersOf = (rowId: string): readonly string[] => groupMembers.value.get(rowId) ?? [rowId];

/** Everything that a key on the board is about. */
export function alertsInHand(): readonly string[] {
  if (marked.value.size > 0) return [...marked.value];
  return selected.value === null ? [] : membersOf(selected.value);
}

/** Marks all of them, or none where all are. */
export function toggleMarks(alertIds: readonly string[]): void {
  const next = new Set(marked.value);
  const areMarked = alertIds.every((alertId) => next.has(alertId));
  for (const alertId of alertIds) {
    if (areMarked) next.delete(alertId);
    else next.add(alertId);
  }
  marked.value = next;
}

export function unmark(alertIds: Iterable<string>): void {
  if (marked.value.size === 0) return;
  const next = new Set(marked.value);
  for (const alertId of alertIds) next.delete(alertId);
  marked.value = next;
}

export function toggleGroup(groupId: string): void {
  const next = new Map(openGroups.value);
  if (!next.delete(groupId)) next.set(groupId, MORE_ROWS);
  openGroups.value = next;
}

export function showMoreOf(groupId: string): void {
  openGroups.value = new Map(openGroups.value).set(groupId, (openGroups.value.get(groupId) ?? 0) + MORE_ROWS);
}

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
  row?.querySelector<HTMLElement>('a, button')?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}

/** Shows a row and focuses it, where the page has it. */
export function focusRow(alertId: string): boolean {
  const row = rowOf(alertId);
  row?.scrollIntoView({ block: 'nearest' });
  row?.querySelector<HTMLElement>('a, button')?.focus({ preventScroll: true });
  return row !== null;
}

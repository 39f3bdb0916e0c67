/** Who is dealt with already, for every page that shows an alert or a wearer. Read from the record: while that is away, as it was last known. */
import { computed, signal } from '@preact/signals';
import { type DealtWith, findDealtWith, isUnderWay } from '../../wire/recall.js';
import { askDealtWith } from '../recalls-api.js';
import { seesAlerts } from './live.js';

const REFRESH_MS = 20_000;

const requests = signal<readonly DealtWith[]>([]);
const byWearer = computed(() => {
  const found = new Map<string, DealtWith[]>();
  for (const request of requests.value) {
    const own = found.get(request.wearerId);
    if (own === undefined) found.set(request.wearerId, [request]);
    else own.push(request);
  }
  return found;
});

/** Null: nothing has been asked about it. */
export const dealtWithOf = (item: { readonly alertId: string; readonly wearerId: string }): DealtWith | null =>
  findDealtWith(byWearer.value.get(item.wearerId) ?? [], item);

/** The one about a wearer that goes on. */
export const dealtWithNow = (wearerId: string): DealtWith | null =>
  byWearer.value.get(wearerId)?.find(isUnderWay) ?? null;

export async function refreshDealtWith(): Promise<void> {
  if (!seesAlerts.peek()) return;
  const answer = await askDealtWith();
  // Rows are drawn again only where something changed.
  if (answer.ok && JSON.stringify(answer.body) !== JSON.stringify(requests.peek())) requests.value = answer.body;
}

/** Once a page. */
export function watchDealtWith(): void {
  setInterval(() => void refreshDealtWith(), REFRESH_MS);
  void refreshDealtWith();
}

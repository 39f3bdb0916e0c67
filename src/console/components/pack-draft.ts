/** Which pack is asked for: what its dialog is about. The dialog itself is fetched behind the first page. */
import { signal } from '@preact/signals';
import type { AlertItem } from '../../alerts/alert.js';

/** Alerts, of one wearer or of several, one of whom is then chosen; or a wearer, and a period that is then chosen. */
export type PackDraft = { readonly alerts: readonly AlertItem[] } | { readonly wearerId: string };

/** The dialog that is open. */
export const packDraft = signal<PackDraft | null>(null);

export function leavePack(): void {
  packDraft.value = null;
}

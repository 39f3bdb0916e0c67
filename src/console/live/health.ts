/** The health of the alarms as the server counts it, over all that who looks may see: asked for now and then, and shown in the header. */
import { signal } from '@preact/signals';
import { type AlarmHealthTold, askAlarmHealth } from '../api.js';
import { may } from './live.js';

export const health = signal<AlarmHealthTold | null>(null);

/** Figures of ten minutes: half a minute later is soon enough. */
const ASK_MS = 30_000;
/** Until it is known who looks. */
const FIRST_ASK_MS = 2_000;

export async function readHealth(): Promise<void> {
  if (!may('alerts.read')) return;
  const answer = await askAlarmHealth();
  if (answer.ok) health.value = answer.body;
}

/** Begins. Once a page. */
export function watchHealth(): void {
  setTimeout(() => void readHealth(), FIRST_ASK_MS);
  setInterval(() => {
    if (!document.hidden) void readHealth();
  }, ASK_MS);
}

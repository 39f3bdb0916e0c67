/** What a screen reader is told: how many are new, at most every ten seconds; a critical one at once. The lists themselves are silent. */
import { signal, useSignalEffect } from '@preact/signals';
import { onNewAlert, unacknowledged } from '../live/live.js';
import { describeForEar } from '../live/sounds.js';

const POLITE_MS = 10_000;

const polite = signal('');
const urgent = signal('');
let pending = 0;

export function announceAlerts(): void {
  onNewAlert((item) => {
    if (item.severity === 'critical') urgent.value = describeForEar(item);
    pending += 1;
    if (pending > 1) return;
    setTimeout(() => {
      polite.value = pending === 1 ? '1 new alert' : `${pending} new alerts`;
      pending = 0;
    }, POLITE_MS);
  });
}

export function Announcements() {
  useSignalEffect(() => {
    const waiting = unacknowledged.value;
    document.title = waiting > 0 ? `(${waiting}) Tagwatch` : 'Tagwatch';
  });
  return (
    <>
      <div class="govuk-visually-hidden" role="status">
        {polite}
      </div>
      <div class="govuk-visually-hidden" role="alert">
        {urgent}
      </div>
    </>
  );
}

/**
 * What the drafts would have raised over the pings of one activation: the re-run that `explain` and packs use, over a watch in which the
 * drafts had been in force, and its events folded into alerts as everybody folds them. Pure.
 */
import { type Alert, type AlertItem, toAlertItem } from '../alerts/alert.js';
import { toFindingEvent } from '../alerts/event.js';
import { applyEvent } from '../alerts/fold.js';
import { type RerunInputs, rerun } from '../roles/reconciler/rerun.js';

/** In the order in which they were first raised; of the drafts' conditions alone. */
export function rehearse(inputs: RerunInputs): AlertItem[] {
  const alerts = new Map<string, Alert>();
  for (const [seq, event] of rerun(inputs).entries()) {
    if (event.conditionId === null) continue;
    const { alert } = applyEvent(alerts.get(event.alertId) ?? null, toFindingEvent(event), seq);
    if (alert !== null) alerts.set(alert.alertId, alert);
  }
  return [...alerts.values()].map(toAlertItem);
}

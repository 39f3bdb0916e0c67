/** Whether an alert is about the zone of a victim: what takes a second person goes by it. */
import type { Alert } from './alert.js';

/** Of events of before the zone's priority was told, by their severity, which nothing but a victim's zone made critical. */
export function concernsVictim({ finding }: Alert): boolean {
  const { zonePriority, severity } = finding;
  return zonePriority === undefined ? severity === 'critical' : zonePriority === 'victim';
}

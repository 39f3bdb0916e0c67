/** The alert endpoints. */
import type { App } from '../../app.js';
import { registerActOnAlert } from './act.js';
import { registerActOnMany } from './act-on-many.js';
import { registerListAlerts } from './list.js';
import { registerListRegister } from './list-register.js';
import { registerReadAlert } from './read.js';
import { registerReadAlarmHealth } from './read-alarm-health.js';
import type { AlertDeps } from './sources.js';

export type { AlertDeps, AlertsInMemory, AlertsOnRecord } from './sources.js';

export function registerAlerts(app: App, deps: AlertDeps): void {
  registerListAlerts(app, deps);
  registerListRegister(app, deps);
  registerReadAlarmHealth(app, deps);
  registerReadAlert(app, deps);
  registerActOnAlert(app, deps);
  registerActOnMany(app, deps);
}

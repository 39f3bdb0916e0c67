/** The records of the API (`wire.md`, "Records"). */
import type { App } from '../app.js';
import { registerActivations } from './activations.js';
import { registerConditions } from './conditions.js';
import { registerOrders } from './orders.js';
import type { RecordDeps } from './record-routes.js';
import { registerTagModels } from './tag-models.js';
import { registerTags } from './tags.js';
import { registerWearers } from './wearers.js';
import { registerZones } from './zones.js';

export type { RecordDeps };

export function registerRecords(app: App, deps: RecordDeps): void {
  registerWearers(app, deps);
  registerTagModels(app, deps);
  registerTags(app, deps);
  registerActivations(app, deps);
  registerOrders(app, deps);
  registerZones(app, deps);
  registerConditions(app, deps);
}

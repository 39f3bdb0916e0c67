/** The records of the API (`wire.md`, "Records"). */
import type { Log } from '../../../ports/log.js';
import { createPublicationWaiter } from '../../../store/outbox.js';
import type { App } from '../../app.js';
import { registerAbsences } from './absences.js';
import { registerActivations } from './activations.js';
import { registerConditions } from './conditions.js';
import { registerCustodyPeriods } from './custody-periods.js';
import { registerOrders } from './orders.js';
import type { RecordDeps } from './record-routes.js';
import { registerSuspensions } from './suspensions.js';
import { registerTagModels } from './tag-models.js';
import { registerTags } from './tags.js';
import { registerWearers } from './wearers.js';
import { registerZones } from './zones.js';

export interface RecordsDeps extends Omit<RecordDeps, 'waiter'> {
  readonly logger: Log;
}

/** Adds them; what waits for publications ends with the application. */
export function registerRecords(app: App, options: RecordsDeps): void {
  const { logger, ...rest } = options;
  const waiter = createPublicationWaiter(rest.db, logger);
  app.addHook('onClose', () => waiter.stop());
  const deps: RecordDeps = { ...rest, waiter };
  registerWearers(app, deps);
  registerTagModels(app, deps);
  registerTags(app, deps);
  registerActivations(app, deps);
  registerOrders(app, deps);
  registerZones(app, deps);
  registerConditions(app, deps);
  registerAbsences(app, deps);
  registerSuspensions(app, deps);
  registerCustodyPeriods(app, deps);
}

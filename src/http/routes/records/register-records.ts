/** The records of the API (`docs/wire.md`, "Records"). */
import type { Log } from '../../../ports/log.js';
import { RECORD_RULES } from '../../../records/rules.js';
import { createPublicationWaiter } from '../../../store/outbox.js';
import { recordStore } from '../../../store/record-store.js';
import type { App } from '../../app.js';
import { registerImport } from './import.js';
import { registerReadCustodyList } from './read-custody-list.js';
import { registerReadFile } from './read-file.js';
import { registerReadZones } from './read-zones.js';
import { type RecordDeps, registerRecord } from './record-routes.js';

export interface RecordsDeps extends Omit<RecordDeps, 'waiter' | 'store'> {
  readonly logger: Log;
}

/** Adds them, and answers what others need to write records; what waits for publications ends with the application. */
export function registerRecords(app: App, options: RecordsDeps): RecordDeps {
  const { logger, ...rest } = options;
  const waiter = createPublicationWaiter(rest.db, logger);
  app.addHook('onClose', () => waiter.stop());
  const deps: RecordDeps = { ...rest, store: recordStore, waiter };
  for (const rule of RECORD_RULES) registerRecord(app, deps, rule);
  registerImport(app, deps);
  registerReadFile(app, deps);
  registerReadCustodyList(app, deps);
  registerReadZones(app, deps);
  return deps;
}

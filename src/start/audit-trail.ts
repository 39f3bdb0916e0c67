/** One voice in the audit for all roles of a process: two on one folder would take each other's kept entries for those of the dead. */
import { join } from 'node:path';
import type { EventLog } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { type Auditing, startAuditing } from '../roles/auditing/auditing.js';
import type { Config } from './config.js';
import type { Lifecycle } from './lifecycle.js';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';
import { VERSION } from './version.js';

export async function startAuditTrail(deps: {
  readonly config: Config;
  readonly log: EventLog;
  readonly logger: Log;
  readonly life: Lifecycle;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
}): Promise<Auditing> {
  const { config, log, logger, life, metrics, readiness } = deps;
  const directory = join(config.dataDir, 'audit-kept');
  const auditing = await life.start(
    'audit',
    () => startAuditing({ log, logger, service: `tagwatch ${VERSION}`, directory }),
    (part) => part.stop(),
  );
  readiness.watch('audit', () => (auditing.isPresent() ? null : 'the audit topic to take entries'));
  metrics.addGauge({
    name: 'tagwatch_audit_waiting',
    help: 'Audit entries that the log has not taken yet.',
    read: () => auditing.waiting(),
  });
  return auditing;
}

/** What is done behind the answers, by one process at a time: evidence packs, rehearsals and matched crimes that were asked for, and what is too old. Part of the composition root. */
import { startCrimeRuns } from '../crimes/crime-runs.js';
import { buildCertificate } from '../evidence/match-certificate.js';
import { startPackBuilder } from '../evidence/pack-builder.js';
import type { App } from '../http/app-type.js';
import { registerCrimeBatches } from '../http/routes/crimes/crime-batches.js';
import { registerPacks } from '../http/routes/packs/packs.js';
import { registerRehearsals } from '../http/routes/rehearsals/rehearsals.js';
import type { AuditTrail } from '../ports/audit.js';
import type { Clock } from '../ports/clock.js';
import type { Database } from '../ports/database.js';
import type { Log } from '../ports/log.js';
import { startRehearsals } from '../rehearsal/rehearsals.js';
import { startRetention } from '../roles/retention/retention.js';
import { recordStore } from '../store/record-store.js';
import { retentionStore } from '../store/retention.js';
import { watchStore } from '../store/watch.js';
import type { Config } from './config.js';
import { readEngineVersion } from './engine-version.js';
import type { Lifecycle } from './lifecycle.js';
import { openSigningKey, signingKeyFileOf } from './signing-key.js';
import { VERSION } from './version.js';

export interface QueuedWorkParts {
  readonly config: Config;
  readonly logger: Log;
  readonly life: Lifecycle;
  readonly clock: Clock;
  readonly db: Database;
  readonly audit: Pick<AuditTrail, 'append'>;
}

/** Begins to work off what waits, and answers the requests for more. */
export async function openQueuedWork(
  app: App,
  { config, logger, life, clock, db, audit }: QueuedWorkParts,
): Promise<void> {
  const readKey = () => openSigningKey(config, logger)();
  const keyFile = () => {
    openSigningKey(config, logger);
    return signingKeyFileOf(config);
  };
  const program = { version: VERSION, engine: readEngineVersion() };
  const packs = await life.start(
    'packs',
    async () => startPackBuilder({ db, clock, logger, keyFile, program, timeStampUrl: config.timeStampUrl }),
    (part) => part.stop(),
  );
  registerPacks(app, { db, clock, onAsked: packs.wake });
  const rehearsals = await life.start(
    'rehearsals',
    async () => startRehearsals({ db, clock, logger, store: recordStore, watchStore }),
    (part) => part.stop(),
  );
  const crimes = await life.start(
    'crimes',
    async () => startCrimeRuns({ db, clock, logger }),
    (part) => part.stop(),
  );
  registerCrimeBatches(app, {
    db,
    clock,
    onAsked: crimes.wake,
    certify: (shown, order) => buildCertificate(shown, { ...order, program }, readKey()),
  });
  const { serviceArea, retentionDays: days } = config;
  if (days !== null)
    await life.start(
      'retention',
      async () => startRetention({ db, store: retentionStore, audit, clock, logger, days }),
      (part) => part.stop(),
    );
  registerRehearsals(app, { db, clock, store: recordStore, serviceArea, onAsked: rehearsals.wake });
}

/** What a command that hands data out says in the audit: it stands there before anything is handed out. */
import { join } from 'node:path';
import type { AuditFacts } from '../ports/audit.js';
import type { EventLog } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { OWN_TOPICS } from '../ports/topics.js';
import { startAuditing } from '../roles/auditing/auditing.js';

/** Rejects where it cannot be put on record. */
export type SayInAudit = (facts: AuditFacts) => Promise<void>;

/** Nobody signs in to a command: it is whoever is at the keyboard, by the name that the machine has for them. */
export const subjectOfUser = (user: string): string => `command#${user}`;

export function createCommandAudit(deps: {
  readonly openLog: () => Promise<EventLog> | EventLog;
  readonly logger: Log;
  readonly service: string;
  readonly dataDir: string;
}): SayInAudit {
  const { logger, service, dataDir } = deps;
  return async (facts) => {
    const log = await deps.openLog();
    try {
      // Where the program has never run there are none.
      await log.ensureTopics(OWN_TOPICS);
      const auditing = await startAuditing({ log, logger, service, directory: join(dataDir, 'audit-kept') });
      try {
        await auditing.append(facts);
      } finally {
        await auditing.stop();
      }
    } finally {
      await log.close();
    }
  };
}

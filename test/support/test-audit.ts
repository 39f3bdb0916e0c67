/** A voice in the audit of a test's log, its kept entries in a folder of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '../../src/ports/audit.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { AUDIT, decodeJson } from '../../src/ports/topics.js';
import { type Auditing, startAuditing } from '../../src/roles/auditing/auditing.js';
import { silentLog } from './silent-log.js';

export async function openTestAudit(log: EventLog): Promise<Auditing> {
  const directory = await mkdtemp(join(tmpdir(), 'tagwatch-test-audit-'));
  const auditing = await startAuditing({ log, logger: silentLog, service: 'a test', directory });
  return {
    ...auditing,
    async stop() {
      await auditing.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Everything in the audit, in its order. */
export async function readAudit(log: EventLog): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  await log.readToEnd([{ topic: AUDIT, partition: 0 }], ({ records }) => {
    for (const { value } of records) if (value !== null) entries.push(decodeJson<AuditEntry>(value));
  });
  return entries;
}

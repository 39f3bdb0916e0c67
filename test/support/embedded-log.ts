/** An embedded log in a folder of its own, with Tagwatch's topics. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog } from '../../src/log/embedded.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { OWN_TOPICS } from '../../src/ports/topics.js';
import { silentLog } from './silent-log.js';

export interface TestLog {
  readonly log: EventLog;
  dispose(): Promise<void>;
}

export async function openTestLog(): Promise<TestLog> {
  const directory = await mkdtemp(join(tmpdir(), 'tagwatch-test-'));
  const log = openEmbeddedLog({ directory, log: silentLog });
  await log.ensureTopics(OWN_TOPICS);
  return {
    log,
    async dispose() {
      await log.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

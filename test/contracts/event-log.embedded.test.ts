import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog } from '../../src/log/embedded.js';
import { silentLog } from '../support/silent-log.js';
import { eventLogContract } from './event-log.js';

eventLogContract('LMDB', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tagwatch-log-'));
  const log = openEmbeddedLog({ directory, log: silentLog, retry: { firstMs: 1, maxMs: 5 } });
  return {
    log,
    async dispose() {
      await log.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
});

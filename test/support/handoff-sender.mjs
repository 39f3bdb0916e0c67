/** The hand-off role in a process of its own, which a test kills: `node handoff-sender.mjs LOG_DIRECTORY HANDOFF_FILE`. */
import { openEmbeddedLog } from '../../dist/log/embedded.js';
import { startAuditing } from '../../dist/roles/auditing/auditing.js';
import { ensureEpoch } from '../../dist/roles/epoch.js';
import { startHandoff } from '../../dist/roles/handoff/handoff.js';
import { readHandoffFile } from '../../dist/start/handoff-file.js';

const [directory, file] = process.argv.slice(2);
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const log = openEmbeddedLog({ directory, log: silent });
const epoch = await ensureEpoch(log, () => 'none');
const audit = await startAuditing({
  log,
  logger: silent,
  service: 'handoff-sender',
  directory: `${directory}-audit-kept`,
});
const handoff = await startHandoff({
  receivers: readHandoffFile(file),
  log,
  audit,
  epoch,
  clock: { nowMs: () => Date.now() },
  logger: silent,
  publicUrl: null,
});
// As the program's listener does, it keeps the process.
const alive = setInterval(() => {}, 1_000_000);
process.once('SIGTERM', async () => {
  clearInterval(alive);
  await handoff.stop();
  await audit.stop();
  await log.close();
});

/** A pack built beside the program, in a thread of its own. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { PackModel, PackOrder } from './pack-model.js';

export interface BuildRequest {
  readonly model: PackModel;
  readonly order: PackOrder;
  readonly keyFile: string;
}

/** A thread runs compiled code only: from the sources (under the test runner) it is the one that was built. */
function workerFile(): URL {
  const own = import.meta.url;
  if (own.endsWith('.js')) return new URL('./build-pack-worker.js', own);
  const built = new URL('../../dist/evidence/build-pack-worker.js', own);
  if (!existsSync(fileURLToPath(built))) throw new Error('Building a pack needs the built program: npm run build');
  return built;
}

/** Rejects where the signing key cannot be used, the thread ends without a pack, or `signal` says that nobody waits for it. */
export function buildPackBeside(request: BuildRequest, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(), { workerData: request });
    const stop = () => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('the thread that builds packs ended without one'));
    });
  });
}

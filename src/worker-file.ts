/** Where the compiled code of a thread is. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A thread runs compiled code only: from the sources (under the test runner) it is the one that was built. `own`: the module's address,
 * `name` the thread's file beside it. Throws where it is not built; `what` needs it.
 */
export function workerFile(own: string, name: string, what: string): URL {
  const beside = new URL(`./${name}`, own);
  if (own.endsWith('.js')) return beside;
  const built = new URL(beside.href.replace(/\/src\/([^/]+\/[^/]+)$/, '/dist/$1'));
  if (!existsSync(fileURLToPath(built))) throw new Error(`${what} needs the built program: npm run build`);
  return built;
}

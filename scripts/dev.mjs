/** Runs a program while its sources change: each change ends it in order, builds, and starts it again. node: modules only. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';

/** An editor that saves, or a checkout, changes many files at once. */
const SETTLE_MS = 200;

/**
 * Resolves with an exit code once `signal` aborts and the program has ended. A build that fails (`build` answers false) and a
 * program that ends by itself are told, and the next change tries again.
 */
export async function runWhileWatching({ folder, build, command, say, signal }) {
  let hasChanged = true;
  let wake = () => {};
  const watcher = watch(folder, { recursive: true }, () => {
    hasChanged = true;
    wake();
  });
  signal.addEventListener('abort', () => wake());
  let running = null;

  const nextChange = async () => {
    while (!hasChanged && !signal.aborted) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
    // Until nothing has changed for a while.
    while (hasChanged && !signal.aborted) {
      hasChanged = false;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
  };
  const start = () => {
    const child = spawn(command[0], command.slice(1), { stdio: 'inherit' });
    const ended = once(child, 'exit').then(([code, by]) => {
      if (running?.child !== child) return;
      running = null;
      say(`It has ended (${by ?? `exit code ${code}`}); the next change starts it again.`);
    });
    running = { child, ended };
  };
  const end = async () => {
    if (running === null) return;
    const { child, ended } = running;
    running = null;
    child.kill('SIGTERM');
    await ended;
  };

  while (!signal.aborted) {
    await nextChange();
    if (signal.aborted) break;
    await end();
    if (await build()) start();
    else say('It does not build; waiting for the next change.');
  }
  await end();
  watcher.close();
  return 0;
}

/** A thread of its own for a rehearsal (`rehearsal-worker.ts`). */
import { Worker } from 'node:worker_threads';
import type { AlertItem } from '../alerts/alert.js';
import type { ReceivedPing } from '../store/rerun.js';
import { workerFile } from '../worker-file.js';
import type { ToWorker } from './rehearsal-worker.js';
import type { RehearsedWatch } from './rehearsed-watch.js';

export interface RehearsalThread {
  /** Pings of the activation that is judged next, in any order. */
  give(pings: readonly ReceivedPing[]): void;
  /** What was given is not judged. */
  forget(): void;
  /** Judges what was given. Rejects where the thread ended. */
  judge(activationId: string, watched: RehearsedWatch, untilMs: number): Promise<AlertItem[]>;
  /** At once, whatever it does. */
  stop(): Promise<void>;
}

export function startRehearsalThread(): RehearsalThread {
  const worker = new Worker(workerFile(import.meta.url, 'rehearsal-worker.js', 'A rehearsal'));
  const ended = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread that rehearses ended')));
  });
  // Told to who waits for an answer; where nobody does there is nobody to tell.
  ended.catch(() => {});
  const tell = (message: ToWorker) => worker.postMessage(message);
  return {
    give: (pings) => tell({ type: 'pings', pings }),
    forget: () => tell({ type: 'forget' }),
    async judge(activationId, watched, untilMs) {
      const answer = new Promise<AlertItem[]>((resolve) => {
        worker.once('message', resolve);
      });
      tell({ type: 'judge', activationId, untilMs, ...watched });
      return await Promise.race([answer, ended]);
    },
    async stop() {
      await worker.terminate();
    },
  };
}
